"""When the diff is read again. Pure."""

from dataclasses import dataclass

from orchestrator.core.board.views import CardView

_SOON, _AT_WORK, _AT_REST = 2.0, 3.0, 15.0
"""Seconds between two readings: where the card has changed, while its session works, and else."""


@dataclass
class Follow:
    """Remembers when and of which card it was read last."""

    read_at: float = 0.0
    card: CardView | None = None

    def due(self, card: CardView | None, now: float, *, at_work: bool) -> bool:
        """Whether it may have changed by now."""
        since = now - self.read_at
        if card != self.card:
            return since >= _SOON
        return since >= (_AT_WORK if at_work else _AT_REST)

    def reads(self, card: CardView | None, now: float) -> None:
        """It is being read."""
        self.read_at, self.card = now, card
