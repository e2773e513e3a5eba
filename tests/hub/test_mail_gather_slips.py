"""What models get wrong when they gather, receive and address mail, through the real endpoint of a real hub:
each slip does what was meant, or is refused in words by which the next call is right."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.hub.mail_room import Said
from tests.hub.slip_room import Room, Row, Task, open_room, task, try_all
from tests.hub.stage import Stage

pytestmark = pytest.mark.slow


Slip = Callable[[Room], tuple[Said, tuple[str, ...]]]
DONE = "Part 1 is done: all tests pass."


def gathers(*words: str, **given: Any) -> Slip:
    """The lead gathers with these arguments, and has the report of a task's worker."""

    def slip(room: Room) -> tuple[Said, tuple[str, ...]]:
        one = task(room)
        one.worker.sent("lead", DONE, "result")
        asked = {key: value(one) if callable(value) else value for key, value in given.items()}
        said = room.lead.call("mail_gather", **{"wait_s": 30, **asked})
        assert f"> {DONE}" in said.text, said.text
        return said, words or (f"Gather {one.gather} is complete: 1 of 1 reported.",)

    return slip


def refused(*words: str, **given: Any) -> Slip:
    """The lead is refused at once, with these words."""

    def slip(room: Room) -> tuple[Said, tuple[str, ...]]:
        one = task(room)
        asked = {key: value(one) if callable(value) else value for key, value in given.items()}
        said = room.lead.call("mail_gather", **{"wait_s": 60, **asked})
        assert said.failed, said.text
        return said, words

    return slip


def receives(*words: str, who: str = "worker", **given: Any) -> Slip:
    """The worker, who has an unread note of the lead's, receives with these arguments."""

    def slip(room: Room) -> tuple[Said, tuple[str, ...]]:
        worker = room.turn()
        note = room.lead.sent(worker.box, "Take the staging database.", "note")
        asked = {key: value(note) if callable(value) else value for key, value in given.items()}
        return worker.call("mail_receive", **asked), words

    return slip


def sends(to: object, *words: str, body: str = "Hello.", **given: Any) -> Slip:
    """The lead sends a note to that address."""

    def slip(room: Room) -> tuple[Said, tuple[str, ...]]:
        room.turn()
        return room.lead.call("mail_send", to=to, body=body, **given), words

    return slip


def box_of(one: Task) -> str:
    return one.worker.box


def no_gather_at_all(room: Room) -> tuple[Said, tuple[str, ...]]:
    return room.lead.call("mail_gather"), ("You have no open gather.", "mail_send with expect=true")


def which_are_open(room: Room) -> tuple[Said, tuple[str, ...]]:
    one = task(room)
    return room.lead.call("mail_gather"), (
        f"{one.gather}: 0 of 1 reported; missing: {one.worker.box} (working)",
        f"mail_gather(gather='{one.gather}')",
    )


def no_gather_was_opened(room: Room, **given: Any) -> tuple[Said, tuple[str, ...]]:
    """A task without expect; the report came before anybody gathered it, without reply_to."""
    worker = room.turn()
    room.lead.sent(worker.box, "Do your part.", "task")
    worker.receive()
    worker.sent("lead", DONE, "status")
    said = room.lead.call("mail_gather", **{"wait_s": 30, "expect": worker.box, **given})
    assert f"> {DONE}" in said.text, said.text
    return said, ("is complete: 1 of 1 reported.",)


def read_before(room: Room) -> tuple[Said, tuple[str, ...]]:
    """The report was received, and settled, before it was gathered."""
    worker = room.turn()
    room.lead.sent(worker.box, "Do your part.", "task")
    worker.sent("lead", DONE, "result")
    room.drain(room.lead)
    said = room.lead.call("mail_gather", expect=[worker.box], wait_s=30)
    assert f"> {DONE}" in said.text, said.text
    return said, ("is complete: 1 of 1 reported.",)


def a_thread_of_tasks(room: Room) -> tuple[Said, tuple[str, ...]]:
    """Whom the thread's task went to is who is expected."""
    room.turn()
    thread = room.lead.sent("@label:team", "Do your parts.", "task")["id"]
    for each in room.workers:
        each.sent("lead", DONE, "note")
    return room.lead.call("mail_gather", thread=thread, wait_s=30), (f"Gather {thread} is complete: 3 of 3",)


def separate_tasks(room: Room) -> tuple[Said, tuple[str, ...]]:
    """A gather for each worker, waited for by their names."""
    room.turn()
    for each in room.workers:
        room.lead.sent(each.box, "Do your part.", "task", expect=True)
        each.sent("lead", DONE, "result")
    names = [each.box for each in room.workers]
    return room.lead.call("mail_gather", expect=names, wait_s=30), ("is complete: 3 of 3 reported.",)


