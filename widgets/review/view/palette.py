"""The colours of a diff, dark and light: the grounds of its lines and the colours of code on them."""

from collections.abc import Mapping
from functools import lru_cache

from rich.color import Color
from rich.style import Style
from textual.theme import Theme

# Code has the colours of GitHub's themes, which are legible on green and on red.
_DARK = {
    "keyword": "#ff7b72", "string": "#a5d6ff", "comment": "#8b949e", "constant": "#79c0ff",
    "type": "#ffa657", "function": "#d2a8ff", "tag": "#7ee787",
    "added": "#12261e", "removed": "#2a1719", "added-here": "#1b3a2c", "removed-here": "#452225",
    "added-word": "#1d6135", "removed-word": "#7d2b30", "match": "#8a6d1d", "match-here": "#d9a520",
    "void": "#0c0e10", "plain-here": "#22262c", "chosen": "#24344d", "hunk": "#14202e",
    "hunk-here": "#1d3046", "remark": "#1d2127", "remark-here": "#2a313b",
}  # fmt: skip
_LIGHT = {
    "keyword": "#b3202b", "string": "#0a3069", "comment": "#59636e", "constant": "#0550ae",
    "type": "#8a3a00", "function": "#6f42c1", "tag": "#116329",
    "added": "#dcf3df", "removed": "#fbe5e3", "added-here": "#c2e8c8", "removed-here": "#f5ccc8",
    "added-word": "#9ddfa9", "removed-word": "#f2aea7", "match": "#ffe28a", "match-here": "#f0b429",
    "void": "#e7e8ea", "plain-here": "#e0e4ea", "chosen": "#cfe0f7", "hunk": "#e3edf8",
    "hunk-here": "#cbdff3", "remark": "#ffffff", "remark-here": "#e9f1fb",
}  # fmt: skip

_BOLD = frozenset({"title", "needs", "bad", "unread"})


class Palette:
    """Styles by a role (of format.py, or of code) and a ground."""

    def __init__(self, colours: Mapping[str, str]) -> None:
        self._colours = colours
        self._styles: dict[tuple[str, str], Style] = {}

    def style(self, role: str, ground: str = "plain") -> Style:
        """An empty role is that of plain text, an unknown ground that of the screen."""
        known = self._styles.get((role, ground))
        if known is None:
            colour = self._colours.get(role or "text", self._colours["text"])
            on = self._colours.get(ground, self._colours["plain"])
            known = Style(color=Color.parse(colour), bgcolor=Color.parse(on), bold=role in _BOLD)
            self._styles[role, ground] = known
        return known


@lru_cache(maxsize=8)
def _palette(dark: bool, names: tuple[tuple[str, str], ...]) -> Palette:
    return Palette(dict(names) | (_DARK if dark else _LIGHT))


def palette(theme: Theme) -> Palette:
    """That of a theme of the board's."""
    roles = dict(theme.variables)
    names = {
        **{role: roles[role] for role in ("title", "muted", "faint", "needs", "bad", "trouble", "busy")},
        **{role: roles[role] for role in ("calm", "off", "border", "selected")},
        "text": str(theme.foreground),
        "cursor": theme.primary,
        "unread": theme.primary,
        "plus": roles["calm"],
        "minus": str(theme.error),
        "plain": str(theme.background),
        "head": str(theme.panel),
        "head-here": roles["selected"],
    }
    return _palette(theme.dark, tuple(names.items()))
