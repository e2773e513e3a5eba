"""Opening and merging a change request: the requests, and how they are found again."""

import logging
import time

from orchestrator.core.forge.acts import Merge, OpenChange
from orchestrator.core.forge.changes import ChangeRequest
from orchestrator.core.forge.compare import Synced
from orchestrator.core.forge.events import ChangeSeen, ItemLinked
from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.fields import Fields, Standing, Wanted, Written, among, digest, ordered
from orchestrator.core.model import Card
from orchestrator.hub.forge.kinds import Asked, Events
from orchestrator.world.forge import looking
from orchestrator.world.forge.errors import ForgeError, Trouble
from orchestrator.world.forge.forge import Forge

_log = logging.getLogger(__name__)


def send_open(forge: Forge, asked: Asked) -> Events:
    """Opens it, or links the open one that the branch has."""
    what = asked.act.act
    assert isinstance(what, OpenChange)
    try:
        return linked(asked.card, forge.open_change(asked.repository, what), what)
    except ForgeError as error:
        if error.trouble is not Trouble.INVALID:
            raise
        there = looking.opened_change(forge, asked.repository, what)
        if not isinstance(there, ChangeRequest) or there.state != "open":
            raise
        return linked(asked.card, there, what)


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
    return linked(card, there, what) if there.state == "open" or ours else None


def send_merge(forge: Forge, asked: Asked) -> Events:
    """Merges it, if its head is still as it was when that was asked for."""
    what, item = asked.act.act, asked.act.item
    assert isinstance(what, Merge)
    assert item is not None
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


def linked(card: Card, change: ChangeRequest, what: OpenChange | None = None) -> Events:
    """The card with its change request. Texts are orch's own where they are as orch gave them."""
    now = time.time()
    if card.forge.link(change.ref):
        return (ChangeSeen(now, card.id, change),)
    title = change.title if what and change.title.strip() == what.title.strip() else None
    body = digest(change.body) if what and digest(change.body) == digest(what.body) else None
    wanted = Wanted()
    for label in what.labels if what else ():
        if not among(label, change.labels):
            wanted = wanted.with_label(label, there=True)
    synced = Synced(seen_of(change), Written(title=title, body=body), wanted)
    return (
        ItemLinked(now, card.id, change.ref, change.title, change.url, synced),
        ChangeSeen(now, card.id, change),
    )


def seen_of(change: ChangeRequest) -> Fields:
    """The fields of a change request that are compared."""
    return Fields(
        title=change.title,
        body=digest(change.body),
        standing=Standing(change.state == "open"),
        labels=ordered(change.labels),
        revision=change.updated_at,
    )
