"""What a person decides about changes that a forge refused, that are unclear, or that conflict."""

from dataclasses import replace

from orchestrator.core.commands import Decision, Rejected
from orchestrator.core.events import Event
from orchestrator.core.forge.events import (
    ActDropped,
    ActRetried,
    ConflictSettled,
    ItemProgressed,
    ItemReleased,
    ItemWanted,
)
from orchestrator.core.forge.links import Link, Outgoing, unsent
from orchestrator.core.forge.outbox.fields import Wanted
from orchestrator.core.model import Card
from orchestrator.core.requests.forge import DropChanges, OutboxCommand, RetryChanges, SettleConflict


def settle(card: Card, command: OutboxCommand, now: float) -> Decision:
    """The events, or why there is nothing to decide."""
    match command:
        case RetryChanges():
            found = _failed(card, command.change)
            events = tuple(ActRetried(now, card.id, each.id) for each in found)
            if not events and _waits(card, command.change):
                return ()  # the hub ends its pause
            return events or _nothing(card, "change to retry", command.change)
        case DropChanges():
            return _drop(card, command, now)
        case SettleConflict():
            return _settle(card, command, now)


def _drop(card: Card, command: DropChanges, now: float) -> Decision:
    found = _failed(card, command.change)
    if command.waiting and not command.change:
        found = (*found, *(each for each in card.forge.outbox if each.state in ("queued", "sent")))
    events: tuple[Event, ...] = tuple(ActDropped(now, card.id, each.id) for each in found)
    if command.waiting and not command.change:
        events += tuple(event for link in card.forge.links for event in _nothing_wanted(card, link, now))
    return events or _nothing(card, "change to drop", command.change)


def _nothing_wanted(card: Card, link: Link, now: float) -> tuple[Event, ...]:
    """The issue stays as it is."""
    events: tuple[Event, ...] = ()
    if link.synced.wanted != Wanted():
        events += (ItemWanted(now, card.id, link.ref, Wanted()),)
    if link.progress.stage == "landed":
        done = replace(link.progress, stage="done", closing=None)
        events += (ItemProgressed(now, card.id, link.ref, done, Wanted(), parting=link.parting),)
    if link.claim == "releasing":
        events += (ItemReleased(now, card.id, link.ref),)
    return events


def _settle(card: Card, command: SettleConflict, now: float) -> Decision:
    events = tuple(
        ConflictSettled(now, card.id, link.ref, each.field, command.side)
        for link in card.forge.links
        for each in link.conflicts
        if command.field in (None, each.field)
    )
    return events or _nothing(card, f"conflict in its {command.field}" if command.field else "conflict", "")


def _failed(card: Card, change: str) -> tuple[Outgoing, ...]:
    return tuple(
        each for each in card.forge.outbox if each.state in ("refused", "unclear") and change in ("", each.id)
    )


def _waits(card: Card, change: str) -> bool:
    """Whether that change, or any, is to be sent anyway."""
    if not change:
        return bool(unsent(card.forge))
    return any(each.id == change and each.state in ("queued", "sent") for each in card.forge.outbox)


def _nothing(card: Card, what: str, change: str) -> Rejected:
    named = f" named {change}" if change else ""
    return Rejected(f"{card.id} has no {what}{named}", hint="List what waits: orch forge list")
