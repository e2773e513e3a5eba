"""Conversations of the real Claude Code come back as they were, in the oldest version and the newest."""

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from orchestrator.core.board.views import CardView
from tests.e2e.claude_home import claude_of
from tests.e2e.messages_api import HttpError, Request, Step, Text, ToolUse, text_of
from tests.e2e.sessions.world import World
from tests.poll import PATIENCE, poll

pytestmark = [pytest.mark.claude, pytest.mark.timeout(1200)]

TOUCH = ToolUse("Bash", {"command": "touch made.txt", "description": "make a file"})


@pytest.fixture(params=["oldest", "newest"])
def program(request: pytest.FixtureRequest) -> Path:
    return claude_of(request.param)


def killed(world: World) -> CardView:
    card = world.card("c1")
    assert card.pid
    os.kill(card.pid, signal.SIGKILL)
    return world.until("c1", "exited")


def conversation(world: World, ref: str) -> str:
    """What Claude Code has written down of it by now: it writes a little after it does."""
    session = world.card(ref).session_id
    return "".join(
        file.read_text() for file in world.home.root.glob(f"user/.claude/projects/*/{session}.jsonl")
    )


def asked(world: World, words: str) -> int:
    """How often the model was asked something with these words as the last of the user's."""
    return sum(words in last_words(request) for request in world.api.requests)


def last_words(request: Request) -> str:
    """What the user said last. A prompt that was never answered stands before it in the same message, and the
    newest version adds messages of the system's after that."""
    said = [each for each in request.body["messages"] if each["role"] == "user"]
    content = said[-1]["content"]
    return text_of(content[-1:] if isinstance(content, list) else content)


@pytest.mark.long
@pytest.mark.sample(1)
def test_a_first_prompt_runs_once_and_a_turn_that_was_cut_off_waits_to_be_told_to_continue(
    world: World,
) -> None:
    world.api.script("remember", Text("I remember 42."), TOUCH, Text("Went on."), Text("Still 42."))
    world.orch("new", "Remember", "--permission-mode", "default", "--prompt", "remember this")
    first = world.until("c1", "idle", reason="I remember 42.")
    for _ in range(2):
        killed(world)
        world.orch("resume", "c1")
        assert world.until("c1", "idle").session_id == first.session_id
    world.press(world.card("c1"), "/exit", "Enter")
    world.until("c1", "exited")
    world.orch("resume", "c1")
    world.until("c1", "idle", session_id=first.session_id)
    assert len(world.api.requests) == 1

    world.orch("send", "c1", "make it")
    world.until("c1", "permission")
    poll(lambda: "touch made.txt" in conversation(world, "c1"), "the conversation's file to hold the call")
    assert "asking for a permission: Bash: touch made.txt" in killed(world).reason
    world.orch("resume", "--all")
    world.until("c1", "interrupted", reason="cut off while asking for a permission: Bash: touch made.txt")
    world.orch("resume", "--all", "--continue")
    world.until("c1", "idle", reason="Went on.", session_id=first.session_id)
    assert asked(world, "remember this") == 1

    world.orch("send", "c1", "/clear")
    poll(lambda: world.card("c1").session_id != first.session_id, "a new conversation")
    killed(world)
    world.orch("resume", "c1")
    world.until("c1", "idle", reason="ready for a prompt")
    assert asked(world, "remember this") == 1


@pytest.mark.long
def test_prompts_reach_a_session_after_an_error_and_are_offered_again_after_a_kill(world: World) -> None:
    hold = threading.Event()

    def answer(request: Request) -> Step:
        """Fails as often as the first prompt is tried: versions differ in how often they do."""
        said = last_words(request)
        if "backslash" in said:
            return Text("never", hold=hold)
        return Text("Well again.") if "try once more" in said else HttpError(400)

    world.api.script("begin", *[answer] * 40)
    world.orch("new", "Fails", "--prompt", "begin here")
    world.until("c1", "error")
    tries = asked(world, "begin here")
    world.orch("send", "c1", "try once more")
    world.until("c1", "idle", reason="Well again.")
    world.orch("send", "c1", "ends with a backslash\\")
    world.until("c1", "working")
    poll(lambda: not world.client.show("c1").outbox, "the receipt")

    stranger = ["-d", "-x", "100", "-y", "30", "-c", str(world.card("c1").worktree), "-s", "stranger"]
    program = world.environment["ORCH_AGENT__COMMAND"]
    env = [word for key, value in world.environment.items() for word in ("-e", f"{key}={value}")]
    session_id = str(world.card("c1").session_id)
    tmux = ["tmux", "-u", "-L", f"{world.home.tmux_socket}-theirs"]
    subprocess.run(
        [*tmux, "new-session", *env, *stranger, program, "--resume", session_id], check=True, timeout=PATIENCE
    )
    try:
        named = poll(
            lambda: card if "also has" in (card := world.card("c1")).reason else None, "the stranger"
        )
        assert named.state == "working"
        killed(world)
        refused = world.orch("resume", "c1", check=False)
        assert (refused.returncode, "is open elsewhere" in refused.stderr) == (4, True), refused.stderr
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, timeout=PATIENCE)
        hold.set()
    poll(lambda: world.orch("resume", "c1", check=False).returncode == 0, "the stranger's end")
    back = world.until("c1", "interrupted", "idle")
    assert (back.session_id, back.prompts) == (session_id, ())
    assert asked(world, "begin here") == tries
