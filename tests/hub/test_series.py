"""When a mailbox's bell rings, by a clock of the test's own."""

from orchestrator.hub.mail.waking.backoff import NotifyBackoff

START = 1000.0


def rung_at(series: NotifyBackoff, until: float, *, busy_until: float = 0.0) -> list[float]:
    """When it rings, second by second, counted from the start."""
    intervals = []
    for second in range(int(until) + 1):
        now = START + second
        due = series.due()
        if due is not None and due <= now and second >= busy_until:
            series.notified(now, series.arrivals)
            intervals.append(float(second))
        series.gives_up(now)
    return intervals


def arrived() -> NotifyBackoff:
    series = NotifyBackoff()
    series.arrived()
    return series


def test_it_rings_at_once_and_at_15_60_and_300_seconds_and_then_counts_as_deaf() -> None:
    series = arrived()
    assert rung_at(series, 310) == [0, 15, 60, 300]
    assert not series.unresponsive
    assert rung_at(series, 2000) == []
    assert series.unresponsive


def test_a_session_that_asks_for_its_mail_is_left_in_peace_and_not_deaf_any_more() -> None:
    series = arrived()
    rung_at(series, 2000)
    series.asked(START + 2001)
    assert not series.unresponsive
    assert rung_at(series, 2010) == []


def test_mail_that_was_left_unread_by_a_receive_is_rung_for_a_while_later() -> None:
    series = arrived()
    assert rung_at(series, 1) == [0]
    series.asked(START + 5)
    assert rung_at(series, 40) == [20, 35]


def test_what_was_told_on_the_way_counts_as_the_first_ring() -> None:
    series = arrived()
    series.told(START, series.arrivals)
    assert not series.untold
    assert rung_at(series, 301) == [15, 60, 300]


def test_rings_that_come_late_keep_their_distance() -> None:
    series = arrived()
    series.told(START, series.arrivals)
    assert rung_at(series, 1000, busy_until=500) == [500, 545, 785]


def test_new_mail_begins_anew_but_never_sooner_than_the_session_can_do_something() -> None:
    series = arrived()
    assert rung_at(series, 3) == [0]
    series.arrived()
    assert rung_at(series, 80) == [15, 30, 75]


def test_new_mail_does_not_make_a_deaf_session_hear() -> None:
    series = arrived()
    rung_at(series, 400)
    assert series.unresponsive
    series.arrived()
    assert series.unresponsive
    assert series.due() is not None
