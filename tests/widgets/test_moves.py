"""What moving a card means, from each column to each other one."""

import pytest

from orchestrator.core.board.views import CardView
from widgets.board.columns.lineup import COLUMNS
from widgets.board.moves import move, target
from widgets.board.refusals import at_work, refusal
from widgets.gallery.boards import card

NEW = card(1, "A", "backlog", "new")
SHELVED = card(1, "A", "backlog", "exited")
QUEUED = card(1, "A", "backlog", "queued", queue_position=2)
WORKING = card(1, "A", "in_progress", "working")
ASKING = card(1, "A", "blocked", "permission", reason="Bash rm -r build")
FAILED = card(1, "A", "blocked", "error")
LOST = card(1, "A", "blocked", "lost")
SETUP_FAILED = card(1, "A", "blocked", "setup", session_id=None, window=None)
HELD = card(1, "A", "blocked", "working", held="wait")
UNLANDED = card(1, "A", "blocked", "error", session_state="exited")
UNSTARTED = card(1, "A", "blocked", "error", session_state="", session_id=None, window=None)
IDLE = card(1, "A", "review", "idle")
ENDED = card(1, "A", "review", "exited")
DONE = card(1, "A", "done", "exited", finished="merge")


@pytest.mark.parametrize(
    ("view", "deeds"),
    [
        #          to:     backlog    in_progress  blocked   review     done
        (NEW, ["refuse", "start", "refuse", "refuse", "refuse"]),
        (SHELVED, ["refuse", "resume", "refuse", "refuse", "finish"]),
        (QUEUED, ["refuse", "refuse", "refuse", "refuse", "refuse"]),
        (WORKING, ["shelve", "refuse", "hold", "refuse", "finish"]),
        (ASKING, ["shelve", "refuse", "refuse", "refuse", "finish"]),
        (FAILED, ["shelve", "send", "refuse", "refuse", "finish"]),
        (UNLANDED, ["shelve", "resume", "refuse", "refuse", "finish"]),
        (UNSTARTED, ["shelve", "start", "refuse", "refuse", "finish"]),
        (LOST, ["shelve", "resume", "refuse", "refuse", "finish"]),
        (HELD, ["shelve", "release", "refuse", "release", "finish"]),
        (IDLE, ["shelve", "send", "hold", "refuse", "finish"]),
        (ENDED, ["shelve", "resume", "hold", "refuse", "finish"]),
        (DONE, ["refuse", "refuse", "refuse", "reopen", "refuse"]),
    ],
)
def test_every_move_is_a_deed_or_a_refusal_in_words(view: CardView, deeds: list[str]) -> None:
    for column, deed in zip(COLUMNS, deeds, strict=True):
        meant = move(view, column)
        assert meant.kind == deed, f"{view.column} to {column}"
        assert bool(meant.why) == (deed == "refuse")
        assert not meant.why or meant.why.startswith("c1 ")


@pytest.mark.parametrize(
    ("view", "left", "right"),
    [
        (NEW, None, "in_progress"),
        (WORKING, "backlog", "blocked"),
        (HELD, "in_progress", "review"),
        (IDLE, "in_progress", "done"),
        (DONE, "review", None),
    ],
)
def test_a_step_leads_to_the_next_column_and_from_review_back_to_work(
    view: CardView, left: str | None, right: str | None
) -> None:
    assert (target(view, "left"), target(view, "right")) == (left, right)


def test_there_is_nothing_beyond_the_edge() -> None:
    assert "no column beyond Backlog" in move(NEW, target(NEW, "left")).why
    assert "no column beyond Done" in move(DONE, target(DONE, "right")).why


def test_a_refused_move_names_what_the_card_waits_for() -> None:
    assert "Bash rm -r build" in move(ASKING, "in_progress").why


@pytest.mark.parametrize(
    ("action", "view", "words"),
    [
        ("attach", NEW, "Start it"),
        ("attach", SHELVED, "Resume it"),
        ("attach", QUEUED, "position 2"),
        ("attach", DONE, "Reopen"),
        ("attach", WORKING, ""),
        ("send", NEW, "never started"),
        ("send", ENDED, ""),
        ("send", IDLE, ""),
        ("stop", NEW, "no running session"),
        ("stop", QUEUED, ""),
        ("resume", WORKING, "is running"),
        ("resume", ENDED, ""),
        ("resume", NEW, "no conversation"),
        ("start", WORKING, "already"),
        ("start", NEW, ""),
        ("restart", NEW, "never started"),
        ("hold", HELD, "wait"),
        ("hold", DONE, "done"),
        ("release", IDLE, "not on hold"),
        ("shelve", NEW, "in the backlog"),
        ("finish", DONE, "done"),
        ("reopen", IDLE, "not done"),
        ("acknowledge", IDLE, "nothing unread"),
        ("show", None, "No card"),
        ("new", None, ""),
    ],
)
def test_what_cant_be_done_says_why(action: str, view: CardView | None, words: str) -> None:
    said = refusal(action, view)
    assert bool(said) == bool(words)
    assert words in said


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("resume", ""),
        ("start", ""),
        ("send", ""),
        ("stop", "no running session"),
        ("restart", "Resume it"),
        ("nudge", "Resume it"),
        ("acknowledge", ""),
    ],
)
def test_a_stopped_session_can_be_resumed_after_its_landing_failed(action: str, words: str) -> None:
    said = refusal(action, UNLANDED)
    assert bool(said) == bool(words)
    assert words in said
    assert "Resume it" in refusal(
        "attach", card(1, "A", "blocked", "error", session_state="exited", window=None)
    )


def test_work_of_a_session_is_not_hidden_by_a_failed_landing() -> None:
    assert at_work(card(1, "A", "blocked", "error", session_state="working"))
    assert not refusal("stop", card(1, "A", "blocked", "error", session_state="working"))
    assert "is running" in refusal("resume", card(1, "A", "blocked", "error", session_state="idle"))
