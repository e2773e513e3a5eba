"""The facts that orch relies on, each checked on the real `claude`. One that fails names what changed."""

import threading
from pathlib import Path

import pytest

from orchestrator.agents.claude_code import dialogs, meters, transcript
from orchestrator.agents.claude_code.wake import may_type
from orchestrator.core.sessions.model import Retry
from orchestrator.core.sessions.signals import (
    Asked,
    PromptTaken,
    SignOfLife,
    ToolEnded,
    ToolStarted,
    TurnEnded,
    TurnFailed,
)
from tests.e2e.messages_api import HttpError, MessagesApi, Text, ToolUse
from tests.e2e.real_session import RealSession
from tests.poll import poll

pytestmark = pytest.mark.claude

TOUCH = ToolUse("Bash", {"command": "touch made.txt", "description": "Make a file"})


@pytest.mark.long
def test_a_turn_is_told_by_hooks_registry_and_status_line(session: RealSession, api: MessagesApi) -> None:
    prompt = '--version is MARK\'s "first"\nword,  $HOME `id`\n  his second'
    api.script("MARK", Text("Well.\n\nShall I go on?"))
    session.start(prompt)
    assert session.turns(1).last_words == "Well.\n\nShall I go on?"
    (taken,) = session.ear.heard(PromptTaken)
    assert (taken.text, taken.session_id) == (prompt, session.session_id)
    entry = session.entry
    assert entry
    assert (entry.status, entry.session_id, entry.name) == ("idle", session.session_id, "a-card")
    assert entry.pid == session.terminal.pid
    assert entry.updated_at >= taken.at
    assert session.ear.authorization == {"Bearer a-token-of-this-test"}
    poll(lambda: session.report()["cost"]["total_cost_usd"] > 0, "the turn's cost", told=str)
    said = meters.parse(session.report(), 0.0)
    assert said.meters.model
    assert said.meters.context_percent is not None
    file = transcript.find(session.home.config_dir, session.session_id)
    assert file == Path(said.transcript)
    assert transcript.tail(file).last_words == "Well.\n\nShall I go on?"
    assert not transcript.tail(file).open_turn


@pytest.mark.long
def test_a_pasted_prompt_of_many_lines_is_taken_whole(session: RealSession, api: MessagesApi) -> None:
    session.start()
    session.wait("idle")
    prompt = "one  \n  two\n\n-- three; $x"
    session.send(prompt)
    session.turns(1)
    assert [each.text for each in session.ear.heard(PromptTaken)] == [prompt]
    assert len(api.requests) == 1


@pytest.mark.long
def test_a_permission_is_asked_and_given_in_the_pane(session: RealSession, api: MessagesApi) -> None:
    api.script("MARK", TOUCH, Text("Made it."))
    session.start("MARK make a file")
    assert session.wait("waiting").waiting_for == "permission prompt"
    session.hear("PermissionRequest")
    (asked,) = session.ear.heard(Asked)
    assert (asked.ask.kind, asked.ask.summary) == ("permission", "Bash: touch made.txt")
    assert not may_type("idle", session.terminal.text(colour=True))
    session.terminal.wait_for("1. Yes")
    session.terminal.keys("Enter")
    assert session.turns(1).last_words == "Made it."
    assert (session.repo / "made.txt").exists()
    started, ended = session.ear.heard(ToolStarted), session.ear.heard(ToolEnded)
    assert [each.tool_use_id for each in started] == [each.tool_use_id for each in ended]


@pytest.mark.long
def test_a_rejected_permission_fires_no_hook(session: RealSession, api: MessagesApi) -> None:
    api.script("MARK", TOUCH)
    session.start("MARK make a file")
    session.wait("waiting")
    session.terminal.wait_for("1. Yes")
    session.terminal.keys("Escape")
    session.wait("idle")
    file = transcript.find(session.home.config_dir, session.session_id)
    assert file
    poll(lambda: transcript.tail(file).interrupted, "the interruption in the transcript")
    assert not session.ear.heard(TurnEnded)
    assert not session.ear.heard(ToolEnded)


