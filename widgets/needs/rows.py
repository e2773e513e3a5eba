"""The list of what waits: a leaf for each need, in a column that scrolls."""

from collections.abc import Callable, Sequence

from textual import events
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message

from orchestrator.core.views import Need
from widgets.format import age
from widgets.lines import Lines
from widgets.needs.place import Place
from widgets.needs.row_text import need_lines


class NeedBox(Lines):
    """A place in the list. Shows the need that stands there now; draws again only when it looks different."""

    ALLOW_SELECT = False

    class Pressed(Message):
        """The mouse was pressed on a need, `times` times in a row."""

        def __init__(self, need: str, times: int) -> None:
            super().__init__()
            self.need, self.times = need, times

    def __init__(self) -> None:
        super().__init__()
        self.need: Need | None = None
        self._looks: tuple[object, ...] = ()
        self._now = 0.0
        self._selected = self._tall = False
        self._doing = ""

    def show(self, need: Need, now: float, *, selected: bool, tall: bool, doing: str) -> None:
        """Draw this need from now on."""
        looks = (need, selected, tall, doing, age(now - need.since))
        if looks == self._looks:
            return
        self._looks = looks
        self.need, self._now, self._selected, self._tall, self._doing = need, now, selected, tall, doing
        self.set_class(selected, "-selected")
        self.refresh()

    def render(self) -> Content:
        if self.need is not None:
            self.lines = need_lines(
                self.need,
                self._now,
                self.size.width,
                tall=self._tall,
                selected=self._selected,
                doing=self._doing,
            )
        return super().render()

    def on_click(self, event: events.Click) -> None:
        if self.need is not None:
            self.post_message(self.Pressed(self.need.id, event.chain))


class NeedList(VerticalScroll):
    """The needs in their order; what is selected is always in sight."""

    def __init__(self) -> None:
        super().__init__(can_focus=False)
        self._boxes: list[NeedBox] = []
        self._filled = 0
        self._revealed = Place()

    def show(
        self, needs: Sequence[Need], place: Place, now: float, *, tall: bool, doing: Callable[[str], str]
    ) -> None:
        """`doing` says of a need's id what is being answered to it."""
        new = [NeedBox() for _ in range(len(needs) - len(self._boxes))]
        if new:
            self._boxes += new
            self.mount_all(new)
        for box, need in zip(self._boxes, needs, strict=False):
            box.show(need, now, selected=need.id == place.need, tall=tall, doing=doing(need.id))
        if len(needs) != self._filled:
            for number, box in enumerate(self._boxes):
                box.display = number < len(needs)
            self._filled = len(needs)
        if place != self._revealed:
            self._revealed = place
            if place.need:
                self.scroll_to_widget(self._boxes[place.row], animate=False)
