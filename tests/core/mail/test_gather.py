"""A fan-in never hangs, and never gives up on somebody who only waits for a human."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.mail.compose import Draft, compose
from orchestrator.core.mail.gather import (
    WAITS_FOR_HUMAN,
    Gather,
    MemberState,
    complete,
    due,
    missing,
    opened,
    reported,
    tombstoned,
)
from orchestrator.core.mail.message import Authority, Kind, Post
from orchestrator.core.sessions.model import Status
from orchestrator.core.sessions.states import OVER
from tests.core.mail.letters import letter

NAMES = ("w1", "w2", "w3")


def gather() -> Gather:
    return opened("g1", "lead", "t1", [*NAMES, "w1"], at=10.0, deadline=100.0)


def test_it_is_complete_when_everybody_has_reported_or_is_gone() -> None:
    now = gather()
    assert [each.name for each in now.members] == list(NAMES)
    now = reported(now, "w1", "m1", 20.0, final=True)
    now = reported(now, "w2", "m2", 21.0, final=False)
    assert not complete(now)
    assert not complete(now, partial_ok=True)
    now = tombstoned(now, "w3", "its session exited", 22.0)
    assert complete(now, partial_ok=True)
    assert not complete(now)
    assert now.open
    now = reported(now, "w2", "m3", 23.0, final=True)
    assert complete(now)
    assert not now.open
    assert now.member("w2") == (now.members[1])
    assert now.members[1].reports == ("m2", "m3")


def test_a_report_is_never_undone() -> None:
    now = reported(gather(), "w1", "m1", 20.0, final=True)
    assert tombstoned(now, "w1", "gone", 30.0) == now
    assert reported(now, "w1", "m1", 30.0, final=True) == now
    later = reported(now, "w1", "m2", 30.0, final=False)
    assert later.members[0].part is MemberState.REPORTED
    assert later.members[0].reports == ("m1", "m2")


def test_strangers_change_nothing() -> None:
    assert reported(gather(), "mallory", "m1", 20.0, final=True) == gather()
    assert tombstoned(gather(), "mallory", "gone", 20.0) == gather()


def test_a_late_report_takes_the_place_of_a_tombstone() -> None:
    now = tombstoned(gather(), "w1", "gone", 20.0)
    assert reported(now, "w1", "m1", 30.0, final=True).members[0].part is MemberState.REPORTED


def test_who_exits_or_is_lost_is_due_at_once_and_who_works_is_not() -> None:
    states = {"w1": "exited", "w2": "lost", "w3": "working"}
    assert [name for name, _ in due(gather(), states, 20.0)] == ["w1", "w2"]
    assert due(gather(), {}, 20.0) == (), "a state that isn't known is no death"


def test_when_the_time_is_over_only_who_waits_for_a_human_is_still_awaited() -> None:
    states = {"w1": "permission", "w2": "working"}
    assert due(gather(), states, 99.0) == ()
    assert [name for name, _ in due(gather(), states, 100.0)] == ["w2", "w3"]
    assert due(gather(), dict.fromkeys(NAMES, "gate"), 1e9) == ()


def test_the_missing_are_named_with_their_state() -> None:
    now = reported(gather(), "w1", "m1", 20.0, final=False)
    now = tombstoned(now, "w3", "its session exited before it reported", 21.0)
    one, two, three = missing(now, {"w1": "working", "w2": "permission"})
    assert (one.name, one.state, one.needs_human) == ("w1", "has reported in part, working", False)
    assert (two.name, two.state, two.needs_human) == ("w2", "waiting for a person: permission", True)
    assert (three.name, three.state) == ("w3", "its session exited before it reported")
    assert missing(gather(), {})[0].state == "no session has this name yet"


states = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from([*Status, "gate", "new", "queued", "dreaming"])
)
steps = st.one_of(
    st.tuples(st.just("report"), st.sampled_from(NAMES), st.booleans()),
    st.tuples(st.just("bury"), st.sampled_from(NAMES), st.just(True)),
)


@settings(deadline=None)
@given(st.lists(steps, max_size=12), states)
def test_no_gather_hangs(sequence: list[tuple[str, str, bool]], last: dict[str, str]) -> None:
    now = gather()
    for number, (what, name, final) in enumerate(sequence):
        before = now
        if what == "report":
            now = reported(now, name, f"m{number}", 20.0, final=final)
        else:
            now = tombstoned(now, name, "gone", 20.0)
        done = {each.name for each in before.members if each.part is MemberState.REPORTED}
        assert done <= {each.name for each in now.members if each.part is MemberState.REPORTED}
    words = {name: str(state) for name, state in last.items()}
    for name, why in due(now, words, 50.0):
        assert words[name] in OVER
        now = tombstoned(now, name, why, 50.0)
    assert due(now, words, 50.0) == ()
    for name, why in due(now, words, now.deadline):
        now = tombstoned(now, name, why, now.deadline)
    waits = {each.name for each in missing(now, words) if each.needs_human}
    assert complete(now) or all(words[name] in WAITS_FOR_HUMAN for name in waits)
    assert {
        each.name for each in now.members if each.part in (MemberState.AWAITED, MemberState.PARTIAL)
    } == waits


def test_so_many_of_them_are_enough_where_a_number_is_asked_for() -> None:
    now = opened("g1", "lead", "t1", NAMES, at=10.0, need=2)
    now = reported(now, "w1", "m1", 20.0, final=True)
    assert (now.open, now.count, now.wanted) == (True, 1, 2)
    now = reported(now, "w3", "m2", 21.0, final=True)
    assert (now.open, complete(now)) == (False, True)
    assert opened("g1", "lead", "t1", NAMES, at=10.0, need=7).need == 0, "never more than there are"


def draft(kind: Kind, reply_to: str = "") -> Draft:
    return Draft(kind, "hello", reply_to=reply_to)


def test_a_task_that_expects_results_opens_a_gather_and_a_result_reports_to_it() -> None:
    task = compose(
        draft(Kind.TASK),
        message="m1",
        sender="lead",
        authority=Authority.PEER,
        to=("w1", "w2"),
        now=10.0,
        expect=("w1", "w2", "nobody"),
        gather="g7",
        gather_s=60.0,
    )
    assert task.opens
    assert (task.opens.id, task.opens.thread, task.opens.deadline) == ("g7", "m1", 70.0)
    assert [each.name for each in task.opens.members] == ["w1", "w2", "nobody"]
    assert (task.message.gather, task.message.thread) == ("g7", "m1")

    def to_lead(id_: str, kind: Kind, sender: str, reply_to: str = "", **more: Any) -> Post:
        return compose(
            draft(kind, reply_to),
            message=id_,
            sender=sender,
            authority=Authority.PEER,
            to=("lead",),
            now=20.0,
            **more,
        )

    more = {"parent": task.message, "reports_to": "g7", "expect": ("lead",)}
    answered = to_lead("m2", Kind.RESULT, "w1", reply_to="m1", **more)
    assert (answered.message.gather, answered.message.thread) == ("g7", "m1")
    assert answered.opens is None, "a report opens no gather"
    assert to_lead("m3", Kind.RESULT, "w2", expect=("lead",)).opens is None
    assert (note := to_lead("m4", Kind.NOTE, "w2").message).gather == ""
    assert note.thread == "m4"


def test_hops_grow_by_what_is_in_hand_but_not_by_results() -> None:
    def hops(kind: Kind, to: str, in_hand: Kind) -> int:
        return compose(
            draft(kind),
            message="m9",
            sender="w1",
            authority=Authority.PEER,
            to=(to,),
            now=10.0,
            in_hand=[letter("lead", ("w1",), in_hand, hops=2)],
        ).message.hops

    assert hops(Kind.TASK, "w2", Kind.TASK) == 3
    assert hops(Kind.QUESTION, "lead", Kind.TASK) == 2
    assert hops(Kind.RESULT, "lead", Kind.TASK) == 0
    assert hops(Kind.TASK, "w2", Kind.RESULT) == 0
