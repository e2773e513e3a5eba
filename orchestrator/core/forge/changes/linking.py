"""A card's change request: how it is linked, and what follows once a queued act about it is done."""

from dataclasses import replace

from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.events import ItemLinked
from orchestrator.core.forge.links import CardForge, Link, Outgoing, Pushed
from orchestrator.core.forge.outbox.acts import AskReview, OpenChange, Push, QueuedAct
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import Fields, Standing, Wanted, Written, among, digest, ordered
from orchestrator.core.forge.repository import ItemRef


def open_change(forge: CardForge) -> Link | None:
    """The link to the card's change request, if that is open as far as is known."""
    link, found = forge.change, forge.request
    if link is None or link.gone:
        return None
    if isinstance(found, ChangeRequest) and found.ref.same(link.ref):
        return link if found.state == "open" else None
    return link if link.synced.seen.standing.open else None


def merged_change(forge: CardForge) -> ChangeRequest | None:
    """The card's change request, if that is merged."""
    link, found = forge.change, forge.request
    if link is None or not isinstance(found, ChangeRequest) or not found.ref.same(link.ref):
        return None
    return found if found.state == "merged" else None


def linked(card: str, change: ChangeRequest, now: float, what: OpenChange | None = None) -> ItemLinked:
    """The event that links it. Texts are orch's own where they are as orch gave them."""
    title = change.title if what and change.title.strip() == what.title.strip() else None
    body = digest(change.body) if what and digest(change.body) == digest(what.body) else None
    wanted = Wanted()
    for label in what.labels if what else ():
        if not among(label, change.labels):
            wanted = wanted.with_label(label, there=True)
    synced = Synced(seen_of(change), Written(title=title, body=body), wanted)
    return ItemLinked(now, card, change.ref, change.title, change.url, synced)


def seen_of(change: ChangeRequest) -> Fields:
    """The fields of a change request that are compared."""
    return Fields(
        title=change.title,
        body=digest(change.body),
        standing=Standing(change.state == "open"),
        labels=ordered(change.labels),
        revision=change.updated_at,
    )


def after(forge: CardForge, act: Outgoing, now: float) -> CardForge:
    """What follows once a queued act is done."""
    match act.act:
        case Push() as push:
            new = forge.pushed is None or forge.pushed.commit != push.commit
            forge = replace(forge, pushed=Pushed(push.remote, push.branch, push.commit, now))
            link = open_change(forge)
            if link is None:
                return queued(forge, push.change, None, now)
            if not (new and push.edits):
                return forge
            return replace(forge, change=replace(link, synced=_with_texts(link.synced, push.change)))
        case OpenChange(reviewers=reviewers) if reviewers and forge.change:
            return queued(forge, AskReview(reviewers), forge.change.ref, now)
        case _:
            return forge


def queued(forge: CardForge, act: QueuedAct, item: ItemRef | None, now: float) -> CardForge:
    """With that act last in the outbox."""
    new = Outgoing(f"a{forge.next_act}", act, now, item)
    return replace(forge, outbox=(*forge.outbox, new), next_act=forge.next_act + 1)


def _with_texts(item: Synced, change: OpenChange) -> Synced:
    """Wants new texts in place of those that orch wrote. One that a person has edited since is left."""
    seen, written, wanted = item.seen, item.written, item.wanted
    if written.title is not None and seen.title.strip() == written.title and change.title != written.title:
        wanted = replace(wanted, title=change.title)
    if written.body is not None and seen.body == written.body and digest(change.body) != written.body:
        wanted = replace(wanted, body=change.body)
    return replace(item, wanted=wanted)
