"""The board as the screens over it and the actions on it know it."""

from collections.abc import Callable, Iterable
from typing import Protocol

from orchestrator.core.board.views import CardView
from widgets.board.filter import FilterBar
from widgets.board.preview import PreviewPane
from widgets.board.several.marks import Which
from widgets.hub_app import HubApp
from widgets.mirror import Mirror


class CardActions(Protocol):
    """The actions on a card; it has a method for each action, as `call_action` calls them."""

    def runs(self, run: str = "", stage: str = "") -> None:
        """Opens the runs on that run and stage, if given."""

    def mail(self, message: str = "") -> None:
        """Opens the mail on that message, if given."""


class BoardView(Protocol):
    """The board's screen, whatever is on top of it."""

    app: HubApp
    mirror: Mirror
    preview: PreviewPane
    filter: FilterBar

    @property
    def card(self) -> CardView | None:
        """The card under the cursor."""

    @property
    def above(self) -> object | None:
        """The screen that covers the board completely; `None` for none."""

    def card_actions(self, card: Callable[[], CardView | None]) -> CardActions:
        """The board's actions on the card that `card` returns at that moment."""

    def jump(self, card_id: str) -> None:
        """Puts the cursor on that card."""

    def expect(self, card_id: str) -> None:
        """Puts the cursor on that card as soon as it is there."""

    @property
    def marked(self) -> tuple[CardView, ...]:
        """The marked cards, in the order in which they were marked."""

    def mark_cards(self, which: Which) -> None:
        """Marks the card under the cursor, those from the last mark to it, all of the column, or all that are
        shown; unmarks them if all were marked, but for a range."""

    def unmark(self, cards: Iterable[str]) -> None:
        """Takes the marks off these cards."""

    def follow(self, card_id: str) -> None:
        """The cursor follows when that card arrives in another column."""

    def next_waiting(self) -> None:
        """Puts the cursor on the next card that needs a person."""

    def saw(self, card_id: str) -> None:
        """The user returns from that card's session."""

    def uncover(self) -> None:
        """Closes what covers the board."""
