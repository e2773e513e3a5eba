"""Searching for words in the lines of a diff. Pure."""

from itertools import islice
from typing import NamedTuple

from orchestrator.core.diff.patch import FilePatch, Line
from orchestrator.core.review.comments import Side
from widgets.review.text.display import display


class Hit(NamedTuple):
    """A line that holds the words: `at` is its place in the hunk, `line` its number on that side."""

    hunk: int
    at: int
    side: Side
    line: int


_MOST_HITS = 50


def spans_of(text: str, words: str) -> tuple[tuple[int, int], ...]:
    """Where the words stand in a displayed text, the first 50 times. Capitals in them must be capitals in the
    text; small letters may be either."""
    if not words:
        return ()
    where = text if _exact(words) else text.lower()
    found: list[tuple[int, int]] = []
    at = where.find(words)
    while at >= 0 and len(found) < _MOST_HITS:
        found.append((at, at + len(words)))
        at = where.find(words, at + len(words))
    return tuple(found)


def hits(patch: FilePatch, words: str, most: int) -> tuple[Hit, ...]:
    """The first `most` lines of a file that hold the words."""
    if not words:
        return ()
    exact = _exact(words)
    found = (
        _hit(number, at, line)
        for number, hunk in enumerate(patch.hunks)
        for at, line in enumerate(hunk.lines)
        if words in (line.text if exact else line.text.lower())
        or (
            not line.text.isprintable()
            and words in (display(line.text) if exact else display(line.text).lower())
        )
    )
    return tuple(islice(found, max(most, 0)))


def _hit(hunk: int, at: int, line: Line) -> Hit:
    if line.new is not None:
        return Hit(hunk, at, "new", line.new)
    return Hit(hunk, at, "old", line.old or 0)


def _exact(words: str) -> bool:
    return words != words.lower()
