"""Recognises dialogs by their form, whatever their text (probed on 2.1.197 and 2.1.332).

A dialog is at the bottom of the pane, below a rule, or fills the pane. It has a list in which `❯` points at
one row, or a last line that names keys (`Enter to confirm · Esc to cancel`); while it is open there is no
input box.
"""

import hashlib
import re
from collections.abc import Iterator

from orchestrator.agents.claude_code.input_box import shown_box
from orchestrator.core.sessions.dialog import Dialog, DialogOption
from orchestrator.core.text.clean import clean, one_line

_RULE = re.compile(r"^[─▔━]{3,}")
_POINTER = re.compile(r"^(?P<before>\s*(?:│\s*)?)❯(?P<gap> +)(?=\S)")
_NUMBER = re.compile(r"^(?P<number>\d{1,2})\. +")
_TICK = re.compile(r"^[✔✓] +")
_BOX = re.compile(r"^(?:\[[ x✔✓]\]|[☐☑☒◯◉○●]) ")
_NAMED = re.compile(
    r"(?:^|[\s(])(?P<key>Enter|Return|Esc|Escape|Space|[Ss]hift\+[Tt]ab) to (?P<what>[a-z][\w' /-]*)"
)
_PRESS = re.compile(r"\b[Pp]ress (?P<key>Enter|any key|Esc|Escape)\b")
_LETTER = re.compile(r"^(?P<key>[a-z]) to (?P<what>[a-z][\w' /-]*)$")
_KEYS = {"return": "Enter", "any key": "Enter", "esc": "Escape", "shift+tab": "BTab"}
_MOST_OPTIONS = 30
_MOST_LABEL = 120


def dialog(pane_text: str) -> Dialog | None:
    """The dialog in the visible pane; `None` if there is none."""
    text = clean(pane_text)
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    lines = _bottom(lines)
    pointer = next((row for row in reversed(range(len(lines))) if _POINTER.match(lines[row])), None)
    named = _named(lines)
    if shown_box(pane_text) and not (pointer is not None and named):
        return None
    rows = _rows(lines, pointer) if pointer is not None else {}
    if not named and len(rows) < 2:
        return None
    said = [_POINTER.sub(lambda found: f"{found['before']} {found['gap']}", line) for line in lines]
    words = "\n".join(line for line in said if _speaks(line))
    version = hashlib.blake2b(words.encode(errors="replace"), digest_size=8).hexdigest()
    options = tuple(_unique(_options(rows, named)))[:_MOST_OPTIONS]
    at = list(rows).index(pointer) if pointer is not None and pointer in rows else -1
    return Dialog(_title(said), _block(said), options, version, at)


def _bottom(lines: list[str]) -> list[str]:
    """The lines below the last rule, and those above it if a list continues across it."""
    rules = [row for row, line in enumerate(lines) if _RULE.match(line)]
    if not rules:
        return lines
    below = lines[rules[-1] + 1 :]
    first = next((found for line in below if (found := _NUMBER.match(_unpointed(line).strip()))), None)
    if first and int(first["number"]) > 1 and len(rules) > 1:
        return lines[rules[-2] + 1 : rules[-1]] + below
    return below


def _unpointed(line: str) -> str:
    return _POINTER.sub(lambda found: f"{found['before']} {found['gap']}", line)


def _rows(lines: list[str], pointer: int) -> dict[int, str]:
    """The rows of the list, by line: those around the pointer that start in its column."""
    found = {row: _label(lines[row]) for row in (pointer,)}
    column = _column(lines[pointer])
    for way in (-1, 1):
        row, blank = pointer + way, 0
        while 0 <= row < len(lines) and blank < 2:
            line = _unpointed(lines[row])
            blank = 0 if line.strip() else blank + 1
            if line.strip():
                at = _column(line)
                if at < column or _is_keys(line):
                    break
                if at == column or _is_button(lines, row, column, way):
                    found[row] = _label(line)
            row += way
    numbered = [row for row in found if _NUMBER.match(_unpointed(lines[row]).strip().lstrip("│ "))]
    if pointer in numbered:  # rows without a number describe the row above
        found = {row: label for row, label in found.items() if row in numbered}
    return dict(sorted(found.items()))


def _is_button(lines: list[str], row: int, column: int, way: int) -> bool:
    """The final row of a list of checkboxes, indented further: `Enable selected`."""
    boxes = bool(_BOX.match(_unpointed(lines[row - way]).strip())) and way == 1
    return boxes and _column(lines[row]) <= column + 4 and not _BOX.match(lines[row].strip())


def _column(line: str) -> int:
    line = _unpointed(line)
    at = len(line) - len(line.lstrip(" │"))
    tick = _TICK.match(line[at:])
    return at + (len(tick[0]) if tick else 0)


def _label(line: str) -> str:
    words = _unpointed(line).strip(" │")
    words = _NUMBER.sub("", _TICK.sub("", words))
    words = re.split(r"\s{2,}", words, maxsplit=1)[0]
    return one_line(re.sub(r" [✔✓]$", "", words), _MOST_LABEL)


def _named(lines: list[str]) -> list[tuple[str, str]]:
    """(key, what it does) of the keys in the last lines."""
    found: list[tuple[str, str]] = []
    for line in [line for line in lines if line.strip()][-3:]:
        for phrase in line.strip(" │").split(" · "):
            if named := _NAMED.search(phrase) or _LETTER.match(phrase.strip()):
                found.append((named["key"], named["what"].strip()))
            elif named := _PRESS.search(phrase):
                found.append((named["key"], "continue"))
    return found if any(len(key) > 1 for key, _ in found) else []


def _is_keys(line: str) -> bool:
    return bool(_named([line]))


def _options(rows: dict[int, str], named: list[tuple[str, str]]) -> Iterator[DialogOption]:
    boxes = any(_BOX.match(label) for label in rows.values())
    for label in rows.values():
        yield DialogOption(label, "Space" if _BOX.match(label) else "Enter")
    for key, what in named:
        name = _KEYS.get(key.lower(), key)
        if name == "Escape" or (name == "Enter" and (boxes or not rows)) or not rows:
            yield DialogOption(f"{key}: {what}", name, row=False)


def _unique(options: Iterator[DialogOption]) -> Iterator[DialogOption]:
    seen: dict[str, int] = {}
    for option in options:
        count = seen[option.label] = seen.get(option.label, 0) + 1
        yield option if count == 1 else DialogOption(f"{option.label} ({count})", option.key, option.row)


def _speaks(line: str) -> bool:
    return any(letter.isalnum() for letter in line)


def _title(lines: list[str]) -> str:
    plain = (line for line in lines if _speaks(line) and sum(map(str.isalpha, line)) * 2 > len(line.strip()))
    return one_line(next(plain, "").strip(" │☐☑●"), 160).rstrip(":")


def _block(lines: list[str]) -> str:
    """The lines without their common margin and without leading and trailing empty lines."""
    kept = [line for line in lines if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in kept), default=0)
    return "\n".join(line[margin:] for line in lines).strip("\n")
