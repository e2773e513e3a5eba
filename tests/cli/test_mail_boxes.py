"""`orch mail peers`, `dead`, `redrive`, `unpause` and `gather`, and mail on cards."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace

import pytest
from click import unstyle
from click.testing import Result

from orchestrator.cli.cards.text import detail, table
from orchestrator.cli.mail.tables import boxes, gather
from orchestrator.core.board.updates import MailChanged, Update
from orchestrator.core.board.views import CardDetail
from orchestrator.core.mail.views import DeadView, GatherView, MemberView, PauseView
from tests.cli.canned import CARD, GATHER, MAIL, MESSAGE, box
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]
DEAD = DeadView("worker-2", replace(MESSAGE, id="m5", to=("worker-2",)), "delivered five times", 5, 1000.0)
REPORTED = MemberView("worker-2", "reported", "has reported", False, ("m9",))
COMPLETE = replace(GATHER, complete=True, members=(GATHER.members[0], REPORTED))
GONE = MemberView("worker-2", "gone", "its session exited before it reported", False, ())


def test_peers_is_a_line_for_each_mailbox(hub: StandIn, orch: Orch) -> None:
    lines = orch("mail", "peers").stdout.splitlines()
    assert lines == [
        "MAILBOX   CARD  STATE    UNREAD      DEAD  LABELS  BRANCH         NOTIFIED",
        "human                    1",
        "worker-1  c1    working                    auth    orch/worker-1  at its next tool call",
        "worker-2  c2    idle     3 (1 task)  1                            not notified: rung by a line",
    ]
    assert json.loads(orch("mail", "peers", "--json").stdout) == json.loads(
        json.dumps([asdict(each) for each in MAIL.boxes])
    )


def test_peers_tells_what_is_wrong_with_the_mail(hub: StandIn, orch: Orch) -> None:
    paused = (PauseView("a", "b", 1000.0, "12 messages"),)
    hub.mail = replace(MAIL, paused=paused, trouble="the Redis server can't be reached")
    assert orch("mail", "peers").stderr.splitlines() == [
        "orch: mail between a and b is paused. Resume it: orch mail unpause a b",
        "orch: the Redis server can't be reached",
    ]


def test_peers_fails_where_the_store_can_t_be_used(hub: StandIn, orch: Orch) -> None:
    hub.mail = replace(MAIL, boxes=(), trouble="the mail can't be opened: no such disk")
    for words in ([], ["--json"]):
        done = orch("mail", "peers", *words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == "orch: cannot list the mailboxes: the mail can't be opened: no such disk\n"


@pytest.mark.parametrize("words", [["read", "--box"], ["threads"], ["dead"], ["redrive", "--all"]])
def test_a_mailbox_that_nobody_has_is_missing_and_the_nearest_is_named(
    hub: StandIn, orch: Orch, words: list[str]
) -> None:
    hub.messages, hub.threads, hub.dead = [], [], []
    done = orch("mail", *words, "worker1")
    assert (done.exit_code, done.stdout) == (5, "")
    assert "no mailbox named 'worker1'. Did you mean worker-1?" in done.stderr
    assert orch("mail", *words, "worker-2").exit_code == 0
    assert orch("mail", *words, "c1").exit_code == 0


def test_a_box_of_another_hub_and_one_that_is_done_say_so() -> None:
    lines = boxes([box("far", hub="build-2", state="idle"), box("old", over=True, state="idle")], None)
    assert [line.split() for line in lines[1:]] == [["far", "on", "build-2"], ["old", "done"]]


def test_dead_letters_are_listed_with_why_and_put_back(hub: StandIn, orch: Orch) -> None:
    hub.dead = [DEAD]
    done = orch("mail", "dead")
    assert done.stdout.splitlines()[1].split()[:5] == ["worker-2", "m5", "question", "worker-1", "5×"]
    assert "delivered five times" in done.stdout
    assert "orch mail redrive" in done.stderr
    assert json.loads(orch("mail", "dead", "worker-2", "--json").stdout)[0]["message"]["id"] == "m5"
    assert json.loads(orch("mail", "dead", "worker-1", "--json").stdout) == []
    assert orch("mail", "redrive", "worker-2", "m5").stdout == "worker-2: m5 redriven\n"
    assert hub.asked[-1] == ("mail.redrive", {"box": "worker-2", "messages": ["m5"]})
    assert json.loads(orch("mail", "redrive", "worker-2", "--all", "--json").stdout) == ["m5"]


def test_what_is_no_dead_letter_is_told_and_the_others_are_put_back(hub: StandIn, orch: Orch) -> None:
    hub.dead = [DEAD]
    done = orch("mail", "redrive", "worker-2", "m5", "m6")
    assert done.exit_code == 5
    assert done.stdout == "worker-2: m5 redriven\n"
    assert done.stderr == "orch: no dead letter of worker-2: m6. See: orch mail dead\n"
    hub.dead = []
    none = orch("mail", "redrive", "worker-2", "--all")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "worker-2 has no dead letters.\n")
    assert orch("mail", "dead").stderr == "No dead letters.\n"
    for words in (["worker-2"], ["worker-2", "m5", "--all"]):
        assert orch("mail", "redrive", *words).exit_code == 2


def test_unpause_lets_two_go_on(hub: StandIn, orch: Orch) -> None:
    assert orch("mail", "unpause", "a", "b").stdout == "a and b may write to each other again\n"
    assert hub.asked == [("mail.unpause", {"a": "a", "b": "b"})]
    hub.refusals = {
        "mail.unpause": (409, {"what": "mail between a and b is not paused", "why": "", "hint": ""})
    }
    assert orch("mail", "unpause", "a", "b").exit_code == 4


# --- gathers


def test_gathers_under_way_say_who_is_missing(hub: StandIn, orch: Orch) -> None:
    none = orch("mail", "gather")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "No open gathers.\n")
    hub.mail = replace(MAIL, gathers=(GATHER,))
    lines = orch("mail", "gather").stdout.splitlines()
    assert lines[0].split() == ["GATHER", "OF", "FOR", "REPORTED", "SUBJECT", "MISSING"]
    assert lines[1].startswith("f1      coordinator")
    assert lines[1].endswith("1 of 2    Parts of the spec  worker-2 (waiting for a person: permission)")
    assert json.loads(orch("mail", "gather", "--json").stdout)[0]["members"][1]["needs_human"] is True


def test_one_gather_is_shown_with_each_of_its_members(hub: StandIn, orch: Orch) -> None:
    lines = [unstyle(line) for line in gather(GATHER, 1060.0, None)]
    assert lines == [
        "f1 of coordinator: waiting for 1m, 1 of 2 reported, 23h left",
        "  Parts of the spec (thread m7)",
        "",
        "MEMBER    IS        STATE                             REPORTS",
        "worker-1  reported  has reported                      m8",
        "worker-2  awaited   waiting for a person: permission",
    ]
    assert json.loads(orch("mail", "gather", "f1", "--json").stdout) == json.loads(json.dumps(asdict(GATHER)))
    assert orch("mail", "gather", "--wait").exit_code == 2


def mail(*gathers: GatherView) -> Update:
    return MailChanged(replace(MAIL, gathers=gathers))


def test_wait_ends_when_the_gather_is_complete_also_over_a_hub_that_was_away(
    hub: StandIn, orch: Orch
) -> None:
    hub.gathers = [GATHER, COMPLETE]
    away = MailChanged(replace(MAIL, trouble="Redis is away"))
    hub.streams = [[mail(GATHER)], [mail(GATHER), away, mail(GATHER), mail()]]
    done = orch("mail", "gather", "f1", "--wait")
    assert done.exit_code == 0
    assert "complete, 2 of 2 reported" in done.stdout


def test_wait_says_by_its_exit_code_that_somebody_is_gone(hub: StandIn, orch: Orch) -> None:
    hub.gathers = [replace(COMPLETE, members=(GATHER.members[0], GONE))]
    done = orch("mail", "gather", "f1", "--wait")
    assert done.exit_code == 1
    assert "its session exited before it reported" in done.stdout


# --- cards


def test_unread_mail_has_a_column_where_there_is_any() -> None:
    assert "MAIL" not in table([CARD], 1000.0, None)[0]
    waits = replace(CARD, unread_mail=2, bell="at its next tool call")
    deaf = replace(CARD, id="c2", unread_mail=1, bell="not responding: rung by a line")
    lines = [unstyle(line).split() for line in table([CARD, waits, deaf], 1000.0, None)]
    at = lines[0].index("MAIL")
    assert lines[2][lines[2].index("$0.50") + 1] == "2"
    assert lines[3][lines[3].index("$0.50") + 1] == "1!"
    assert lines[0][at + 1 :] == ["NAME", "TITLE"]


@pytest.mark.parametrize(
    ("unread", "bell", "said"),
    [
        (0, "at its next tool call", "0 unread, notified: at its next tool call"),
        (2, "not responding: rung by a line", "2 unread, not notified: rung by a line"),
        (1, "", "1 unread"),
    ],
)
def test_show_tells_of_mail_and_how_the_session_hears_of_it(unread: int, bell: str, said: str) -> None:
    card = replace(CARD, unread_mail=unread, bell=bell, lead="coordinator")
    lines = detail(CardDetail(card, "", (), None, (), ()), 1000.0)
    assert any(line.split(maxsplit=1) == ["mail", said] for line in lines)
    assert any(line.split() == ["lead", "coordinator"] for line in lines)
    assert not any(line.startswith("mail") for line in detail(CardDetail(CARD, "", (), None, (), ()), 1000.0))
