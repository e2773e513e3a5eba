"""Which card stands where, and where the cursor goes."""

import pytest

from orchestrator.core.filter.language import parse
from widgets.board.columns.columns import fitting, head_line, tab_line, window
from widgets.board.columns.cursor import BoardCursor, at, first, next_waiting, on, settle, step
from widgets.board.columns.lineup import COLUMNS, Lineup, line_up
from widgets.gallery.boards import card
from widgets.kit.format import content, width_of

CARDS = [
    card(1, "Old idea", "backlog", "new", since=1.0),
    card(2, "New idea", "backlog", "new", since=9.0),
    card(3, "Second in the queue", "backlog", "queued", since=5.0, queue_position=2),
    card(4, "First in the queue", "backlog", "queued", since=6.0, queue_position=1),
    card(5, "Asks later", "blocked", "question", since=3.0, attention=2),
    card(6, "Asks first", "blocked", "permission", since=2.0, attention=1),
    card(7, "Held", "blocked", "working", since=8.0, held="x"),
    card(8, "Look at me", "review", "idle", since=7.0, attention=3, branch="orch/seen", repo="/src/shop"),
]


def lineup(words: str = "") -> Lineup:
    return line_up(CARDS, parse(words))


def ids(column: str, words: str = "") -> list[str]:
    return [each.id for each in lineup(words).cards[column]]


def test_what_needs_a_person_comes_first_then_the_queue_then_the_oldest() -> None:
    assert ids("blocked") == ["c6", "c5", "c7"]
    assert ids("backlog") == ["c4", "c3", "c1", "c2"]


@pytest.mark.parametrize("words", ["look me", "SEEN", "shop idle", "c8"])
def test_the_filter_finds_words_in_title_branch_repo_and_state(words: str) -> None:
    assert ids("review", words) == ["c8"]


def test_the_filter_wants_every_word_and_counts_what_it_hides() -> None:
    assert ids("blocked", "asks later") == ["c5"]
    head = content([head_line("blocked", lineup("asks later"), 40, current=True)]).plain
    assert "1/3" in head
    assert "▲1" in head


def test_all_columns_are_counted_in_the_tab_line() -> None:
    line = tab_line(lineup(), "review", 80)
    assert width_of(line) == 80
    said = content([line]).plain
    for part in ("Backlog 4", "In Progress 0", "Blocked 3 ▲2", "▌Review 1 ▲1", "Done 0"):
        assert part in said


@pytest.mark.parametrize(
    ("width", "columns"), [(40, 1), (80, 1), (99, 1), (100, 3), (120, 4), (160, 5), (200, 5), (400, 5)]
)
def test_as_many_columns_as_fit(width: int, columns: int) -> None:
    assert fitting(width) == columns


@pytest.mark.parametrize("shown", [1, 2, 3, 4, 5])
def test_the_cursors_column_is_always_in_sight(shown: int) -> None:
    left = 0
    for column in (*COLUMNS, *reversed(COLUMNS)):
        left = window(column, left, shown)
        assert left <= COLUMNS.index(column) < left + shown <= len(COLUMNS)


# --- the cursor -----------------------------------------------------------------------------------


def test_a_board_opens_on_what_waits_most() -> None:
    assert first(lineup()).card == "c6"
    assert first(line_up(CARDS[:2])).card == "c1"
    assert first(line_up(())).card == ""


def test_steps_end_at_the_edges() -> None:
    here = on("c4", lineup())
    assert here is not None
    assert step(here, lineup(), "up").card == "c4"
    assert step(here, lineup(), "down").card == "c3"
    assert step(here, lineup(), "last").card == "c2"
    assert step(step(here, lineup(), "last"), lineup(), "down").card == "c2"
    assert step(here, lineup(), "left").column == "backlog"
    empty = step(here, lineup(), "right")
    assert (empty.column, empty.card) == ("in_progress", "")
    assert step(empty, lineup(), "right").card == "c6"


def test_the_cursor_stays_on_its_card_when_others_pass_it() -> None:
    here = at("backlog", 0, lineup())
    more = line_up([*CARDS, card(9, "Newest", "backlog", "queued", queue_position=0)])
    assert settle(here, more).card == "c4"
    assert settle(here, more).row == 1


def test_the_cursor_keeps_its_place_when_its_card_goes_elsewhere() -> None:
    here = on("c6", lineup())
    assert here is not None
    gone = line_up([each for each in CARDS if each.id != "c6"] + [card(6, "x", "in_progress", "working")])
    assert settle(here, gone).card == "c5"


def test_the_cursor_goes_along_with_a_card_that_the_user_moved() -> None:
    here = on("c6", lineup())
    assert here is not None
    gone = line_up([each for each in CARDS if each.id != "c6"] + [card(6, "x", "in_progress", "working")])
    assert settle(here, gone, follow="c6") == BoardCursor("in_progress", "c6", 0)


def test_the_next_waiting_card_comes_by_urgency_and_round_again() -> None:
    cursor: BoardCursor | None = at("backlog", 0, lineup())
    seen = []
    for _ in range(4):
        assert cursor is not None
        cursor = next_waiting(cursor, lineup())
        seen.append(cursor.card if cursor else "")
    assert seen == ["c6", "c5", "c8", "c6"]
    assert next_waiting(BoardCursor(), line_up(CARDS[:2])) is None
