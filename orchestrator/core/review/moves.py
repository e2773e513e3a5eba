"""Which lines of one version of a file are those of another, by the differences between the two."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

Lines = tuple[str, ...]

_LEAST = 3
"""Letters and digits of a line that can tell a place from others."""
_COMMON = frozenset(
    (
        "pass",
        "else",
        "try",
        "finally",
        "return",
        "break",
        "continue",
        "default",
        "end",
        "endif",
        "done",
        "esac",
    )
)
_NEAR = 5
"""Lines of a replaced piece of the same length beside which a line stays what it was."""
_MOST = 20_000
"""Lines between the first and the last difference that are compared."""


def telling(line: str) -> bool:
    """Whether a line says enough to be known by its text."""
    words = re.findall(r"\w+", line)
    return sum(map(len, words)) >= _LEAST and not (len(words) == 1 and words[0] in _COMMON)


def starts_of(wanted: Sequence[str], lines: Sequence[str]) -> Iterator[int]:
    """The indexes from which on the lines are these."""
    count = len(wanted)
    for start in range(len(lines) - count + 1) if count else ():
        if lines[start] == wanted[0] and tuple(lines[start : start + count]) == tuple(wanted):
            yield start


def moved_to(old: Lines, new: Lines, first: int, count: int) -> int | None:
    """The index in `new` of the `count` lines that begin at `first` in `old`; `None` where they are gone.

    Lines that the differences leave alone stay what they are: an equal line elsewhere that was there before
    is another one. Only to new lines can they have moved, with something around that is there once, or being
    so themselves.
    """
    if old == new:
        return first
    blocks = _blocks(old, new)
    if blocks is None:
        return None
    once = _once(old, new)
    above, above_now = _above(old, once), _above(new, once)
    wanted = old[first : first + count]
    alone = any(line in once for line in wanted)
    for at, (a, b, size) in enumerate(blocks):
        if a <= first and first + count <= a + size:
            start = b + first - a
            told = any(line in once for line in old[a : a + size])
            if alone or (
                above[first] == above_now[start] and (told or _in_step(blocks, at, len(old), len(new)))
            ):
                return start
    kept = {b + n for a, b, size in blocks for n in range(size) if above[a + n] == above_now[b + n]}
    found = [
        start
        for start in starts_of(wanted, new)
        if kept.isdisjoint(range(start, start + count))
        and (alone or above[first] == above_now[start])
        and any(line in once for line in _stretch(old, new, first, start, count, kept))
    ]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=32)
def _above(lines: Lines, once: frozenset[str]) -> Lines:
    """Of each line the nearest one above that is there once, such as the head of a function."""
    found, last = [], ""
    for line in lines:
        found.append(last)
        last = line if line in once else last
    return tuple(found)


def _in_step(blocks: Sequence[tuple[int, int, int]], at: int, old: int, new: int) -> bool:
    """Whether what differs beside a block has one length in both, on one side at the least."""
    a, b, size = blocks[at]
    before = blocks[at - 1] if at else (0, 0, 0)
    after = blocks[at + 1] if at + 1 < len(blocks) else (old, new, 0)
    gaps = (
        (a - before[0] - before[2], b - before[1] - before[2]),
        (after[0] - a - size, after[1] - b - size),
    )
    return any(one == other <= _NEAR for one, other in gaps)


def _stretch(old: Lines, new: Lines, first: int, start: int, count: int, kept: set[int]) -> Lines:
    """The lines of `old`, those and around, that are the same in new lines of `new`."""
    low, high = 0, count
    while first + low > 0 and start + low > 0 and old[first + low - 1] == new[start + low - 1]:
        if start + low - 1 in kept:
            break
        low -= 1
    while first + high < len(old) and start + high < len(new) and old[first + high] == new[start + high]:
        if start + high in kept:
            break
        high += 1
    return old[first + low : first + high]


@lru_cache(maxsize=16)
def _once(old: Lines, new: Lines) -> frozenset[str]:
    """The lines that tell, and are once in both."""
    before, after = Counter(old), Counter(new)
    return frozenset(line for line, n in before.items() if n == after[line] == 1 and telling(line))


@lru_cache(maxsize=16)
def _blocks(old: Lines, new: Lines) -> tuple[tuple[int, int, int], ...] | None:
    """The equal pieces: where they begin in both, and their lengths. `None` where too much differs."""
    room = min(len(old), len(new))
    head = next((n for n in range(room) if old[n] != new[n]), room)
    tail = next((n for n in range(room - head) if old[-1 - n] != new[-1 - n]), room - head)
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(map(len, middle)) > _MOST:
        return None
    matcher = SequenceMatcher(None, *middle)
    found = [(head + a, head + b, size) for a, b, size in matcher.get_matching_blocks()]
    return tuple(each for each in ((0, 0, head), *found, (len(old) - tail, len(new) - tail, tail)) if each[2])
