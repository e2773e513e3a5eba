"""One card on the board: a leaf that draws a view."""

from textual import events
from textual.content import Content
from textual.message import Message

from orchestrator.core.board.views import CardView
from widgets.board.columns.card_text import ages, card_lines
from widgets.kit.lines import Lines


class CardBox(Lines):
    """A box in a column. Shows its present card; redraws only on a visible change."""

    ALLOW_SELECT = False

    class Pressed(Message):
        """The mouse was pressed on a card, `times` times in a row."""

        def __init__(self, card: str, times: int) -> None:
            super().__init__()
            self.card, self.times = card, times

    def __init__(self) -> None:
        super().__init__()
        self.card: CardView | None = None
        self._now = 0.0
        self._selected = self._wide = False
        self._marked = 0

    def show(self, card: CardView, now: float, *, selected: bool, wide: bool, marked: int = 0) -> None:
        """Draws this card from now on; `marked` is its place among the marked cards, 0 for none."""
        looks = (card, selected, wide, marked)
        if looks == (self.card, self._selected, self._wide, self._marked) and ages(card, now) == ages(
            card, self._now
        ):
            return
        self.card, self._selected, self._wide, self._marked = looks
        self._now = now
        self.set_class(selected, "-selected")
        self.set_class(False, "-vacant")
        self.refresh()

    def vacate(self) -> None:
        """The box is empty."""
        if self.card is not None:
            self.card = None
            self.set_class(False, "-selected")
            self.set_class(True, "-vacant")
            self.put()

    def render(self) -> Content:
        if self.card is not None:
            width = self.size.width
            self.lines = card_lines(
                self.card, self._now, width, wide=self._wide, selected=self._selected, marked=self._marked
            )
        return super().render()

    def on_click(self, event: events.Click) -> None:
        if self.card is not None:
            self.post_message(self.Pressed(self.card.id, event.chain))
