"""The user's own command and settings with the real Claude Code, in the oldest version and the newest."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.e2e.claude_home import claude_of
from tests.e2e.messages_api import Text, ToolUse
from tests.e2e.sessions.world import World

pytestmark = [pytest.mark.claude, pytest.mark.timeout(600)]

GUARD = """\
#!/bin/sh
case $(cat) in *guarded*) echo 'the guard says no' >&2; exit 2 ;; esac
"""


def bash(command: str) -> ToolUse:
    return ToolUse("Bash", {"command": command, "description": "try it"})


@pytest.fixture(params=["oldest", "newest"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A wrapper with a directory of its own."""
    wrapper = tmp_path / "wrapper"
    real = claude_of(request.param)
    wrapper.write_text(f'#!/bin/sh\n. {tmp_path}/environment\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    (tmp_path / "environment").touch()
    return wrapper


@pytest.fixture
def options(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "guard").write_text(GUARD)
    hook = {"type": "command", "command": f"/bin/sh {tmp_path}/guard"}
    mine = {
        "permissions": {"deny": ["Bash(touch denied*)"], "allow": ["Bash(touch *)"]},
        "hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [hook]}]},
    }
    (tmp_path / "mine.json").write_text(json.dumps(mine))
    return ("--settings", str(tmp_path / "mine.json"))


def moved(world: World, tmp_path: Path) -> Path:
    """The wrapper's directory, from now on."""
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(world.home.root / "user/.claude.json", other / ".claude.json")
    (tmp_path / "environment").write_text(f"export CLAUDE_CONFIG_DIR={other}\n")
    return other


@pytest.mark.long
def test_deny_rules_guards_and_the_wrappers_directory_hold_and_a_session_is_resumed_there(
    world: World, tmp_path: Path
) -> None:
    other = moved(world, tmp_path)
    steps = bash("touch denied.txt"), bash("touch guarded.txt"), bash("touch fine.txt"), Text("Tried all.")
    world.api.script("try them", *steps, Text("Still here."))
    world.orch("new", "Try", "--prompt", "try them")
    card = world.until("c1", "idle", reason="Tried all.")
    made = {file.name for file in Path(str(card.worktree)).iterdir()}
    assert "fine.txt" in made
    assert not {"denied.txt", "guarded.txt"} & made
    assert "the guard says no" in json.dumps(world.api.requests[-1].body)
    assert list(other.glob(f"projects/*/{card.session_id}.jsonl"))

    assert card.pid
    os.kill(card.pid, signal.SIGKILL)
    world.until("c1", "exited")
    world.orch("resume", "c1")
    world.until("c1", "idle", session_id=card.session_id)
    world.orch("send", "c1", "are you there")
    world.until("c1", "idle", reason="Still here.")
    assert "try them" in world.api.requests[-1].first_message

    # without any hook: the directory is found by its process, the turn's end by the conversation
    settings = other / "settings.json"
    settings.write_text('{"disableAllHooks": true}')
    world.api.script("not a word", Text("Nobody heard."))
    world.orch("new", "Deaf", "--prompt", "say not a word")
    cause = f"its hooks do not reach the hub: disableAllHooks in {settings}"
    world.until("c2", "idle", reason=f"Nobody heard. · {cause}")


@pytest.mark.long
def test_a_deaf_session_names_its_cause_and_its_turns_are_seen_to_end(world: World) -> None:
    settings = world.home.root / "user/.claude/settings.json"
    settings.write_text('{"disableAllHooks": true}')
    world.api.script("not a word", bash("touch fine.txt"), Text("Nobody heard."), Text("Nor now."))
    world.orch("new", "Deaf", "--prompt", "say not a word")
    cause = f"its hooks do not reach the hub: disableAllHooks in {settings}"
    world.until("c1", "idle", reason=f"Nobody heard. · {cause}")
    world.orch("send", "c1", "and now")
    world.until("c1", "idle", reason=f"Nor now. · {cause}")
