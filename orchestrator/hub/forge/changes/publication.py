"""What of a card's branch is published, as branch and worktree stand."""

from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.effects import alive
from orchestrator.core.forge.changes import change_text
from orchestrator.core.forge.changes.follow import branch_of
from orchestrator.core.forge.outbox.acts import OpenChange, Push
from orchestrator.core.landing.survey import Refusal
from orchestrator.core.model import Card
from orchestrator.core.workflow.plan import LOCAL
from orchestrator.hub.effects.whereabouts import spare_in
from orchestrator.hub.forge.changes.target import Target
from orchestrator.world import worktrees
from orchestrator.world.worktrees.publishing import branch


@dataclass(frozen=True, slots=True)
class Publication:
    """The branch at a commit, and the texts of its change request. Nothing is known of the forge yet."""

    commit: str
    base: str
    title: str
    body: str
    edits: bool = True
    """The texts belong to the commit: else those of an open change request are left."""


def publication(card: Card, issue: str) -> Publication | Refusal:
    """As it stands, or what refuses it; changes nothing. Merging it closes the `issue`.

    Raises errors of git and the configuration.
    """
    what, tree, root = f"{card.branch} was not pushed", card.worktree, Path(card.repo)
    if tree is None:
        return Refusal(f"{card.id} has no worktree", "", f"Start it first: orch start {card.slug}")
    if card.where != LOCAL and alive(card):
        why = f"its session works on {card.where}, and its commits come back when that ends"
        return Refusal(what, why, f"Stop it first: orch stop {card.slug}. Then retry.")
    facts = worktrees.look(root, card.base)
    base = card.base or facts.default_branch
    commit = branch.tip(root, card.branch)
    if not commit:
        return Refusal(what, "there is no such branch any more", "")
    if not facts.base:
        return Refusal(what, f"there is no branch {base}, its base", "")
    if branch_of(base) == card.branch:
        return Refusal(what, "it is its own base", "")
    loss = worktrees.loss(
        root, Path(tree.path), tree.branch, card.base, spare=spare_in(card), since=tree.base_commit
    ).uncommitted
    if not loss.nothing:
        return Refusal(what, f"its worktree has {loss.in_words()}", "Commit the changes first, then retry.")
    found = branch.messages(root, commit, facts.base)
    if not found:
        return Refusal(what, f"it has no commits that {base} does not have", "")
    commits = [(each.subject, each.body) for each in found]
    title = change_text.title(card.title, [subject for subject, _ in commits])
    own = _of_last_turn(card, branch.committed_at(root, commit))
    body = change_text.body(_summary(card) if own else "", commits, branch.template(root, commit), issue)
    return Publication(commit, branch_of(base), title, body, edits=own)


def push_of(
    card: Card,
    found: Publication,
    target: Target,
    *,
    draft: bool,
    labels: tuple[str, ...],
    reviewers: tuple[str, ...],
) -> Push:
    """The act that publishes it there."""
    change = OpenChange(
        card.branch, found.base, found.title, found.body, target.owner, draft, labels, reviewers
    )
    last = card.forge.pushed
    ours = last and (last.remote, last.branch) == (target.remote, card.branch)
    return Push(
        card.branch, found.commit, target.remote, change, last.commit if last and ours else "", found.edits
    )


def _of_last_turn(card: Card, committed_at: float) -> bool:
    """Whether the latest turn has committed: what is said in one that has not is not about the commits."""
    facts = card.session.facts if card.session else None
    return facts is None or committed_at >= int(facts.turn_at)


def _summary(card: Card) -> str:
    """The session's last words, unless they are a question."""
    facts = card.session.facts if card.session else None
    return "" if facts is None or facts.ends_asking else facts.last_words
