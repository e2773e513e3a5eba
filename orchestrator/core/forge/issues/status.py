"""What a card's issue shows of it: the rules, and what follows when the card changes.

Decided once for each change of the card, never continuously: what a person changes on the forge afterwards
stays changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from orchestrator.core.board.columns import place
from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.events import ForgeEvent, ItemProgressed, ItemUnlinked
from orchestrator.core.forge.issues.comment import REMOVED, TEXTS, done_text
from orchestrator.core.forge.issues.progress import ACTIVE, OVER, Progress
from orchestrator.core.forge.links import Link
from orchestrator.core.forge.outbox.acts import FieldAct
from orchestrator.core.forge.outbox.fields import ME, Switch, Wanted, digest
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.core.landing.methods import METHODS
from orchestrator.core.literals import ClaimState, FieldActKind, IssueStage
from orchestrator.core.model import Card, Column
from orchestrator.core.workflow.run import StageRun


@dataclass(frozen=True, slots=True)
class StatusRules:
    """What orch does to issues, as the configuration has it; nothing by default."""

    claim: bool = False
    label: str = ""
    """The label of a claimed issue."""
    in_progress: str = ""
    """The label of an issue in progress; empty for none."""
    in_review: str = ""
    """The one in review; empty to leave that of an issue in progress."""
    assign: bool = False
    comment: bool = False
    close: bool = False
    review_after: float = 0.0
    """Seconds that a card is in Review before its issue shows that: sessions pause often."""


Rules = Callable[[RepositoryRef], StatusRules]
"""The rules for the issues of a repository."""

COMPLETED = "completed"
"""Why an issue is closed, in the forge's word."""


def progressed(card: Card, stage: StageRun | None, rules: Rules, now: float) -> tuple[ForgeEvent, ...]:
    """What its issue has to show from now on; nothing if it shows the card as it is. An issue that is being
    claimed shows it afterwards. `stage` is the state of the stage of a run for which the card works."""
    link = card.forge.issue
    if link is None or link.gone or link.claim == "wanted":
        return ()
    rule = rules(link.ref.repository)
    before = link.progress
    after = _progress(card, stage, before, rule, now)
    if (after.stage, after.commit) == (before.stage, before.commit):
        return ()
    again = after.stage not in OVER and before.stage in OVER and link.claim != "held" and rule.claim
    if again:  # it was released: what it shows follows once it is claimed
        wanted = _reopened(card, link, link.synced.wanted)
        return (ItemProgressed(now, card.id, link.ref, Progress(), wanted, claim="wanted"),)
    if after.stage == "discarded":
        wanted = _left(card, link, rule)
        claim: ClaimState = "releasing" if _has_comment(link, rule) else link.claim
        parting = TEXTS["discarded"]
        return (ItemProgressed(now, card.id, link.ref, after, wanted, claim=claim, parting=parting),)
    after = _with_closing(link, after, rule)
    stays: ClaimState | None = "" if link.claim == "releasing" else None
    wanted = _wanted(card, link, after, rule)
    return (ItemProgressed(now, card.id, link.ref, after, wanted, claim=stays),)


def published(link: Link, rules: Rules) -> tuple[Progress, Wanted]:
    """What the issue shows, and what is wanted of it, once everybody can see the commit of its work."""
    rule, before = rules(link.ref.repository), link.progress
    wanted = link.synced.wanted
    if rule.comment:
        wanted = replace(wanted, comment=done_text(before.commit))
    if before.closing:
        wanted = replace(wanted, switch=before.closing)
    return replace(before, stage="done", closing=None), wanted


def unlinked(card: Card, link: Link, rules: Rules, now: float) -> ItemUnlinked:
    """A person unlinks the card: label, assignee and claim of orch are taken from the issue."""
    wanted = _left(card, link, rules(link.ref.repository))
    return ItemUnlinked(now, card.id, link.ref, release=True, wanted=wanted, parting=REMOVED)


def removed(card: Card, rules: Rules, now: float) -> tuple[ForgeEvent, ...]:
    """The same for a card that is being removed. Work that is over stays as the issue shows it: one whose
    commit cannot be seen yet is closed later."""
    link = card.forge.issue
    if link is None or link.gone:
        return ()
    if link.progress.stage not in OVER or link.progress.stage == "kept":
        return (unlinked(card, link, rules, now),)
    return (ItemUnlinked(now, card.id, link.ref, release=True, wanted=link.synced.wanted),)


