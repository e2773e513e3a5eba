"""Keys come from the registry; the user's own are checked."""

import pytest

from orchestrator.actions import ACTIONS, pane
from orchestrator.config.settings import BINDABLE
from widgets.board.actions import BoardActions
from widgets.board.refusals import refusal
from widgets.dialogs.help import help_lines
from widgets.gallery.boards import card
from widgets.issues.actions import IssuesActions
from widgets.kit.format import content, width_of
from widgets.kit.keys import (
    IN_ISSUES,
    IN_MAIL,
    IN_QUEUE,
    IN_REVIEW,
    IN_RUNS,
    ON_BOARD,
    bindings,
    display,
    keyboard,
    names,
)
from widgets.mail.actions import MailActions as MailActs
from widgets.queue.actions import QueueActions as AnswerActs
from widgets.review.actions import ReviewActions as ReviewActs
from widgets.runs.actions import RunActions as RunActs
from widgets.runs.dialogs.decide import DOING
from widgets.screens.keybar import board_entries, key_spans
from widgets.screens.palette import LEFT_OUT


def test_every_action_of_the_board_has_a_binding_with_its_own_id() -> None:
    made = {binding.id: binding for binding in bindings()}
    assert set(made) == {action.id for action in ON_BOARD}
    assert all(made[action.id].key == action.key for action in ON_BOARD if action.key)
    assert {action.id for action in ACTIONS if action.key and pane(action.id) == "board"} <= set(made)


def test_every_action_of_the_board_is_done_by_somebody() -> None:
    for action in ON_BOARD:
        if not action.id.startswith("cursor."):
            done = action.plain or callable(getattr(BoardActions, action.id.replace(".", "_"), None))
            assert done, action.id


def test_every_action_that_the_board_does_is_in_its_palette_and_may_have_a_key() -> None:
    offered = {action.id for action in ON_BOARD if not action.id.startswith(LEFT_OUT)}
    for action in ACTIONS:
        done = action.plain or callable(getattr(BoardActions, action.id.replace(".", "_"), None))
        if done and pane(action.id) == "board" and not action.id.startswith(LEFT_OUT):
            assert action.id in offered, action.id
            assert action.id in BINDABLE, action.id
    assert {"rescues", "resume.all"} <= offered


def test_every_action_of_the_queue_is_done_by_somebody() -> None:
    for action in IN_QUEUE:
        area, _, name = action.id.partition(".")
        if area in ("answer", "pane"):
            name = "continue_" if name == "continue" else name
            assert callable(getattr(AnswerActs, name, None)), action.id
        elif area == "run":
            assert action.id in DOING
        elif area not in ("cursor", "gate"):
            assert action.plain or callable(getattr(BoardActions, action.id.replace(".", "_"), None)), (
                action.id
            )


def test_every_action_of_the_runs_is_done_by_somebody() -> None:
    for action in IN_RUNS:
        area, _, name = action.id.partition(".")
        if pane(action.id) == "runs" and action.id != "gate.diff":
            assert callable(getattr(RunActs, action.id.replace(".", "_"), None)), action.id
        elif area == "pane":
            assert name in ("next", "up", "down", "close")
        elif area not in ("cursor", "gate"):
            assert action.plain or callable(getattr(BoardActions, action.id, None)), action.id


def test_every_action_of_the_review_is_done_by_somebody() -> None:
    for action in IN_REVIEW:
        area, _, name = action.id.partition(".")
        if pane(action.id) == "review":
            assert callable(getattr(ReviewActs, action.id.replace(".", "_"), None)), action.id
        elif area == "pane":
            assert name in ("up", "down", "close")
        elif area != "cursor":
            assert callable(getattr(BoardActions, action.id, None)), action.id


def test_every_action_of_the_mail_is_done_by_somebody() -> None:
    for action in IN_MAIL:
        area, _, name = action.id.partition(".")
        if pane(action.id) == "mail":
            assert callable(getattr(MailActs, action.id.replace(".", "_"), None)), action.id
        elif area == "pane":
            assert name in ("next", "up", "down", "close")
        elif area != "cursor":
            assert action.plain or callable(getattr(BoardActions, action.id, None)), action.id


def test_every_action_on_issues_is_done_by_somebody() -> None:
    for action in IN_ISSUES:
        area, _, name = action.id.partition(".")
        if pane(action.id) == "issues" or action.id == "issues.open":
            assert callable(getattr(IssuesActions, action.id.replace(".", "_"), None)), action.id
        elif area == "pane":
            assert name in ("up", "down", "close")
        elif area != "cursor":
            assert callable(getattr(BoardActions, action.id, None)), action.id


