"""Markdown from outside as lines: the marks that matter to a reader, and nothing that acts. Pure.

Links are text with their address behind them, images their description, HTML stands as it is written. The
time it takes grows with the length alone, and so that is bounded.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from widgets.kit.format import Line, Span, clean, count, fold

MOST = 60_000
"""Characters that are shown."""
_PIECE = 2000

_FENCE = re.compile(r"\s{0,3}(```+|~~~+)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*?)\s*#*$")
_ITEM = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])\s+(?:\[([ xX])\]\s+)?(.*)$")
_QUOTE = re.compile(r"\s{0,3}((?:>\s?){1,8})(.*)$")
_RULE = re.compile(r"\s{0,3}([-*_])(?:\s*\1){2,}\s*$")
_INLINE = re.compile(
    r"`([^`]{1,500})`"
    r"|\*\*([^*]{1,500})\*\*"
    r"|(!?)\[([^\[\]]{0,300})\]\(([^()\s]{1,500})\)"
    r"|<(https?://[^<>\s]{1,500})>"
)


def markdown_lines(text: str, width: int) -> Iterator[Line]:
    """The text in lines of at most `width` cells; all of it, up to 60,000 characters."""
    left = len(text) - MOST
    lines = text[:MOST].replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    yield from _blocks(lines, max(width, 8))
    if left > 0:
        yield ((f"… {count(left, 'more character')}.", "trouble"),)


def _blocks(lines: Iterable[str], width: int) -> Iterator[Line]:
    fence, hidden, blank = "", False, False
    for line in lines:
        opened = _FENCE.match(line)
        if fence:
            if opened and opened[1].startswith(fence):
                fence = ""
            else:
                yield from _wrapped([(line, "busy")], width, "  ", "  ")
        elif hidden or "<!--" in line:
            hidden = "-->" not in line.rpartition("<!--")[2]
            yield from _wrapped([(line, "faint")], width)
        elif opened:
            fence = opened[1]
        elif not line.strip():
            if not blank:
                yield ()
        else:
            yield from _block(line, width)
        blank = not line.strip() and not fence


def _block(line: str, width: int) -> Iterator[Line]:
    if _RULE.match(line):
        yield (("─" * min(width, 40), "faint"),)
    elif found := _HEADING.match(line):
        yield from _wrapped([(found[1], "title")], width)
    elif found := _QUOTE.match(line):
        bar = "▏ " * found[1].count(">")
        yield from _wrapped(_inline(found[2], "muted"), width, bar, bar)
    elif found := _ITEM.match(line):
        indent = "  " * min(len(found[1].expandtabs(4)) // 2, 6)
        bullet = "•" if found[2] in "-*+" else found[2]
        box = {None: "", " ": "☐ "}.get(found[3], "☑ ")
        first = f"{indent}{bullet} {box}"
        yield from _wrapped(_inline(found[4], "text"), width, first, " " * len(first))
    else:
        yield from _wrapped(_inline(line, "text"), width)


def _inline(text: str, role: str) -> Iterator[Span]:
    """The spans of a line; addresses of links follow their text."""
    at = 0
    for found in _INLINE.finditer(text):
        yield text[at : found.start()], role
        code, bold, image, said, address, bare = found.groups()
        if code is not None:
            yield code, "busy"
        elif bold is not None:
            yield bold, "title"
        elif bare is not None:
            yield bare, role
        else:
            yield f"image: {said}" if image else said, role
            if said != address:
                yield f" ({address})", "faint"
        at = found.end()
    yield text[at:], role


def _wrapped(spans: Iterable[Span], width: int, first: str = "", then: str = "") -> Iterator[Line]:
    """The spans as one text, broken where it is too long; `first` and `then` precede its lines."""
    whole = [(text, role) for text, role in ((_cleaned(text), role) for text, role in spans) if text]
    room = max(width - len(first), 4)
    starts: list[int] = []
    end = 0
    for text, _ in whole:
        starts.append(end)
        end += len(text)
    at = 0
    for number, piece in enumerate(fold("".join(text for text, _ in whole), room)):
        lead = (then if number else first, "faint")
        yield (*([lead] if lead[0] else []), *_cut(piece, at, starts, whole))
        at += len(piece)


def _cut(piece: str, at: int, starts: Sequence[int], spans: Sequence[Span]) -> Iterator[Span]:
    """The piece of the whole text that begins at `at`, in the roles of the spans."""
    done = 0
    while done < len(piece):
        number = max(bisect_right(starts, at + done) - 1, 0)
        end = starts[number + 1] - at if number + 1 < len(starts) else len(piece)
        end = max(min(end, len(piece)), done + 1)
        yield piece[done:end], spans[number][1] if spans else "text"
        done = end


def _cleaned(text: str) -> str:
    text = text.expandtabs(4)
    return "".join(clean(text[start : start + _PIECE]) for start in range(0, len(text), _PIECE))