@pytest.mark.long
@pytest.mark.parametrize(
    ("tool", "kind", "words"),
    [
        (
            ToolUse(
                "AskUserQuestion",
                {
                    "questions": [
                        {
                            "question": "Which colour?",
                            "header": "Colour",
                            "options": [
                                {"label": "Red", "description": "warm"},
                                {"label": "Blue", "description": "cold"},
                            ],
                            "multiSelect": False,
                        }
                    ]
                },
            ),
            "question",
            "Which colour?",
        ),
        (ToolUse("ExitPlanMode", {"plan": "# Split it\n1. Cut"}), "plan", None),
    ],
)
def test_a_question_and_a_plan_are_told_from_a_permission(
    session: RealSession, api: MessagesApi, tool: ToolUse, kind: str, words: str | None
) -> None:
    api.script("MARK", tool)
    session.start("MARK go", permission_mode="plan")
    session.wait("waiting")
    session.hear("PermissionRequest")
    (asked,) = session.ear.heard(Asked)
    assert asked.ask.kind == kind
    assert words in {None, asked.ask.summary}  # 2.1.330 takes a plan from a file, not from the call


@pytest.mark.long
def test_esc_while_working_is_seen_in_the_registry_alone(session: RealSession, api: MessagesApi) -> None:
    never = threading.Event()
    api.script("MARK", Text("never said", hold=never))
    session.start("MARK work hard")
    session.wait("busy")
    poll(lambda: api.requests, "request")
    session.terminal.keys("Escape")
    session.wait("idle")
    session.box("MARK work hard")
    assert not may_type("idle", session.terminal.text(colour=True))
    assert session.ear.events == ["UserPromptSubmit"]


@pytest.mark.long
def test_an_overloaded_api_is_retried_in_the_pane_and_then_given_up(
    session: RealSession, api: MessagesApi
) -> None:
    api.script("MARK", HttpError(429, "Slow down", times=3))
    session.start("MARK go")
    retry = poll(
        lambda: dialogs.read(session.terminal.text(), 0.0).retry, "a retry", told=session.terminal.text
    )
    assert isinstance(retry, Retry)
    assert retry.of == 2
    session.hear("StopFailure")
    (failed,) = session.ear.heard(TurnFailed)
    assert failed.error == "rate_limit"
    assert "Slow down" in failed.said
    session.wait("idle")
    api.script("MARK", HttpError(529, "Busy", times=3))
    session.send("again")
    session.hear("StopFailure", 2)
    assert session.ear.heard(TurnFailed)[-1].error in {"server_error", "overloaded"}
    session.wait("idle")
    assert not session.ear.heard(TurnEnded)


@pytest.mark.long
def test_a_background_command_outlives_the_turn_and_begins_the_next(
    session: RealSession, api: MessagesApi
) -> None:
    go_on = session.repo / "go-on"
    command = f"until [ -e {go_on} ]; do sleep 0.1; done"
    api.script(
        "MARK",
        ToolUse("Bash", {"command": command, "description": "Build it all", "run_in_background": True}),
        Text("Started."),
        Text("It is over."),
    )
    session.start(
        "MARK build", permission_mode="acceptEdits", command=(str(session.program), "--allowedTools=Bash")
    )
    assert session.turns(1).background == ("Build it all",)
    assert session.wait("shell")
    assert may_type("shell", session.terminal.text(colour=True))
    go_on.touch()
    ended = session.turns(2)
    assert (ended.last_words, ended.background) == ("It is over.", ())
    assert session.ear.heard(PromptTaken)[-1].text.startswith("<task-notification>")


@pytest.mark.long
def test_a_subagents_hooks_carry_its_id(session: RealSession, api: MessagesApi) -> None:
    api.script(
        "MARK",
        ToolUse("Agent", {"description": "look", "prompt": "INNER look", "subagent_type": "general-purpose"}),
        Text("It returned."),
        Text("All done."),
    )
    api.script("INNER", ToolUse("Bash", {"command": "true", "description": "Inner"}), Text("Looked."))
    session.start("MARK use an agent")
    session.hear("SubagentStop")
    inner = [each for each in session.ear.heard(ToolStarted) if each.agent_id]
    assert [each.summary for each in inner] == ["Bash: true"]
    assert any(each.said.startswith("SubagentStop") for each in session.ear.heard(SignOfLife))
    session.turns(1)
