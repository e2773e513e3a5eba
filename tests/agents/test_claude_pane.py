"""Panes as captured from 2.1.197, and what is concluded from them."""

from pathlib import Path

import pytest

from orchestrator.agents.claude_code.dialogs import read
from orchestrator.agents.claude_code.input_box import draft
from orchestrator.agents.claude_code.wake import may_type
from orchestrator.core.sessions.model import Retry

RECORDED = Path(__file__).parent / "recorded"
PANES = sorted(path.stem for path in RECORDED.glob("*.pane"))
DIALOGS = {
    "trust": "asks whether to trust this folder",
    "api-key": "asks whether to use the API key of the environment",
    "bypass": "asks to accept bypass permissions mode",
    "onboarding-offline": "cannot reach Anthropic to set itself up",
    "permission": "asks: Bash command",
    "question": "asks: Which colour?",
    "rewind": "asks: Rewind",
}
EMPTY_BOX = {"idle", "idle-in-colour", "rejected", "shell", "failed"}
BUSY = {"thinking-1", "thinking-2", "tool-1", "tool-2", "retry-1", "retry-2"}


def pane(name: str) -> str:
    return (RECORDED / f"{name}.pane").read_text()


@pytest.mark.parametrize("name", PANES)
def test_a_dialog_is_recognised_and_nothing_else_is_taken_for_one(name: str) -> None:
    assert read(pane(name), 1.0).dialog == DIALOGS.get(name, "")


def test_a_dialog_of_2_1_330_has_no_digits() -> None:
    text = (
        " Accessing workspace:\n\n Quick safety check: Is this a project you created or one you trust?\n\n"
        " ❯ No, exit\n   Yes, I trust this folder\n\n Enter to confirm · Esc to cancel\n"
    )
    assert read(text, 1.0).dialog == DIALOGS["trust"]


def test_a_conversation_about_dialogs_is_none() -> None:
    talk = "● It asks: Is this a project you created or one you trust?\n  Select login method\n"
    assert read(talk + pane("idle"), 1.0).dialog == ""


@pytest.mark.parametrize("name", PANES)
def test_a_retry_is_told_with_its_attempt(name: str) -> None:
    retries = {
        "retry-1": Retry(1, 2, "API error"),
        "retry-2": Retry(2, 2, "429 Slow down, please"),
    }
    assert read(pane(name), 1.0).retry == retries.get(name)


@pytest.mark.parametrize(
    "line",
    [
        "✻ Unable to connect to API (ConnectionRefused) · Retrying in 1s · attempt 3/10",
        "· Unable to connect to API (ConnectionRefused) · Retrying in 2m 5s · attempt 3/10",
        "✻ Unable to connect to API (ConnectionRefused) · retrying in 4s · attempt 3/10",
    ],
)
def test_an_api_out_of_reach_is_a_retry(line: str) -> None:
    retry = read(line, 1.0).retry
    assert retry == Retry(3, 10, "Unable to connect to API (ConnectionRefused)")


def test_a_retry_that_scrolled_away_is_over() -> None:
    later = "\n".join(f"● line {n}" for n in range(30))
    assert read(f"✻ API error · Retrying in 1s · attempt 1/10\n{later}", 1.0).retry is None


@pytest.mark.parametrize(("one", "two"), [("thinking-1", "thinking-2"), ("tool-1", "tool-2")])
def test_a_spinner_alone_is_no_sign_of_life(one: str, two: str) -> None:
    assert pane(one) != pane(two)
    assert read(pane(one), 1.0).digest == read(pane(two), 2.0).digest


def test_a_blinking_logo_is_no_sign_of_life() -> None:
    one, two = "▝▜██████▀  Opus\n ▝▝   ▝▝   /home/ada", "▝▜█    ▀  Opus\n ▝▝        /home/ada"
    assert read(one, 1.0).digest == read(two, 2.0).digest


def test_new_words_are_a_sign_of_life() -> None:
    text = pane("idle")
    assert read(text, 1.0).digest != read(text.replace("I looked at it.", "I looked at it!"), 1.0).digest


def test_colours_change_neither_digest_nor_state() -> None:
    assert read(pane("idle"), 1.0).digest == read(pane("idle-in-colour"), 1.0).digest


@pytest.mark.parametrize("name", PANES)
def test_a_prompt_is_typed_only_into_an_empty_input_box(name: str) -> None:
    typable = name in EMPTY_BOX | BUSY
    assert (draft(pane(name)) == "") is typable
    assert may_type("idle", pane(name)) is typable


@pytest.mark.parametrize("status", ["busy", "waiting", "", "dreaming"])
def test_nothing_is_typed_unless_the_registry_says_idle(status: str) -> None:
    assert not may_type(status, pane("idle"))


def test_a_session_with_a_background_shell_is_as_good_as_idle() -> None:
    assert may_type("shell", pane("shell"))


def test_nothing_is_typed_into_a_pane_that_shows_nothing() -> None:
    assert not may_type("idle", "")


def test_a_draft_is_read_from_the_box() -> None:
    assert draft(pane("draft")) == "half a thought"
    assert draft(pane("prompt-put-back")) == "think hard"
    rule = "─" * 40
    assert draft(f"{rule} slug ──\n❯\u00a0one\n  two\n{rule}\n  status\n") == "one\ntwo"


def test_the_prompt_sign_in_the_conversation_is_no_box() -> None:
    assert draft("❯ look at the shop\n● Done.\n") is None


def test_a_suggestion_of_claude_codes_own_is_no_draft() -> None:
    rule = "\x1b[38;5;244m" + "─" * 40
    suggested = "\x1b[39m❯\u00a0\x1b[7mO\x1b[0;2m\x1b[39m\x1b[49mnce fixed, resend your message"
    typed = "\x1b[39m❯\u00a0\x1b[7mO\x1b[0m\x1b[39m\x1b[49mnce fixed, resend your message"
    assert draft(f"{rule}\n{suggested}\n\x1b[0m{rule}\n") == ""
    assert draft(f"{rule}\n{typed}\n\x1b[0m{rule}\n") == "Once fixed, resend your message"
