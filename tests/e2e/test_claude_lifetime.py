"""How sessions of the real `claude` begin and end, and what they are told at their start."""

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from orchestrator.agents.claude_code import dialogs, facts
from orchestrator.agents.claude_code.launch import user_status_line
from orchestrator.core.sessions.signals import AgentExited, PromptTaken
from tests.e2e.claude_home import ClaudeHome
from tests.e2e.messages_api import MessagesApi, Text
from tests.e2e.real_session import RealSession
from tests.poll import poll

pytestmark = pytest.mark.claude


def _step_towards_trust(session: RealSession) -> None:
    """Presses one key and waits for what it does: which answer stands first, and how soon after the
    dialog's appearance keys count, differs between versions."""
    before = session.terminal.text()
    chosen = next((line for line in before.splitlines() if line.lstrip().startswith("❯")), "")
    session.terminal.keys("Enter" if "Yes, I trust" in chosen else "Down")
    deadline = time.monotonic() + 1.0
    while session.terminal.text() == before and time.monotonic() < deadline:
        time.sleep(0.03)


def test_the_program_tells_its_version(claude: Path) -> None:
    told = {each.name: each.holds for each in facts.facts(facts.version((str(claude),)))}
    assert told["registry"] is not False


@pytest.mark.long
def test_a_cleared_conversation_goes_on_in_the_same_process_under_a_new_id(
    session: RealSession, api: MessagesApi
) -> None:
    session.start("first")
    session.turns(1)
    session.send("/clear")
    session.hear("SessionEnd")
    (left,) = session.ear.heard(AgentExited)
    assert left.reason == "clear"
    poll(
        lambda: session.look() == "idle" and session.entry and session.entry.session_id != session.session_id,
        "a new id",
    )
    assert session.entry
    assert session.entry.pid == session.terminal.pid
    session.send("second")
    session.turns(2)
    assert session.ear.heard(PromptTaken)[-1].session_id == session.entry.session_id


@pytest.mark.long
def test_a_stopped_session_is_resumed_under_its_own_id(session: RealSession, api: MessagesApi) -> None:
    session.start("MARK first")
    session.turns(1)
    session.report()
    os.kill(session.terminal.pid, signal.SIGTERM)
    poll(lambda: session.terminal.exit_code == 143, "exit code 143", told=session.terminal.text)
    session.hear("SessionEnd")
    poll(lambda: session.look() and session.gone, "the registry to forget it")
    session.start("and then", resume=True)
    session.turns(2)
    assert session.entry
    assert session.entry.session_id == session.session_id
    assert "MARK first" in api.requests[-1].first_message
    session.start("once more")  # as a new conversation of that id
    poll(lambda: session.terminal.exit_code == 1, "exit code 1", told=session.terminal.text)


def test_a_killed_session_leaves_a_registry_file_that_is_not_believed(
    session: RealSession, api: MessagesApi
) -> None:
    never = threading.Event()
    api.script("MARK", Text("never said", hold=never))
    session.start("MARK go")
    pid = session.wait("busy").pid
    os.kill(pid, signal.SIGKILL)
    poll(lambda: session.terminal.exit_code == 137, "exit code 137", told=session.terminal.text)
    poll(lambda: session.look() and pid in session.gone, "the registry reader to say so")
    assert (session.home.config_dir / "sessions" / f"{pid}.json").exists()


@pytest.mark.long
def test_an_untrusted_repo_shows_its_dialog_in_the_pane_alone(
    session: RealSession, claude_home: ClaudeHome
) -> None:
    config = claude_home.root / ".claude.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "projects": {}}))
    session.start("hello")
    dialog = poll(
        lambda: dialogs.read(session.terminal.text(), 0.0).dialog, "a dialog", told=session.terminal.text
    )
    assert dialog == "asks whether to trust this folder"
    assert session.look() == ""
    assert session.ear.events == []
    while not session.look():
        _step_towards_trust(session)
        assert session.terminal.exit_code is None, session.terminal.text()
    session.turns(1)


@pytest.mark.long
def test_while_the_hub_is_away_the_session_goes_on(session: RealSession, api: MessagesApi) -> None:
    session.ear.close()
    api.script("MARK", Text("Went on."))
    session.start("MARK go")
    session.terminal.wait_for("Went on.")
    session.terminal.wait_for("ECONNREFUSED")
    session.wait("idle")


@pytest.mark.long
def test_our_settings_join_the_users_own(session: RealSession, tmp_path: Path, api: MessagesApi) -> None:
    theirs = {"hooks": [{"type": "command", "command": f"cat > {tmp_path}/their-hook"}]}
    session.home.settings(
        {
            "hooks": {"UserPromptSubmit": [theirs]},
            "statusLine": {"type": "command", "command": "echo THEIR LINE"},
        }
    )
    line = user_status_line(session.home.config_dir, str(session.repo))
    session.start("MARK go", user_status_line=line)
    session.turns(1)
    assert (tmp_path / "their-hook").exists()
    session.terminal.wait_for("THEIR LINE")
    session.report()