@pytest.mark.parametrize("place", ["board", "queue", "runs", "mail", "review", "issues"])
def test_no_two_actions_share_a_key_in_the_same_place(place: str) -> None:
    assert keyboard({}).complaints == ()
    keys = {action: keys for action, keys in keyboard({}).keys.items() if pane(action) == place}
    for twin in ("run.resume", "unpin"):  # share a key with run.pause and pin: one of the two can be done
        keys.pop(twin, None)
    every = [key for each in keys.values() for key in each]
    assert len(every) == len(set(every))


def test_in_the_queue_its_own_keys_go_before_those_of_the_board() -> None:
    registry = keyboard({})
    assert (registry.action("a"), registry.action("a", IN_QUEUE)) == ("queue", "answer.allow")
    assert (registry.action("q"), registry.action("q", IN_QUEUE)) == ("quit", "pane.close")
    assert registry.action("enter", IN_QUEUE) == "attach"
    assert (registry.action("d"), registry.action("d", IN_QUEUE)) == ("diff", "answer.deny")
    assert registry.action("x", IN_QUEUE) is None


def test_a_key_of_the_queue_may_be_given_to_the_board_too() -> None:
    mine = keyboard({"stop": "y", "answer.deny": "x"})
    assert mine.complaints == ()
    assert (mine.action("y"), mine.action("x", IN_QUEUE)) == ("stop", "answer.deny")
    assert "is both answer.deny and answer.allow" in keyboard({"answer.deny": "a"}).complaints[0]


def test_in_the_runs_its_own_keys_go_before_those_of_the_board() -> None:
    registry = keyboard({})
    assert (registry.action("a", IN_RUNS), registry.action("X", IN_RUNS)) == ("gate.approve", "run.cancel")
    assert (registry.action("r", IN_RUNS), registry.action("W", IN_RUNS)) == ("runs", "run")
    assert (registry.action("K"), registry.action("p")) == (None, "pin")


def test_pause_and_resume_may_have_one_key_and_others_may_not() -> None:
    mine = keyboard({"run.pause": "P", "run.resume": "P"})
    assert mine.complaints == ()
    assert mine.keys["run.pause"] == ("P",)
    assert "is both run.skip and run.cancel" in keyboard({"run.skip": "X"}).complaints[0]


def test_a_users_key_replaces_the_registrys() -> None:
    taken = keyboard({"new": "N", "hold": "b, ctrl+b", "help": "?"})
    assert taken.complaints == ()
    assert taken.changed == {"new": "N", "hold": "b,ctrl+b", "help": "question_mark"}
    assert (taken.action("N"), taken.action("n"), taken.action("b")) == ("new", None, "hold")


def test_keys_may_change_places() -> None:
    swapped = keyboard({"stop": "s", "send": "x"})
    assert swapped.complaints == ()
    assert (swapped.action("s"), swapped.action("x")) == ("stop", "send")


def test_what_makes_no_sense_is_named_and_left_out() -> None:
    told = keyboard({"nwe": "n", "stop": "s", "attach": "foo", "send": ""})
    said = "\n".join(told.complaints)
    assert "'nwe'" in said
    assert "new?" in said
    assert "s is both stop and send" in said
    assert "'foo'" in said
    assert "send needs a key" in said
    assert told.changed == {}
    assert told.action("x") == "stop"


def test_keys_are_shown_as_they_are_written_on_a_keyboard() -> None:
    assert [display(key) for key in names("?,ctrl+p,shift+left,/,enter,space")] == [
        "?", "^p", "shift+←", "/", "enter", "space",
    ]  # fmt: skip


def test_help_names_every_action_of_the_board() -> None:
    for width in (42, 60, 110):
        lines = list(help_lines(keyboard({}), width))
        assert max(width_of(line) for line in lines) <= max(width, 44)
        said = content(lines).plain
        assert all(action.title in said for action in (*ON_BOARD, *IN_QUEUE, *IN_RUNS, *IN_REVIEW))


def test_the_bottom_line_fits_and_always_tells_of_help() -> None:
    for width in (200, 120, 80, 40):
        shown = key_spans(board_entries(keyboard({}), card(1, "A", "review", "idle")), width)
        assert width < 50 or sum(width_of(spans) for _, spans in shown) <= width
        assert {"help", "new", "queue"} <= {entry.action for entry, _ in shown}


def test_a_key_that_can_do_nothing_is_grey() -> None:
    entries = board_entries(keyboard({}), card(1, "A", "backlog", "new"))
    looks = {entry.action: spans[0][1] for entry, spans in key_spans(entries, 200)}
    assert (looks["attach"], looks["stop"], looks["new"]) == ("faint", "faint", "cursor")


def test_a_refusal_names_the_users_own_key() -> None:
    mine = keyboard({"resume": "f5"}).shown
    assert refusal("attach", card(1, "A", "review", "exited"), mine).endswith("Resume it with f5.")


def test_no_title_of_an_action_runs_into_its_explanation() -> None:
    assert not [each.title for each in ACTIONS if (each.key or each.on_card) and len(each.title) > 22]
