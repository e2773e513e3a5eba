"""Dialogs that nobody listed: found by their form, shown whole, answered by keys, never typed into."""

import ast
from pathlib import Path

import pytest

from orchestrator.agents.claude_code import dialogs
from orchestrator.agents.claude_code.dialog_form import dialog
from orchestrator.agents.claude_code.input_box import draft
from orchestrator.client import Refused
from orchestrator.core.sessions.dialog import Dialog, next_key
from tests.machines.panes import Panes
from tests.poll import poll

PANES = Path(__file__).parents[1] / "agents/panes"
NO_DIALOG = {
    "idle-empty", "idle-talks-of-dialogs", "idle-draft", "slash-menu", "at-menu", "transcript-view",
    "bash-mode",
}  # fmt: skip
ALL = sorted(path.stem for path in PANES.glob("*.txt"))


def pane(name: str) -> str:
    return (PANES / f"{name}.txt").read_text()


def labels(found: Dialog | None) -> list[str]:
    return [option.label for option in found.options] if found else []


BOX = f"{'─' * 60}\n❯\u00a0\n{'─' * 60}\n  ? for shortcuts\n"


@pytest.mark.parametrize("name", ALL)
def test_a_dialog_is_recognised_by_its_form_and_nothing_else_is(name: str) -> None:
    kind = name.partition("-")[2]
    no_dialog = kind in NO_DIALOG or draft(pane(name)) is not None
    assert (dialog(pane(name)) is None) == no_dialog
    if not no_dialog:
        assert dialogs.in_the_way(pane(name)).startswith("a dialog is open")


@pytest.mark.parametrize(
    ("name", "options", "at"),
    [
        ("197-trust", ["Yes, I trust this folder", "No, exit", "Esc: cancel"], 0),
        ("332-trust", ["No, exit", "Yes, I trust this folder", "Esc: cancel"], 0),
        ("332-api-key", ["Yes", "No (recommended)", "Esc: cancel"], 1),
        ("332-imports", ["No, disable external imports", "Yes, allow external imports", "Esc: disable"], 0),
        ("197-imports", ["Yes, allow external imports", "No, disable external imports", "Esc: cancel"], 0),
        (
            "332-mcp-several",
            ["[✔] tickets", "[✔] wiki", "[✔] deploy", "Enable selected", "Esc: reject all"],
            0,
        ),
        (
            "197-mcp-several",
            ["[✔] tickets", "[✔] wiki", "[✔] deploy", "Enter: confirm", "Esc: reject all"],
            0,
        ),
        (
            "332-settings-error",
            ["Fix with Claude", "Exit and fix manually", "Continue without these settings", "Esc: cancel"],
            0,
        ),
        ("332-question", ["Red", "Blue", "Type something.", "Chat about this", "Esc: cancel"], 0),
        (
            "332-auto-cant-check",
            [
                "Enter: stay in auto mode",
                "shift+Tab: leave for accept edits mode and stop",
                "Esc: cancel",
            ],
            -1,
        ),
        ("332-rewind", ["hello", "No code changes", "(current)", "Esc: cancel"], 2),
    ],
)
def test_its_options_and_its_pointer_are_read(name: str, options: list[str], at: int) -> None:
    found = dialog(pane(name))
    assert found is not None
    assert (labels(found), found.at) == (options, at)


@pytest.mark.parametrize(
    "text",
    [
        f"{'─' * 60}\n  Something quite new\n\n  Shall it be?\n\n  ❯ Perhaps\n    Never\n",
        f"{'▔' * 60}\n  New things\n\n  ❯ 1. One\n    2. Two\n\n  Enter to continue · Esc to close\n",
        "Press Enter to continue…\n",
        "  Terms have changed.\n\n  a to accept · Esc to leave\n",
        f"{'─' * 60}\n  Plugins\n\n  ❯ [ ] one\n    [✔] two\n\n Space to select · Enter to confirm\n",
    ],
)
def test_a_dialog_that_no_version_has_shown_so_far_is_one_too(text: str) -> None:
    assert dialog(text) is not None
    assert dialogs.read(text, 1.0).dialog.startswith("asks: ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$ claude\n",
        "~/shop ❯ claude\n",
        f"● Choose:\n\n  ❯ 1. Yes\n    2. No\n\n  Enter to confirm · Esc to cancel\n\n{BOX}",
        "● I shall press on. Enter the room.\n",
    ],
)
def test_what_is_only_spoken_of_is_no_dialog(text: str) -> None:
    assert dialog(text) is None


def test_its_version_follows_words_and_ticks_and_not_the_pointer() -> None:
    one = pane("332-trust")
    moved = one.replace(" ❯ No, exit", "   No, exit").replace("   Yes, I", " ❯ Yes, I")
    first, second = dialog(one), dialog(moved)
    assert first is not None
    assert second is not None
    assert (first.version, first.at, second.at) == (second.version, 0, 1)
    ticked, unticked = (
        dialog(pane("197-mcp-several")),
        dialog(pane("197-mcp-several").replace("[✔] wiki", "[ ] wiki")),
    )
    assert ticked is not None
    assert unticked is not None
    assert ticked.version != unticked.version


