"""The bottom line: the keys that matter most, grey where they can do nothing now."""

from textual import events
from textual.content import Content
from textual.message import Message

from orchestrator.actions import BY_ID
from orchestrator.core.views import CardView
from widgets.format import Span, row, width_of
from widgets.keys import ON_BOARD, Keyboard
from widgets.lines import Lines
from widgets.may import refusal

_LEAST_FIRST = ("palette", "move.right", "quit", "filter", "preview", "next", "stop", "send")
"""What is left out first where the line is short."""


def key_spans(keyboard: Keyboard, card: CardView | None, width: int) -> list[tuple[str, list[Span]]]:
    """The actions that fit into `width` cells, each with its spans, in words as long as there is room for."""
    actions = [action.id for action in ON_BOARD if action.footer and keyboard.shown(action.id)]
    for wordy in (True, False):
        shown = [(action, _spans(action, keyboard, card, wordy=wordy)) for action in actions]
        if _width(shown) <= width:
            return shown
    for least in _LEAST_FIRST:
        shown = [each for each in shown if each[0] != least]
        if _width(shown) <= width:
            break
    return shown


def _spans(action: str, keyboard: Keyboard, card: CardView | None, *, wordy: bool) -> list[Span]:
    title = BY_ID[action].title
    label = title if wordy else title.split()[0]
    grey = bool(refusal(action, card))
    return [
        (f" {keyboard.shown(action)}", "faint" if grey else "cursor"),
        (f" {label} ", "faint" if grey else "text"),
    ]


def _width(shown: list[tuple[str, list[Span]]]) -> int:
    return sum(width_of(spans) for _, spans in shown)


class KeyBar(Lines):
    """Each key has its tooltip; a click does what the key does."""

    ALLOW_SELECT = False

    class Chosen(Message):
        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[tuple[str, list[Span]]] = []
        self._reasons: dict[str, str] = {}

    def show(self, keyboard: Keyboard, card: CardView | None) -> None:
        width = self.app.size.width
        self._shown = key_spans(keyboard, card, width)
        self._reasons = {action: refusal(action, card, keyboard.shown) for action, _ in self._shown}
        self.put(row([span for _, spans in self._shown for span in spans], [], width))

    def at(self, x: int) -> str | None:
        """The action that stands at that cell."""
        for action, spans in self._shown:
            x -= width_of(spans)
            if x < 0:
                return action
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        action = self.at(event.x)
        tip = f"{BY_ID[action].help} {self._reasons.get(action, '')}".strip() if action else None
        self.tooltip = Content(tip) if tip else None

    def on_click(self, event: events.Click) -> None:
        if action := self.at(event.x):
            self.post_message(self.Chosen(action))
