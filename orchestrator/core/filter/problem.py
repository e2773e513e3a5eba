"""What is wrong with a filter, where, and what was probably meant."""

from collections.abc import Iterable


class FilterError(ValueError):
    """`at` is the position from 0 in the filter's text, `term` where the wrong term begins; `hint` is a
    sentence or empty."""

    def __init__(self, what: str, at: int, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.at, self.hint = what, at, hint
        self.term = at

    def __str__(self) -> str:
        said = f"{self.what} (at {self.at + 1})"
        return f"{said}. {self.hint}" if self.hint else said


def near(word: str, known: Iterable[str]) -> str:
    """The known word that is nearest, or the first that begins like it; empty for none."""
    from difflib import get_close_matches  # only where something is wrong

    names = [*known]
    found = get_close_matches(word[:80], names, n=1)
    return next(iter(found), "") or next(
        (name for name in names if len(word) > 1 and name.startswith(word)), ""
    )
