"""What models get wrong with the mail tools, through the real endpoint of a real hub: each slip does what was
meant, or is refused in words by which the next call is right."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.hub.mail_room import Said, box
from tests.hub.slip_room import Room, Row, Task, open_room, task, try_all
from tests.hub.stage import Stage
from tests.poll import poll

pytestmark = pytest.mark.slow


Given = dict[str, Any]


def report(**given: Any) -> Callable[[Room], tuple[Said, tuple[str, ...]]]:
    """A report with these arguments counts, and says so. A value that takes the task is made of it."""

    def slip(room: Room) -> tuple[Said, tuple[str, ...]]:
        one = task(room)
        whole: Given = {"to": "lead", "body": "Part 1 is done: all tests pass.", **given}
        asked = {key: value(one) if callable(value) else value for key, value in whole.items()}
        said = one.worker.call(
            "mail_send", **{key: value for key, value in asked.items() if value is not None}
        )
        assert not said.failed, said.text
        whole_text = one.status()
        assert f"Gather {one.gather} is complete: 1 of 1 reported." in whole_text, (said.text, whole_text)
        return said, (f"counted for {one.gather}, 1 of 1",)

    return slip


def its(name: str) -> Callable[[Task], str]:
    return lambda one: str(getattr(one, name))


REPORTS: list[Row] = [
    ("a result without reply_to and thread", report(kind="result")),
    ("a status", report(kind="status")),
    ("a note", report(kind="note")),
    ("an answer", report(kind="answer")),
    ("a handoff", report(kind="handoff")),
    ("the kind done", report(kind="done")),
    ("the kind completion", report(kind="completion_signal")),
    ("a kind in capitals", report(kind="RESULT")),
    ("no kind", report()),
    ("a kind that there is not", report(kind="banana")),
    ("a kind under another name", report(type="result")),
    ("a reply_to that there is not", report(kind="result", reply_to="task-1")),
    ("the gather as reply_to", report(kind="result", reply_to=its("gather"))),
    ("a reply_to under another name", report(kind="result", in_reply_to=its("id"))),
    ("a thread that there is not", report(kind="result", thread="part-1")),
    ("the gather as thread", report(kind="result", thread=its("gather"))),
    ("the gather under its own name", report(kind="result", gather=its("gather"))),
    ("the task as thread", report(kind="status", thread=its("id"))),
    ("both wrong", report(kind="note", reply_to="x", thread="y")),
    ("a name in capitals", report(kind="result", to="LEAD")),
    ("a name with @", report(kind="result", to="@lead")),
    ("a card's id", report(kind="result", to=lambda one: one.room.lead.card.id)),
    ("a name with words around it", report(kind="result", to="mailbox lead")),
    ("a list as text", report(kind="result", to='["lead"]')),
    ("a list", report(kind="result", to=["lead"])),
    ("nobody to send it to", report(kind="result", to=None)),
    ("the recipient under another name", report(kind="result", to=None, recipient="lead")),
    ("the person as well", report(kind="result", to="lead, human")),
    ("the person alone", report(kind="result", to="human")),
    ("the user alone", report(kind="done", to="user")),
    ("expect on a result", report(kind="result", expect=True)),
    ("expect as text on a result", report(kind="result", expect="true")),
    ("the body under another name", report(kind="result", body=None, message="Done.")),
    ("high for urgent", report(kind="result", priority="high")),
    ("null for what is left out", report(kind="result", subject="", refs=None, ttl_s=None)),
]


def under_way(room: Room) -> tuple[Said, tuple[str, ...]]:
    one = task(room)
    said = one.worker.send("lead", "Starting on it", "status")
    assert "NOT complete: 0 of 1" in one.status()
    return said, (
        f"not counted: it describes work in progress; {one.gather} of lead is waiting for your kind=result",
    )


def two_gathers(room: Room) -> tuple[Said, tuple[str, ...]]:
    one = task(room)
    other = room.lead.sent(one.worker.box, "And the other part.", "task", expect=True, subject="Other")
    one.worker.receive()
    said = one.worker.send("lead", "Done", "result")
    assert said.failed
    assert one.worker.sent("lead", "Done", "result", reply_to=other["id"])["note"].startswith(
        f"counted for {other['gather']}"
    )
    return said, (f"{one.gather} (Do your part.) by reply_to={one.id}", f"(Other) by reply_to={other['id']}")


def late(room: Room) -> tuple[Said, tuple[str, ...]]:
    worker = room.turn()
    sent = room.lead.sent(worker.box, "Quick!", "task", expect=0.5)
    gather = sent["gather"]
    poll(lambda: "timed out" in room.lead.call("mail_gather", gather=gather, wait_s=0).text, "its tombstone")
    said = worker.send("lead", "Done after all", "note")
    now = room.lead.call("mail_gather", gather=gather).text
    assert "1 of 1 reported" in now
    assert "> Done after all" in now
    return said, (f"counted for {gather}, 1 of 1",)


def to_another(room: Room) -> tuple[Said, tuple[str, ...]]:
    one = task(room)
    other = next(each for each in room.workers if each is not one.worker)
    said = one.worker.send(other.box, "Done", "result")
    assert "NOT complete" in one.status()
    return said, (f"not counted: {one.gather} of lead is waiting for you; send it to lead",)


def a_question(room: Room) -> tuple[Said, tuple[str, ...]]:
    one = task(room)
    one.worker.send("lead", "Which port?", "question")
    return room.lead.call("mail_gather", gather=one.gather, wait_s=60), (
        "NOT complete: 0 of 1", f"unread mail of members: 1 question from {one.worker.box}", "Answer it",
    )  # fmt: skip


def the_answer_to_a_question(room: Room) -> tuple[Said, tuple[str, ...]]:
    one = task(room)
    asked = room.lead.sent(one.worker.box, "Which port?", "question")["id"]
    one.worker.receive()
    said = one.worker.send("lead", "8080", "answer")
    assert "NOT complete" in one.status()
    assert room.stage.client.mail_message(said.data["id"]).reply_to == asked
    return said, ('"lead":"stored"',)


def unread_task(room: Room) -> tuple[Said, tuple[str, ...]]:
    one = task(room, read=False)
    said = one.worker.send("lead", "Done already", "done")
    assert "complete: 1 of 1" in one.status()
    return said, (f"counted for {one.gather}",)


MORE: list[Row] = [
    ("a status of work under way is not counted, and the sender is told", under_way),
    ("two gathers wait for it", two_gathers),
    ("a late note replaces its tombstone", late),
    ("a result to somebody else", to_another),
    ("a question of a member ends the waiting", a_question),
    ("the answer to a question is no report", the_answer_to_a_question),
    ("a report before the task was read", unread_task),
]


@pytest.mark.long
def test_a_report_counts_whatever_its_sender_has_left_out_or_got_wrong(stage: Stage) -> None:
    room = open_room(stage)
    try_all(room, [*REPORTS, *MORE])
    assert box(stage, "lead").dead == 0
    assert not stage.client.mail().paused
