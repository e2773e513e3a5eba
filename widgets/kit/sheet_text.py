"""What the texts on all sheets have in common. Pure."""

from collections.abc import Iterable, Iterator

from widgets.kit.format import Line, Span, count, fold, unseen

_MOST_LINES = 4000
_MOST_NOTICE = 5


def folded(text: str, role: str, width: int) -> Iterator[Line]:
    """The text in one role, in lines of at most `width` cells."""
    for piece in fold(text, width):
        yield ((piece, role),)


def left_out(text: str, width: int) -> Iterator[Line]:
    """How many characters of the text are invisible and not shown; nothing if it has none."""
    if hidden := unseen(text):
        yield from folded(f"◆ {count(hidden, 'invisible character')} omitted.", "trouble", width)


def warning(unusual: str, width: int) -> Iterator[Line]:
    """Above the subject of a decision: what is unusual in it; nothing if nothing is."""
    if unusual:
        yield from folded(f"! {unusual}, shown in ASCII. Read carefully.", "bad", width)
        yield ()


def at_most(lines: Iterable[Line], instead: str = "") -> tuple[Line, ...]:
    """The first 4000 lines, and how many more there are; `instead` says how to read those."""
    every = list(lines)
    if len(every) > _MOST_LINES:
        left = count(len(every) - _MOST_LINES, "more line")
        every = [*every[:_MOST_LINES], ((f"… {left}{instead and f': {instead}'}.", "trouble"),)]
    return tuple(every)


def notice(doing: str, error: str, width: int, hint: Span = ("", "")) -> tuple[Line, ...]:
    """What is being done about it, or its error, or else the hint: at most five lines, and none if all are
    empty."""
    if doing:
        said, role = f"◌ {doing}…", "busy"
    elif error:
        said, role = f"× {error}", "bad"
    else:
        said, role = hint
    return tuple(folded(said, role, width))[:_MOST_NOTICE] if said else ()
