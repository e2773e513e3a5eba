"""What every store promises of sending."""

import asyncio
from dataclasses import replace

import pytest

from orchestrator.core.mail.gather import MemberState, opened
from orchestrator.core.mail.message import Authority, Kind, MessageNotice, MessageState, Ref, SendStatus
from orchestrator.core.mail.message_limits import BODY_BYTES, BOX_BYTES, BOX_MESSAGES
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.store.mail.protocol import MailStore
from tests.poll import PATIENCE
from tests.store.mail.bench import Bench, fill, ids, message, post, settle, take


def test_what_was_sent_comes_back_the_same_after_the_store_was_opened_anew(bench: Bench) -> None:
    whole = replace(
        message("bob", "\x1b[31m[/etc] \u202e\x00 ünï\r\n👩‍🚀", kind=Kind.TASK, subject="a 'b' \"c\" %s"),
        refs=(Ref("file", "src/a.py", "c1", "abc", "0" * 64, 12), Ref("issue", "#4")),
        reply_to="m0",
        urgent=True,
        authority=Authority.HUMAN,
        idem="i1",
        expires_at=500.25,
        hops=3,
    )

    async def send(store: MailStore) -> None:
        sent = await store.send(post(whole))
        assert sent.fates == (("bob", SendStatus.STORED),)
        assert not sent.repeated

    bench.run(send)
    received = bench.run(take)
    assert [each.message for each in received.messages] == [whole]
    assert not received.more


