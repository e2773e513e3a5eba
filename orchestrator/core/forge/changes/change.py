"""What a forge tells of a change request, and whether it is ready to be merged."""

from dataclasses import dataclass, replace

from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched, kept
from orchestrator.core.forge.repository import ItemRef
from orchestrator.core.literals import ChangeState, ChecksState, MergeState, ReviewDecision


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of the head commit."""

    state: ChecksState
    total: int = 0
    failing: tuple[str, ...] = ()
    """Their names."""
    running: int = 0


@dataclass(frozen=True, slots=True)
class Review:
    """What reviewers have decided, and the threads that nobody has resolved."""

    decision: ReviewDecision
    unresolved: int = 0


@dataclass(frozen=True, slots=True)
class Mergeability:
    """Whether the branch merges, as the forge has found out."""

    state: MergeState


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A pull or merge request. Parts that were not asked for are not fetched, which says nothing of them."""

    ref: ItemRef
    title: str
    body: str
    state: ChangeState
    head: str
    """The branch."""
    head_commit: str
    base: str
    url: str
    draft: bool = False
    author: str = ""
    head_owner: str = ""
    """The owner of the repository that has the branch; empty where that is gone."""
    labels: tuple[str, ...] = ()
    merge_commit: str = ""
    queued: bool = False
    """It is in the merge queue."""
    updated_at: str = ""
    checks: Checks | Unfetched = NOT_FETCHED
    review: Review | Unfetched = NOT_FETCHED
    mergeability: Mergeability | Unfetched = NOT_FETCHED
    as_of: float = 0.0

    @property
    def number(self) -> int:
        """Its number in the repository."""
        return self.ref.number


@dataclass(frozen=True, slots=True)
class NoChange:
    """The forge was asked, and has no change request for the branch."""

    as_of: float


FoundChange = ChangeRequest | NoChange | Unfetched


def updated(known: FoundChange, fetched: FoundChange, now: float) -> FoundChange:
    """What is known once this was fetched. What was not fetched, and an answer older than what is known,
    change nothing; the parts of another head commit are never kept. What is known as of a time after `now`
    was dated by a wrong clock, and is no newer."""
    if fetched is NOT_FETCHED or known is NOT_FETCHED:
        return kept(known, fetched)
    if fetched.as_of < known.as_of <= now:
        return known
    if not (isinstance(known, ChangeRequest) and isinstance(fetched, ChangeRequest)):
        return fetched
    if not known.ref.same(fetched.ref) or known.head_commit != fetched.head_commit:
        return fetched
    return replace(
        fetched,
        checks=kept(known.checks, fetched.checks),
        review=kept(known.review, fetched.review),
        mergeability=kept(known.mergeability, fetched.mergeability),
    )


def obstacles(change: ChangeRequest) -> tuple[str, ...]:
    """What stands against merging it, as texts; none if it is ready. What is not known is an obstacle."""
    if change.state != "open":
        return (change.state,)
    said = ["draft"] if change.draft else []
    return (*said, *_checks(change.checks), *_review(change.review), *_merge(change.mergeability))


def _checks(checks: Checks | Unfetched) -> tuple[str, ...]:
    if checks is NOT_FETCHED:
        return ("checks not fetched",)
    if checks.state == "failing":
        return (f"failing: {', '.join(checks.failing)}" if checks.failing else "checks failing",)
    return ("checks running",) if checks.state == "running" else ()


def _review(review: Review | Unfetched) -> tuple[str, ...]:
    if review is NOT_FETCHED:
        return ("review not fetched",)
    said = {"required": "review required", "changes_requested": "changes requested"}.get(review.decision)
    many = review.unresolved
    threads = (f"{many} unresolved thread{'' if many == 1 else 's'}",) if many else ()
    return ((said,) if said else ()) + threads


def _merge(mergeability: Mergeability | Unfetched) -> tuple[str, ...]:
    if mergeability is NOT_FETCHED:
        return ("mergeability not fetched",)
    said = {
        "conflicts": "conflicts with the base",
        "behind": "behind the base",
        "blocked": "blocked by a rule of the repository",
        "computing": "mergeability not known yet",
    }.get(mergeability.state)
    return (said,) if said else ()
