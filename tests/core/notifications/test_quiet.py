"""Quiet hours on the week's clock."""

import pytest

from orchestrator.core.notifications.quiet import minutes_left, quiet_hours

MON, FRI, SAT, SUN = 0, 4, 5, 6


def at(hour: int, minute: int = 0) -> int:
    return hour * 60 + minute


@pytest.mark.parametrize(
    ("texts", "day", "minute", "left"),
    [
        ((), MON, at(3), 0),
        (("22:00-07:00",), MON, at(21, 59), 0),
        (("22:00-07:00",), MON, at(22), 9 * 60),
        (("22:00-07:00",), MON, at(6, 59), 1),
        (("22:00-07:00",), MON, at(7), 0),
        (("22:00-07:00",), SUN, at(23), 8 * 60),
        (("12:30-13:15",), FRI, at(13), 15),
        (("fri 22:00-07:00",), SAT, at(1), 6 * 60),
        (("fri 22:00-07:00",), FRI, at(1), 0),
        (("sat,sun 00:00-24:00",), SAT, at(12), 36 * 60),
        (("sat,sun 00:00-24:00", "22:00-07:00"), FRI, at(23), 56 * 60),
        (("fri-mon 10:00-11:00",), SUN, at(10), 60),
        (("mon-fri 20:00-08:00",), SAT, at(7), 60),
        (("mon-fri 20:00-08:00",), SAT, at(21), 0),
        (("00:00-24:00",), MON, at(0), 7 * 24 * 60),
    ],
)
def test_quiet_hours_end_when_their_text_says(
    texts: tuple[str, ...], day: int, minute: int, left: int
) -> None:
    assert minutes_left(map(quiet_hours, texts), day, minute) == left


@pytest.mark.parametrize(
    "text",
    ["", "22-7", "22:00", "25:00-07:00", "22:00-24:30", "22:60-07:00", "08:00-08:00", "xyz 01:00-02:00",
     "mo 1:00-2:00", "mon- 01:00-02:00", "mon,,tue 01:00-02:00", "22:00-07:00 UTC"],
)  # fmt: skip
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="times such as"):
        quiet_hours(text)
