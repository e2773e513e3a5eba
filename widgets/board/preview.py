"""A live view of a session's pane, in its own colours."""

import re

from rich.style import Style
from rich.text import Span, Text
from textual import work
from textual.timer import Timer
from textual.widget import Widget

from orchestrator.client import OrchError
from orchestrator.core.board.views import CardView, Preview
from orchestrator.core.requests.cards import ShowPane
from widgets.board.refusals import elsewhere
from widgets.hub_app import HubApp
from widgets.kit.format import clean

_AGAIN = 1.0
"""Seconds between two refreshes while it is open."""
_SGR = re.compile(r"(\x1b\[[0-9;:]*m)")
_OTHER = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\|$)|[ -/]*[0-~])", re.DOTALL)


def pane_text(text: str, height: int) -> Text:
    """The last `height` non-empty rows, with their colours and nothing else that a terminal would
    interpret."""
    rows = text.rstrip().split("\n")
    plain = "\n".join(_colours_only(each) for each in rows[-height:]) if height > 0 else ""
    shown = Text.from_ansi(plain, no_wrap=True, overflow="crop", end="")
    shown.spans = [
        Span(span.start, span.end, _on_ours(span.style) if isinstance(span.style, Style) else span.style)
        for span in shown.spans
    ]
    return shown


def _on_ours(style: Style) -> Style:
    """Without the terminal's default colours: they would be patches on the board's background."""
    color, ground = (each if each and not each.is_default else None for each in (style.color, style.bgcolor))
    return style.without_color + Style.from_color(color, ground)


def _colours_only(line: str) -> str:
    parts = _SGR.split(line)
    for number in range(0, len(parts), 2):
        parts[number] = clean(_OTHER.sub("", parts[number]))
    return "".join(parts)


class PreviewPane(Widget):
    """Follows the cursor. Asks the hub only while it is shown, and draws only what has changed."""

    app: HubApp

    def __init__(self) -> None:
        super().__init__()
        self._card: CardView | None = None
        self._said: Text = Text()
        self._text = self._title = ""
        self._timer: Timer | None = None
        self._asking = ""

    @property
    def shown(self) -> bool:
        """Whether the pane is visible, and so asks the hub."""
        return self.has_class("-shown")

    def toggle(self) -> None:
        """Shows the pane and starts to ask the hub, or hides it and stops."""
        self.toggle_class("-shown")
        if self.shown:
            self._timer = self.set_interval(_AGAIN, self._look)
            self._text = ""
            self._look()
        elif self._timer is not None:
            self._timer.stop()

    def show(self, card: CardView | None) -> None:
        """Shows this card's pane from now on."""
        moved = (card.id if card else "") != (self._card.id if self._card else "")
        self._card = card
        if not self.shown:
            return
        title = f"{card.id} {clean(card.title)}".replace("[", "\\[") if card else "no card"
        if title != self._title:
            self.border_title = self._title = title
        if moved:
            self._put("")
            self._look()

    def _look(self) -> None:
        card = self._card
        if card is None or self._asking == card.id:
            return
        if card.window is None:
            away = "" if card.where == "local" else elsewhere(card)
            self._put(f"{card.id} has no window: {(f'it {away}' if away else 'its session is not running')}.")
            return
        self._asking = card.id
        self._fetch(card.id)

    @work(thread=True, exit_on_error=False, group="preview")
    def _fetch(self, card_id: str) -> None:
        try:
            seen: Preview | OrchError = self.app.client.submit(ShowPane(card_id))
        except OrchError as error:
            seen = error
        self.app.call_later(self._take, card_id, seen)

    def _take(self, card_id: str, seen: Preview | OrchError) -> None:
        if self._asking == card_id:
            self._asking = ""
        if self._card is not None and self._card.id == card_id:
            self._put(seen.text if isinstance(seen, Preview) else str(seen))

    def _put(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.refresh()

    def render(self) -> Text:
        return pane_text(self._text, self.size.height)
