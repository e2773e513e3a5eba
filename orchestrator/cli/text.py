"""Text from outside, safe for a terminal: no control characters, cut by cells, aligned."""

from collections.abc import Sequence

from orchestrator.core.text.clean import clean


def plain(text: str) -> str:
    """One line of visible characters."""
    return " ".join(clean(text).replace("\t", " ").split("\n")).strip()


def cells(text: str) -> int:
    """The width of the text in terminal columns."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # rarely needed, and slow to import

    return cell_len(text)


def fit(text: str, width: int) -> str:
    """At most `width` cells; cut text ends in `…`."""
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
    """Padded to `width` cells, of which a wide character takes two; a longer text is unchanged."""
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
