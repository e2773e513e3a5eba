"""The footer: the most important keys, greyed if they can do nothing now."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message

from orchestrator.actions import BY_ID
from orchestrator.core.board.views import CardView
from widgets.board.refusals import refusal
from widgets.kit.format import Span, row, width_of
from widgets.kit.keys import ON_BOARD, Keyboard
from widgets.kit.lines import Lines

_LEAST_FIRST = (
    "palette",
    "move.right",
    "preview",
    "filter",
    "stop",
    "diff",
    "runs",
    "mail",
    "quit",
    "next",
    "send",
)
"""Omitted first if the line is short."""
_SHORT = {"mail": "Mail"}
"""The words of a short line, unless they are the first of the title."""


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A key of the footer. `why` says why it can do nothing now; empty if it can be tried."""

    action: str
    key: str
    label: str
    short: str
    why: str = ""


def board_entries(keyboard: Keyboard, card: CardView | None) -> list[KeyEntry]:
    """The board's, with `card` under the cursor."""
    return [
        KeyEntry(
            action.id,
            keyboard.shown(action.id),
            action.title,
            _SHORT.get(action.id, action.title.split()[0]),
            refusal(action.id, card, keyboard.shown),
        )
        for action in ON_BOARD
        if action.footer and keyboard.shown(action.id)
    ]


def key_spans(
    entries: Sequence[KeyEntry], width: int, least_first: Sequence[str] = _LEAST_FIRST
) -> list[tuple[KeyEntry, list[Span]]]:
    """The keys that fit into `width` cells, each with its spans, in words as far as there is room."""
    for wordy, loose in ((True, True), (False, True), (False, False)):
        shown = [(entry, _spans(entry, wordy=wordy, loose=loose)) for entry in entries]
        if _width(shown) <= width:
            return shown
    for least in least_first:
        shown = [each for each in shown if each[0].action != least]
        if _width(shown) <= width:
            break
    return shown


def _spans(entry: KeyEntry, *, wordy: bool, loose: bool) -> list[Span]:
    label = (entry.label if wordy else entry.short) + (" " if loose else "")
    return [
        (f" {entry.key}", "faint" if entry.why else "cursor"),
        (f" {label}", "faint" if entry.why else "text"),
    ]


def _width(shown: list[tuple[KeyEntry, list[Span]]]) -> int:
    return sum(width_of(spans) for _, spans in shown)


class KeyBar(Lines):
    """Each key has its tooltip; a click does what the key does."""

    ALLOW_SELECT = False

    class Chosen(Message):
        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, least_first: Sequence[str] = _LEAST_FIRST) -> None:
        super().__init__()
        self._least_first = least_first
        self._shown: list[tuple[KeyEntry, list[Span]]] = []

    def show(self, entries: Sequence[KeyEntry]) -> None:
        width = self.app.size.width
        self._shown = key_spans(entries, width, self._least_first)
        self.put(row([span for _, spans in self._shown for span in spans], [], width))

    def at(self, x: int) -> KeyEntry | None:
        """The key at that cell."""
        for entry, spans in self._shown:
            x -= width_of(spans)
            if x < 0:
                return entry
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        entry = self.at(event.x)
        self.tooltip = Content(f"{BY_ID[entry.action].help} {entry.why}".strip()) if entry else None

    def on_click(self, event: events.Click) -> None:
        if entry := self.at(event.x):
            self.post_message(self.Chosen(entry.action))
