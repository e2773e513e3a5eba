"""When a mailbox's bell rings, by a clock of the test's own."""

from orchestrator.hub.mail.waking.backoff import NotifyBackoff

START = 1000.0


def rung_at(backoff: NotifyBackoff, until: float, *, busy_until: float = 0.0) -> list[float]:
    """When it rings, second by second, counted from the start."""
    intervals = []
    for second in range(int(until) + 1):
        now = START + second
        due = backoff.due()
        if due is not None and due <= now and second >= busy_until:
            backoff.notified(now, backoff.arrivals)
            intervals.append(float(second))
        backoff.gives_up(now)
    return intervals


def arrived() -> NotifyBackoff:
    backoff = NotifyBackoff()
    backoff.arrived()
    return backoff


def test_it_rings_at_once_and_at_15_60_and_300_seconds_and_then_counts_as_deaf() -> None:
    backoff = arrived()
    assert rung_at(backoff, 310) == [0, 15, 60, 300]
    assert not backoff.unresponsive
    assert rung_at(backoff, 2000) == []
    assert backoff.unresponsive


def test_a_session_that_asks_for_its_mail_is_left_in_peace_and_not_deaf_any_more() -> None:
    backoff = arrived()
    rung_at(backoff, 2000)
    backoff.asked(START + 2001)
    assert not backoff.unresponsive
    assert rung_at(backoff, 2010) == []


def test_mail_that_was_left_unread_by_a_receive_is_rung_for_a_while_later() -> None:
    backoff = arrived()
    assert rung_at(backoff, 1) == [0]
    backoff.asked(START + 5)
    assert rung_at(backoff, 40) == [20, 35]


def test_what_was_told_on_the_way_counts_as_the_first_ring() -> None:
    backoff = arrived()
    backoff.told(START, backoff.arrivals)
    assert not backoff.untold
    assert rung_at(backoff, 301) == [15, 60, 300]


def test_rings_that_come_late_keep_their_distance() -> None:
    backoff = arrived()
    backoff.told(START, backoff.arrivals)
    assert rung_at(backoff, 1000, busy_until=500) == [500, 545, 785]


def test_new_mail_begins_anew_but_never_sooner_than_the_session_can_do_something() -> None:
    backoff = arrived()
    assert rung_at(backoff, 3) == [0]
    backoff.arrived()
    assert rung_at(backoff, 80) == [15, 30, 75]


def test_new_mail_does_not_make_a_deaf_session_hear() -> None:
    backoff = arrived()
    rung_at(backoff, 400)
    assert backoff.unresponsive
    backoff.arrived()
    assert backoff.unresponsive
    assert backoff.due() is not None
