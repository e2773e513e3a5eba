"""Prompts on their way into a conversation: typed once, and kept until the conversation on disk contains
them.

The outbox contains those that wait to be typed, and the one whose receipt is pending. From its receipt on a
prompt is `kept`: an agent that is killed then has not recorded it yet. Prompts left by the end of a session
are offered to a person, and never sent again automatically."""

from dataclasses import replace

from orchestrator.core.effects import alive, may_type, next_prompt, opening
from orchestrator.core.events import CardEvent, Event, WindowOpened
from orchestrator.core.model import Card, Prompt
from orchestrator.core.sessions.prompt_events import (
    PromptConfirmed,
    PromptDropped,
    PromptPasted,
    PromptPasting,
    PromptPutBack,
    PromptQueued,
    PromptReceived,
    PromptStuck,
    PromptUnconfirmed,
)
from orchestrator.core.sessions.signals import PromptTaken, Signal

RECEIPT_WITHIN = 15.0
"""Seconds after which a typed prompt without a receipt is shown as unconfirmed."""
STUCK_AFTER = 30.0
"""Seconds after which a prompt that cannot be typed needs a person."""
_IN_FLIGHT = frozenset({"pasting", "pasted", "unconfirmed"})


def receipt(card: Card, signal: Signal) -> tuple[Event, ...]:
    """The prompt that this signal confirms: the one with which the session was started, else the typed one
    with that text."""
    if not isinstance(signal, PromptTaken) or card.session is None:
        return ()
    run = card.session.run
    given = [each for each in card.outbox if each.state in _IN_FLIGHT and same(each.text, signal.text)]
    given += [each for each in card.kept if each.state == "launched" and each.run == run]
    return tuple(PromptReceived(signal.at, card.id, each.id) for each in given[:1])


def overdue(card: Card, now: float) -> tuple[Event, ...]:
    """Prompts whose receipt is late, and those that have waited too long to be typed."""
    if not alive(card):
        return ()
    late = tuple(
        PromptUnconfirmed(now, card.id, prompt.id)
        for prompt in card.outbox
        if prompt.state in ("pasting", "pasted") and now - prompt.at >= RECEIPT_WITHIN
    )
    return late + tuple(
        PromptStuck(now, card.id, prompt.id)
        for prompt in card.outbox
        if prompt.state == "queued"
        and prompt.why
        and not prompt.stuck
        and now - (prompt.kept_off_at or prompt.at) >= STUCK_AFTER
    )


def awaited(card: Card) -> tuple[Prompt, ...]:
    """Prompts that the conversation on disk may contain by now."""
    return tuple(each for each in (*card.kept, *card.outbox) if each.state != "queued")


def offered(card: Card) -> tuple[Prompt, ...]:
    """Typed prompts that are not in the conversation, oldest first: a person decides whether to resend them.
    A first prompt that no session has submitted is not among them: the next start sends it."""
    session = card.session
    if session is None:
        return ()
    running = session.run if alive(card) else -1
    kept = tuple(
        each for each in card.kept if each.state == "unconfirmed" or each.run != running
        if not (each.state == "launched" and not card.prompt_taken and each.text == card.prompt)
    )  # fmt: skip
    return kept + tuple(
        each
        for each in card.outbox
        if each.state == "unconfirmed" or (each.state in _IN_FLIGHT and running == -1)
    )


def about_to_be_typed(card: Card, prompt: str) -> bool:
    """Whether that prompt is being typed, or is next without a known obstacle."""
    found = next((each for each in card.outbox if each.id == prompt), None)
    if found is None or found.why or not may_type(card.session):
        return False
    return found.state == "pasting" or next_prompt(card) == found


def same(typed: str, taken: str) -> bool:
    """Whether both are the same prompt; agents and terminals change spaces and line ends."""
    return typed.split() == taken.split()


def is_prompt(shown: str, kept: str) -> bool:
    """Whether a box that shows `shown` contains the prompt of which `kept` is the beginning; lines may have
    been wrapped."""
    begun = "".join(kept.split())
    return bool(begun) and "".join(shown.split()).startswith(begun)


def evolve_prompts(card: Card, event: CardEvent) -> Card:
    """The card's prompts after the event."""
    match event:
        case PromptQueued():
            queued = Prompt(event.prompt, event.text, event.at)
            return replace(card, outbox=(*in_no_doubt(card.outbox), queued))
        case PromptConfirmed() | PromptDropped():
            return replace(
                card, outbox=_without(card.outbox, event.prompt), kept=_without(card.kept, event.prompt)
            )
        case PromptReceived():
            received = [replace(each, state="received") for each in awaited(card) if each.id == event.prompt]
            kept = (*_without(card.kept, event.prompt), *received)
            return replace(card, outbox=_without(card.outbox, event.prompt), kept=kept)
        case PromptPasting():
            run = card.session.run if card.session else 0
            return _changed(
                card, event.prompt, state="pasting", at=event.at, typed_at=event.at, run=run, why=""
            )
        case PromptPasted():
            return _changed(card, event.prompt, state="pasted", at=event.at, kept_off_at=0.0, stuck=False)
        case PromptPutBack():
            first = (
                next((each.kept_off_at for each in card.outbox if each.id == event.prompt), 0.0) or event.at
            )
            return _changed(card, event.prompt, state="queued", at=event.at, why=event.why, kept_off_at=first)
        case PromptUnconfirmed():
            return _changed(card, event.prompt, state="unconfirmed", at=event.at)
        case PromptStuck():
            return _changed(card, event.prompt, stuck=True)
        case _:
            return card


def opened(card: Card, event: WindowOpened) -> Card:
    """At a new run: what was typed into the previous one is kept, and so is the prompt with which this one
    was started."""
    assert card.launch is not None
    kept = [*card.kept, *(each for each in card.outbox if each.state in _IN_FLIGHT)]
    outbox = tuple(each for each in card.outbox if each.state == "queued")
    text = opening(card, card.launch, found=event.resumed)
    if event.prompted:
        kept = [each for each in kept if each.state != "launched" or each.text != text]
        launched = Prompt(
            f"{card.id}.{event.run}", text, event.at, "launched", run=event.run, typed_at=card.launch.since
        )
        kept.append(launched)
    return replace(card, kept=tuple(kept), outbox=outbox)


def in_no_doubt(outbox: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
    """Without the prompts that have no receipt: a person has checked."""
    return tuple(prompt for prompt in outbox if prompt.state != "unconfirmed")


def _without(prompts: tuple[Prompt, ...], id_: str) -> tuple[Prompt, ...]:
    return tuple(each for each in prompts if each.id != id_)


def _changed(card: Card, id_: str, **changes: object) -> Card:
    changed = tuple(
        replace(each, **changes) if each.id == id_ else each  # type: ignore[arg-type]
        for each in card.outbox
    )
    return replace(card, outbox=changed)
