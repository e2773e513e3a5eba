"""What every store promises of handing messages out and settling them."""

import asyncio

import pytest

from orchestrator.core.mail.leases import MOST_DELIVERIES, TOO_LATE, WORN_OUT, Acked, Outcome
from orchestrator.core.mail.message import Kind, MessageState
from orchestrator.core.mail.message_limits import BOX_MESSAGES
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.store.mail.protocol import MailStore
from tests.store.mail.bench import VISIBLE_S, Bench, fill, ids, message, post, settle, take


def test_urgent_ones_come_first_then_the_oldest(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        for name, urgent in (("n1", False), ("u1", True), ("n2", False), ("u2", True)):
            await store.send(post(message(name=name, urgent=urgent)))
        assert ids(await take(store)) == ["u1", "u2", "n1", "n2"]

    bench.run(play)


def test_a_call_hands_out_what_is_asked_for_and_says_whether_there_is_more(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await store.send(post(message(name="task", kind=Kind.TASK)))
        await store.send(post(message(name="reply", sender="eve", thread="t1")))
        await store.send(post(message(name="note")))

        async def asked(want: ReceiveFilter) -> tuple[list[str], bool]:
            received = await store.peek("bob", 20.0, want)
            return ids(received), received.more

        assert await asked(ReceiveFilter(most=2)) == (["task", "reply"], True)
        assert await asked(ReceiveFilter(most=3)) == (["task", "reply", "note"], False)
        assert await asked(ReceiveFilter(kinds=(Kind.TASK,))) == (["task"], False)
        assert await asked(ReceiveFilter(kinds=(Kind.TASK, Kind.NOTE))) == (["task", "reply", "note"], False)
        assert await asked(ReceiveFilter(senders=("eve",))) == (["reply"], False)
        assert await asked(ReceiveFilter(thread="t1")) == (["reply"], False)
        assert await asked(ReceiveFilter(ids=("note", "gone"))) == (["note"], False)
        assert await asked(ReceiveFilter(senders=("eve",), kinds=(Kind.TASK,))) == ([], False)
        leased = await store.receive("bob", "s1", 20.0, ReceiveFilter(senders=("eve",)))
        assert ids(leased) == ["reply"]
        assert await asked(ReceiveFilter()) == (["task", "note"], False)

    bench.run(play)


def test_a_call_stays_within_its_bytes_but_always_hands_out_the_first(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        names = await fill(store, "bob", 3, body="x" * 400)
        assert ids(received := await store.peek("bob", 20.0, ReceiveFilter(most_bytes=900))) == names[:2]
        assert received.more
        assert ids(received := await store.peek("bob", 20.0, ReceiveFilter(most_bytes=10))) == names[:1]
        assert received.more
        assert not (await store.peek("bob", 20.0, ReceiveFilter(most_bytes=1200))).more

    bench.run(play)


def test_what_is_leased_is_nobody_elses_and_what_is_done_never_comes_again(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        names = await fill(store, "bob", 2)
        first = await take(store, session="s1", most=1)
        second = await take(store, session="s2")
        assert (ids(first), ids(second)) == (names[:1], names[1:])
        assert await settle(store, first) == (Acked.DONE,)
        await store.give_back("bob", "s1", 40.0)
        await store.give_back("bob", "s2", 40.0)
        assert ids(await take(store, session="s3", now=50.0)) == names[1:]

    bench.run(play)


def test_leases_survive_a_restart_and_can_still_be_acknowledged(bench: Bench) -> None:
    async def begin(store: MailStore) -> None:
        await fill(store, "bob", 2)
        await take(store, session="s1")

    async def go_on(store: MailStore) -> None:
        held = await store.held("bob", "s1")
        assert len(held) == 2
        assert held[0].until == 20.0 + VISIBLE_S
        assert ids(await take(store, session="s2")) == []
        acks = [(each.message.id, each.fence) for each in held]
        assert await store.ack("bob", acks, Outcome.DONE, 30.0) == (Acked.DONE, Acked.DONE)
        assert await store.held("bob", "s1") == ()

    bench.run(begin)
    bench.run(go_on)


def test_fences_only_grow_and_an_older_one_is_refused(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        (name,) = await fill(store, "bob", 1)
        old = (await take(store, session="s1")).messages[0].fence
        await store.give_back("bob", "s1", 25.0)
        new = (await take(store, session="s2")).messages[0].fence
        assert new > old
        for outcome in Outcome:
            assert await store.ack("bob", [(name, old)], outcome, 30.0) == (Acked.STALE,)
        assert [each.message.id for each in await store.held("bob", "s2")] == [name]
        assert await store.ack("bob", [(name, new)], Outcome.DONE, 31.0, "all right") == (Acked.DONE,)
        assert await store.ack("bob", [(name, new)], Outcome.DONE, 32.0) == (Acked.DONE,)
        assert await store.ack("bob", [(name, new)], Outcome.REQUEUE, 32.0) == (Acked.DONE,)
        assert await store.ack("bob", [(name, old)], Outcome.DONE, 32.0) == (Acked.STALE,)
        assert await store.ack("bob", [("none", 1)], Outcome.DONE, 32.0) == (Acked.UNKNOWN,)
        assert await store.ack("eve", [(name, new)], Outcome.DONE, 32.0) == (Acked.UNKNOWN,)
        record = await store.record(name)
        assert record
        assert record.deliveries[0].why == "all right"

    bench.run(play)


def test_a_lease_that_was_given_back_cannot_be_acknowledged(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await fill(store, "bob", 1)
        received = await take(store)
        assert len((await store.give_back("bob", "s1", 25.0)).waiting) == 1
        assert await settle(store, received) == (Acked.STALE,)
        assert len(ids(await take(store, session="s2"))) == 1

    bench.run(play)


def test_what_is_given_back_keeps_its_place_in_the_box(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        names = await fill(store, "bob", 3)
        await take(store, session="s1", most=2)
        back = await store.give_back("bob", "s1", 25.0)
        assert back.waiting == (("bob", names[0]), ("bob", names[1]))
        received = await take(store, session="s2")
        assert ids(received) == names
        assert [each.times for each in received.messages] == [2, 2, 1]

    bench.run(play)


def test_a_lease_runs_out_unless_it_is_renewed(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        names = await fill(store, "bob", 2)
        await take(store, session="s1", most=1, now=20.0)
        await take(store, session="s2", most=1, now=20.0)
        await store.renew([("bob", "s2"), ("eve", "s9")], 60.0)
        assert (await store.expire(20.0 + VISIBLE_S - 1)).waiting == ()
        assert (await store.expire(20.0 + VISIBLE_S)).waiting == (("bob", names[0]),)
        assert (await store.held("bob", "s2"))[0].until == 60.0 + VISIBLE_S
        assert (await store.expire(60.0 + VISIBLE_S)).waiting == (("bob", names[1]),)
        assert await store.expire(1000.0) == await store.expire(1000.0)
        assert ids(await take(store, session="s3", now=1001.0)) == names

    bench.run(play)


@pytest.mark.parametrize("how", ["give_back", "expire", "requeue"])
def test_five_deliveries_then_the_dead_letters(bench: Bench, how: str) -> None:
    async def play(store: MailStore) -> None:
        (name,) = await fill(store, "bob", 1)
        now = 20.0
        for number in range(1, MOST_DELIVERIES + 1):
            received = await take(store, now=now)
            assert [each.times for each in received.messages] == [number]
            now += VISIBLE_S
            last = number == MOST_DELIVERIES
            if how == "requeue":
                expected = Acked.DEAD if last else Acked.REQUEUED
                assert await settle(store, received, outcome=Outcome.REQUEUE, now=now) == (expected,)
                continue
            back = await (store.expire(now) if how == "expire" else store.give_back("bob", "s1", now))
            assert (back.dead if last else back.waiting) == (("bob", name),)
        assert ids(await take(store, now=now)) == []
        (dead,) = await store.dead("bob")
        assert (dead.message.id, dead.box, dead.why, dead.times) == (name, "bob", WORN_OUT, MOST_DELIVERIES)
        assert await store.dead("eve") == ()
        assert await store.dead() == (dead,)
        assert await settle(store, received, now=now) == (Acked.STALE,)

    bench.run(play)


def test_what_failed_goes_to_the_dead_letters_with_the_words_of_its_receiver(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await fill(store, "bob", 1)
        received = await take(store)
        acks = [(received.messages[0].message.id, received.messages[0].fence)]
        assert await store.ack("bob", acks, Outcome.FAILED, 30.0, "no such branch") == (Acked.DEAD,)
        (dead,) = await store.dead()
        assert (dead.why, dead.at) == ("no such branch", 30.0)

    bench.run(play)


def test_a_message_past_its_time_is_not_delivered_and_is_visibly_dead(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        waits = message(expires_at=50.0)
        worked_on = message("eve", expires_at=50.0)
        await store.send(post(waits))
        await store.send(post(worked_on))
        received = await take(store, "eve", now=20.0)
        assert ids(await store.peek("bob", 49.0, ReceiveFilter())) == [waits.id]
        assert ids(await take(store, now=50.0)) == []
        back = await store.expire(50.0)
        assert (back.waiting, back.dead) == ((), (("bob", waits.id),))
        assert (await store.dead())[0].why == TOO_LATE
        assert await settle(store, received, "eve", now=60.0) == (Acked.DONE,), (
            "what is worked on may be ended"
        )

    bench.run(play)


def test_what_is_given_back_past_its_time_is_dead(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        each = message(expires_at=50.0)
        await store.send(post(each))
        await take(store, now=20.0)
        assert (await store.give_back("bob", "s1", 60.0)).dead == (("bob", each.id),)

    bench.run(play)


def test_redrive_puts_dead_letters_at_the_end_with_a_new_life(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        late = message(expires_at=50.0)
        await store.send(post(late))
        await store.expire(50.0)
        (fresh,) = await fill(store, "bob", 1)
        assert await store.redrive("bob", ["none", fresh, late.id, late.id], 60.0) == (late.id,)
        assert await store.dead() == ()
        received = await take(store, now=70.0)
        assert ids(received) == [fresh, late.id]
        assert received.messages[1].times == 1
        assert (await store.give_back("bob", "s1", 71.0)).dead == ()
        assert await store.redrive("bob", [late.id], 80.0) == ()

    bench.run(play)


def test_redrive_takes_no_more_than_the_box_has_room_for(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        for name in ("d1", "d2"):
            await store.send(post(message(name=name, expires_at=50.0)))
        await store.expire(50.0)
        await asyncio.gather(*(fill(store, "bob", (BOX_MESSAGES - 1) // 9) for _ in range(9)))
        assert await store.redrive("bob", ["d1", "d2"], 60.0) == ("d1",)
        assert [each.message.id for each in await store.dead()] == ["d2"]

    bench.run(play)


def test_counts_tell_what_each_box_holds(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await store.send(post(message("eve", "bye")))
        await store.send(post(message("zoe", at=7.0)))
        await settle(store, await take(store, "zoe"), "zoe")
        await store.send(post(message(at=11.0, expires_at=15.0)))
        await store.send(post(message(at=12.0, kind=Kind.TASK)))
        await store.send(post(message(at=13.0, kind=Kind.TASK, urgent=True)))
        await store.expire(16.0)
        await take(store, most=1)
        bob, eve = await store.counts()
        assert (bob.box, bob.waiting, bob.leased, bob.dead) == ("bob", 1, 1, 1)
        assert (bob.tasks, bob.urgent, bob.bytes, bob.oldest) == (1, 0, 10, 12.0)
        assert (eve.box, eve.waiting, eve.bytes, eve.oldest) == ("eve", 1, 3, 10.0)

    bench.run(play)


def test_many_receivers_of_one_box_never_get_the_same_message(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        names = await fill(store, "bob", 60)
        got = await asyncio.gather(*(take(store, session=f"s{n}", most=7) for n in range(12)))
        handed = [name for received in got for name in ids(received)]
        assert len(handed) == len(set(handed))
        rest = await take(store, session="last", most=100)
        assert sorted([*handed, *ids(rest)]) == sorted(names)
        fences = [each.fence for received in [*got, rest] for each in received.messages]
        assert len(set(fences)) == 60

    bench.run(play)


def test_a_delivery_is_done_for_one_box_alone(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        each = message(("bob", "eve"))
        await store.send(post(each))
        await settle(store, await take(store, "bob"), "bob")
        record = await store.record(each.id)
        assert record
        assert [one.place for one in record.deliveries] == [MessageState.DONE, MessageState.WAITING]

    bench.run(play)
