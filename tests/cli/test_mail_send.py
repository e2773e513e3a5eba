"""`orch mail send`."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from docs import mail_page
from orchestrator.cli import root
from orchestrator.core.mail.views import SentView
from tests.cli.canned import MESSAGE, SENT
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]


def asked(hub: StandIn) -> dict[str, Any]:
    (found,) = [body for what, body in hub.asked if what == "mail.send"]
    return found


def test_the_last_word_is_the_text_and_the_others_are_mailboxes(hub: StandIn, orch: Orch) -> None:
    hub.sent = SentView("m9", (("worker-1", "stored"), ("worker-2", "stored")), "", False)
    done = orch("mail", "send", "worker-1", "@label:auth", "Look at [/etc]")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "m9: stored for worker-1, worker-2\n", "")
    assert asked(hub) == {
        "to": ["worker-1", "@label:auth"],
        "body": "Look at [/etc]",
        "kind": "note",
        "subject": "",
        "reply_to": "",
        "thread": "",
        "urgent": False,
        "ttl_s": None,
        "idem": "",
        "files": [],
        "expect": False,
    }


def test_everything_that_can_be_said_of_a_message_is_sent(hub: StandIn, orch: Orch, tmp_path: Path) -> None:
    file = tmp_path / "spec.md"
    file.write_text("x")
    words = ["--kind", "task", "--subject", "Auth", "--thread", "m3", "--urgent", "--ttl", "30m"]
    words += ["--file", str(file), "--file", str(file), "--idem", "once", "--expect"]
    hub.sent = replace(SENT, gather="f3")
    done = orch("mail", "send", *words, "worker-1", "-", text="two\nlines\n")
    assert done.stdout.splitlines() == [
        "m9: stored for worker-1",
        "f3: waiting for their results; see: orch mail gather f3 --wait",
    ]
    assert asked(hub) == {
        "to": ["worker-1"],
        "body": "two\nlines",
        "kind": "task",
        "subject": "Auth",
        "reply_to": "",
        "thread": "m3",
        "urgent": True,
        "ttl_s": 1800.0,
        "idem": "once",
        "files": [str(file), str(file)],
        "expect": True,
    }


def test_a_reply_goes_to_whoever_asked_and_answers_a_question(hub: StandIn, orch: Orch) -> None:
    assert orch("mail", "send", "--reply-to", "m1", "Postgres").exit_code == 0
    said = asked(hub)
    assert (said["to"], said["kind"], said["reply_to"]) == (["worker-1"], "answer", "m1")


def test_a_reply_to_anything_else_is_a_note_and_what_is_said_is_kept(hub: StandIn, orch: Orch) -> None:
    hub.messages = [replace(MESSAGE, kind="result")]
    orch("mail", "send", "--reply-to", "m1", "worker-2", "Thanks")
    said = asked(hub)
    assert (said["to"], said["kind"]) == (["worker-2"], "note")
    hub.asked.clear()
    orch("mail", "send", "--reply-to", "m1", "--kind", "task", "Once more")
    assert asked(hub)["kind"] == "task"
    assert orch("mail", "send", "--reply-to", "m77", "x").exit_code == 5


def test_who_has_not_got_it_is_told_on_standard_error(hub: StandIn, orch: Orch) -> None:
    fates = (("worker-1", "stored"), ("worker-2", "full"), ("@label:x", "unknown"), ("far", "queued"))
    hub.sent = replace(SENT, fates=fates)
    done = orch("mail", "send", "worker-1", "worker-2", "@label:x", "hello")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "m9: stored for worker-1",
        "m9: queued, because the shared store is unreachable, for far",
    ]
    assert done.stderr.splitlines() == [
        "orch: not sent to worker-2: the mailbox is full",
        "orch: not sent to @label:x: no such mailbox",
    ]


def test_what_was_understood_of_it_is_said_behind_its_fates(hub: StandIn, orch: Orch) -> None:
    waits = "no session is named worker-7 yet: kept for worker-7, for 1 day"
    hub.sent = replace(SENT, fates=(("worker-7", "stored"),), notes=(waits,))
    done = orch("mail", "send", "worker-7", "hello")
    assert done.stdout.splitlines() == ["m9: stored for worker-7", waits]
    said = json.loads(orch("mail", "send", "worker-7", "hello", "--json").stdout)
    assert said["notes"] == [waits]


def test_the_docs_say_what_a_send_to_several_does_with_a_name_that_nobody_has(
    hub: StandIn, orch: Orch
) -> None:
    said = " ".join(mail_page.page().split())
    assert "one does not exist, nothing is sent and the exit code is 5" in said
    done = orch("mail", "send", "worker-1", "nobody", "x")
    assert (done.exit_code, done.stdout) == (5, "")
    assert not [what for what, _ in hub.asked if what == "mail.send"]


def test_a_text_that_is_no_utf8_is_called_so_and_not_sent(hub: StandIn, orch: Orch) -> None:
    for words in (["-"], ["a\udcff"], ["--subject", "a\udcff", "x"]):
        done = CliRunner().invoke(
            root, ["mail", "send", "worker-1", *words], input=b"a\xff", prog_name="orch"
        )
        assert (done.exit_code, done.stdout) == (2, "")
        assert "is not UTF-8 text." in done.stderr
    assert hub.asked == []


def test_a_text_without_quotes_is_not_sent_in_part(hub: StandIn, orch: Orch) -> None:
    done = orch("mail", "send", "worker-1", "fix", "it")
    assert (done.exit_code, done.stdout) == (5, "")
    assert "no mailbox named 'fix': nothing was sent. Quote the text." in done.stderr
    assert not [what for what, _ in hub.asked if what == "mail.send"]
    assert orch("mail", "send", "worker-1,human", "work", "auth-refactor", "c1", "@all", "hi").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [["worker-1"], ["worker-1", " "], ["--ttl", "soon", "worker-1", "x"], ["--kind", "mail", "a", "b"]],
)
def test_a_send_without_sense_does_not_reach_the_hub(hub: StandIn, orch: Orch, words: list[str]) -> None:
    assert orch("mail", "send", *words).exit_code == 2
    assert hub.asked == []


def test_send_json_is_what_it_came_to(hub: StandIn, orch: Orch) -> None:
    hub.sent = replace(SENT, fates=(("worker-1", "stored"), ("x", "full")), repeated=True)
    done = orch("mail", "send", "worker-1", "hello", "--json")
    assert json.loads(done.stdout) == json.loads(json.dumps(asdict(hub.sent)))
    assert done.stderr == "orch: not sent to x: the mailbox is full\n"
    assert "(sent before; not sent again)" in orch("mail", "send", "worker-1", "hello").stdout