def test_each_recipient_gets_its_own_and_each_fate_is_told(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        sent = await store.send(post(message(("bob", "eve")), unknown=("nobody", "@lead")))
        assert sent.fates == (
            ("bob", SendStatus.STORED),
            ("eve", SendStatus.STORED),
            ("nobody", SendStatus.UNKNOWN),
            ("@lead", SendStatus.UNKNOWN),
        )
        await settle(store, await take(store, "bob"), "bob")
        assert ids(await take(store, "eve")) == [sent.id]

    bench.run(play)


def test_a_message_for_nobody_leaves_nothing_behind(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        nowhere = message((), "hello")
        gather = opened("g1", "ann", nowhere.thread, ["nobody"], at=10.0)
        sent = await store.send(post(nowhere, unknown=("nobody",), opens=gather))
        assert sent.fates == (("nobody", SendStatus.UNKNOWN),)
        assert sent.gather == ""
        assert await store.record(nowhere.id) is None
        assert await store.gather("g1") is None
        assert await store.search("hello") == ()

    bench.run(play)


@pytest.mark.parametrize("by", ["id", "idem"])
def test_a_send_that_is_repeated_gets_the_first_answer_and_has_no_effect(bench: Bench, by: str) -> None:
    first = message(("bob", "eve"), idem="once" if by == "idem" else "")
    again = message("bob", "other words", idem="once") if by == "idem" else first

    async def play(store: MailStore) -> None:
        answer = await store.send(post(first, unknown=("nobody",)))
        await settle(store, await take(store))
        assert await store.send(post(again)) == replace(answer, repeated=True)
        assert ids(await take(store)) == []
        assert ids(await take(store, "eve")) == [first.id]

    bench.run(play)


def test_idem_words_are_each_senders_own(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await store.send(post(message(idem="once", sender="ann")))
        assert not (await store.send(post(message(idem="once", sender="eve")))).repeated
        assert len(ids(await take(store))) == 2

    bench.run(play)


def test_the_same_send_from_many_at_once_is_stored_once(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        answers = await asyncio.gather(*(store.send(post(message(idem="once"))) for _ in range(20)))
        assert len({answer.id for answer in answers}) == 1
        assert sum(not answer.repeated for answer in answers) == 1
        assert len(ids(await take(store))) == 1

    bench.run(play)


def test_a_full_box_refuses_the_others_get_theirs_and_room_comes_back(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await asyncio.gather(*(fill(store, "bob", BOX_MESSAGES // 10) for _ in range(10)))
        sent = await store.send(post(message(("bob", "eve"))))
        assert dict(sent.fates) == {"bob": SendStatus.FULL, "eve": SendStatus.STORED}
        received = await take(store, most=1)
        still = await store.send(post(message("bob")))
        assert dict(still.fates) == {"bob": SendStatus.FULL}, "what is leased still takes up room"
        assert await store.record(still.id) is None
        await settle(store, received)
        assert dict((await store.send(post(message("bob")))).fates) == {"bob": SendStatus.STORED}

    bench.run(play)


def test_a_box_is_also_full_by_bytes(bench: Bench) -> None:
    big = "x" * BODY_BYTES

    async def play(store: MailStore) -> None:
        await fill(store, "bob", BOX_BYTES // BODY_BYTES, body=big)
        assert dict((await store.send(post(message("bob", "y")))).fates) == {"bob": SendStatus.FULL}
        await settle(store, await take(store, most=1))
        assert dict((await store.send(post(message("bob", "y")))).fates) == {"bob": SendStatus.STORED}
        (count,) = await store.counts()
        assert count.bytes == BOX_BYTES - BODY_BYTES + 1

    bench.run(play)


def test_a_send_that_was_refused_by_a_full_box_may_be_tried_again_with_the_same_idem(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await asyncio.gather(*(fill(store, "bob", BOX_MESSAGES // 10) for _ in range(10)))
        retried = message("bob", idem="once")
        assert dict((await store.send(post(retried))).fates) == {"bob": SendStatus.FULL}
        await settle(store, await take(store))
        answer = await store.send(post(retried))
        assert (answer.fates, answer.repeated) == ((("bob", SendStatus.STORED),), False)

    bench.run(play)


def test_who_listens_hears_of_every_message_once_and_in_order(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        news = await store.listen()
        heard: list[MessageNotice] = []

        async def listen() -> None:
            async for each in news:
                if each.passing:
                    heard.append(each.passing)
                if len(heard) == 3:
                    return

        listening = asyncio.create_task(listen())
        sent = [message(("bob", "eve"), urgent=True), message("bob", kind=Kind.TASK), message("eve")]
        for each in sent:
            await store.send(post(each))
            await store.send(post(each))
        await asyncio.wait_for(listening, PATIENCE)
        assert [each.id for each in heard] == [each.id for each in sent]
        assert heard[0].to == ("bob", "eve")
        assert heard[0].urgent
        assert heard == list(await store.recent(0.0))

    bench.run(play)


def test_what_has_passed_is_told_from_a_time_on(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await store.send(post(message(at=10.0)))
        late = message(at=20.0, kind=Kind.TASK)
        await store.send(post(late))
        assert await store.recent(15.0) == (MessageNotice(late.id, "ann", ("bob",), Kind.TASK, 20.0),)

    bench.run(play)


def test_a_record_shows_where_a_message_stands_in_each_box(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        each = message(("bob", "eve"))
        await store.send(post(each))
        await settle(store, await take(store, "bob", now=20.0), "bob", now=30.0)
        received = await take(store, "eve", "s7", now=40.0)
        record = await store.record(each.id)
        assert record
        bob, eve = record.deliveries
        assert (bob.box, bob.place, bob.times) == ("bob", MessageState.DONE, 1)
        assert (eve.box, eve.place, eve.session, eve.until) == ("eve", MessageState.LEASED, "s7", 140.0)
        assert eve.fence == received.messages[0].fence

    bench.run(play)


def test_threads_hold_their_messages_in_order_and_the_newest_thread_is_first(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        first = message(subject="the plan", at=10.0)
        other = message("eve", at=11.0, subject="else")
        reply = message("ann", sender="bob", thread=first.id, at=12.0)
        for each in (first, other, reply):
            await store.send(post(each))
        assert [each.message.id for each in await store.thread(first.id)] == [first.id, reply.id]
        one, two = await store.threads()
        assert (one.id, one.subject, one.names, one.count) == (first.id, "the plan", ("ann", "bob"), 2)
        assert (one.first_at, one.last_at, two.id) == (10.0, 12.0, other.id)
        assert [each.id for each in await store.threads("eve")] == [other.id]
        assert [each.id for each in await store.threads(limit=1)] == [first.id]

    bench.run(play)


def test_the_newest_messages_of_a_box_are_those_it_sent_and_those_it_got(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        got, sent = message("bob", at=1.0), message("eve", sender="bob", at=2.0)
        strange = message("eve", at=3.0)
        for each in (got, sent, strange):
            await store.send(post(each))
        assert [each.message.id for each in await store.records("bob")] == [sent.id, got.id]
        assert [each.message.id for each in await store.records("bob", limit=1)] == [sent.id]
        assert [each.message.id for each in await store.records(before=3.0, limit=1)] == [sent.id]

    bench.run(play)


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("quick", {1}),
        ("QUICK fox", {1}),
        ("fox quick", {1}),
        ("qui", {1}),
        ("qui fox", set()),
        ("brücke", {2}),
        ("brucke", {2}),
        ("subject", {1}),
        ("a-b_c", {3}),
        ("the", {1, 2}),
        ('" OR * NEAR( ) : ^', set()),
        ("", set()),
        ("body: quick", set()),
    ],
)
def test_search_finds_words_wherever_they_stand(bench: Bench, query: str, finds: set[int]) -> None:
    async def play(store: MailStore) -> set[str]:
        await store.send(post(message("bob", "the quick brown fox", name="n1", subject="my Subject")))
        await store.send(post(message("bob", "over the Brücke", name="n2")))
        await store.send(post(message("bob", "x a b c y", name="n3")))
        return {each.message.id for each in await store.search(query)}

    assert bench.run(play) == {f"n{number}" for number in finds}


def test_search_gives_the_newest_first_and_no_more_than_asked(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        names = await fill(store, "bob", 5, body="needle")
        await store.send(post(message("bob", "needle", name="last", at=99.0)))
        assert [each.message.id for each in await store.search("needle", limit=2)] == ["last", names[-1]]

    bench.run(play)


def test_export_gives_every_message_once_oldest_first(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        names = await fill(store, "bob", 450)
        assert [each.message.id async for each in store.export()] == names

    bench.run(play)


def test_a_gather_is_opened_with_its_message_and_who_got_none_has_a_tombstone(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await asyncio.gather(*(fill(store, "eve", BOX_MESSAGES // 10) for _ in range(10)))
        task = message(("bob", "eve"), kind=Kind.TASK, gather="g1")
        gather = opened("g1", "ann", task.thread, ["bob", "eve"], at=10.0, deadline=99.0)
        assert (await store.send(post(task, opens=gather))).gather == "g1"
        found = await store.gather("g1")
        assert found
        assert (found.owner, found.thread, found.deadline) == ("ann", task.thread, 99.0)
        assert [each.part for each in found.members] == [MemberState.AWAITED, MemberState.GONE]
        assert await store.gathers() == (found,)

    bench.run(play)


def test_reports_are_marked_with_the_send_that_brings_them(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        task = message(("bob", "eve"), kind=Kind.TASK, gather="g1")
        await store.send(
            post(task, opens=opened("g1", "ann", task.thread, ["bob", "eve"], at=10.0, deadline=99.0))
        )

        async def report(sender: str, kind: Kind, name: str, to: str = "ann") -> None:
            each = message(to, sender=sender, kind=kind, name=name, thread=task.thread, gather="g1")
            await store.send(post(each))
            await store.send(post(each))

        await store.send(post(message("ann", sender="bob", kind=Kind.STATUS, name="x0", thread=task.thread)))
        await report("bob", Kind.STATUS, "x1")
        await report("bob", Kind.RESULT, "x2", to="eve")
        await report("mallory", Kind.RESULT, "x3")
        await report("bob", Kind.PARTIAL, "x4")
        await report("bob", Kind.RESULT, "x5")
        found = await store.gather("g1")
        assert found
        bob, eve = found.members
        assert (bob.part, bob.reports) == (MemberState.REPORTED, ("x1", "x4", "x5")), (
            "whatever kind they are of"
        )
        assert eve.part is MemberState.AWAITED
        assert await store.gathers() == (found,)
        await report("eve", Kind.RESULT, "x6")
        assert await store.gathers() == ()
        after = await store.gather("g1")
        assert after
        assert not after.open

    bench.run(play)


def test_a_gather_is_kept_without_a_message_and_counts_what_was_stored_before(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        reports = [message("ann", sender=name, kind=Kind.NOTE) for name in ("bob", "eve")]
        for each in reports:
            await store.send(post(each))
        gather = opened("g1", "ann", "g1", ["bob", "eve", "joe"], at=10.0, deadline=99.0, need=2)
        assert await store.open_gather(gather) == gather
        assert await store.open_gather(replace(gather, owner="mallory")) == gather, "once"
        assert await store.gathers() == (gather,)
        for _ in range(2):
            found = await store.count_report("g1", reports[0], final=True)
        assert found
        assert [(each.part, each.reports) for each in found.members[:2]] == [
            (MemberState.REPORTED, (reports[0].id,)),
            (MemberState.AWAITED, ()),
        ]
        await store.count_report("g1", reports[1], final=True)
        assert await store.gathers() == (), "two of three are enough"
        (closed,) = await store.gathers(since=10.0)
        assert (closed.count, closed.open) == (2, False)
        assert await store.gathers(since=10.5) == ()
        assert await store.count_report("g9", reports[0], final=True) is None

    bench.run(play)


def test_a_tombstone_ends_the_waiting_and_a_late_report_takes_its_place(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        task = message("bob", kind=Kind.TASK, gather="g1")
        await store.send(post(task, opens=opened("g1", "ann", task.thread, ["bob"], at=10.0, deadline=99.0)))
        after = await store.tombstone("g1", "bob", "its session exited", 50.0)
        assert after
        assert [(each.part, each.why) for each in after.members] == [(MemberState.GONE, "its session exited")]
        assert await store.gathers() == ()
        late = message("ann", sender="bob", kind=Kind.RESULT, thread=task.thread, gather="g1")
        await store.send(post(late))
        found = await store.gather("g1")
        assert found
        assert [(each.part, each.reports) for each in found.members] == [(MemberState.REPORTED, (late.id,))]
        assert await store.tombstone("g1", "bob", "again", 60.0) == found
        assert await store.tombstone("g9", "bob", "none such", 60.0) is None

    bench.run(play)


def test_a_task_that_dies_unread_leaves_a_tombstone_in_its_gather(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        task = message("bob", kind=Kind.TASK, gather="g1", expires_at=40.0)
        await store.send(post(task, opens=opened("g1", "ann", task.thread, ["bob"], at=10.0, deadline=99.0)))
        await store.expire(41.0)
        found = await store.gather("g1")
        assert found
        assert found.members[0].part is MemberState.GONE
        assert "expired" in found.members[0].why
        assert await store.gathers() == ()

    bench.run(play)


def test_peek_takes_nothing_away(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        names = await fill(store, "bob", 3)
        seen = await store.peek("bob", 20.0, ReceiveFilter(most=2))
        assert ids(seen) == names[:2]
        assert seen.more
        assert {each.fence for each in seen.messages} == {0}
        assert ids(await take(store)) == names

    bench.run(play)
