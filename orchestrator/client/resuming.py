"""Resumes every session that ended unexpectedly, a few at a time."""

import time
from collections.abc import Container, Iterator
from dataclasses import dataclass

from orchestrator.client.client import Client
from orchestrator.core.board.views import CardView
from orchestrator.core.errors import OrchError
from orchestrator.core.requests.cards import Nudge, Resume, ShowBoard

AT_ONCE = 8
"""Maximum sessions starting at the same time; starting one costs about a second of a processor."""
_COMES_UP_WITHIN = 60.0
"""Seconds after which one that is still starting no longer delays others."""
_LOOKS_EVERY = 0.3
_COMING_UP = ("starting",)


@dataclass(frozen=True, slots=True)
class Resumed:
    """The outcome for one card: `card` after the resumption, or why it was refused."""

    id: str
    card: CardView | None
    error: OrchError | None = None


def to_resume(cards: tuple[CardView, ...], *, go_on: bool) -> list[CardView]:
    """The cards to resume. With `go_on` also those that have been resumed and wait to be told to continue."""
    waits = [card for card in cards if go_on and card.cut_off and card.state == "interrupted"]
    return [card for card in cards if card.unasked_end] + waits


def resume_all(
    client: Client, *, go_on: bool, at_once: int = AT_ONCE, only: Container[str] | None = None
) -> Iterator[Resumed]:
    """Resumes them one after another, those of `only` if given, and reports each. A card without a free slot
    waits to start (`max_sessions`), and delays no other. Raises `OrchError` if the board cannot be read."""
    begun: dict[str, float] = {}
    for card in to_resume(client.submit(ShowBoard()).cards, go_on=go_on):
        if only is not None and card.id not in only:
            continue
        _wait_for_room(client, begun, at_once)
        try:
            if card.unasked_end:
                after = client.submit(Resume(card.id, go_on=go_on))
                begun[card.id] = time.monotonic()
            else:
                after = client.submit(Nudge(card.id, "continue"))
        except OrchError as error:
            yield Resumed(card.id, None, error)
        else:
            yield Resumed(card.id, after)


def _wait_for_room(client: Client, begun: dict[str, float], at_once: int) -> None:
    while len(begun) >= at_once:
        states = {card.id: card.state for card in client.submit(ShowBoard()).cards}
        now = time.monotonic()
        for card, since in tuple(begun.items()):
            if states.get(card) not in _COMING_UP or now - since > _COMES_UP_WITHIN:
                del begun[card]
        if len(begun) >= at_once:
            time.sleep(_LOOKS_EVERY)
