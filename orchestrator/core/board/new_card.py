"""Whether a new card can be created, and its name, branch and worktree."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from orchestrator.core.commands import Decision, NewCard, Rejected
from orchestrator.core.events import CardCreated, StartQueued
from orchestrator.core.forge.issues.linking import linked, taken
from orchestrator.core.mail.message import HUMAN, ORCH
from orchestrator.core.model import State
from orchestrator.core.text.names import slug_of
from orchestrator.core.text.placeholders import filled
from orchestrator.core.worktrees.repo import RepoFacts

MOST_WANTED = 10
"""Unanswered card requests that one session may have."""


def new_card(state: State, command: NewCard, now: float) -> Decision:
    """The events that create the card, and start it unless it goes into the backlog; or a refusal."""
    repo = command.repo
    title = " ".join(command.title.split())
    if not title:
        return Rejected("a card needs a title", hint='Add one: orch new "Auth refactor"')
    asked = [card for card in state.cards.values() if card.wanted and card.lead == command.lead]
    if command.wanted and len(asked) >= MOST_WANTED:
        return Rejected(
            f"{len(asked)} cards that you requested are waiting for the human",
            f"the limit is {MOST_WANTED}",
            "Wait for an answer: card_status shows them.",
        )
    if command.issue and (refused := taken(state, command.issue.ref)):
        return refused
    if repo.refusal:
        return Rejected("cannot create a worktree there", repo.refusal)
    if not repo.base:
        wanted = command.base or repo.default_branch or "HEAD"
        return Rejected(
            f"the base {wanted!r} does not exist in {repo.root}",
            hint="Use an existing branch, tag or commit: --base REF",
        )
    naming = Naming(command.folder, command.branch_template, command.home)
    slug, branch, path = free_name(state, repo, slug_of(command.name or title), command.branch, naming)
    where = dict(repo.checked_out).get(branch)
    owner = next(
        (card for card in state.cards.values() if card.repo == repo.root and card.branch == branch), None
    )
    if where or owner:
        return Rejected(
            f"the branch {branch!r} is already in use",
            f"it is checked out in {where}" if where else f"{owner.id} works on it" if owner else "",
            "Choose another: --branch NAME",
        )
    others = {card.branch for card in state.cards.values() if card.repo == repo.root}
    if branch not in repo.branches and (other := clash(branch, repo.branches | others)):
        return Rejected(
            f"cannot create the branch {branch!r}",
            f"git does not allow it next to the branch {other!r}",
            "Choose another: --branch NAME"
            + ("" if command.branch else ", or change the pattern in the configuration: [worktree] branch"),
        )
    card = f"c{state.next_card}"
    created = CardCreated(
        at=now,
        card=card,
        slug=slug,
        title=title,
        prompt=command.prompt,
        repo=repo.root,
        base=command.base or repo.default_branch or repo.base,
        branch=branch,
        path=path,
        model=command.model,
        permission_mode=command.permission_mode,
        existing_branch=branch in repo.branches,
        labels=command.labels,
        lead=command.lead,
        wanted=command.wanted,
        agent=command.agent,
    )
    made = (created, linked(command.issue, card, now, imported=True)) if command.issue else (created,)
    if command.backlog or command.wanted:
        return made
    return (*made, StartQueued(now, card, 1, command.session_id, resume=False, prompt=command.prompt))


def clash(branch: str, names: Iterable[str]) -> str:
    """The branch next to which git cannot have this one: a name is a file or a folder, not both."""
    return next(
        (name for name in sorted(names) if name.startswith(f"{branch}/") or branch.startswith(f"{name}/")), ""
    )


@dataclass(frozen=True, slots=True)
class Naming:
    """The patterns for paths of worktrees and names of branches: templates with at least `{slug}`."""

    folder: str
    branch: str
    home: str


def free_name(
    state: State,
    repo: RepoFacts,
    requested: str,
    branch: str,
    naming: Naming,
    taken: frozenset[str] = frozenset(),
) -> tuple[str, str, str]:
    """A free (slug, branch, worktree path), with 2, 3, … appended if necessary. `branch` is used unchanged
    unless it is empty. `taken` are paths known not to be free."""
    slugs = {HUMAN, ORCH, *(card.slug for card in state.cards.values())}  # each is a mailbox's name
    paths = taken.union(card.path for card in state.cards.values())
    return next(
        candidate
        for candidate in _candidates(requested, repo, branch, naming)
        if candidate[0] not in slugs
        and (branch or candidate[1] not in repo.branches)
        and candidate[2] not in paths
    )


def _candidates(
    requested: str, repo: RepoFacts, branch: str, naming: Naming
) -> Iterable[tuple[str, str, str]]:
    root = PurePath(repo.root)
    number = 1
    while True:
        slug = requested if number == 1 else f"{requested}-{number}"
        words = {"slug": slug, "repo": root.name, "parent": str(root.parent), "home": naming.home}
        yield slug, branch or filled(naming.branch, words), filled(naming.folder, words)
        number += 1
