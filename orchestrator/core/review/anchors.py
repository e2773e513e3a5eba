"""Where the lines of a comment are now, in a file that has changed since."""

from collections.abc import Iterator, Sequence

from orchestrator.core.review.comments import LONGEST_LINE, Anchor, Side

_AROUND = 2
"""How many of the lines around can agree: the one before, and the one after."""


def anchor(path: str, side: Side, lines: Sequence[str], line: int, end_line: int) -> Anchor | None:
    """The lines `line` to `end_line` of a file, to be found again; `None` where it has no such lines."""
    if not 1 <= line <= end_line <= len(lines):
        return None
    kept = tuple(map(_kept, lines[line - 1 : end_line]))
    before = _kept(lines[line - 2]) if line > 1 else ""
    after = _kept(lines[end_line]) if end_line < len(lines) else ""
    return Anchor(path, side, line, end_line, kept, before, after)


def place(found: Anchor, lines: Sequence[str]) -> tuple[int, int] | None:
    """Their first and last number in what the file holds now; `None` where they are gone."""
    starts = list(_matches(found, lines))
    if not starts:
        return None
    best = min(starts, key=lambda start: (_AROUND - _agreeing(found, lines, start), abs(start - found.line)))
    return best, best + len(found.lines) - 1


def lines_of(content: bytes) -> list[str]:
    """The lines of a file, without their ends. Bytes that are no UTF-8 are replaced."""
    lines = content.decode(errors="replace").split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def _matches(found: Anchor, lines: Sequence[str]) -> Iterator[int]:
    """The numbers of lines from which on the texts are the same."""
    if not found.lines:
        return
    first, count = found.lines[0], len(found.lines)
    for start in range(len(lines) - count + 1):
        if _same(lines[start], first) and all(
            _same(lines[start + more], found.lines[more]) for more in range(1, count)
        ):
            yield start + 1


def _agreeing(found: Anchor, lines: Sequence[str], start: int) -> int:
    last = start + len(found.lines) - 1
    before = lines[start - 2] if start > 1 else ""
    after = lines[last] if last < len(lines) else ""
    return _same(before, found.before) + _same(after, found.after)


def _same(line: str, kept: str) -> bool:
    return _kept(line) == kept


def _kept(line: str) -> str:
    return line.rstrip("\r")[:LONGEST_LINE]
