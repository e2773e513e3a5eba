"""How much may pass, and when two who only write to each other are stopped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.message import Authority, Message, MessageNotice, Ref, SendStatus
from orchestrator.core.mail.message_limits import (
    BODY_BYTES,
    BOX_BYTES,
    BOX_MESSAGES,
    MOST_HOPS,
    hops_after,
    malformed,
    room,
)
from orchestrator.core.mail.rate_limits import (
    FAN_OUT_A_MINUTE,
    PAIR_A_MINUTE,
    PING_PONG_S,
    PING_PONG_TURNS,
    Pair,
    Traffic,
)
from tests.core.mail.letters import letter, passed

PAIR = Pair.of("bob", "ann")


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (letter(body=" \n"), "empty"),
        (letter(body="x" * (BODY_BYTES + 1)), "65,537 bytes"),
        (letter(body="ü" * (BODY_BYTES // 2 + 1)), "65,538 bytes"),
        (letter(body="\ud800"), "lone surrogate"),
        (letter(subject="\ud800"), "lone surrogate"),
        (letter(subject="x" * 201), "subject"),
        (letter(refs=(Ref("issue", "#1"),) * 51), "references"),
        (letter(to=tuple(f"n{n}" for n in range(121))), "recipients"),
        (letter(at=10.0, expires_at=10.0), "ttl_s"),
    ],
)
def test_what_no_store_can_take_is_refused_in_words(message: Message, word: str) -> None:
    refused = malformed(message)
    assert refused
    assert word in f"{refused.what} {refused.why}"


def test_what_is_just_within_the_limits_is_taken() -> None:
    assert malformed(letter(body="x" * BODY_BYTES)) is None
    assert malformed(letter(body="", refs=(Ref("blob", "0" * 64),))) is None


def test_a_box_takes_a_thousand_messages_or_eight_mebibytes() -> None:
    assert room(BOX_MESSAGES - 1, 0, 1) is SendStatus.STORED
    assert room(BOX_MESSAGES, 0, 0) is SendStatus.FULL
    assert room(0, BOX_BYTES - 1, 1) is SendStatus.STORED
    assert room(0, BOX_BYTES - 1, 2) is SendStatus.FULL


def test_a_pair_may_exchange_thirty_a_minute_each_way() -> None:
    traffic = Traffic([passed("ann", "bob", 100.0 + n) for n in range(PAIR_A_MINUTE)])
    refused = traffic.refusal("ann", ["bob"], now=130.0)
    assert refused
    assert "30 messages to bob" in refused.what
    assert "Wait 30 s" in refused.hint
    assert traffic.refusal("bob", ["ann"], now=130.0) is None
    assert traffic.refusal("ann", ["eve"], now=130.0) is None
    assert traffic.refusal("ann", ["bob"], now=160.5) is None


def test_a_sender_reaches_a_hundred_and_twenty_a_minute_all_together() -> None:
    everybody = tuple(f"n{n}" for n in range(60))
    traffic = Traffic([passed("ann", everybody, 100.0), passed("ann", everybody[:40], 110.0)])
    assert traffic.refusal("ann", everybody[: FAN_OUT_A_MINUTE - 100], now=120.0) is None
    refused = traffic.refusal("ann", everybody[: FAN_OUT_A_MINUTE - 99], now=120.0)
    assert refused
    assert "120 messages" in refused.what
    assert "Wait 40 s" in refused.hint
    assert traffic.refusal("ann", everybody, now=161.0) is None


@pytest.mark.parametrize("authority", [Authority.HUMAN, Authority.ORCH])
def test_the_human_and_orch_are_not_limited(authority: Authority) -> None:
    traffic = Traffic([passed("ann", "bob", 100.0, authority) for _ in range(500)])
    assert (
        traffic.refusal("ann", ["bob"], now=100.0, authority=authority, paused=[Pair.of("ann", "bob")])
        is None
    )


def test_a_matter_is_handed_on_eight_times_at_most() -> None:
    message = letter("n0", ("n1",))
    for number in range(1, MOST_HOPS + 2):
        hops = hops_after(f"n{number}", (f"n{number + 1}",), (message,))
        assert hops == number
        refused = Traffic().refusal(f"n{number}", [f"n{number + 1}"], now=1.0, hops=hops)
        assert (refused is None) == (number <= MOST_HOPS)
        message = letter(f"n{number}", (f"n{number + 1}",), hops=hops)


def test_whoever_may_hand_a_matter_on_no_more_may_still_write_to_the_human() -> None:
    def refused(*to: str) -> bool:
        return Traffic().refusal("ann", to, now=1.0, hops=MOST_HOPS + 1) is not None

    assert refused("bob")
    assert not refused("human")
    assert refused("human", "bob")


def test_an_answer_to_whom_it_came_from_hands_nothing_on() -> None:
    asked = letter("ann", ("bob",), hops=3)
    assert hops_after("bob", ("ann",), (asked,)) == 3
    assert hops_after("bob", ("ann", "eve"), (asked,)) == 4
    assert hops_after("bob", ("eve",), ()) == 0


def turns(count: int, start: float = 100.0, step: float = 10.0) -> list[MessageNotice]:
    return [passed(*(("ann", "bob") if n % 2 else ("bob", "ann")), start + n * step) for n in range(count)]


def test_twelve_turns_in_ten_minutes_pause_the_pair() -> None:
    traffic = Traffic(turns(PING_PONG_TURNS - 1))
    assert traffic.circling("ann", ["bob", "eve"], 250.0) == ()
    traffic.note(passed("ann", "bob", 210.0))
    assert traffic.circling("ann", ["bob", "eve"], 250.0) == (PAIR,)
    assert traffic.circling("bob", ["ann"], 250.0) == (PAIR,)
    refused = traffic.refusal("bob", ["ann"], now=250.0, paused=[PAIR])
    assert refused
    assert "paused" in refused.what
    assert traffic.refusal("bob", ["eve"], now=250.0, paused=[PAIR]) is None


def test_many_messages_of_one_side_are_one_turn() -> None:
    traffic = Traffic([passed("ann", "bob", 100.0 + n) for n in range(25)])
    assert traffic.circling("ann", ["bob"], 130.0) == ()


def test_doubled_messages_do_not_hide_a_circle() -> None:
    twice = [
        again for each in turns(PING_PONG_TURNS) for again in (each, passed(each.sender, each.to, each.at))
    ]
    assert Traffic(twice).circling("ann", ["bob"], 250.0) == (PAIR,)


def test_slow_talk_is_no_circle() -> None:
    slow = turns(PING_PONG_TURNS, step=PING_PONG_S / (PING_PONG_TURNS - 2))
    assert Traffic(slow).circling("ann", ["bob"], slow[-1].at) == ()


@pytest.mark.parametrize("how", ["progress", "resumed", "human"])
def test_progress_of_either_or_a_word_of_the_human_starts_the_count_anew(how: str) -> None:
    traffic = Traffic(turns(PING_PONG_TURNS))
    assert traffic.circling("ann", ["bob"], 220.0)
    if how == "progress":
        traffic.progress("bob", 215.0)
    elif how == "resumed":
        traffic.resumed(PAIR, 215.0)
    else:
        traffic.note(passed("human", "ann", 215.0, Authority.HUMAN))
    assert traffic.circling("ann", ["bob"], 220.0) == ()
    for each in turns(PING_PONG_TURNS, start=220.0):
        traffic.note(each)
    assert traffic.circling("ann", ["bob"], 340.0) == (PAIR,)


def test_mail_with_the_human_never_circles() -> None:
    talk = [passed(*(("ann", "human") if n % 2 else ("human", "ann")), 100.0 + n) for n in range(30)]
    assert Traffic(talk).circling("ann", ["human"], 140.0) == ()


events = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "eve"]), st.sampled_from(["ann", "bob", "eve"]), st.integers(1, 20)
    )
)


@settings(deadline=None)
@given(events)
def test_no_order_of_events_lets_more_through_than_the_limits(wishes: list[tuple[str, str, int]]) -> None:
    traffic, now, through = Traffic(), 0.0, list[MessageNotice]()
    for sender, box, wait in wishes * 5:
        now += wait / 10
        if sender == box:
            continue
        answer = traffic.refusal(sender, [box], now=now)
        assert answer is None or isinstance(answer, Rejected)
        if answer is None:
            through.append(passed(sender, box, now))
            traffic.note(through[-1])
        minute = [each for each in through if each.at > now - 60]
        assert sum((each.sender, each.to) == (sender, (box,)) for each in minute) <= PAIR_A_MINUTE
        assert sum(each.sender == sender for each in minute) <= FAN_OUT_A_MINUTE
    assert Traffic(through).circling("ann", ["bob"], now) == traffic.circling("ann", ["bob"], now)
