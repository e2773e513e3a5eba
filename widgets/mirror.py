"""What the hub has told so far: the board's only source. Holds views and changes none."""

from collections.abc import Iterable

from orchestrator.client import Board, CardChanged, CardGone, OrchError, Update
from orchestrator.core.views import CardView, HubView
from widgets.feed import Away


class Mirror:
    """The latest `CardView` of each card, the hub's own view, and whether the hub still answers."""

    def __init__(self) -> None:
        self.cards: dict[str, CardView] = {}
        self.hub: HubView | None = None
        """`None` until the first board has come."""
        self.away_since: float | None = None
        self.error: OrchError | None = None
        """Why the hub is away."""

    def take(self, updates: Iterable[Update | Away]) -> None:
        for update in updates:
            match update:
                case Board(hub, cards):
                    self.hub, self.cards = hub, {card.id: card for card in cards}
                    self.away_since = self.error = None
                case CardChanged(card):
                    self.cards[card.id] = card
                case CardGone(gone):
                    self.cards.pop(gone, None)
                case Away(since, error):
                    self.away_since, self.error = since, error
                case _:
                    self.hub = update.hub
