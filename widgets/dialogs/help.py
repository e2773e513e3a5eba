"""Every key and what it does, from the action registry."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from textwrap import wrap
from types import MappingProxyType
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from orchestrator.actions import Action, pane
from orchestrator.core.needs.ranking import RANKS
from orchestrator.core.sessions.states import STATES
from widgets.dialogs.dialog import Dialog
from widgets.kit.format import Line, clean, content
from widgets.kit.keys import IN_MAIL, IN_QUEUE, IN_REVIEW, IN_RUNS, ON_BOARD, Keyboard, display
from widgets.queue.selected import kind_words


def help_lines(
    keyboard: Keyboard, width: int, *, first: str = "", filters: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Line]:
    """A line for each action of board and panes: its keys, its title, its description, wrapped. The keys of
    the pane `first` come before the others. `filters` are the saved ones."""
    narrow = width < _KEYS + _TITLE + _ROOM
    indent = _KEYS if narrow else _KEYS + _TITLE
    for name, actions in sorted(_groups(), key=lambda group: bool(first) and group[0] != _PANES[first]):
        yield ((name, "title"),)
        for action in actions:
            keys = _shown([display(key) for key in keyboard.keys.get(action.id, ())])
            head = ((f"  {keys or '·'}".ljust(_KEYS), "cursor"), (action.title.ljust(_TITLE), "text"))
            words = wrap(action.help, max(width - indent, _ROOM)) or [""]
            yield head if narrow else (*head, (words[0], "muted"))
            for line in words if narrow else words[1:]:
                yield ((" " * indent, ""), (line, "muted"))
        yield (("", ""),)
    yield (("Moving a card", "title"),)
    for said in _MOVES:
        for number, line in enumerate(wrap(said, max(width - 4, 20))):
            yield (("    " if number else "  ", ""), (line, "muted"))
    yield (("", ""),)
    if filters:
        numbers = (*map(display, keyboard.keys.get("filter.saved", ())), *["·"] * len(filters))
        texts = (f"{clean(name)}: {clean(text)}" for name, text in filters.items())
        saved = zip(numbers, texts, strict=False)
        yield from _explained("Saved filters", saved, width)
    yield from _explained("Marks on a card", [*_MARKS, *_states()], width)
    kinds = [(kind_words(kind), rank.what) for kind, rank in RANKS.items()]
    yield from _explained("Entries of the queue", kinds, width)
    yield ((f"All actions are in the palette, {keyboard.shown('palette')}.", "muted"),)


_KEYS, _TITLE, _ROOM = 15, 23, 24
"""Cells of the columns, and how many the description needs beside them; with fewer it is below."""
_PANES = {
    "queue": "Queue",
    "runs": "Runs",
    "mail": "Mail",
    "review": "Review",
    "issues": "Issues",
}
_WIDEST, _FRAME = 120, 8
"""Cells: the box as in help.tcss, and its border, padding and scrollbar."""
_MOVES = (
    "Backlog → In Progress starts it; back to Backlog stops its session and keeps its worktree.",
    "Review → In Progress asks for a follow-up prompt and sends it.",
    "In Progress → Blocked puts it on hold with a note; moving it either way releases it.",
    "Blocked or Review → Done finishes it: merge, keep or discard. Done → Review reopens it.",
)


_MARKS = (
    ("▲2", "number of cards of the column that need you"),
    ("↑", "pinned: first in its column"),
    ("•", "has a result that you have not seen"),
    ("?", "its turn ended with a question"),
    ("✉2", "number of unread messages of its session; ! if it does not respond"),
    ("#41 ✓", "pull request: ✓ its checks pass; ✗ 2 how many failed; … they run; what else is to be known"),
    ("as of 14:02", "its issue or pull request could not be read since then"),
    ("#12", "its issue, beside the card's id; ! if that is gone"),
    ("⇡2", "changes of its issue or pull request that wait to be sent; ⇡! if one needs your decision"),
    ("ctx 31%", "how full its context is"),
)


def _states() -> Iterator[tuple[str, str]]:
    """Each glyph with the states that it stands for."""
    found: dict[str, list[str]] = {}
    for status, row in STATES.items():
        found.setdefault(row.glyph, []).append(status.value.replace("_", " "))
    yield "○", "not started"
    for glyph, states in found.items():
        yield glyph, ", ".join(states)


def _explained(title: str, marks: Iterable[tuple[str, str]], width: int) -> Iterator[Line]:
    yield ((title, "title"),)
    for mark, meaning in marks:
        for number, line in enumerate(wrap(meaning, max(width - _KEYS, 20))):
            yield ((("" if number else f"  {mark}").ljust(_KEYS), "cursor"), (line, "muted"))
    yield (("", ""),)


def _shown(keys: list[str]) -> str:
    return f"{keys[0]} … {keys[-1]}" if len(keys) > 3 else "  ".join(keys)


def _groups() -> Iterator[tuple[str, list[Action]]]:
    yield "Selected card", [action for action in ON_BOARD if action.on_card]
    cursor = [action for action in ON_BOARD if action.id.startswith("cursor.")]
    yield "Board", [action for action in ON_BOARD if not action.on_card and action not in cursor]
    yield "Cursor", cursor
    for name, offered in (
        ("queue", IN_QUEUE),
        ("runs", IN_RUNS),
        ("mail", IN_MAIL),
        ("review", IN_REVIEW),
    ):
        yield _PANES[name], [action for action in offered if pane(action.id) == name]


class Help(Dialog[None]):
    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("help.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,question_mark,enter", "leave", "Close", show=False),
        Binding("j", "scroll('down')", show=False),
        Binding("k", "scroll('up')", show=False),
    ]

    def __init__(self, keyboard: Keyboard, *, first: str = "") -> None:
        super().__init__()
        self._keyboard, self._first = keyboard, first
        self._filters: Mapping[str, str] = {}

    def on_mount(self) -> None:
        if self.app.settings is not None:
            self._filters = self.app.settings.filters

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box") as box:
            box.border_title = "Keys"
            box.border_subtitle = "↑↓ scroll · esc close"
            yield Static(self._text(), markup=False)

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self.query_one(Static).update(self._text()))

    def _text(self) -> Content:
        width = min(_WIDEST, int(self.app.size.width * 0.96)) - _FRAME
        return content(help_lines(self._keyboard, width, first=self._first, filters=self._filters))

    def action_scroll(self, way: str) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=1 if way == "down" else -1, animate=False)
