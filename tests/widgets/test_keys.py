"""Keys come from the registry; the user's own are checked."""

from orchestrator.actions import ACTIONS
from widgets.acts import Acts
from widgets.dialogs.help import help_lines
from widgets.format import content, width_of
from widgets.gallery import card
from widgets.keybar import key_spans
from widgets.keys import ON_BOARD, bindings, display, keyboard, names
from widgets.may import refusal


def test_every_action_of_the_board_has_a_binding_with_its_own_id() -> None:
    made = {binding.id: binding for binding in bindings()}
    assert set(made) == {action.id for action in ON_BOARD}
    assert all(made[action.id].key == action.key for action in ON_BOARD if action.key)
    assert {action.id for action in ACTIONS if action.key} <= set(made)


def test_every_action_of_the_board_is_done_by_somebody() -> None:
    for action in ON_BOARD:
        if not action.id.startswith("cursor."):
            assert callable(getattr(Acts, action.id.replace(".", "_"), None)), action.id


def test_no_two_actions_share_a_key() -> None:
    assert keyboard({}).complaints == ()
    keys = [key for each in keyboard({}).keys.values() for key in each]
    assert len(keys) == len(set(keys))


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
    for width in (60, 110):
        lines = list(help_lines(keyboard({}), width))
        assert max(width_of(line) for line in lines) <= max(width, 56)
        said = content(lines).plain
        assert all(action.title in said for action in ON_BOARD)


def test_the_bottom_line_fits_and_always_tells_of_help() -> None:
    for width in (200, 120, 80, 40):
        shown = key_spans(keyboard({}), card(1, "A", "review", "idle"), width)
        assert width < 50 or sum(width_of(spans) for _, spans in shown) <= width
        assert "help" in [action for action, _ in shown]
        assert "new" in [action for action, _ in shown]


def test_a_key_that_can_do_nothing_is_grey() -> None:
    looks = {
        action: spans[0][1] for action, spans in key_spans(keyboard({}), card(1, "A", "backlog", "new"), 200)
    }
    assert (looks["attach"], looks["stop"], looks["new"]) == ("faint", "faint", "cursor")


def test_a_refusal_names_the_users_own_key() -> None:
    mine = keyboard({"resume": "f5"}).shown
    assert refusal("attach", card(1, "A", "review", "exited"), mine).endswith("Bring it back with f5.")
