"""Boxes of text side by side, and the lines between their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from rich.cells import cell_len

_GAP = 2


class Style(Enum):
    """The six parts of a frame: corners from the upper left on, then edges. A passing line has no frame."""

    WORK = "┌┐└┘─│"
    GATE = "╔╗╚╝═║"
    PASSING = ""


@dataclass(slots=True)
class Box:
    """`width` includes the frame; `left` is the column at which it begins."""

    name: str
    lines: list[str]
    width: int
    style: Style
    left: int = 0

    @property
    def middle(self) -> int:
        """The column at which lines start and end."""
        return self.left + self.width // 2


_LINES = {
    "DU": "│", "LR": "─", "DR": "┌", "DL": "┐", "RU": "└", "LU": "┘",
    "DRU": "├", "DLU": "┤", "DLR": "┬", "LRU": "┴", "DLRU": "┼",
}  # fmt: skip


def cells(text: str) -> int:
    """The width of the text in terminal columns."""
    return cell_len(text)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, broken at spaces if possible."""
    lines = [""]
    for word in text.split(" "):
        gap = " " if lines[-1] else ""
        if cells(lines[-1] + gap + word) <= width:
            lines[-1] += gap + word
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if cells(lines[-1] + character) > width:
                lines.append("")
            lines[-1] += character
    return lines


def beside(boxes: Sequence[Box]) -> list[str]:
    """The boxes of one row, each as high as the highest."""
    height = max(len(box.lines) for box in boxes)
    rows = [""] * (height + 2)
    for box in boxes:
        if box.style is Style.PASSING:
            rows = [f"{row}{' ' * (box.left - cells(row))}│" for row in rows]
            continue
        upper_left, upper_right, lower_left, lower_right, level, upright = box.style.value
        inner = box.width - 4
        drawn = [f"{upper_left}{level * (inner + 2)}{upper_right}"]
        lines = [*box.lines, *[""] * (height - len(box.lines))]
        drawn += [f"{upright} {line}{' ' * (inner - cells(line))} {upright}" for line in lines]
        drawn.append(f"{lower_left}{level * (inner + 2)}{lower_right}")
        rows = [f"{row}{' ' * (box.left - cells(row))}{each}" for row, each in zip(rows, drawn, strict=True)]
    return rows


def placed(boxes: Sequence[Box], width: int) -> bool:
    """Centres the boxes side by side on the page; `False` if they do not fit."""
    taken = sum(box.width + _GAP for box in boxes) - _GAP
    if taken > width:
        return False
    # a single box is exactly below another
    left = (width - taken) // 2 if len(boxes) > 1 else min(width // 2 - taken // 2, width - taken)
    for box in boxes:
        box.left = left
        left += box.width + _GAP
    return True


def crossing(above: Sequence[Box], below: Sequence[Box], needs: dict[str, tuple[str, ...]]) -> set[str]:
    """Boxes below whose lines would touch those of others; the most informative lines stay."""
    upper = {box.name: box.middle for box in above}
    lower = {box.name: box.middle for box in below}
    groups: dict[tuple[str, ...], list[str]] = {}
    found = {name for name, wanted in needs.items() if not set(wanted) <= set(upper)}
    for name, wanted in needs.items():
        if name not in found:
            groups.setdefault(wanted, []).append(name)
    taken: list[tuple[int, int]] = []
    for wanted, names in sorted(groups.items(), key=lambda each: -len(each[0]) * len(each[1])):
        places = [*(upper[each] for each in wanted), *(lower[each] for each in names)]
        low, high = min(places), max(places)
        if any(low <= other_high + 1 and other_low <= high + 1 for other_low, other_high in taken):
            found.update(names)
        else:
            taken.append((low, high))
    return found


def connector(above: Sequence[Box], below: Sequence[Box], needs: dict[str, tuple[str, ...]]) -> list[str]:
    """Two rows of lines from boxes to those below that need them; none if there is nothing to draw.

    Boxes below with the same needs share a line; no two such lines may touch.
    """
    if not above or not needs:
        return []
    upper = {box.name: box.middle for box in above}
    lower = {box.name: box.middle for box in below}
    ways: dict[int, set[str]] = {}
    for name, wanted in needs.items():
        places = [*(upper[each] for each in wanted), lower[name]]
        for column in range(min(places), max(places) + 1):
            ways.setdefault(column, set()).update(
                *(("R",) if column < max(places) else ()), *(("L",) if column > min(places) else ())
            )
        for each in wanted:
            ways.setdefault(upper[each], set()).add("U")
        ways[lower[name]].add("D")
    end = max(ways) + 1
    track = "".join(_LINES["".join(sorted(ways[each]))] if each in ways else " " for each in range(end))
    arrows = {
        lower[box.name]: "│" if box.style is Style.PASSING else "▼" for box in below if box.name in needs
    }
    return [track, "".join(arrows.get(each, " ") for each in range(end))]


def opened(lines: Sequence[str]) -> list[str]:
    """The lines of a drawing, with openings in the lower edges of boxes where a line continues."""
    found = list(lines)
    for at, (before, line) in enumerate(pairwise(lines)):
        if not line.strip(" │└┴┘├┤┼┌┐┬─"):
            for column in _columns(before, line):
                mark = _OPENED[found[at][column]]
                found[at] = f"{found[at][:column]}{mark}{found[at][column + 1 :]}"
    return found


_OPENED = {"─": "┬", "═": "╤"}


def _columns(before: str, line: str) -> list[int]:
    """Where a line upwards meets an edge. Both contain only characters of one column."""
    pairs = enumerate(zip(before, line, strict=False))
    return [at for at, (edge, mark) in pairs if edge in _OPENED and mark in "│└┴┘├┤┼"]
