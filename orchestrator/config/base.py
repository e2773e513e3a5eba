"""The base of all tables of settings, and the error for an invalid value."""

from difflib import get_close_matches

from pydantic import BaseModel, ConfigDict

_LONGEST_WORD = 80


class UnfitValueError(ValueError):
    """What a value must be, worded to follow "must be", and the nearest valid word if there is one.

    `key` is the path to the problem below the checked value, with dots: `2.name` in a list of tables.
    """

    def __init__(self, expected: str, nearest: str = "", key: str = "") -> None:
        super().__init__(expected)
        self.expected, self.nearest, self.key = expected, nearest, key


def nearest(word: str, valid: list[str]) -> str:
    """The nearest valid word, or nothing."""
    if len(word) > _LONGEST_WORD:
        return ""
    return next(iter(get_close_matches(word, valid, n=1)), "")


class MissingValueError(UnfitValueError):
    """Something is not set that must be; `why` follows "is required"."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"set: {why}", key=key)
        self.why = why


class Table(BaseModel):
    """A table of the file: frozen, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
