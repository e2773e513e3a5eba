"""A card's change request as its view shows it, in full and in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.forge.changes.change import ChangeRequest, obstacles
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.links import CardForge
from orchestrator.core.literals import ChangeState, ChecksState, MergeState, ReviewDecision

PASSING, FAILING, RUNNING = "✓", "✗", "…"
_MOST_NAMES = 20

Role = Literal["off", "bad", "calm", "busy", "muted"]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """The change request of a card. A part that was never fetched is `None`, which says nothing of it."""

    number: int
    repository: str
    """`owner/name`."""
    title: str
    url: str
    state: ChangeState
    draft: bool
    queued: bool
    """It is in the merge queue."""
    head: str
    """The branch."""
    head_commit: str
    base: str
    checks: ChecksState | None
    total: int
    """Checks in all, of which `failed` have failed and `running` run."""
    failed: int
    running: int
    failing: tuple[str, ...]
    """The names of failed checks, the first twenty."""
    review: ReviewDecision | None
    unresolved: int
    """Threads that nobody has resolved."""
    mergeability: MergeState | None
    ready: bool
    """Nothing stands against merging it."""
    obstacles: tuple[str, ...]
    """What stands against merging it, as texts."""
    as_of: float
    """When the forge was asked last."""
    stale: str = ""
    """Why it could not be asked when that was due; empty if `as_of` is recent."""
    replaces: int = 0
    """The number of a former one, which was closed without being merged."""
    host: str = ""


def change_view(forge: CardForge) -> ChangeView | None:
    """A card's change request, as far as it is known."""
    found = forge.request
    if isinstance(found, ChangeRequest):
        return _view(found, found.as_of, forge.replaced)
    link = forge.change
    if link is None:
        return None
    state: ChangeState = "open" if link.synced.seen.standing.open else "closed"
    bare = ChangeRequest(link.ref, link.title, "", state, head="", head_commit="", base="", url=link.url)
    return _view(bare, link.as_of, forge.replaced)


def _view(found: ChangeRequest, as_of: float, replaces: int) -> ChangeView:
    checks = None if found.checks is NOT_FETCHED else found.checks
    review = None if found.review is NOT_FETCHED else found.review
    against = obstacles(found)
    return ChangeView(
        number=found.number,
        repository=found.ref.repository.path,
        title=found.title,
        url=found.url,
        state=found.state,
        draft=found.draft,
        queued=found.queued,
        head=found.head,
        head_commit=found.head_commit,
        base=found.base,
        checks=checks.state if checks else None,
        total=checks.total if checks else 0,
        failed=len(checks.failing) if checks else 0,
        running=checks.running if checks else 0,
        failing=checks.failing[:_MOST_NAMES] if checks else (),
        review=review.decision if review else None,
        unresolved=review.unresolved if review else 0,
        mergeability=None if found.mergeability is NOT_FETCHED else found.mergeability.state,
        ready=not against,
        obstacles=against,
        as_of=as_of,
        replaces=replaces,
        host=found.ref.repository.host,
    )


def stays_open(change: ChangeView) -> str:
    """What becomes of it if the card is finished in another way; empty if it is not open."""
    return f"#{change.number} stays open on {change.host or 'the forge'}" if change.state == "open" else ""


def mark(change: ChangeView, *, done: bool = False) -> str:
    """The change request in a few cells: `#41 ✓`, `#41 ✗ 2`, `#41 …`, with one word on what is special. Of a
    card that is `done` only whether it is open, merged or closed."""
    if done:
        return f"#{change.number} {change.state}"
    return " ".join(filter(None, (f"#{change.number}", _checks_mark(change), _word(change))))


def role(change: ChangeView) -> Role:
    """The style of its mark, which repeats what the mark says."""
    if change.state != "open":
        return "off"
    if change.checks == "failing" or change.mergeability == "conflicts":
        return "bad"
    if change.ready:
        return "calm"
    return "busy" if change.checks == "running" else "muted"


def sentences(change: ChangeView) -> Iterator[str]:
    """All that is known of it: what details show."""
    yield f"#{change.number} {change.title} {change.url}".rstrip()
    yield (
        change.state
        if change.state != "open"
        else "in the merge queue"
        if change.queued
        else _standing(change)
    )
    if change.checks not in (None, "none") and change.state == "open":
        yield _checks(change)
    if change.review == "approved":
        yield "approved"


def _standing(change: ChangeView) -> str:
    return "ready to merge" if change.ready else f"not ready: {', '.join(change.obstacles)}"


def _checks(change: ChangeView) -> str:
    ended = change.total - change.running
    if change.checks == "running":
        return f"checks: {ended} of {change.total} ended"
    if change.checks == "passing":
        return f"checks: all {change.total} pass"
    more = change.failed - len(change.failing)
    rest = f", {change.running} running" if change.running else ""
    return f"checks: {change.failed or 'some'} of {change.total} failed{rest}" + (
        f" ({more} not listed)" if more else ""
    )


def _checks_mark(change: ChangeView) -> str:
    if change.state != "open":
        return ""
    if change.checks == "failing":
        return f"{FAILING} {change.failed}" if change.failed else FAILING
    return {"passing": PASSING, "running": RUNNING}.get(change.checks or "", "")


def _word(change: ChangeView) -> str:
    if change.state != "open":
        return change.state
    if change.queued:
        return "queued"
    if change.mergeability == "conflicts":
        return "conflicts"
    if change.review == "changes_requested":
        return "changes requested"
    if change.draft:
        return "draft"
    if change.unresolved:
        return f"· {change.unresolved} unresolved thread{'' if change.unresolved == 1 else 's'}"
    return "ready" if change.ready else ""
