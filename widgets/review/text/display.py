"""A line of a file as it is shown: what is unusual in it made visible, and how it is cut to cells. Pure."""

from functools import lru_cache
from itertools import accumulate

from rich.cells import cell_len

from orchestrator.core.text.clean import shown
from widgets.kit.format import clean

_TAB = 4
_SHORT = 1000
"""Characters up to which what is made of a line is remembered."""
_PIECE = 2000
_MOST_WIDE = 20_000
"""Characters that are shown of a line that is not ASCII: each has to be measured."""


def display(text: str) -> str:
    """The text in one line, every character of which a terminal draws in the width that `cell_len` says."""
    if text.isascii() and text.isprintable():
        return text
    return _remembered(text) if len(text) <= _SHORT else _remembered_long(text)


@lru_cache(maxsize=8192)
def _remembered(text: str) -> str:
    return _display(text)


@lru_cache(maxsize=8)
def _remembered_long(text: str) -> str:
    return _display(text)


def _display(text: str) -> str:
    if text.isascii():
        # a line may end in a CR, which is then the file's own line end
        plain = text.expandtabs(_TAB)
        return plain if plain.isprintable() else shown(plain).replace("\n", "⏎")
    cut = len(text) - _MOST_WIDE
    whole = shown(text[:_MOST_WIDE].expandtabs(_TAB)).replace("\n", "⏎")
    fit = "".join(clean(whole[start : start + _PIECE]) for start in range(0, len(whole), _PIECE))
    return f"{fit} … {cut} more characters" if cut > 0 else fit


def cells_of(text: str) -> int:
    """How many cells a displayed text takes."""
    return len(text) if text.isascii() else cell_len(text)


def height(text: str, width: int) -> int:
    """How many rows a line takes that is wrapped into `width` cells."""
    text = display(text)
    if text.isascii():
        return max(-(-len(text) // width), 1)
    return len(_breaks(text, width)) - 1


def piece(text: str, part: int, width: int) -> tuple[int, int]:
    """Where the row `part` of a displayed text that is wrapped begins and ends."""
    if text.isascii():
        return min(part * width, len(text)), min((part + 1) * width, len(text))
    breaks = _breaks(text, width)
    if part + 1 >= len(breaks):
        return len(text), len(text)
    return breaks[part], breaks[part + 1]


@lru_cache(maxsize=256)
def _breaks(text: str, width: int) -> tuple[int, ...]:
    """Where each row begins, and the end."""
    found, used = [0], 0
    for at, character in enumerate(text):
        cells = cell_len(character)
        if used + cells > width and used:
            found.append(at)
            used = 0
        used += cells
    return (*found, len(text))


def window(text: str, x: int, width: int) -> tuple[int, int, int]:
    """Which characters of a displayed text stand in the `width` cells from cell `x` on, and how many cells
    are empty before them, where a wide character is cut in two."""
    if text.isascii():
        return min(x, len(text)), min(x + width, len(text)), 0
    ends = _ends(text)
    start = next((at for at, end in enumerate(ends) if end - cell_len(text[at]) >= x), len(text))
    begins = ends[start - 1] if start else 0
    end = next((at for at in range(start, len(text)) if ends[at] > x + width), len(text))
    return start, end, max(begins - x, 0) if start < len(text) else 0


@lru_cache(maxsize=512)
def _ends(text: str) -> tuple[int, ...]:
    """The cell behind each character."""
    return tuple(accumulate(map(cell_len, text)))
