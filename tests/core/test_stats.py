"""Waiting times, reckoned from events."""

from dataclasses import replace

from orchestrator.core.events import Event, RequestAnswered, SessionChanged
from orchestrator.core.needs.stats import waited
from orchestrator.core.sessions.model import Ask, Evidence, Facts, Session, Source, Status


def changed(at: float, status: Status, ask: str = "", card: str = "c1") -> SessionChanged:
    asks = (Ask("permission", "Bash", "ls", at, id=ask),) if ask else ()
    session = Session(1, "s", 0.0, status, at, "", Evidence(Source.HOOK, "", at), facts=Facts(asks=asks))
    return SessionChanged(at, card, session)


def answered(at: float, by: str) -> RequestAnswered:
    return RequestAnswered(at, "c1", "c1.a", "permission", "ls", "allow", "", by, "", 0.0)


def day(at: float) -> str:
    return f"day {int(at // 1000)}"


def test_waits_are_summed_by_day_and_card_and_by_who_ended_them() -> None:
    events: list[Event] = [
        changed(100, Status.PERMISSION, "c1.a"),
        answered(130, "tui"),
        changed(130, Status.WORKING),
        changed(200, Status.PERMISSION, "c1.b"),
        changed(210, Status.WORKING),
        changed(1100, Status.QUESTION, "c1.c"),
        changed(1105, Status.IDLE),
        changed(300, Status.PERMISSION, "c2.a", card="c2"),
    ]
    later, first = waited(events, day, {"c1": "One"})
    assert (first.day, first.card, first.title, first.seconds, first.times) == ("day 0", "c1", "One", 40.0, 2)
    assert first.by == {"tui": 1, "pane": 1}
    assert (later.day, later.seconds) == ("day 1", 5.0)


def test_one_request_after_another_without_a_pause_is_two_waits() -> None:
    events = [
        changed(100, Status.PERMISSION, "c1.a"),
        changed(110, Status.PERMISSION, "c1.b"),
        changed(140, Status.WORKING),
    ]
    (row,) = waited(events, day, {})
    assert (row.seconds, row.times) == (40.0, 2)


def test_news_of_the_same_request_does_not_end_its_wait() -> None:
    asked = changed(100, Status.PERMISSION, "c1.a")
    again = replace(asked, at=120.0)
    (row,) = waited([asked, again, changed(150, Status.WORKING)], day, {})
    assert (row.seconds, row.times) == (50.0, 1)
