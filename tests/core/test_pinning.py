"""A pinned card stands first in its column."""

from dataclasses import replace

from orchestrator.core.board.shown import in_board_order, view, views
from orchestrator.core.board.views import rank
from orchestrator.core.commands import Rejected
from orchestrator.core.decide import decide
from orchestrator.core.evolve import evolve
from orchestrator.core.model import Card, State
from orchestrator.core.requests.cards import Hold, Pin, Unpin


def _cards() -> State:
    cards = [
        Card(f"c{n}", f"card-{n}", f"Card {n}", "", "/r", "main", f"orch/{n}", f"/r-orch/{n}", float(n))
        for n in (1, 2, 3)
    ]
    return State(cards={each.id: each for each in cards})


def _order(state: State) -> list[str]:
    return [each.id for each in in_board_order(views(state).values())]


def _pinned(state: State, card: str, *, let_go: bool = False) -> State:
    decision = decide(state, Unpin(card) if let_go else Pin(card), 9.0)
    assert not isinstance(decision, Rejected)
    for event in decision:
        state = evolve(state, event)
    return state


def test_a_pinned_card_stands_first_in_its_column_until_it_is_unpinned() -> None:
    state = _cards()
    assert _order(state) == ["c1", "c2", "c3"]
    pinned = _pinned(state, "c3")
    assert _order(pinned) == ["c3", "c1", "c2"]
    assert _order(_pinned(pinned, "c2")) == ["c2", "c3", "c1"], "among pinned cards too"
    assert _pinned(pinned, "c3") == pinned, "pinned again it stays pinned"
    freed = _pinned(pinned, "c3", let_go=True)
    assert _order(freed) == ["c1", "c2", "c3"]
    assert _pinned(freed, "c3", let_go=True) == freed


def test_a_card_that_is_held_again_without_a_note_keeps_its_note() -> None:
    card = replace(_cards().cards["c1"], held="wait for Ada")
    state = State(cards={"c1": card})
    for note, kept in (("", "wait for Ada"), (" ask Bo ", "ask Bo")):
        decision = decide(state, Hold("c1", note), 9.0)
        assert not isinstance(decision, Rejected)
        assert evolve(state, decision[0]).cards["c1"].held == kept


def test_a_pinned_card_goes_before_one_that_needs_you_and_is_no_more_urgent_for_it() -> None:
    pinned, urgent = (view(each) for each in list(_pinned(_cards(), "c1").cards.values())[:2])
    urgent = replace(urgent, attention=1)
    assert [each.id for each in in_board_order([urgent, pinned])] == ["c1", "c2"]
    assert sorted([pinned, urgent], key=rank) == [urgent, pinned], "the next one that waits is the urgent one"
