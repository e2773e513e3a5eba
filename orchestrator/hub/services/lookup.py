"""Looks up what clients name, and raises the error for unknown or ambiguous names."""

import os
from pathlib import Path

from orchestrator.core.errors import Missing
from orchestrator.core.model import Card, State
from orchestrator.hub.loop.engine import refusal

_LONGEST_PATH, _LONGEST_NAME = 4000, 255
"""Maximum bytes of a path, with some room for the names of files below it."""


class MissingError(Missing):
    """No such card or request, or an ambiguous name."""


def whole_path(said: str, hint: str = "Use an absolute path.") -> Path:
    """The absolute path that a client has given; `~` is a home directory. Raises `RefusedError`."""
    shown = repr(said if len(said) <= 200 else f"{said[:199]}…")
    if "\0" in said:
        raise refusal(f"{shown} is not a valid path", "it contains a NUL")
    try:
        path = Path(os.path.expanduser(said))  # noqa: PTH111 (Path's own fails for an unknown user)
        size = max((len(os.fsencode(part)) for part in path.parts), default=0)
    except ValueError:
        raise refusal(f"{shown} is not a valid path", "no file system accepts its characters") from None
    if not path.is_absolute():
        raise refusal(f"{shown} is not an absolute path", hint=hint)
    if size > _LONGEST_NAME or len(os.fsencode(path)) >= _LONGEST_PATH:
        raise refusal(f"{shown[:200]} is not a valid path", "it is too long")
    return path


def in_pane(state: State, pane: str) -> Card | None:
    """The card whose session is in that pane."""
    return next((card for card in state.cards.values() if card.session and card.session.pane == pane), None)
