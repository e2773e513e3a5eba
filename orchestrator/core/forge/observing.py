"""What follows from an item that was fetched without being asked for, and when it is asked for again."""

import math
from dataclasses import replace
from datetime import datetime

from orchestrator.core.forge.changes.change import ChangeRequest, FoundChange, updated
from orchestrator.core.forge.events import ChangeSeen, ItemSeen
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.items import Issue
from orchestrator.core.forge.links import Link
from orchestrator.core.forge.outbox.fields import fields_of
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.model import Card

ACTIVE, QUIET = 30.0, 900.0
"""Seconds between two questions for a change request: while something is expected of it, and otherwise. That
it has changed is found by another way; this is for what that does not tell, such as conflicts and checks."""
_EXPECTED = 600.0
"""Seconds for which checks of a new head are expected."""


def links(card: Card) -> tuple[Link, ...]:
    """The items of the card."""
    return tuple(each for each in (card.forge.issue, card.forge.change) if each)


def on_forge(card: Card) -> bool:
    """Whether it has something there at all."""
    return bool(links(card)) or isinstance(card.forge.request, ChangeRequest)


def expects(card: Card) -> bool:
    """Whether anything may still happen there that matters to it."""
    request = card.forge.request
    return card.finished is None or (isinstance(request, ChangeRequest) and request.state == "open")


def item_seen(card: Card, link: Link, item: Issue, now: float) -> ItemSeen | None:
    """The event, if the item differs from what is known of it."""
    if any(each.state == "sent" and each.item and each.item.same(link.ref) for each in card.forge.outbox):
        return None  # what became of the act is found out first
    seen = link.synced.seen
    found = fields_of(item, comment_id=seen.comment_id)
    same = found == replace(seen, comment=NOT_FETCHED) and (item.title, item.url) == (link.title, link.url)
    return None if same and not link.gone else ItemSeen(now, card.id, link.ref, found, item.title, item.url)


def change_seen(card: Card, found: FoundChange, now: float) -> ChangeSeen | None:
    """The event, if more is new than when it was asked for."""
    known = card.forge.request
    if found is NOT_FETCHED or _timeless(updated(known, found, now)) == _timeless(known):
        return None
    return ChangeSeen(now, card.id, found)


def pause(request: FoundChange, now: float) -> float:
    """Seconds until a change request that was just asked for is asked for again."""
    if not isinstance(request, ChangeRequest):
        return QUIET
    if request.state != "open":
        return math.inf
    age = now - request.as_of  # nothing has changed since
    checks, merges = request.checks, request.mergeability
    if (
        checks is NOT_FETCHED
        or merges is NOT_FETCHED
        or checks.state == "none"
        or merges.state == "computing"
    ):
        return ACTIVE if age < _EXPECTED else QUIET
    if checks.state == "running" or request.queued:
        return min(max(ACTIVE, age / 10), QUIET / 3)
    return QUIET


def change_of(card: Card) -> ItemRef | None:
    """Its change request."""
    request = card.forge.request
    if card.forge.change:
        return card.forge.change.ref
    return request.ref if isinstance(request, ChangeRequest) else None


def lacks_change(card: Card) -> bool:
    """Whether it may get a change request: its branch has none, or one that has ended."""
    request = card.forge.request
    ended = isinstance(request, ChangeRequest) and request.state != "open"
    return bool(card.branch) and card.finished is None and (ended or change_of(card) is None)


def is_of(card: Card, change: ChangeRequest, owners: tuple[str, ...]) -> bool:
    """Whether it is one of the card's branch, which is in a repository of one of these owners."""
    if change.head != card.branch:
        return False
    return not change.head_owner or change.head_owner.casefold() in {each.casefold() for each in owners}


def renamed(ref: RepositoryRef, names: dict[RepositoryRef, RepositoryRef]) -> RepositoryRef:
    """The repository by its present name."""
    return next((new for old, new in names.items() if old.same(ref)), ref)


def seconds(text: str) -> float:
    """A time as a forge tells it as seconds since the epoch; 0 for none."""
    try:
        return datetime.fromisoformat(text).timestamp() if text else 0.0
    except ValueError:
        return 0.0


def _timeless(found: FoundChange) -> FoundChange:
    return found if found is NOT_FETCHED else replace(found, as_of=0.0)
