"""Cards that a session has asked for, and mail, as the board and the queue have them."""

from dataclasses import replace

from orchestrator.core.board.columns import place
from orchestrator.core.mail.gather import due, opened
from orchestrator.core.mail.message import Authority, Kind, Message
from orchestrator.core.mail.needs import mail_need, pause_need
from orchestrator.core.mail.rate_limits import Pair, Pause
from orchestrator.core.mail.standing import standing
from orchestrator.core.model import Card, Column, Ending, State
from orchestrator.core.needs.ranking import find, needs

WANTED = Card(
    id="c2", slug="helper", title="Help", prompt="x", repo="/r", base="main", branch="orch/helper",
    path="/r-orch/helper", created_at=5.0, lead="lead", wanted=True,
)  # fmt: skip


def _letter(kind: Kind, **more: object) -> Message:
    given = {
        "id": "m1",
        "sender": "lead",
        "to": ("human",),
        "kind": kind,
        "body": "Now?",
        "at": 9.0,
        "thread": "m1",
    }
    return Message(**{**given, "authority": Authority.PEER, **more})  # type: ignore[arg-type]


def test_a_wanted_card_stands_in_blocked_and_waits_for_a_yes() -> None:
    placing = place(WANTED)
    assert (placing.column, placing.reason) == (Column.BLOCKED, "requested by lead; needs your approval")
    (need,) = needs(State(cards={"c2": WANTED}))
    assert (need.id, need.kind, need.options, need.answerable) == ("c2.card", "card", ("allow", "deny"), True)
    held = replace(WANTED, held="later")
    assert not needs(State(cards={"c2": held})), "who holds it has seen it"


def test_a_gather_waits_for_who_waits_for_a_human_and_for_who_is_restarted() -> None:
    gather = opened("f1", "lead", "m1", ["helper"], at=0.0, deadline=10.0)
    assert not due(gather, {"helper": standing(WANTED)}, 99.0)
    restarted = replace(WANTED, wanted=False, ending=Ending("restart", 1.0))
    assert not due(gather, {"helper": standing(restarted)}, 9.0)
    finished = replace(WANTED, wanted=False, finished="keep")
    assert due(gather, {"helper": standing(finished)}, 9.0)


def test_a_letter_is_urgent_where_it_asks_and_stands_in_no_requests_way() -> None:
    cards = {"lead": ("c1", "Lead it")}
    note, question = mail_need(_letter(Kind.NOTE), cards), mail_need(_letter(Kind.QUESTION), cards)
    urgent = mail_need(_letter(Kind.NOTE, urgent=True), {})
    assert (note.urgency, question.urgency, urgent.urgency) == (4, 2, 2)
    assert (note.card, note.slug, urgent.card) == ("c1", "lead", "")
    other = replace(note, id="c1.permission", kind="permission")
    assert find([note, other], "c1") == (other,)
    assert find([note, other], "m1") == (note,)
    assert find([note], "lead") == (note,)


def test_a_pause_is_named_by_both() -> None:
    need = pause_need(Pause(Pair("ada", "bob"), 3.0, "round and round"), {"ada": ("c1", "Ada")})
    assert (need.id, need.card, need.summary) == (
        "pause.ada.bob",
        "c1",
        "mail between ada and bob is paused: round and round",
    )
