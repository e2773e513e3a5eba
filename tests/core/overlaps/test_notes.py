"""What sessions are told of overlaps."""

from dataclasses import replace

import pytest

from orchestrator.core.effects import TellOverlap, owed
from orchestrator.core.events import CardCreated, SessionChanged
from orchestrator.core.evolve import evolve
from orchestrator.core.model import State
from orchestrator.core.overlaps.events import OverlapFound, OverlapTold
from orchestrator.core.overlaps.notes import OverlapNote, due, text
from orchestrator.core.overlaps.overlap import Overlap
from orchestrator.core.sessions.model import Evidence, Session, Source, Status

OVERLAP = Overlap("c1", "c2", ("a.py",))
CONFLICT = Overlap("c1", "c2", ("a.py", "b.py"), ("b.py",))


def kinds(told: dict[str, tuple[OverlapNote, ...]], overlap: Overlap) -> list[tuple[str, str, str]]:
    return [(each.card, each.other, each.kind) for each in due(told, [overlap], 1.0)]


def test_each_session_is_told_of_a_card_once_and_once_more_of_a_conflict() -> None:
    told: dict[str, tuple[OverlapNote, ...]] = {"c1": (), "c2": ()}
    assert kinds(told, OVERLAP) == [("c1", "c2", "overlap"), ("c2", "c1", "overlap")]
    told = {"c1": (OverlapNote("c2", "overlap", ("a.py",)),), "c2": ()}
    assert kinds(told, OVERLAP) == [("c2", "c1", "overlap")]
    assert kinds(told, CONFLICT) == [("c1", "c2", "conflict"), ("c2", "c1", "conflict")]
    told["c1"] += (OverlapNote("c2", "conflict", ("b.py",)),)
    assert kinds(told, CONFLICT) == [("c2", "c1", "conflict")], "not again, though files change"
    told["c2"] += (OverlapNote("c1", "conflict", ("b.py",)),)
    assert kinds(told, OVERLAP) == [], "nor when the conflict is resolved"


@pytest.mark.parametrize(
    "nothing",
    [
        Overlap("c1", "c2", manifests=("go.sum",)),
        Overlap("c1", "c2", holds="c2"),
        Overlap("c1", "c2", unknown="git cannot tell"),
    ],
)
def test_lock_files_alone_and_stacks_are_not_worth_a_note(nothing: Overlap) -> None:
    assert kinds({"c1": (), "c2": ()}, nothing) == []
    in_lock_file = Overlap("c1", "c2", manifests=("go.sum",), manifest_conflicts=("go.sum",))
    assert len(kinds({"c1": (), "c2": ()}, in_lock_file)) == 2


def test_a_session_that_does_not_run_is_told_when_it_does() -> None:
    assert kinds({"c1": ()}, OVERLAP) == [("c1", "c2", "overlap")]
    assert kinds({}, OVERLAP) == []


def test_a_note_is_owed_until_its_receipt_whatever_is_killed_between() -> None:
    session = Session(1, "s", 1.0, Status.WORKING, 1.0, "", Evidence(Source.HOOK, "", 1.0), pane="%1")
    state = State()
    created = CardCreated(1.0, "c1", "auth", "Auth", "", "/r", "main", "orch/auth", "/r-orch/auth")
    for event in (created, OverlapFound(2.0, "c1", "c2", "conflict", ("a.py",))):
        state = evolve(state, event)
    assert owed(state.cards["c1"]) is None, "nobody is there to be told"
    state = State(cards={"c1": replace(state.cards["c1"], session=session)})
    assert owed(state.cards["c1"]) == TellOverlap("c1", "c2", "conflict")
    state = evolve(state, SessionChanged(3.0, "c1", session))
    assert owed(state.cards["c1"]) == TellOverlap("c1", "c2", "conflict")
    state = evolve(state, OverlapTold(4.0, "c1", "c2", "conflict"))
    assert owed(state.cards["c1"]) is None
    assert state.cards["c1"].overlap_notes == (OverlapNote("c2", "conflict", ("a.py",), sent=True),)


def test_a_note_names_the_card_its_branch_and_the_files() -> None:
    subject, body = text(OverlapNote("c2", "conflict", ("a.py", "b.py")), "billing", "orch/billing")
    assert subject == "Conflict with billing"
    assert "branch orch/billing" in body
    assert "- a.py\n- b.py" in body
