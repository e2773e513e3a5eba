"""The scripted agent, seen from outside as orch sees it: pane, registry, hooks, status line, transcript."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.agents.claude_code import dialogs, hooks, meters, transcript
from orchestrator.agents.claude_code.input_box import draft
from orchestrator.agents.claude_code.registry import Registry
from orchestrator.core.sessions.model import Retry
from orchestrator.core.sessions.signals import TurnEnded
from orchestrator.paths import Home
from tests.agents.demo_rig import TOKEN, Rig
from tests.poll import poll


@pytest.fixture
def rig(home: Home, repo: Path, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(home, repo, tmp_path)
    rig.trust()
    yield rig
    rig.close()


def test_a_turn_is_told_to_the_hooks_in_claude_codes_order(rig: Rig) -> None:
    rig.start('demo: bash "npm test" 0.1; subagent "look around" 0.1; compact 0.1; say Shall I go on?')
    said = rig.hearer.last("Stop")
    assert rig.hearer.events() == [
        *("UserPromptSubmit", "PreToolUse", "PostToolUse"),
        *("PreToolUse", "SubagentStart", "PreToolUse", "PostToolUse", "SubagentStop", "PostToolUse"),
        *("PreCompact", "PostCompact", "Stop"),
    ]
    assert said["last_assistant_message"] == "Shall I go on?"
    assert said["background_tasks"] == []
    assert not said["stop_hook_active"]
    assert rig.hearer.tokens == {f"Bearer {TOKEN}"}
    rig.is_("idle")


def test_orchs_readers_understand_all_it_says(rig: Rig) -> None:
    rig.start('demo: bash "npm test" 0.1; fail rate_limit')
    rig.hearer.last("StopFailure")
    rig.is_("idle")
    entry = Registry(rig.config_dir).poll().entries[0]
    assert (entry.pid, entry.session_id, entry.name, entry.status) == (
        rig.pid,
        rig.session_id,
        "demo",
        "idle",
    )
    assert all(hooks.parse(each, 1.0) for each in rig.hearer.heard)
    poll(rig.status.exists)
    report = meters.parse(json.loads(rig.status.read_text()), 1.0)
    assert report.session_id == rig.session_id
    assert report.meters.cost_usd > 0
    assert report.meters.context_percent
    file = transcript.find(rig.config_dir, rig.session_id)
    assert file is not None
    assert "Rate limit" in transcript.tail(file).last_words
    poll(lambda: draft(rig.pane()) == "")


def test_the_registry_follows_the_turn_and_goes_with_the_session(rig: Rig) -> None:
    rig.start("demo: await; say Done.")
    rig.is_("busy")
    os.kill(rig.pid, signal.SIGUSR1)
    rig.hearer.last("Stop")
    rig.is_("idle")
    os.kill(rig.pid, signal.SIGTERM)
    assert rig.exit_code() == 143
    assert rig.hearer.last("SessionEnd")["reason"] == "other"
    assert not rig.registry_file.exists()


def test_a_killed_session_leaves_its_registry_file_behind(rig: Rig) -> None:
    rig.start()
    rig.is_("idle")
    file = rig.registry_file
    os.kill(rig.pid, signal.SIGKILL)
    rig.ended()
    assert file.exists()
    assert Registry(rig.config_dir).poll().entries == ()


def test_a_crash_has_its_exit_code(rig: Rig) -> None:
    rig.start("demo: crash 7")
    assert rig.exit_code() == 7


def test_escape_ends_a_turn_and_no_hook_tells_of_it(rig: Rig) -> None:
    rig.start("demo: hang")
    rig.is_("busy")
    rig.press("Escape")
    rig.is_("idle")
    rig.sees("Interrupted · What should Claude do instead?")
    assert rig.hearer.events() == ["UserPromptSubmit"]
    file = transcript.find(rig.config_dir, rig.session_id)
    assert file is not None
    assert transcript.tail(file).interrupted


def test_a_permission_is_answered_in_the_pane_and_a_late_hook_is_not_heard(rig: Rig) -> None:
    rig.hearer.held.add("PermissionRequest")
    rig.start('demo: permission "rm -rf build" 0.1; say Gone.')
    assert rig.hearer.last("PermissionRequest")["tool_input"] == {"command": "rm -rf build"}
    rig.is_("waiting")
    assert rig.registry()["waitingFor"] == "permission prompt"
    rig.sees("Do you want to proceed?")
    rig.press("1")
    rig.hearer.last("Stop")
    deny = {"hookEventName": "PermissionRequest", "decision": {"behavior": "deny", "message": "too late"}}
    rig.hearer.answers["PermissionRequest"] = {"hookSpecificOutput": deny}
    rig.hearer.release.set()
    rig.is_("idle")
    assert "too late" not in rig.pane()


@pytest.mark.parametrize(
    ("step", "tool", "given"),
    [
        ('permission "npm test" 0.1', "Bash", None),
        ("question Which? A B", "AskUserQuestion", {"answers": {"Which?": "B"}}),
        ("plan Do it", "ExitPlanMode", {"plan": "Do it"}),
    ],
)
def test_a_request_can_be_allowed_by_its_hook(
    rig: Rig, step: str, tool: str, given: dict[str, object] | None
) -> None:
    decision = {"behavior": "allow", **({"updatedInput": given} if given else {})}
    output = {"hookEventName": "PermissionRequest", "decision": decision}
    rig.hearer.answers["PermissionRequest"] = {"hookSpecificOutput": output}
    rig.start(f"demo: {step}; say Done.")
    rig.hearer.last("Stop")
    assert rig.hearer.last("PostToolUse")["tool_name"] == tool


def test_a_rejected_permission_ends_the_turn_without_a_hook(rig: Rig) -> None:
    rig.start('demo: permission "rm -rf build"; say Gone.')
    rig.sees("Do you want to proceed?")
    rig.press("3")
    rig.is_("idle")
    assert rig.hearer.events()[-1] == "PermissionRequest"


def test_a_stop_hook_that_objects_continues_the_turn(rig: Rig) -> None:
    rig.hearer.answers["Stop"] = {"decision": "block", "reason": "Run the tests too."}
    rig.start("demo: say Done.")
    poll(lambda: rig.hearer.events().count("Stop") == 2)
    assert rig.hearer.last("Stop")["stop_hook_active"]
    assert "Run the tests too." in rig.hearer.last("Stop")["last_assistant_message"]


def test_a_background_command_outlives_its_turn_and_begins_another(rig: Rig) -> None:
    rig.start('demo: background "npm run dev" 1; say Started.')
    tasks = rig.hearer.last("Stop")["background_tasks"]
    assert [task["command"] for task in tasks] == ["npm run dev"]
    rig.is_("shell")
    poll(lambda: rig.hearer.events().count("Stop") == 2)
    assert rig.hearer.last("UserPromptSubmit")["prompt"].startswith("<task-notification>")
    assert rig.hearer.last("Stop")["background_tasks"] == []
    rig.is_("idle")


def test_what_is_pasted_waits_for_enter_and_a_draft_stays(rig: Rig) -> None:
    rig.start("demo: await; say First.")
    rig.is_("busy")
    rig.paste("demo: say Second.\nand a second line")
    rig.sees("and a second line")
    os.kill(rig.pid, signal.SIGUSR1)
    rig.hearer.last("Stop")
    rig.is_("idle")
    assert draft(rig.pane()) == "demo: say Second.\nand a second line"
    rig.press("Enter")
    poll(lambda: rig.hearer.last("Stop")["last_assistant_message"] == "Second.")


def test_a_prompt_sent_while_busy_is_taken_up_after_the_turn(rig: Rig) -> None:
    rig.start("demo: await; say First.")
    rig.is_("busy")
    rig.paste("demo: say Second.")
    rig.press("Enter")
    rig.sees("❯ demo: say Second.")
    assert rig.hearer.events() == ["UserPromptSubmit"]
    os.kill(rig.pid, signal.SIGUSR1)
    poll(lambda: rig.hearer.events() == ["UserPromptSubmit", "Stop"] * 2)


def test_clear_gives_the_same_process_a_new_session(rig: Rig) -> None:
    rig.start("demo: say Done.")
    rig.is_("idle")
    pid = rig.pid
    rig.paste("/clear")
    rig.press("Enter")
    assert rig.hearer.last("SessionEnd")["reason"] == "clear"
    poll(lambda: rig.registry().get("sessionId") not in (None, rig.session_id))
    assert rig.pid == pid


def test_a_conversation_can_be_resumed_and_not_begun_twice(rig: Rig) -> None:
    rig.start("demo: say Done.")
    rig.hearer.last("Stop")
    rig.is_("idle")
    rig.paste("/exit")
    rig.press("Enter")
    assert rig.exit_code() == 0
    assert rig.hearer.last("SessionEnd")["reason"] == "prompt_input_exit"
    assert "is already in use" in rig.refusal("--session-id", rig.session_id)
    rig.start(resume=True)
    rig.is_("idle")
    assert rig.registry()["sessionId"] == rig.session_id


def test_nothing_can_be_resumed_that_was_never_said(rig: Rig) -> None:
    assert "No conversation found" in rig.refusal("--resume", rig.session_id)


def test_an_untrusted_repository_is_asked_about_once_and_before_anything_else(rig: Rig) -> None:
    (rig.config_dir / ".claude.json").unlink()
    rig.start("demo: say Done.")
    rig.sees("❯ 1. Yes, I trust this folder")
    assert dialogs.read(rig.pane(), 1.0).dialog == "asks whether to trust this folder"
    assert rig.hearer.events() == []
    assert rig.registry() == {}
    rig.press("Enter")
    rig.hearer.last("Stop")
    saved = json.loads((rig.config_dir / ".claude.json").read_text())
    assert saved["projects"][str(rig.repo)]["hasTrustDialogAccepted"]


def test_edits_and_commits_are_real(rig: Rig) -> None:
    steps = [{"edit": "src/a.py", "text": "A = 1\n"}, {"commit": "Add a"}, {"say": "Done."}]
    rig.start("Do it.", script={"steps": steps})
    rig.hearer.last("Stop")
    assert rig.commits() == ["Add a", "First commit"]
    assert (rig.repo / "src/a.py").read_text() == "A = 1\n"


def test_nothing_is_written_outside_of_the_working_directory(rig: Rig) -> None:
    rig.start("Do it.", script={"steps": [{"edit": "../outside.txt", "text": "x"}, {"say": "Done."}]})
    rig.hearer.last("PostToolUseFailure")
    assert not (rig.repo.parent / "outside.txt").exists()


def test_a_script_goes_on_with_each_prompt(rig: Rig) -> None:
    rig.start("One.", script={"steps": [{"say": "First."}, {"say": "Second."}]})
    rig.is_("idle")
    rig.press("Two.", "Enter")
    poll(lambda: rig.hearer.last("Stop")["last_assistant_message"] == "Second.")


def test_retries_are_seen_in_the_pane_alone(rig: Rig) -> None:
    rig.start("demo: retry 2 30; say Done.")
    rig.sees("attempt 1/10")
    assert dialogs.read(rig.pane(), 1.0).retry == Retry(1, 10, "API error")
    assert rig.hearer.events() == ["UserPromptSubmit"]


def test_a_hook_out_of_reach_is_said_and_the_session_goes_on(rig: Rig) -> None:
    rig.hearer.close()
    rig.start("demo: say Done.")
    rig.sees("UserPromptSubmit hook error")
    rig.sees("● Done.")
    rig.is_("idle")


def test_events_come_at_the_rate_that_was_asked_for(rig: Rig) -> None:
    began = time.time()
    rig.start("demo: emit 40 0.5; say Done.")
    rig.hearer.last("Stop")
    sent = [
        each["tool_input"]["command"].split()
        for each in rig.hearer.heard
        if each["hook_event_name"] == "PreToolUse"
    ]
    assert [int(number) for _, number, _ in sent] == list(range(10))
    assert all(began < int(at) / 1e9 < time.time() for _, _, at in sent)


def test_what_it_draws_survives_a_smaller_window(rig: Rig) -> None:
    rig.start("demo: say Done.")
    rig.is_("idle")
    rig.tmux("resize-window", "-x", "50", "-y", "14")
    poll(lambda: draft(rig.pane()) == "")


def test_last_words_reach_the_hub_as_they_were_said(rig: Rig) -> None:
    rig.start("Go.", script={"steps": [{"say": "Line one.\n[/x] \x1b[31mred?"}]})
    (signal_,) = hooks.parse(rig.hearer.last("Stop"), 1.0)
    assert isinstance(signal_, TurnEnded)
    assert "\x1b" not in rig.pane()
    assert signal_.last_words.startswith("Line one.")
