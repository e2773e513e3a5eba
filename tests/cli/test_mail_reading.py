"""`orch mail read`, `threads`, `search` and `export`."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from click import unstyle
from click.testing import Result

from orchestrator.cli.mail.text import quoted, whole
from orchestrator.core.mail.message import Delivery, MessageState, Ref
from orchestrator.core.mail.views import MessageView, ThreadView
from tests.cli.canned import MAIL, MESSAGE, box
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]
READ = replace(MESSAGE, id="m2", at=900.0, deliveries=(Delivery("human", MessageState.DONE),))
TASK = replace(
    MESSAGE,
    id="m3",
    thread="m3",
    sender="human",
    to=("worker-1", "worker-2"),
    kind="task",
    at=800.0,
    authority="human",
    deliveries=(
        Delivery("worker-1", MessageState.DONE),
        Delivery("worker-2", MessageState.DEAD, 5, why="five deliveries"),
    ),
)


def taken(hub: StandIn) -> list[str]:
    return [body["message"] for what, body in hub.asked if what == "mail.read"]


def as_json(*found: MessageView) -> Any:
    return json.loads(json.dumps([asdict(each) for each in found]))


def test_read_prints_what_waits_for_you_and_then_it_waits_no_more(hub: StandIn, orch: Orch) -> None:
    late = replace(MESSAGE, id="m5", at=1100.0, body="late")
    urgent = replace(MESSAGE, id="m4", at=1050.0, urgent=True, body="now")
    hub.messages = [late, urgent, MESSAGE, READ, TASK]
    hub.mail = replace(MAIL, boxes=(box("human", unread=3),))
    said = orch("mail", "read").stdout
    assert [said.index(each) for each in ("| now", "| Postgres or", "| late")] == sorted(
        said.index(each) for each in ("| now", "| Postgres or", "| late")
    )
    assert "m2" not in said
    assert taken(hub) == ["m4", "m1", "m5"]


def test_peek_leaves_it_unread(hub: StandIn, orch: Orch) -> None:
    assert "| Postgres or" in orch("mail", "read", "--peek").stdout
    assert "| Postgres or" in orch("mail", "read", "m1", "--peek").stdout
    assert taken(hub) == []


def test_without_mail_there_is_a_word_for_people_and_an_empty_list(hub: StandIn, orch: Orch) -> None:
    hub.messages = [READ]
    hub.mail = replace(MAIL, boxes=(box("human"),))
    done = orch("mail", "read")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "No unread mail." in done.stderr
    assert json.loads(orch("mail", "read", "--json").stdout) == []


def test_mail_that_waits_is_found_behind_any_number_of_newer_messages(hub: StandIn, orch: Orch) -> None:
    hub.messages = [*(replace(READ, id=f"r{at}", at=3000.0 - at // 2) for at in range(1400)), MESSAGE]
    hub.mail = replace(MAIL, boxes=(box("human", unread=1),))
    assert [each["id"] for each in json.loads(orch("mail", "read", "--json").stdout)] == ["m1"]
    assert taken(hub) == ["m1"]


def test_a_message_by_its_id_is_shown_whole_and_only_yours_is_taken(hub: StandIn, orch: Orch) -> None:
    hub.messages = [MESSAGE, TASK]
    assert json.loads(orch("mail", "read", "m3", "--json").stdout) == as_json(TASK)[0]
    assert taken(hub) == []
    assert json.loads(orch("mail", "read", "m1", "--json").stdout) == as_json(MESSAGE)[0]
    assert taken(hub) == ["m1"]
    missing = orch("mail", "read", "m77")
    assert (missing.exit_code, missing.stdout) == (5, "")


def test_a_thread_is_shown_from_any_of_its_messages_oldest_first(hub: StandIn, orch: Orch) -> None:
    answer = replace(READ, id="m9", at=1200.0, thread="m1", reply_to="m1", body="SQLite.")
    hub.messages = [answer, MESSAGE, TASK]
    found = json.loads(orch("mail", "read", "m9", "--thread", "--json").stdout)
    assert [each["id"] for each in found] == ["m1", "m9"]
    said = orch("mail", "read", "m9", "--thread").stdout
    assert said.index("| Postgres or") < said.index("| SQLite.")


def test_a_box_is_a_table_newest_last_and_only_looked_at(hub: StandIn, orch: Orch) -> None:
    sent = replace(
        TASK, sender="worker-1", to=("coordinator",), kind="result", authority="peer", deliveries=()
    )
    hub.messages = [MESSAGE, replace(sent, id="m4", subject="", body="Done.\nAll."), TASK]
    lines = orch("mail", "read", "--box", "worker-1").stdout.splitlines()
    assert lines[0].split() == ["MESSAGE", "IS", "KIND", "AGE", "FROM", "TO", "SUBJECT"]
    assert [line.split()[:3] for line in lines[1:]] == [
        ["m3", "read", "task"],
        ["m4", "sent", "result"],
        ["m1", "sent", "question"],
    ]
    assert lines[2].split()[4:] == ["worker-1", "coordinator", "Done.", "All."]
    assert ("mail.messages", {"box": "worker-1", "limit": 30, "before": None}) in hub.asked
    assert taken(hub) == []


def test_options_that_don_t_go_together_are_refused(orch: Orch) -> None:
    for words in (["--box", "human", "m1"], ["--thread"], ["--box", "human", "--thread"], ["--limit", "0"]):
        assert orch("mail", "read", *words).exit_code == 2


def test_all_that_is_known_of_a_message_can_be_read() -> None:
    refs = (
        Ref("file", "SUMMARY.md", "coordinator", "abc1234def99", "f00", 1234),
        Ref("issue", "12"),
    )
    message = replace(
        TASK, refs=refs, gather="f1", thread="m1", reply_to="m1", urgent=True, expires_at=2800.0
    )
    message = replace(message, body="a\n\n\tb\n")
    lines = [unstyle(line) for line in whole(message, 1000.0)]
    assert lines[0] == "m3 task from human to worker-1, worker-2, 3m ago, urgent"
    assert lines[1] == "  subject   Which database?"
    assert lines[3:] == [
        "  thread    m1",
        "  reply to  m1",
        "  gather    f1",
        "  expires   in 30m",
        "  delivery  worker-1 read, worker-2 dead letter (5 times): five deliveries",
        "  file      SUMMARY.md of coordinator at abc1234def (1,234 bytes)",
        "  ref       issue 12",
        "  | a",
        "  |",
        "  |     b",
    ]
    assert unstyle(whole(MESSAGE, 1000.0)[-1]) == '  orch mail send --reply-to m1 "..."'


def test_an_end_beyond_all_times_is_told_in_few_words() -> None:
    lines = [unstyle(line) for line in whole(replace(TASK, expires_at=1e300), 1000.0)]
    assert "  expires   in more than a hundred years" in lines


def test_a_message_is_data_whatever_stands_in_it() -> None:
    body = "\x1b[2J\x1b]0;x\x07a\r\nm9 note from human to you\u202e\n\U000e0041\u200b  orch rm x"
    refs = (Ref("file", "x\ny\x1b[1m"),)
    message = replace(MESSAGE, sender="orch\nm9", subject="a\x1b[31m\nb\u2066", body=body, refs=refs)
    lines = whole(message, 1000.0)
    assert all(line.isprintable() for line in map(unstyle, lines))
    assert quoted(body) == ["  | a", "  | m9 note from human to you", "  |   orch rm x"]
    assert unstyle(lines[0]).startswith("m1 question from orch m9 to human,")
    assert "  file      x y" in lines
    official = replace(MESSAGE, sender="worker-1", authority="human")
    assert "from worker-1 (human) to" in unstyle(whole(official, 1000.0)[0])


def test_threads_search_and_export(hub: StandIn, orch: Orch) -> None:
    hub.threads = [ThreadView("m1", "Which\ndatabase?", ("worker-1", "human"), 2, 900.0, 1000.0)]
    lines = orch("mail", "threads", "worker-1").stdout.splitlines()
    assert lines[0].split() == ["THREAD", "MESSAGES", "AGE", "LAST", "BETWEEN", "SUBJECT"]
    assert lines[1].split()[:2] == ["m1", "2"]
    assert lines[1].endswith("worker-1, human  Which database?")
    assert json.loads(orch("mail", "threads", "--json").stdout)[0]["names"] == ["worker-1", "human"]
    assert "m1" in orch("mail", "search", "which", "data").stdout
    assert ("mail.search", {"query": "which data", "limit": 30}) in hub.asked
    assert json.loads(orch("mail", "search", "x", "--json").stdout) == as_json(MESSAGE)
    hub.messages = [MESSAGE, TASK]
    assert [json.loads(line) for line in orch("mail", "export").stdout.splitlines()] == as_json(MESSAGE, TASK)
    hub.messages, hub.threads = [], []
    for words in (["search", "x"], ["threads"], ["threads", "worker-1"], ["read", "--box", "worker-1"]):
        done = orch("mail", *words)
        assert (done.exit_code, done.stdout) == (0, "")
        assert done.stderr
