"""Decides what is asked of a card's change request."""

from orchestrator.core.commands import Decision, Rejected
from orchestrator.core.events import EndingAsked, Event
from orchestrator.core.forge.changes.change import ChangeRequest, obstacles
from orchestrator.core.forge.changes.commands import (
    ChangeCommand,
    LinkChange,
    MergeChange,
    PublishCard,
    UnlinkChange,
)
from orchestrator.core.forge.changes.linking import linked, merged_change
from orchestrator.core.forge.events import ActDropped, ActQueued, ChangeSeen, ItemUnlinked, MergeFollowed
from orchestrator.core.forge.links import Outgoing
from orchestrator.core.forge.outbox.acts import Merge, OpenChange, Push, QueuedAct
from orchestrator.core.forge.repository import ItemRef
from orchestrator.core.model import Card, State

_OF_A_QUEUE = ("behind the base", "blocked by a rule of the repository")
"""What a merge queue takes care of itself."""


def decide_change(state: State, card: Card, command: ChangeCommand, now: float) -> Decision:
    """Nothing is asked of the forge here: what is decided waits in the card's outbox."""
    match command:
        case PublishCard():
            return _publish(card, command, now)
        case MergeChange():
            return _merge(card, command, now)
        case LinkChange(found=found):
            return _link(state, card, found, now)
        case UnlinkChange():
            link = card.forge.change
            return (ItemUnlinked(now, card.id, link.ref),) if link else no_change(card)


def finishing(card: Card, head: str, now: float) -> tuple[Event, ...]:
    """The card is finished because its change request was merged. Only what a rescue keeps can be left in its
    worktree by then."""
    return (
        MergeFollowed(now, card.id, head),
        EndingAsked(now, card.id, "finish", rescue=True, how="pr"),
    )


def owner_of_change(state: State, ref: ItemRef) -> Card | None:
    """The card that has the change request."""
    return next(
        (each for each in state.cards.values() if each.forge.change and each.forge.change.ref.same(ref)), None
    )


def no_change(card: Card) -> Rejected:
    """The refusal of what needs the card's change request."""
    hint = f"Open one: orch finish {card.id} --pr. Or link one: orch pr link {card.id} NUMBER"
    return Rejected(f"{card.id} has no pull request", hint=hint)


def pending(card: Card, *kinds: type) -> tuple[Outgoing, ...]:
    """Its acts of these kinds that are not done."""
    return tuple(each for each in card.forge.outbox if isinstance(each.act, kinds))


def _publish(card: Card, command: PublishCard, now: float) -> Decision:
    if card.finished:
        return Rejected(f"{card.id} is already in Done", f"it was finished with {card.finished}")
    if card.ending:
        return Rejected(f"{card.id} is ending", f"{card.ending.then} is in progress")
    if merged := merged_change(card.forge):
        return finishing(card, merged.head_commit, now)
    if no := command.refused:
        return Rejected(no.what, no.why, no.hint)
    push = command.push
    assert push is not None
    before = pending(card, Push, OpenChange)
    if sent := next((each for each in before if each.state == "sent"), None):
        if isinstance(sent.act, OpenChange) or sent.act == push:
            return ()
        return Rejected(
            f"{card.id} is being pushed",
            hint=f"Retry when that is done. Or give it up: orch forge drop {card.id} --waiting",
        )
    return (*_dropped(card, before, now), _queued(card, push, None, now))


def _merge(card: Card, command: MergeChange, now: float) -> Decision:
    link, found = card.forge.change, command.found
    if link is None:
        return no_change(card)
    what = f"{found.ref} was not merged"
    if found.state != "open":
        return Rejected(what, f"it is {found.state}")
    if found.queued:
        return Rejected(what, "it is in the merge queue already")
    before = pending(card, Merge)
    if any(each.state in ("queued", "sent") for each in before):
        return Rejected(what, "that is in progress", f"See: orch pr show {card.id}")
    method = _method(found, command)
    if isinstance(method, Rejected):
        return method
    if command.tip and command.tip != found.head_commit and not command.force:
        why = f"its head is {found.head_commit[:10]}, and {card.branch} is at {command.tip[:10]}"
        hint = f"Push first: orch finish {card.id} --pr. Or merge it as it is: --force"
        return Rejected(what, why, hint)
    against = [each for each in obstacles(found) if not (command.queue and each in _OF_A_QUEUE)]
    if found.draft or (against and not command.force):
        hint = (
            f"Mark it ready on {found.ref.repository.host}."
            if found.draft
            else f"Or let {found.ref.repository.host} decide: --force"
        )
        return Rejected(what, ", ".join(against), hint)
    return (
        ChangeSeen(now, card.id, found),
        *_dropped(card, before, now),
        _queued(card, Merge(method, found.head_commit), found.ref, now),
    )


def _method(found: ChangeRequest, command: MergeChange) -> str | Rejected:
    what, allowed = f"{found.ref} was not merged", ", ".join(command.methods)
    if command.queue:
        return "queue"
    if command.method and command.method not in command.methods:
        why = f"the repository does not allow {command.method}"
        return Rejected(what, why, f"It allows: {allowed}" if allowed else "")
    if command.method or len(command.methods) == 1:
        return command.method or command.methods[0]
    return Rejected(what, "the repository allows several methods", f"Choose one: --method {allowed}")


def _link(state: State, card: Card, found: ChangeRequest, now: float) -> Decision:
    if own := card.forge.change:
        hint = f"Unlink it first: orch pr unlink {card.id}"
        return Rejected(f"{card.id} already has a pull request", f"it is {own.ref}", hint)
    if other := owner_of_change(state, found.ref):
        hint = f"Unlink it first: orch pr unlink {other.id}"
        return Rejected(f"{found.ref} is already on the board", f"{other.id} {other.slug} has it", hint)
    return linked(card.id, found, now), ChangeSeen(now, card.id, found)


def _dropped(card: Card, acts: tuple[Outgoing, ...], now: float) -> tuple[Event, ...]:
    return tuple(ActDropped(now, card.id, each.id) for each in acts)


def _queued(card: Card, act: QueuedAct, item: ItemRef | None, now: float) -> ActQueued:
    return ActQueued(now, card.id, f"a{card.forge.next_act}", act, item)
