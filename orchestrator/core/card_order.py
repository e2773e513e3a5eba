"""The order of the cards within a column: one for the board and for `orch ls`."""

from orchestrator.core.views import CardView

_LAST = float("inf")


def rank(card: CardView) -> tuple[float, float, float, int]:
    """Sorts what needs a human to the front, the most urgent and then the oldest first; then the cards that
    wait to start, in that order; then the others, the one that changed last first."""
    position = _LAST if card.queue_position is None else card.queue_position
    since = card.since if card.attention else -card.since
    return card.attention or _LAST, position, since, int(card.id.removeprefix("c"))
