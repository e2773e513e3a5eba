"""Nudges by themselves: off unless wanted, once for each time, and within their limits."""

from dataclasses import replace

from orchestrator.core.model import Card
from orchestrator.core.needs.nudges import Policy, due
from orchestrator.core.sessions.model import Evidence, Session, Source, Status

POLICY = Policy(stall="interrupt", error="continue", per_hour=3, per_day=5)


def stuck(status: Status, since: float = 1000.0) -> Card:
    session = Session(1, "s", 0.0, status, since, "", Evidence(Source.ORCH, "", since))
    return Card("c1", "a", "A", "", "/r", "main", "b", "/w", 0.0, session=session)


def test_nothing_is_nudged_unless_it_is_configured() -> None:
    for status in Status:
        assert due(stuck(status), Policy(), 2000.0) == ""


def test_stalls_and_errors_get_what_the_policy_says_and_nothing_else_does() -> None:
    assert {
        status: due(stuck(status), POLICY, 2000.0) for status in Status if due(stuck(status), POLICY, 2000.0)
    } == {
        Status.STALLED: "interrupt",
        Status.ERROR: "continue",
    }


def test_a_session_is_nudged_once_for_each_time_that_it_gets_stuck() -> None:
    card = replace(stuck(Status.ERROR), nudges=(1001.0,))
    assert due(card, POLICY, 2000.0) == ""
    assert due(replace(stuck(Status.ERROR, since=1500.0), nudges=(1001.0,)), POLICY, 2000.0) == "continue"


def test_the_breaker_stops_at_so_many_an_hour_and_so_many_a_day() -> None:
    at = 100_000.0
    card = stuck(Status.ERROR, since=at)
    assert due(replace(card, nudges=(at - 10, at - 20)), POLICY, at) == "continue"
    assert due(replace(card, nudges=(at - 10, at - 20, at - 30)), POLICY, at) == ""
    assert due(replace(card, nudges=tuple(at - 4000 * n for n in range(1, 6))), POLICY, at) == ""
    assert due(replace(card, nudges=tuple(at - 90_000 * n for n in range(1, 6))), POLICY, at) == "continue"


def test_a_card_that_the_user_holds_is_left_alone() -> None:
    assert due(replace(stuck(Status.ERROR), held="later"), POLICY, 2000.0) == ""
