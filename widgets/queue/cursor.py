"""Which need is selected, and where the selection moves. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.core.board.views import Need


@dataclass(frozen=True, slots=True)
class QueueCursor:
    """`need` is an id, empty for an empty queue. `row` is its last known position."""

    need: str = ""
    row: int = 0


def at(row: int, needs: Sequence[Need]) -> QueueCursor:
    """On the need nearest to that row."""
    if not needs:
        return QueueCursor("", 0)
    row = max(0, min(row, len(needs) - 1))
    return QueueCursor(needs[row].id, row)


def on(need_id: str, needs: Sequence[Need]) -> QueueCursor | None:
    """On that need, or `None` if it is gone."""
    return next((QueueCursor(need.id, row) for row, need in enumerate(needs) if need.id == need_id), None)


def opening(card: str, needs: Sequence[Need]) -> QueueCursor:
    """On the most urgent need of that card if it has one, else on the most urgent of all."""
    return at(next((row for row, need in enumerate(needs) if card and need.card == card), 0), needs)


def settle(place: QueueCursor, needs: Sequence[Need]) -> QueueCursor:
    """The selection after the needs have changed: on the same one wherever that is now, else on the one that
    has taken its row."""
    return (on(place.need, needs) if place.need else None) or at(place.row, needs)


def step(place: QueueCursor, needs: Sequence[Need], way: str) -> QueueCursor:
    """One step `up` or `down`, or to the `first` or `last`."""
    rows = {"up": place.row - 1, "down": place.row + 1, "first": 0, "last": len(needs)}
    return at(rows[way], needs)


def onward(place: QueueCursor, needs: Sequence[Need]) -> QueueCursor:
    """The next one, wrapping around."""
    return at((place.row + 1) % len(needs), needs) if needs else place