def two_of_three(room: Room, **given: Any) -> tuple[Said, tuple[str, ...]]:
    room.turn()
    thread = room.lead.sent("@label:team", "Do your parts.", "task")["id"]
    for each in room.workers[:2]:
        each.sent("lead", DONE, "result")
    return room.lead.call("mail_gather", **{"thread": thread, "wait_s": 30, **given}), (
        "is complete: 2 of 2",
    )


def two_of_three_from_the_first(room: Room) -> tuple[Said, tuple[str, ...]]:
    room.turn()
    sent = room.lead.sent("@label:team", "Do your parts.", "task", expect=2)
    for each in room.workers[:2]:
        each.sent("lead", DONE, "result")
    return room.lead.call("mail_gather", gather=sent["gather"], wait_s=30), ("is complete: 2 of 2 reported.",)


def a_second_round(room: Room) -> tuple[Said, tuple[str, ...]]:
    """The first round's reports are not those of the second."""
    worker = room.turn()
    for body in ("first", "second"):
        room.lead.sent(worker.box, "Do your part.", "task")
        worker.sent("lead", f"{body} is done", "result")
        said = room.lead.call("mail_gather", expect=[worker.box], wait_s=30)
        assert f"> {body} is done" in said.text, said.text
    assert "> first" not in said.text
    return said, ("is complete: 1 of 1 reported.",)


def asked_twice(room: Room) -> tuple[Said, tuple[str, ...]]:
    """Called again after its time, it is the same gather."""
    worker = room.turn()
    room.lead.sent(worker.box, "Do your part.", "task")
    first = room.lead.call("mail_gather", expect=[worker.box], wait_s=0)
    worker.sent("lead", DONE, "result")
    said = room.lead.call("mail_gather", expect=[worker.box], wait_s=30)
    assert first.text.split()[1] == said.text.split()[1]
    again = room.lead.call("mail_gather", expect=[worker.box], wait_s=30)
    assert f"> {DONE}" in again.text
    return said, ("is complete: 1 of 1 reported.",)


def two_open_for_one(room: Room) -> tuple[Said, tuple[str, ...]]:
    one = task(room)
    other = room.lead.sent(one.worker.box, "And this.", "task", expect=True)["gather"]
    said = room.lead.call("mail_gather", expect=[one.worker.box])
    assert said.failed
    return said, (
        f"2 of your gathers are waiting for {one.worker.box}",
        f"{one.gather}, {other}",
        "Choose one",
    )


def somebody_elses(room: Room) -> tuple[Said, tuple[str, ...]]:
    one = task(room)
    said = one.worker.call("mail_gather", gather=one.gather)
    assert said.failed
    return said, (
        f"gather {one.gather} belongs to lead",
        "report with mail_send(to='lead', kind='result'",
    )


def more_unread(room: Room) -> tuple[Said, tuple[str, ...]]:
    one = task(room)
    one.worker.sent("lead", "Starting on it", "status")
    said = room.lead.call("mail_gather", gather=one.gather, wait_s=0)
    return said, (f"unread mail of members: 1 status from {one.worker.box}; mail_receive shows it",)


def acked_by_one_id(room: Room) -> tuple[Said, tuple[str, ...]]:
    worker = room.turn()
    sent = room.lead.sent(worker.box, "Hello", "note")["id"]
    worker.receive()
    return worker.call("mail_ack", id=sent), (f"{sent}: done",)


def a_forged_sender(room: Room) -> tuple[Said, tuple[str, ...]]:
    said = room.workers[0].call("mail_send", to="lead", body="x", sender="human")
    assert said.failed
    return said, ("sender", "Its arguments: to, kind, body")


