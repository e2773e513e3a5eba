"""What the hub has told so far: the board's only source. Holds views and changes none."""

from collections.abc import Iterable

from orchestrator.client import (
    Board,
    CardChanged,
    CardGone,
    HubAway,
    HubChanged,
    NeedsChanged,
    OrchError,
    Update,
)
from orchestrator.core.views import CardView, HubView, Need
from widgets.feed import Away


class Mirror:
    """The latest `CardView` of each card, the hub's own view, and whether the hub still answers."""

    def __init__(self) -> None:
        self.cards: dict[str, CardView] = {}
        self.needs: tuple[Need, ...] = ()
        """What waits for a human, the most urgent first."""
        self.hub: HubView | None = None
        """`None` until the first board has come."""
        self.away_since: float | None = None
        self.error: OrchError | None = None
        """Why the hub is away."""

    @property
    def failure(self) -> OrchError | None:
        """What keeps the hub from coming back; `None` while it is there or nothing more is known than that
        it is away."""
        return None if isinstance(self.error, HubAway) else self.error

    def take(self, updates: Iterable[Update | Away]) -> None:
        for update in updates:
            match update:
                case Board(hub, cards, needs):
                    self.hub, self.cards, self.needs = hub, {card.id: card for card in cards}, needs
                    self.away_since = self.error = None
                case CardChanged(card):
                    self.cards[card.id] = card
                case CardGone(gone):
                    self.cards.pop(gone, None)
                case Away(since, error):
                    self.away_since, self.error = since, error
                case NeedsChanged(needs):
                    self.needs = needs
                case HubChanged(hub):
                    self.hub = hub
