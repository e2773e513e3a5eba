"""What has not been fetched is a value of its own: never empty, and never a reason to forget."""

from enum import StrEnum
from typing import Final, Literal, TypeVar


class NotFetched(StrEnum):
    NOT_FETCHED = "not fetched"


NOT_FETCHED: Final = NotFetched.NOT_FETCHED
Unfetched = Literal[NotFetched.NOT_FETCHED]

T = TypeVar("T")


def kept(known: T | Unfetched, fetched: T | Unfetched) -> T | Unfetched:
    """The newer of the two, where what was not fetched replaces nothing."""
    return known if fetched is NOT_FETCHED else fetched
