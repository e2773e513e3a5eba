"""Which words of a line have changed. Pure."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from orchestrator.core.diff.patch import Hunk

Span = tuple[int, int]
"""From a character on, up to one that is not in it."""

_TOKENS = re.compile(r"\w+|\s+|.")
_MOST = 600
"""Characters of a line whose words are compared; of a longer one what differs is taken as one piece."""
_ALIKE = 0.4
"""The part that two lines must share; else one has not become the other."""
_MOST_LINES = 150
"""Changed lines before and behind a line among which its partner is looked for."""
_MOST_PAIRS = 150
"""Pairs of lines that are tried where more lines were added than removed, or fewer."""


def changed(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """What of the old text is gone and what of the new one has come; nothing where they have too little in
    common for that to say anything."""
    if old == new:
        return (), ()
    return _middle(old, new) if len(old) > _MOST or len(new) > _MOST else _changed(old, new)


@lru_cache(maxsize=4096)
def _changed(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    same = sum(len("".join(before[at : at + size]).strip()) for at, _, size in matcher.get_matching_blocks())
    if same < _ALIKE * max(len(old.strip()), len(new.strip())) and not _within(old, new):
        return (), ()
    gone: list[Span] = []
    come: list[Span] = []
    old_at, new_at = _places(before), _places(after)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            _join(gone, (old_at[a], old_at[b]), old)
            _join(come, (new_at[c], new_at[d]), new)
    return tuple(gone), tuple(come)


def _within(old: str, new: str) -> bool:
    """One holds the other whole."""
    old, new = old.strip(), new.strip()
    return bool(old and new) and (old in new or new in old)


def _places(tokens: Sequence[str]) -> list[int]:
    places = [0]
    for token in tokens:
        places.append(places[-1] + len(token))
    return places


def _join(spans: list[Span], span: Span, text: str) -> None:
    """Adds the span; what has only spaces between it and the one before becomes one with it."""
    if span[0] == span[1]:
        return
    if spans and not text[spans[-1][1] : span[0]].strip():
        spans[-1] = (spans[-1][0], span[1])
    else:
        spans.append(span)


@lru_cache(maxsize=8)
def _middle(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """What is left when the equal beginnings and ends are taken away."""
    start = _common(old, new)
    room = min(len(old), len(new)) - start
    end = _common(old[::-1][:room], new[::-1][:room])
    gone, come = (start, len(old) - end), (start, len(new) - end)
    return (gone,) if gone[0] < gone[1] else (), (come,) if come[0] < come[1] else ()


def _common(old: str, new: str) -> int:
    """How many characters both begin with: halves of megabytes are compared, not characters."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def partner(hunk: Hunk, at: int) -> int | None:
    """The line that the one at `at` has become, or was before, as far as that can be told: `None` for an
    unchanged line, and for one that was only added or removed."""
    lines = hunk.lines
    if lines[at].kind not in "+-":
        return None
    first, last = at, at + 1
    while first > 0 and lines[first - 1].kind != " ":
        first -= 1
        if at - first > _MOST_LINES:
            return None
    while last < len(lines) and lines[last].kind != " ":
        last += 1
        if last - at > _MOST_LINES:
            return None
    block = lines[first:last]
    kinds, texts = tuple(line.kind for line in block), tuple(line.text for line in block)
    found = _pairs(kinds, texts).get(at - first)
    return None if found is None else first + found


@lru_cache(maxsize=256)
def _pairs(kinds: tuple[str, ...], texts: tuple[str, ...]) -> dict[int, int]:
    """The partner of each line of a block, both ways."""
    removed = [at for at, kind in enumerate(kinds) if kind == "-"]
    added = [at for at, kind in enumerate(kinds) if kind == "+"]
    if len(removed) == len(added):
        couples = list(zip(removed, added, strict=True))
    elif len(removed) * len(added) > _MOST_PAIRS:
        couples = []
    else:
        couples, after = [], 0
        for old in removed:
            alike = [(_likeness(texts[old], texts[new]), -n) for n, new in enumerate(added) if n >= after]
            if alike and max(alike)[0] > _ALIKE:
                chosen = -max(alike)[1]
                couples.append((old, added[chosen]))
                after = chosen + 1
    return {one: other for old, new in couples for one, other in ((old, new), (new, old))}


def _likeness(old: str, new: str) -> float:
    return SequenceMatcher(None, _TOKENS.findall(old[:_MOST]), _TOKENS.findall(new[:_MOST])).quick_ratio()
