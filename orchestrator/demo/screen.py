"""The content of the pane: the conversation, and below it a spinner, a dialog or the input line."""

import unicodedata

from orchestrator.demo.dialogs import Dialog
from orchestrator.demo.keys import Key
from orchestrator.demo.terminal import NoTerminal, Terminal

DIM, BOLD, OFF = "\x1b[2m", "\x1b[1m", "\x1b[0m"
ORANGE, GREEN, RED, GREY = "\x1b[38;5;173m", "\x1b[38;5;114m", "\x1b[38;5;203m", "\x1b[38;5;245m"

_SIGN = "❯\u00a0"
"""A no-break space follows the prompt sign in the input box, and only there, as in the real program."""


class Screen:
    """Draws only after a change, and then only what is below the conversation."""

    def __init__(self, terminal: Terminal | NoTerminal, name: str = "") -> None:
        self._terminal, self._name = terminal, plain(name)
        self._spoken: list[str] = []
        self._below = 0
        self.draft = ""
        self.spinner = ""
        """The line that shows a running turn; empty for none."""
        self.queued: list[str] = []
        self.dialog: Dialog | None = None
        self.status_line = ""
        self.footer = "? for shortcuts"

    def say(self, *lines: str) -> None:
        """Adds to the conversation, below an empty line."""
        del self._spoken[:-500]
        self.add("", *lines)

    def add(self, *lines: str) -> None:
        """Adds to the conversation's last entry."""
        self._spoken += lines
        self._draw("".join(f"{line}\r\n" for line in lines))

    def redraw(self) -> None:
        """Redraws everything, as after a change of size."""
        _, height = self._terminal.size()
        self._below = 0
        self._draw("\x1b[2J\x1b[H" + "\r\n".join([*self._spoken[-height:], ""]))

    def refresh(self) -> None:
        """Redraws what is below the conversation."""
        self._draw("")

    def clear(self) -> None:
        """Clears the conversation, as `/clear` does; the transcript keeps it."""
        self._spoken.clear()
        self.redraw()

    def leave(self) -> None:
        """Removes what is below, so that the conversation's last words are at the end."""
        self._terminal.write(f"{self._to_the_top()}\x1b[J")

    def edit(self, key: Key) -> str | None:
        """Handles a key in the input line; returns the whole line when it is submitted."""
        if key.name in ("text", "paste"):
            self.draft += key.text
        elif key.name == "newline":
            self.draft += "\n"
        elif key.name == "backspace":
            self.draft = self.draft[:-1]
        elif key.name == "ctrl+u":
            self.draft = ""
        elif key.name == "enter" and self.draft.strip():
            sent, self.draft = self.draft, ""
            return sent
        self.refresh()
        return None

    def _draw(self, above: str) -> None:
        width, height = self._terminal.size()
        lines, cursor = self._lines(width)
        cut_off = max(0, len(lines) - (height - 1))
        lines = lines[cut_off:]
        text = [
            f"\x1b[?25l{self._to_the_top()}\x1b[J",
            above,
            "\r\n".join(_cut(line, width) for line in lines),
        ]
        if cursor is None:
            self._below = len(lines) - 1
        else:
            self._below = max(0, cursor[0] - cut_off)
            up = len(lines) - 1 - self._below
            text.append((f"\x1b[{up}A" if up else "") + f"\r\x1b[{cursor[1]}C\x1b[?25h")
        self._terminal.write("".join(text))

    def _to_the_top(self) -> str:
        return f"\r\x1b[{self._below}A" if self._below else "\r"

    def _lines(self, width: int) -> tuple[list[str], tuple[int, int] | None]:
        """The lines below the conversation, and the cursor's line and column among them."""
        if self.dialog:
            return ["", *(_rule(width) if line == "─" else line for line in self.dialog.lines())], None
        lines = ["", f"{ORANGE}{self.spinner}{OFF}"] if self.spinner else []
        lines += [f"  {GREY}❯ {plain(each)}{OFF}" for each in self.queued]
        draft = self.draft.split("\n")[-6:]
        marked = [f"{_SIGN if number == 0 else '  '}{plain(line)}" for number, line in enumerate(draft)]
        lines += ["", _rule(width, self._name), *marked, _rule(width)]
        cursor = len(lines) - 2, min(width - 1, 2 + width_of(draft[-1]))
        if self.status_line:
            lines.append(f"  {DIM}{self.status_line}{OFF}")
        lines.append(f"  {DIM}{'esc to interrupt' if self.spinner else self.footer}{OFF}")
        return lines, cursor


def plain(text: str) -> str:
    """The text in one line, without anything that a terminal would interpret."""
    return "".join(c if c.isprintable() else " " for c in text)


def width_of(text: str) -> int:
    """The width of a text in columns."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _rule(width: int, name: str = "") -> str:
    words = f" {name} ──" if name else ""
    return f"{GREY}{'─' * (width - width_of(words))}{words}{OFF}"


def _cut(line: str, width: int) -> str:
    """The line cut to the width, with its colours."""
    cut, taken, at = "", 0, 0
    while at < len(line):
        if line[at] == "\x1b":
            end = line.index("m", at) + 1
            cut, at = cut + line[at:end], end
            continue
        taken += width_of(line[at])
        if taken > width:
            return cut + OFF
        cut, at = cut + line[at], at + 1
    return cut
