"""tmux's names for keys: those of `key-string.c`, in tmux 3.2 to 3.7."""

import re

from orchestrator.config.base import UnfitValueError, nearest

NAMED = [
    *(f"F{number}" for number in range(1, 13)),
    "IC", "Insert", "DC", "Delete", "Home", "End", "NPage", "PageDown", "PgDn", "PPage", "PageUp", "PgUp",
    "Tab", "BTab", "Space", "BSpace", "Enter", "Escape", "Up", "Down", "Left", "Right",
    "KP/", "KP*", "KP-", "KP+", "KPEnter", "KP.", *(f"KP{number}" for number in range(10)),
]  # fmt: skip
_KNOWN = {name.lower() for name in NAMED}
_MODIFIERS = re.compile(r"(?:\^(?=.)|[CMScms]-(?=.))*")
_UNSAFE = set("'\"#;{}\\")
"""Characters that tmux's own commands would interpret."""


def tmux_key(value: str) -> str:
    """The key, if tmux knows it. Raises `UnfitValueError` with the nearest one."""
    found = _MODIFIERS.match(value)
    start = found[0] if found else ""
    key = value[len(start) :]
    typed = len(key) == 1 and key.isprintable() and not key.isspace()
    if not (_UNSAFE & set(value)) and (typed or key.lower() in _KNOWN):
        return value
    near = nearest(key.upper() if len(key) < 4 else key.capitalize(), NAMED)
    raise UnfitValueError('a key as tmux names it, such as "F12", "C-g" or "M-b"', near and f"{start}{near}")