# --- inside ----------------------------------------------------------------------------------------


def _progress(
    card: Card, stage: StageRun | None, before: Progress, rule: StatusRules, now: float
) -> Progress:
    if card.ending:
        return before
    if card.finished:
        commit = landed_commit(card)
        if before.stage == "done" and before.commit in ("", commit):
            return before
        how: IssueStage = "discarded" if card.finished == "discard" else "landed" if commit else "kept"
        return Progress(how, commit=commit)
    now_in = _stage(card, stage, before.stage, rule, now)
    return Progress(now_in, _label(now_in, rule))


def _stage(
    card: Card, stage: StageRun | None, before: IssueStage, rule: StatusRules, now: float
) -> IssueStage:
    placing = place(card, stage)
    active: IssueStage = before if before in ACTIVE else "progress"
    match placing.column:
        case Column.BACKLOG:
            return "backlog"
        case Column.IN_PROGRESS:
            return "progress"
        case Column.REVIEW:
            return "review" if now - placing.since >= rule.review_after else active
        case _:
            return active if card.session or card.launch else "backlog"


def landed_commit(card: Card) -> str:
    """The commit by which the work of a finished card came into a branch; empty if it did not."""
    if card.finished in METHODS and card.landed:
        return card.landed.commit
    request = card.forge.request
    merged = isinstance(request, ChangeRequest) and request.state == "merged"
    if merged and card.finished not in ("keep", "discard") and isinstance(request, ChangeRequest):
        return request.merge_commit or request.head_commit
    return ""


def _label(stage: IssueStage, rule: StatusRules) -> str:
    if stage == "review":
        return rule.in_review or rule.in_progress
    return rule.in_progress if stage == "progress" else ""


def _with_closing(link: Link, after: Progress, rule: StatusRules) -> Progress:
    if after.stage != "landed":
        return after
    if not (rule.comment or rule.close):
        return replace(after, stage="done")
    seen = link.synced.seen
    closes = rule.close and seen.standing.open
    return replace(after, closing=Switch(False, seen.standing, seen.others, COMPLETED) if closes else None)


def _wanted(card: Card, link: Link, after: Progress, rule: StatusRules) -> Wanted:
    before, wanted = link.progress, link.synced.wanted
    if before.label and before.label.casefold() != after.label.casefold():
        wanted = wanted.with_label(before.label, there=False)
    if after.label and before.label.casefold() != after.label.casefold():
        wanted = wanted.with_label(after.label, there=True)
    if rule.assign and after.stage in ACTIVE and before.stage not in ACTIVE:
        wanted = wanted.with_assignee(ME, there=True)
    if before.stage in OVER and after.stage not in OVER:
        wanted = _reopened(card, link, wanted)
    text = TEXTS.get(after.stage)
    if not rule.comment or text is None:
        return wanted
    same = wanted.comment is None and link.synced.written.comment == digest(text)
    return replace(wanted, comment=None if same else text)


def _reopened(card: Card, link: Link, wanted: Wanted) -> Wanted:
    """Only what orch closed is reopened; whether it did may not be known yet."""
    seen = link.synced.seen
    ours = link.synced.written.closed or bool(_sent(card, link, "close"))
    return replace(wanted, switch=Switch(True, seen.standing, seen.others) if ours else None)


def _sent(card: Card, link: Link, kind: FieldActKind) -> tuple[str, ...]:
    """The values of acts of which it is not known whether they were done."""
    acts = (
        each.act
        for each in card.forge.outbox
        if each.state == "sent" and each.item and each.item.same(link.ref)
    )
    return tuple(act.value for act in acts if isinstance(act, FieldAct) and act.kind == kind)


def _left(card: Card, link: Link, rule: StatusRules) -> Wanted:
    """What is wanted of an issue on which no card works any more: nothing of orch's stays, but its texts."""
    wanted = replace(link.synced.wanted, switch=None, comment=None)
    claimed = rule.label if link.claim else ""
    for label in filter(None, (claimed, link.progress.label)):
        wanted = wanted.with_label(label, there=False)
    wanted = replace(wanted, labels=(), assignees=())
    for own in filter(None, (link.synced.written.assignee, *_sent(card, link, "assign"))):
        wanted = wanted.with_assignee(own, there=False)
    return wanted


def _has_comment(link: Link, rule: StatusRules) -> bool:
    return bool(link.claim or rule.comment or link.synced.written.comment)
