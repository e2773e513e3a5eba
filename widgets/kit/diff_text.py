"""A unified diff as lines. Pure."""

from collections.abc import Iterator

from widgets.kit.format import Line, fold

_LINE_ROLES = (("+++", "title"), ("---", "title"), ("+", "added"), ("-", "removed"), ("@@", "busy"))


def diff_lines(text: str, width: int) -> Iterator[Line]:
    """Lines of at most `width` cells; the rest of a line is indented below it."""
    for line in text.split("\n"):
        role = next((role for start, role in _LINE_ROLES if line.startswith(start)), "muted")
        first, *more = fold(line, width)
        yield ((first, role),)
        for piece in (part for each in more for part in fold(each, width - 2)):
            yield (("  ", ""), (piece, role))
