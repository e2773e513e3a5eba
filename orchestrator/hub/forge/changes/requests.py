"""Opening and merging a change request: the requests, and how they are found again."""

import logging
import time

from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.changes.linking import linked
from orchestrator.core.forge.events import ChangeSeen
from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.outbox.acts import AskReview, Merge, OpenChange
from orchestrator.core.forge.outbox.fields import digest
from orchestrator.core.model import Card
from orchestrator.hub.forge.kinds import Asked, Events
from orchestrator.world.forge import looking
from orchestrator.world.forge.errors import ForgeError, Trouble
from orchestrator.world.forge.forge import Forge

_CLOCKS = 600.0
"""Seconds by which the clocks of this machine and of a forge may differ."""
_log = logging.getLogger(__name__)


def send_open(forge: Forge, asked: Asked) -> Events:
    """Opens it, or links the open one that the branch has."""
    what = asked.act.act
    assert isinstance(what, OpenChange)
    try:
        return _linked(asked.card, forge.open_change(asked.repository, what), what)
    except ForgeError as error:
        if error.trouble is not Trouble.INVALID:
            raise
        there = looking.opened_change(forge, asked.repository, what)
        if not isinstance(there, ChangeRequest) or there.state != "open":
            raise
        return _linked(asked.card, there, what)


def find_opened(forge: Forge, asked: Asked) -> Events | Unfetched | None:
    """One that has been closed or merged meanwhile counts if it is none that the card had before."""
    what, card = asked.act.act, asked.card
    assert isinstance(what, OpenChange)
    there = looking.opened_change(forge, asked.repository, what)
    if there is NOT_FETCHED:
        return NOT_FETCHED
    if not isinstance(there, ChangeRequest):
        return None
    before = card.forge.change.ref.number if card.forge.change else 0
    ours = there.number > before and digest(there.body) == digest(what.body)
    return _linked(card, there, what) if there.state == "open" or ours else None


def send_merge(forge: Forge, asked: Asked) -> Events:
    """Merges it, if its head is still as it was when that was asked for."""
    what, item = asked.act.act, asked.act.item
    assert isinstance(what, Merge)
    assert item is not None
    if what.method == "queue":
        forge.enqueue(item, what.head_commit)
    else:
        forge.merge(item, what.method, what.head_commit)
    try:
        seen = forge.changes([item])[item]
    except ForgeError as error:  # it is merged nevertheless
        _log.warning("%s was merged, and could not be read: %s", item, error)
        return ()
    return (ChangeSeen(time.time(), asked.card.id, seen),) if isinstance(seen, ChangeRequest) else ()


def find_merged(forge: Forge, asked: Asked) -> Events | Unfetched | None:
    """It is merged, or in the queue for that, by whomever."""
    item = asked.act.item
    assert item is not None
    seen = forge.changes([item])[item]
    if not isinstance(seen, ChangeRequest):
        return NOT_FETCHED
    return (ChangeSeen(time.time(), asked.card.id, seen),) if seen.state == "merged" or seen.queued else None


def ask_review(forge: Forge, asked: Asked) -> Events:
    """Nobody is asked for a review of their own change."""
    what, item = asked.act.act, asked.act.item
    assert isinstance(what, AskReview)
    assert item is not None
    me = forge.identity().login.casefold()
    if others := [each for each in what.reviewers if each.casefold() != me]:
        forge.request_review(item, others)
    return ()


def find_asked(forge: Forge, asked: Asked) -> Events | None:
    """This account has asked somebody since then. Where the forge keeps no history it counts as done: asking
    twice would notify people twice."""
    item = asked.act.item
    assert item is not None
    history = forge.history(item, asked.act.sent_at - _CLOCKS)
    me = forge.identity().login.casefold()
    done = history is None or any(
        each.kind == "review_requested" and each.actor.casefold() == me for each in history
    )
    return () if done else None


def _linked(card: Card, change: ChangeRequest, what: OpenChange) -> Events:
    now = time.time()
    seen = ChangeSeen(now, card.id, change)
    return (seen,) if card.forge.link(change.ref) else (linked(card.id, change, now, what), seen)
