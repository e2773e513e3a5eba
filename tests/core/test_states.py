"""One row a state, and one order for all who show cards."""

from dataclasses import replace

from orchestrator.core.board.shown import in_board_order
from orchestrator.core.board.views import rank
from orchestrator.core.needs.ranking import RANKS
from orchestrator.core.sessions.model import Status
from orchestrator.core.sessions.states import STATES
from widgets.board.columns.lineup import line_up
from widgets.gallery.cards import card

NOW = 1000.0


def test_every_state_has_its_row_and_every_need_its_rank() -> None:
    assert set(STATES) == set(Status)
    assert {row.need for row in STATES.values() if row.need} <= set(RANKS)
    assert not [status for status, row in STATES.items() if row.over and (row.at_work or row.may_type)]


def test_among_cards_as_urgent_the_oldest_stands_first_on_the_board_and_in_ls() -> None:
    waiting = [card(n, f"t{n}", "blocked", "permission", since=NOW - n, attention=1) for n in range(1, 6)]
    less = [card(n, f"t{n}", "blocked", "error", since=NOW - n, attention=2) for n in range(6, 9)]
    held = [card(n, f"t{n}", "blocked", "idle", since=NOW - n) for n in range(9, 12)]
    cards = [*waiting, *less, *held]
    cards = cards[::2] + cards[1::2][::-1]
    expected = ["c5", "c4", "c3", "c2", "c1", "c8", "c7", "c6", "c11", "c10", "c9"]
    assert [each.id for each in in_board_order(cards)] == expected
    assert [each.id for each in line_up(cards).cards["blocked"]] == expected


def test_cards_that_need_nobody_stand_oldest_first_too_and_the_backlog_by_creation() -> None:
    for column, state in (("in_progress", "working"), ("review", "idle"), ("done", "exited")):
        cards = [card(n, "t", column, state, since=NOW - ago) for n, ago in ((1, 2), (2, 56), (3, 35))]
        for pinned in (False, True):
            shown = in_board_order([replace(each, pinned=pinned) for each in cards])
            assert [each.id for each in shown] == ["c2", "c3", "c1"], column
    backlog = [replace(card(n, "t", "backlog", "new", since=NOW - n), created_at=NOW + n) for n in (3, 1, 2)]
    assert [each.id for each in in_board_order(backlog)] == ["c1", "c2", "c3"]


def test_cards_that_wait_to_start_stand_in_the_order_in_which_they_will() -> None:
    cards = [replace(card(n, "t", "in_progress", "queued"), queue_position=9 - n) for n in range(1, 9)]
    assert [each.queue_position for each in sorted(cards, key=rank)] == list(range(1, 9))
