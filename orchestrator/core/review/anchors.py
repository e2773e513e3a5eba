"""Where the lines of a comment are now, in a file that has changed since."""

from collections.abc import Sequence

from orchestrator.core.review.comments import LONGEST_LINE, Anchor, Side
from orchestrator.core.review.moves import moved_to, starts_of, telling


def anchor(
    path: str, side: Side, lines: Sequence[str], line: int, end_line: int, content: str = ""
) -> Anchor | None:
    """The lines `line` to `end_line` of a file, to be found again; `None` where it has no such lines.
    `content` is the id of what the file holds."""
    if not 1 <= line <= end_line <= len(lines):
        return None
    kept = tuple(map(_kept, lines[line - 1 : end_line]))
    before = _kept(lines[line - 2]) if line > 1 else ""
    after = _kept(lines[end_line]) if end_line < len(lines) else ""
    return Anchor(path, side, line, end_line, kept, before, after, content)


def place(found: Anchor, lines: Sequence[str], old: Sequence[str] | None = None) -> tuple[int, int] | None:
    """Their first and last number in what the file holds now; `None` where they are gone, or where equal
    lines may be others. `old` is what the file held when they were written down, where that is known."""
    count = len(found.lines)
    new = tuple(map(_kept, lines))
    was = tuple(map(_kept, old)) if old is not None else ()
    if count and was[found.line - 1 : found.end_line] == found.lines:
        start = moved_to(was, new, found.line - 1, count)
        return None if start is None else (start + 1, start + count)
    start = _by_neighbours(found, new)
    return None if start is None else (start, start + count - 1)


def lines_of(content: bytes) -> list[str]:
    """The lines of a file, without their ends. Bytes that are no UTF-8 are replaced."""
    lines = content.decode(errors="replace").split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def _by_neighbours(found: Anchor, lines: Sequence[str]) -> int | None:
    """Where nothing but the lines around is known, both must be the same; a text that is there once needs one
    of them."""
    starts = [at + 1 for at in starts_of(found.lines, lines)]
    same = [at for at in starts if all(_agreeing(found, lines, at))]
    if found.line in same:
        return found.line
    around = telling(found.before), telling(found.after)
    if len(same) == 1 and any((*around, *map(telling, found.lines))):
        return same[0]
    if len(starts) == 1 and any(map(telling, found.lines)):
        agreeing = _agreeing(found, lines, starts[0])
        if any(agrees and tells for agrees, tells in zip(agreeing, around, strict=True)):
            return starts[0]
    return None


def _agreeing(found: Anchor, lines: Sequence[str], start: int) -> tuple[bool, bool]:
    last = start + len(found.lines) - 1
    before = lines[start - 2] if start > 1 else ""
    after = lines[last] if last < len(lines) else ""
    return before == found.before, after == found.after


def _kept(line: str) -> str:
    return line.rstrip("\r")[:LONGEST_LINE]