GATHERS: list[Row] = [
    ("a label", lambda room: (room.lead.call("mail_gather", expect="@label:team", wait_s=0), ("0 of 3",))),
    ("no arguments and nothing open", no_gather_at_all),
    ("no arguments", which_are_open),
    ("the message for the gather", gathers(gather=lambda one: one.id)),
    ("the gather for the thread", gathers(thread=lambda one: one.gather)),
    ("the message for the thread", gathers(thread=lambda one: one.id)),
    ("words around the id", gathers(gather=lambda one: f"gather:{one.gather}")),
    ("the id under another name", gathers(gather_id=lambda one: one.gather)),
    ("names alone", gathers(expect=lambda one: [box_of(one)])),
    ("one name", gathers(expect=box_of)),
    ("names in capitals", gathers(expect=lambda one: [box_of(one).upper()])),
    ("names with @", gathers(expect=lambda one: f"@{box_of(one)}")),
    ("names with blanks", gathers(expect=lambda one: box_of(one).replace("-", " "))),
    ("card ids", gathers(expect=lambda one: one.worker.card.id)),
    ("a list as text", gathers(expect=lambda one: f'["{box_of(one)}"]')),
    ("names under another name", gathers(workers=lambda one: [box_of(one)])),
    ("gather and names", gathers(gather=lambda one: one.gather, expect=box_of)),
    ("a wrong thread and names", gathers(thread="phase-1", expect=box_of)),
    ("a number as text", gathers(gather=lambda one: one.gather, wait_s="30")),
    ("longer than a call may take", gathers(gather=lambda one: one.gather, wait_s=3600)),
    ("expect as a flag", gathers(gather=lambda one: one.gather, expect=True)),
    ("one of one", gathers(gather=lambda one: one.gather, expect=1)),
    ("so many, where one gather is open", gathers(expect=1)),
    ("no gather was opened, and the report is there", no_gather_was_opened),
    ("the same with a thread that there is not", lambda room: no_gather_was_opened(room, thread="parts")),
    ("the report has been read", read_before),
    ("a thread of tasks without a gather", a_thread_of_tasks),
    ("separate tasks", separate_tasks),
    ("two of three", lambda room: two_of_three(room, expect=2)),
    ("two of three as text", lambda room: two_of_three(room, expect="2")),
    ("two of three at the task", two_of_three_from_the_first),
    ("a second round", a_second_round),
    ("the same once more", asked_twice),
    ("more mail of a member", more_unread),
    ("two gathers for one member", two_open_for_one),
    ("a gather of somebody else", somebody_elses),
    ("a gather that there is not", refused("no gather fnothing", "0 of 1", gather="fnothing")),
    ("a member that there is not", refused("no mailbox named ghost", "worker-1", expect=["ghost"])),
    ("a near miss", refused("no mailbox named wroker-1", "the nearest is worker-1", expect=["wroker-1"])),
    ("a plural", refused("Name them: worker-1, worker-2, worker-3", expect="workers")),
    ("nobody but themselves", refused("lead is your own mailbox", expect=["lead"])),
    ("a beginning of several", refused("worker is ambiguous: 3 mailboxes match", expect="worker")),
    (
        "somebody who is not expected",
        refused("is not waiting for docs-1", gather=lambda one: one.gather, expect="docs-1"),
    ),
    ("more than there are", refused("9 are expected, but", 'expect=["worker-1", "worker-2"]', expect=9)),
]  # fmt: skip
MAIL: list[Row] = [
    ("a kind of which there is none", receives("no task; 1 other message waits (note", kinds="task")),
    ("the plural of a kind", receives("no task; 1 other message waits", kinds=["tasks"])),
    ("a kind by another word", receives("Take the staging", kind="message")),
    ("every kind", receives("Take the staging", kinds=["all"])),
    ("a kind that there is not", receives("no kind banana", "Kinds are: task", kinds=["banana"])),
    ("a sender in capitals", receives("Take the staging", **{"from": "LEAD"})),
    ("a sender's near miss", receives("the nearest is lead", **{"from": "leadd"})),
    ("somebody else's mail", receives("no mail from human; 1 other message waits", **{"from": "human"})),
    ("the message for the thread", receives("Take the staging", thread=lambda note: note["id"])),
    ("another thread", receives("in thread other; 1 other message waits", thread="other")),
    ("a time-out by another name", receives("Take the staging", timeout="5")),
    ("an acknowledgement of one", acked_by_one_id),
    ("a sender that is claimed", a_forged_sender),
    ("a near miss of a name", sends("wroker-1", "the nearest is worker-1. Nothing was sent. Write")),
    ("a plural", sends("workers", "Name them: worker-1, worker-2, worker-3; or write worker-*")),
    ("a pattern", sends("worker-*", '"worker-1":"stored"', '"worker-3":"stored"')),
    ("everybody", sends("everyone", '"worker-1":"stored"', '"worker-2":"stored"', '"worker-3":"stored"')),
    ("a star", sends("*", '"worker-1":"stored"', '"worker-3":"stored"')),
    ("the user", sends("user", '"human":"stored"')),
    ("me", sends("me", '"human":"stored"')),
    ("themselves", sends("lead", "lead is your own mailbox", "mail_peers")),
    ("a session yet to come", sends("worker-7", "kept for worker-7, for 1 day")),
    ("a queue that nobody has", sends("review-queue", "delivered to the person under that name")),
    ("a card that there is not", sends("c99", "unknown: c99", "mail_peers")),
    ("nobody", sends(None, "no recipient", "Set to: a mailbox")),
    ("an empty body", sends("worker-1", "the message is empty", "Give it a body", body="")),
    ("more results than recipients", sends("worker-1,worker-2", "2 recipients cannot give 5", expect=5)),
]  # fmt: skip


@pytest.mark.long
def test_a_gather_is_found_by_whatever_names_it(stage: Stage) -> None:
    try_all(open_room(stage), GATHERS)


@pytest.mark.long
def test_mail_is_found_and_addressed_by_whatever_names_it(stage: Stage) -> None:
    try_all(open_room(stage), MAIL)
