"""What every table of settings stands on, and the error with which a value is turned down."""

from difflib import get_close_matches

from pydantic import BaseModel, ConfigDict

_LONGEST_WORD = 80


class UnfitValueError(ValueError):
    """What a value must be, worded to follow "must be", and the nearest valid word if one is near.

    `key` is where below the checked value the trouble is, with dots: `2.name` in a list of tables.
    """

    def __init__(self, expected: str, nearest: str = "", key: str = "") -> None:
        super().__init__(expected)
        self.expected, self.nearest, self.key = expected, nearest, key


def nearest(word: str, valid: list[str]) -> str:
    """The valid word most like this one, or nothing."""
    if len(word) > _LONGEST_WORD:
        return ""
    return next(iter(get_close_matches(word, valid, n=1)), "")


class Table(BaseModel):
    """A table of the file: frozen, and without room for unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
