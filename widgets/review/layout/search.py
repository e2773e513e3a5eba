"""Searching for words in the lines of a diff. Pure."""

from orchestrator.core.diff.patch import FilePatch
from widgets.review.text.display import display

Hit = tuple[int, int]
"""The number of a hunk, and of a line in it."""

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


def hits(patch: FilePatch, words: str) -> tuple[Hit, ...]:
    """The lines of a file that hold the words."""
    if not words:
        return ()
    exact = _exact(words)
    return tuple(
        (number, at)
        for number, hunk in enumerate(patch.hunks)
        for at, line in enumerate(hunk.lines)
        if words in (line.text if exact else line.text.lower())
        or (
            not line.text.isprintable()
            and words in (display(line.text) if exact else display(line.text).lower())
        )
    )


def _exact(words: str) -> bool:
    return words != words.lower()
