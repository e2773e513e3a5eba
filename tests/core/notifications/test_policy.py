"""What is told, by which channel, when: a table of cases, then any course of events."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.board.views import Need
from orchestrator.core.model import State
from orchestrator.core.needs.ranking import RANKS
from orchestrator.core.notifications.kinds import AT_ONCE, GROUPS, LATER, kinds_of
from orchestrator.core.notifications.occurrence import Occurrence, occurrences
from orchestrator.core.notifications.policy import Channel, Moment, Timing, Told, plan
from tests.core.notifications.given import card_of_a_team, need
from tests.examples import examples

BELL = Channel("board", GROUPS["all"])
PHONE = Channel("push", GROUPS["all"], away=True, pause=10.0)
TIMING = Timing(delay=10.0, gather=1.0)


def of(found: Need, seen: float | None = None, state: State | None = None) -> Occurrence:
    at = found.since if seen is None else seen
    return next(iter(occurrences(state or State(), [found], at, {})))


def told_at(
    *standing: Occurrence,
    channel: Channel = BELL,
    told: Told | None = None,
    timing: Timing = TIMING,
    active_until: float = 0.0,
    quiet_until: float = 0.0,
) -> float | None:
    """When the first message goes out, if nothing changes; found as the hub does, by looking again."""
    now: float | None = standing[0].seen
    while now is not None:
        moment = Moment(
            now, active_until if now < active_until else 0.0, quiet_until if now < quiet_until else 0.0
        )
        found = plan(standing, [channel], told or Told(), timing, moment)
        if found.due:
            return now
        assert found.look_again is None or found.look_again > now
        now = found.look_again
    return None


def test_every_kind_of_need_is_told_at_once_or_later() -> None:
    assert set(RANKS) == AT_ONCE | LATER
    assert not AT_ONCE & LATER
    assert kinds_of(["waits", "run"]) == AT_ONCE | {"run"}
    assert kinds_of([]) == frozenset()


@pytest.mark.parametrize("kind", sorted(AT_ONCE))
def test_what_waits_for_a_person_is_told_at_once(kind: str) -> None:
    assert told_at(of(need(kind, id_=f"c1.{kind}.x", at=100.0))) == 101.0


@pytest.mark.parametrize("kind", sorted(LATER))
def test_a_finished_turn_and_a_failure_are_told_once_they_have_stood(kind: str) -> None:
    assert told_at(of(need(kind, at=100.0))) == 111.0


def test_a_request_whose_hook_has_not_arrived_is_told_a_moment_later() -> None:
    assert told_at(of(need("permission", id_="c1.permission", at=100.0))) == 104.0


def test_the_delay_of_a_kind_can_be_set() -> None:
    timing = replace(TIMING, delays={"permission": 5.0, "review": 2.0})
    assert told_at(of(need("permission", id_="c1.k3f", at=100.0)), timing=timing) == 106.0
    assert told_at(of(need("review", at=100.0)), timing=timing) == 103.0


def test_a_burst_is_one_message_most_urgent_first() -> None:
    burst = [of(need("permission", id_=f"c{number}.k", at=100.0 + number / 10)) for number in range(8)]
    [due] = plan(burst, [BELL], Told(), TIMING, Moment(101.0)).due
    assert due.occurrences == tuple(burst)


def test_what_is_not_due_yet_is_not_in_the_message() -> None:
    ask, turn = of(need("permission", id_="c1.k", at=100.0)), of(need("review", card="c2", at=100.0))
    found = plan([ask, turn], [BELL], Told(), TIMING, Moment(101.0))
    assert [each.occurrences for each in found.due] == [(ask,)]
    assert found.look_again == 111.0


def test_nothing_is_told_twice_and_another_occurrence_is() -> None:
    first = of(need("review", at=100.0))
    told = Told(frozenset({("board", first.key)}))
    assert told_at(first, told=told) is None
    assert told_at(replace(first, need=replace(first.need, summary="other words")), told=told) is None
    assert told_at(of(need("review", at=500.0)), told=told) == 511.0
    assert told_at(first, told=told, channel=PHONE) == 111.0


def test_a_turn_that_turns_out_to_have_ended_with_a_question_is_the_same_occurrence() -> None:
    assert of(need("review", at=100.0)).key == of(need("asks", at=100.0)).key


def test_the_phone_is_silent_while_the_person_is_active_and_told_afterwards() -> None:
    ask = of(need("permission", id_="c1.k", at=100.0))
    assert told_at(ask, channel=PHONE, active_until=160.0) == 160.0
    assert told_at(ask, channel=BELL, active_until=160.0) == 101.0


def test_quiet_hours_silence_every_channel_and_what_still_stands_is_told_after_them() -> None:
    ask = of(need("permission", id_="c1.k", at=100.0))
    assert {told_at(ask, channel=channel, quiet_until=900.0) for channel in (BELL, PHONE)} == {900.0}


def test_messages_of_a_channel_have_a_pause_between_them() -> None:
    ask = of(need("permission", id_="c1.k", at=100.0))
    assert told_at(ask, channel=PHONE, told=Told(last={"push": 99.0})) == 109.0


def test_a_channel_is_not_told_what_it_is_not_for() -> None:
    assert told_at(of(need("review", at=100.0)), channel=Channel("board", AT_ONCE)) is None


def test_a_failed_message_is_tried_again_at_its_time_with_what_still_stands() -> None:
    ask = of(need("permission", id_="c1.k", at=100.0))
    pair = ("push", ask.key)
    assert told_at(ask, channel=PHONE, told=Told(frozenset({pair}), {pair: 131.0}, {"push": 101.0})) == 132.0


@pytest.mark.parametrize("since", [4_000.0, 100.0])
def test_a_clock_that_was_set_back_delays_nothing(since: float) -> None:
    assert told_at(of(need("permission", id_="c1.k", at=since), seen=100.0)) == 101.0


def test_requests_that_are_being_answered_are_left_out_and_so_are_turns_of_a_team() -> None:
    state = State(cards={"c2": card_of_a_team("c2")})
    found = [
        need("permission", id_="c1.ruled", at=1.0),
        need("permission", id_="c1.open", at=1.0),
        need("review", card="c2", at=1.0),
        need("permission", card="c2", id_="c2.k", at=1.0),
    ]
    left = [each.need.id for each in occurrences(state, found, 1.0, {}, answering={"c1.ruled"})]
    assert left == ["c1.open", "c2.k"]


kinds = st.sampled_from(sorted(RANKS))
steps = st.lists(
    st.tuples(
        st.sampled_from(["arises", "answered", "restart", "key", "quiet"]),
        st.integers(0, 5),
        kinds,
        st.floats(0.05, 40.0),
    ),
    max_size=25,
)


@settings(max_examples=examples(90), deadline=None)
@given(steps)
def test_whatever_happens_is_told_once_never_after_its_answer_and_in_time(
    course: list[tuple[str, int, str, float]],
) -> None:
    """The hub's loop on a clock of its own: it looks at each change, and when it was told to look again."""
    now, active, quiet = 1000.0, 0.0, 0.0
    standing: dict[int, Need] = {}
    seen: dict[str, float] = {}
    told = Told()
    heard: Counter[tuple[str, str]] = Counter()
    free: dict[tuple[str, str], float] = {}
    """Since when nothing but its own delay has kept each from being told."""

    def look() -> float | None:
        nonlocal told, seen
        found = tuple(occurrences(State(), standing.values(), now, seen))
        seen = {each.key: each.seen for each in found}
        moment = Moment(now, active if active > now else 0.0, quiet if quiet > now else 0.0)
        made = plan(found, [BELL, PHONE], told, TIMING, moment)
        for due in made.due:
            assert quiet <= now
            assert due.channel != "push" or active <= now
            for each in due.occurrences:
                assert each.need in standing.values()
                heard[due.channel, each.key] += 1
            pairs = {(due.channel, each.key) for each in due.occurrences}
            told = Told(frozenset({*told.keys, *pairs}), {}, {**told.last, due.channel: now})
        for channel in (BELL, PHONE):
            for each in found:
                kept = max(quiet, active if channel.away else 0.0, each.seen)
                free[channel.name, each.key] = kept
                if not heard[channel.name, each.key]:
                    assert now <= kept + TIMING.of(each) + TIMING.gather + channel.pause
        return made.look_again

    for what, number, kind, later in [*course, ("end", 0, "", 500.0)]:
        ends = now + later
        again = look()
        while again is not None and again <= ends:
            assert again > now
            now = again
            again = look()
        now = ends
        match what:
            case "arises":
                standing[number] = need(kind, card=f"c{number}", id_=f"c{number}.{kind}", at=now)
            case "answered":
                standing.pop(number, None)
            case "restart":
                seen = {}
                told = replace(told, last={})
            case "key":
                active = now + 30.0
            case "quiet":
                quiet = now + 20.0
    look()
    assert set(heard.values()) <= {1}
