"""Text from outside made fit for a terminal: no control characters, cut by cells, aligned."""

from collections.abc import Sequence

from orchestrator.core.text.clean import clean


def plain(text: str) -> str:
    """One line of visible characters."""
    return " ".join(clean(text).replace("\t", " ").split("\n")).strip()


def cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # seldom needed, and it takes a while

    return cell_len(text)


def fit(text: str, width: int) -> str:
    """At most `width` cells; what is cut ends in `…`."""
    if cells(text) <= width:
        return text
    kept, used = "", 1
    for character in text:
        used += cells(character)
        if used > width:
            break
        kept += character
    return kept.rstrip(" …") + "…" if width > 0 else ""


def pad(text: str, width: int) -> str:
    """To `width` cells, in which a wide character takes two; a longer text stays as it is."""
    return text + " " * (width - cells(text))


def widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The width of each column of a table."""
    return [max(map(cells, column)) for column in zip(*rows, strict=True)]


def age(seconds: float) -> str:
    """`12s`, `5m`, `3h`, `2d`."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{int(seconds // size)}{unit}"
    return f"{max(0, int(seconds))}s"