def test_control_characters_of_a_dialog_are_not_passed_on() -> None:
    found = dialog(f"{'─' * 60}\n  Use \x1b[31mthis\x1b[0m\u202e server?\n\n  ❯ Yes\u2028\n    No\n")
    assert found is not None
    assert not any(ord(letter) < 32 and letter != "\n" for letter in found.text + "".join(labels(found)))
    assert "\u202e" not in found.text
    assert labels(found) == ["Yes", "No"]


def test_the_pointer_is_led_by_arrow_keys_and_no_digit_is_ever_pressed() -> None:
    for name in ALL:
        found = dialog(pane(name))
        for number in range(len(found.options) if found else 0):
            assert found is not None
            key, last = next_key(found, number)
            assert not key.isdigit()
            assert last == (found.at == number or not found.options[number].row)


def test_nothing_but_the_keyboard_types() -> None:
    hub = Path(__file__).parents[2] / "orchestrator/hub"
    found = [
        f"{path.relative_to(hub)}:{node.lineno}"
        for path in hub.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in ("send_keys", "paste")
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "tmux"
    ]
    assert {each.partition(":")[0] for each in found} == {"typing/keyboard.py"}


IMPORTS = "332-imports"


def test_an_unlisted_dialog_is_shown_whole_and_answered_by_the_keys_that_were_shown(panes: Panes) -> None:
    unlisted = f"{'─' * 60}\n  Use the build cache?\n\n  It is new.\n\n  ❯ Never\n    Now\n    Later\n"
    panes.stage.start()
    panes.new("cache", unlisted, after=pane("332-mcp-several"))
    panes.new("imports", pane(IMPORTS))
    need = panes.need("cache")
    assert (need.kind, need.summary, need.options) == (
        "dialog", "asks: Use the build cache?", ("Never", "Now", "Later")
    )  # fmt: skip
    found = panes.stage.client.need(need.id)
    assert "It is new." in found.detail
    assert found.questions[0].options[2] == ("Later", "keys: ↑/↓ to this row, then Enter")
    with pytest.raises(Refused, match="changed since you looked"):
        panes.stage.client.answer(need.id, "allow", options=(("Later",),), seen="another")
    with pytest.raises(Refused, match="has no option"):
        panes.stage.client.answer(need.id, "allow", options=(("Whenever",),), seen=found.version)
    with pytest.raises(Refused, match="with one of its options"):
        panes.stage.client.answer(need.id, "deny", seen=found.version)
    assert panes.keys("cache") == []
    panes.stage.client.answer(need.id, "allow", options=(("Later",),), seen=found.version)
    assert panes.keys("cache") == ["Down", "Down", "Enter"]
    told = "\n".join(each.said for each in panes.stage.client.show("cache").history)
    assert "Use the build cache?: 'Later' chosen by cli" in told
    # the next dialog has another version: what was seen of the first opens nothing here
    poll(lambda: "MCP" in panes.need("cache").summary, "the next dialog")
    with pytest.raises(Refused, match="changed since you looked"):
        panes.stage.client.answer(need.id, "allow", options=(("[✔] wiki",),), seen=found.version)
    # neither a nudge nor a prompt reaches a dialog, and nothing that orch does by itself
    panes.need("imports")
    for how in ("interrupt", "continue"):
        with pytest.raises(Refused):
            panes.stage.client.nudge("imports", how)
    with pytest.raises(Refused):
        panes.stage.client.send("imports", "go on")
    assert panes.keys("imports") == []


def test_a_session_that_works_behind_a_dialog_is_not_interrupted_into_it(panes: Panes) -> None:
    panes.stage.start()
    panes.new("busy", pane(IMPORTS), registry="busy")
    panes.stage.until("busy", "working")
    with pytest.raises(Refused, match="a dialog is open: Allow external CLAUDE"):
        panes.stage.client.nudge("busy", "interrupt")
    assert panes.keys("busy") == []
    panes.show("busy", f"● Working…\n\n{BOX}")
    poll(lambda: "shortcuts" in panes.stage.client.preview("busy").text, "the input box")
    panes.stage.client.nudge("busy", "interrupt")
    assert poll(lambda: panes.keys("busy"), "the key") == ["Escape"]
    # what waits by the registry alone is read off the pane, and answered there
    panes.show("busy", pane("332-permission"), after=BOX, registry="waiting|permission prompt")
    need = panes.need("busy")
    assert (need.kind, need.options[0]) == ("dialog", "Yes")
    assert panes.stage.card("busy").state == "permission"
    found = panes.stage.client.need(need.id)
    panes.stage.client.answer(need.id, "allow", options=(("No",),), seen=found.version)
    assert panes.keys("busy")[1:] == ["Down", "Down", "Down", "Enter"]
