"""How events change what a card has on the forge."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from orchestrator.core.events import CardEvent
from orchestrator.core.forge.autofix.events import AutofixEvent
from orchestrator.core.forge.autofix.evolve import after_prompt, evolve_autofix
from orchestrator.core.forge.changes.change import updated
from orchestrator.core.forge.changes.linking import after, merged_change, open_change
from orchestrator.core.forge.events import (
    ActDone,
    ActDropped,
    ActQueued,
    ActRefused,
    ActRetried,
    ActSent,
    ActSettled,
    ChangeSeen,
    ClaimRefused,
    ConflictSettled,
    ForgeEvent,
    ItemClaimed,
    ItemGone,
    ItemLinked,
    ItemMoved,
    ItemProgressed,
    ItemPublished,
    ItemReleased,
    ItemSeen,
    ItemUnlinked,
    ItemWanted,
    MergeFollowed,
)
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.issues.leaving import unlinked, without_left
from orchestrator.core.forge.links import CardForge, Link, Outgoing, pending
from orchestrator.core.forge.outbox.acts import FieldAct
from orchestrator.core.forge.outbox.compare import Synced, compare, settled
from orchestrator.core.forge.outbox.fields import Fields, Wanted
from orchestrator.core.forge.outbox.receipts import Fate, fulfilled, given_up, left_open, wanted_again
from orchestrator.core.forge.repository import ItemRef
from orchestrator.core.model import Card
from orchestrator.core.sessions.prompt_events import PromptDropped, PromptQueued


def with_forge(card: Card, event: CardEvent) -> Card:
    """The card, of which the event has changed all else."""
    if isinstance(event, PromptQueued | PromptDropped):
        autofix = after_prompt(card.forge.autofix, event)
        return (
            card
            if autofix is card.forge.autofix
            else replace(card, forge=replace(card.forge, autofix=autofix))
        )
    return replace(card, forge=evolve_forge(card.forge, event)) if isinstance(event, ForgeEvent) else card


def evolve_forge(forge: CardForge, event: ForgeEvent) -> CardForge:
    """What the card has after it. An event about an item or act that it no longer has changes nothing."""
    return _timed(without_left(_evolved(forge, event)), event.at)


def _timed(forge: CardForge, at: float) -> CardForge:
    """Since when each item has had something to send."""

    def timed(link: Link | None) -> Link | None:
        if link is None or pending(forge, link) is bool(link.unsent_since):
            return link
        return replace(link, unsent_since=0.0 if link.unsent_since else at)

    left = tuple(each for link in forge.left if (each := timed(link)))
    return replace(forge, issue=timed(forge.issue), change=timed(forge.change), left=left)


def _evolved(forge: CardForge, event: ForgeEvent) -> CardForge:
    if isinstance(event, AutofixEvent):
        return replace(forge, autofix=evolve_autofix(forge.autofix, event))
    match event:
        case ItemLinked(item=ref):
            link = Link(
                ref,
                event.title,
                event.url,
                event.synced,
                event.at,
                claim=event.claim,
                progress=event.progress,
                imported=event.imported,
                rule=event.rule,
            )
            left = tuple(each for each in forge.left if not each.ref.same(ref))
            linked = replace(forge, claim_refused="", left=left)
            if ref.kind == "issue":
                return replace(linked, issue=link)
            return replace(linked, change=link, unlinked=0, replaced=_replaced_by(forge, ref))
        case ItemUnlinked(item=ref):
            return unlinked(forge, ref, event if event.release else None)
        case ItemProgressed(item=ref):
            doubt = _in_doubt(forge, ref)
            return _on(forge, ref, lambda link: _progressed(link, event, doubt=doubt))
        case ItemPublished(item=ref):
            doubt = _in_doubt(forge, ref)
            return _on(forge, ref, lambda link: _published(link, event, doubt=doubt))
        case ItemReleased(item=ref):
            return _on(forge, ref, _released)
        case ItemClaimed(item=ref):
            return _on(forge, ref, lambda link: _claimed(link, event))
        case ClaimRefused(item=ref):
            return replace(unlinked(forge, ref), claim_refused=event.why)
        case ItemWanted(item=ref):
            doubt = _in_doubt(forge, ref)
            return _on(forge, ref, lambda link: _wanting(link, event.wanted, doubt=doubt))
        case ItemSeen(item=ref):
            if _in_doubt(forge, ref):  # what became of the act is found out first
                return forge
            return _on(forge, ref, lambda link: _seen(link, event))
        case ItemGone(item=ref):
            return _on(forge, ref, lambda link: replace(link, gone=event.why))
        case ItemMoved(item=ref):
            return _on(forge, ref, lambda link: replace(link, ref=event.to, gone=""))
        case ConflictSettled(item=ref):
            return _on(forge, ref, lambda link: _chosen(link, event))
        case ChangeSeen():
            return replace(forge, request=updated(forge.request, event.found, event.at))
        case MergeFollowed():
            return replace(forge, followed=event.head)
        case _:
            return _outbox(forge, event)


def _replaced_by(forge: CardForge, ref: ItemRef) -> int:
    """The number of the closed change request in whose place that one is; 0 for none."""
    former = forge.change
    if former is None or former.gone or former.ref.same(ref) or open_change(forge) or merged_change(forge):
        return 0
    return former.ref.number


def _outbox(
    forge: CardForge, event: ActQueued | ActSent | ActDone | ActSettled | ActRefused | ActRetried | ActDropped
) -> CardForge:
    if isinstance(event, ActQueued):
        new = Outgoing(event.act, event.what, event.at, event.item)
        return _counted(replace(forge, outbox=(*forge.outbox, new)), event.act)
    if isinstance(event, ActSent):
        return _sent(forge, event)
    act = next((each for each in forge.outbox if each.id == event.act), None)
    if act is None:
        return forge
    match event:
        case ActDone(seen=seen):
            done = _changed(_without(forge, act), act, partial(fulfilled, comment_id=event.comment))
            return after(_fresh(done, act, seen) if seen else done, act, event.at)
        case ActSettled(fate=Fate.DONE):
            found = partial(fulfilled, ours=False, comment_id=event.comment)
            return _changed(_without(forge, act), act, found)
        case ActSettled(fate=Fate.NOT_SENT):
            return _again(forge, act)
        case ActSettled(fate=Fate.UNDONE):
            return _changed(_without(forge, act), act, _given_up)
        case ActSettled():
            unclear = replace(act, state="unclear", why="it is not known whether it was done")
            return _changed(_replaced(forge, unclear), act, left_open)
        case ActRefused(again=True):
            return _again(forge, act, event.why)
        case ActRefused():
            refused = replace(act, state="refused", why=event.why)
            return _changed(_replaced(forge, refused), act, _given_up)
        case ActRetried() if isinstance(act.act, FieldAct):
            return _changed(_without(forge, act), act, wanted_again)
        case ActRetried():
            return _replaced(forge, replace(act, state="queued", why="", before=None))
        case ActDropped():
            return _changed(_without(forge, act), act, _given_up)


def _sent(forge: CardForge, event: ActSent) -> CardForge:
    known = next((each for each in forge.outbox if each.id == event.act), None)
    since = known.since if known else event.at
    sent = Outgoing(event.act, event.what, since, event.item, "sent", event.before, event.at)
    if known:
        return _replaced(forge, sent)
    return _counted(replace(forge, outbox=(*forge.outbox, sent)), event.act)


def _again(forge: CardForge, act: Outgoing, why: str = "") -> CardForge:
    """An act of the compare is derived again from what is still wanted; another one waits in its place."""
    if isinstance(act.act, FieldAct):
        return _changed(_without(forge, act), act, lambda item, _: item)
    return _replaced(forge, replace(act, state="queued", why=why))


def _changed(forge: CardForge, act: Outgoing, change: Callable[[Synced, FieldAct], Synced]) -> CardForge:
    what = act.act
    if act.item is None or not isinstance(what, FieldAct):
        return forge
    return _on(forge, act.item, lambda link: _compared(link, change(link.synced, what)))


def _given_up(item: Synced, act: FieldAct) -> Synced:
    return replace(item, wanted=given_up(item.wanted, act))


def _fresh(forge: CardForge, act: Outgoing, seen: Fields) -> CardForge:
    """As the forge's answer has the item: a text of orch's is as the forge stored it."""
    if act.item is None:
        return forge
    kind = act.act.kind if isinstance(act.act, FieldAct) else ""

    def fresh(link: Link) -> Link:
        written = link.synced.written
        if kind == "title":
            written = replace(written, title=seen.title.strip())
        elif kind == "body":
            written = replace(written, body=seen.body)
        elif kind == "comment" and seen.comment is not NOT_FETCHED:
            written = replace(written, comment=seen.comment)
        return replace(link, synced=replace(link.synced, seen=seen, written=written))

    return _on(forge, act.item, fresh)


def _on(forge: CardForge, ref: ItemRef, change: Callable[[Link], Link]) -> CardForge:
    if forge.issue and forge.issue.ref.same(ref):
        return replace(forge, issue=change(forge.issue))
    if forge.change and forge.change.ref.same(ref):
        return replace(forge, change=change(forge.change))
    return replace(forge, left=tuple(change(each) if each.ref.same(ref) else each for each in forge.left))


def _in_doubt(forge: CardForge, ref: ItemRef) -> bool:
    return any(each.state == "sent" and each.item and each.item.same(ref) for each in forge.outbox)


def _wanting(link: Link, wanted: Wanted, *, doubt: bool) -> Link:
    """What the item shows already is not wanted; but with an act in doubt it may look otherwise by now."""
    if doubt:
        return replace(link, synced=replace(link.synced, wanted=wanted))
    return _compared(link, replace(link.synced, wanted=wanted))


def _progressed(link: Link, event: ItemProgressed, *, doubt: bool) -> Link:
    claim = link.claim if event.claim is None else event.claim
    shown = replace(link, progress=event.progress, claim=claim, parting=event.parting)
    return _wanting(shown, event.wanted, doubt=doubt)


def _published(link: Link, event: ItemPublished, *, doubt: bool) -> Link:
    now, after = link.progress, event.progress
    if (now.stage, now.commit) != ("landed", after.commit):
        return link
    return _wanting(replace(link, progress=after), event.wanted, doubt=doubt)


def _released(link: Link) -> Link:
    """Its comment is as it was left; a claim that is wanted again stays."""
    return replace(link, claim="", parting="") if link.claim == "releasing" else link


def _claimed(link: Link, event: ItemClaimed) -> Link:
    """What was wanted of its state and texts before stays wanted."""
    written = replace(link.synced.written, comment=event.comment)
    before = link.synced.wanted
    wanted = replace(event.wanted, title=before.title, body=before.body, switch=before.switch)
    claimed = _compared(link, Synced(event.seen, written, wanted))
    return replace(claimed, as_of=event.at, claim="held", parting="")


def _seen(link: Link, event: ItemSeen) -> Link:
    title, url = event.title or link.title, event.url or link.url
    return replace(_compared(link, link.synced, event.remote), as_of=event.at, title=title, url=url, gone="")


def _compared(link: Link, synced: Synced, remote: Fields | None = None) -> Link:
    """The link with these sides, compared with what was fetched or with what was last seen."""
    outcome = compare(synced, remote or synced.seen)
    return replace(link, synced=outcome.after, conflicts=outcome.conflicts)


def _chosen(link: Link, event: ConflictSettled) -> Link:
    left = tuple(each for each in link.conflicts if each.field != event.field)
    return replace(link, synced=settled(link.synced, event.field, event.side), conflicts=left)


def _replaced(forge: CardForge, act: Outgoing) -> CardForge:
    return replace(forge, outbox=tuple(act if each.id == act.id else each for each in forge.outbox))


def _without(forge: CardForge, act: Outgoing) -> CardForge:
    return replace(forge, outbox=tuple(each for each in forge.outbox if each.id != act.id))


def _counted(forge: CardForge, act: str) -> CardForge:
    number = int(act.rpartition("a")[2]) if act.rpartition("a")[2].isdecimal() else 0
    return replace(forge, next_act=max(forge.next_act, number + 1))
