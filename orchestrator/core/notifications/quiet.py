"""Quiet hours: times of the week, as the wall clock shows them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60
_WEEK = 7 * _DAY
_FORM = re.compile(r"(?:([a-z]{3}(?:[,-][a-z]{3})*)\s+)?(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)")
EXPECTED = 'times such as "22:00-07:00" or "sat,sun 00:00-24:00"'


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` until before `end`, in minutes of a day, on each of `days` (0 is Monday). An end that is
    not after the start is on the next day."""

    days: frozenset[int]
    start: int
    end: int

    def left(self, minute: int) -> int:
        """Minutes until its end; 0 if that minute of the week is not within it."""
        length = (self.end - self.start) % _DAY or _DAY
        for day in self.days:
            into = (minute - day * _DAY - self.start) % _WEEK
            if into < length:
                return length - into
        return 0


def quiet_hours(text: str) -> QuietHours:
    """`22:00-07:00`, `mon-fri 20:00-08:00`, `sat,sun 00:00-24:00`. Raises `ValueError` for anything else."""
    found = _FORM.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(EXPECTED)
    start, end = (int(found[at]) * 60 + int(found[at + 1]) for at in (2, 4))
    if int(found[3]) > 59 or int(found[5]) > 59 or start >= _DAY or end > _DAY or start == end:
        raise ValueError(EXPECTED)
    return QuietHours(_days(found[1] or "mon-sun"), start, end)


def minutes_left(hours: Iterable[QuietHours], weekday: int, minute: int) -> int:
    """Minutes until the hours are no longer quiet, at that minute of that day; 0 if they are not. A whole
    quiet week has no end: it is as long as a week."""
    hours = tuple(hours)
    begun = at = weekday * _DAY + minute
    while at - begun < _WEEK and (left := max((each.left(at % _WEEK) for each in hours), default=0)):
        at += left
    return min(at - begun, _WEEK)


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise ValueError(EXPECTED)
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found.update((begin + each) % 7 for each in range((end - begin) % 7 + 1))
    return frozenset(found)
