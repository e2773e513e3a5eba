"""How sessions learn of their mail, through the real hub and the demo agent."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from orchestrator.core.board.views import CardView
from orchestrator.core.mail.views import BoxView
from tests.hub.stage import Stage, runs
from tests.poll import poll

pytestmark = pytest.mark.slow


TOLD = "1 unread, 1 task: call mail_receive"
READS = "mcp mail_receive {}"


def idle(stage: Stage, prompt: str = "demo: say Ready.") -> CardView:
    stage.start()
    stage.new("Worker", prompt)
    return stage.until("c1", "idle")


def busy(stage: Stage, prompt: str = "demo: await; say Done.") -> CardView:
    stage.start()
    stage.new("Worker", prompt)
    return until_busy(stage)


def until_busy(stage: Stage) -> CardView:
    """The session as soon as its turn has really begun: the hook that begins it comes before."""
    poll(
        lambda: any(
            (each.source, each.said) == ("registry", "busy") for each in stage.client.show("c1").heard
        ),
        "the registry to say busy",
    )
    return stage.until("c1", "working")


def go_on(session: CardView) -> None:
    """Ends an `await` of the agent's."""
    assert session.pid
    os.kill(session.pid, signal.SIGUSR1)


def send(stage: Stage, kind: str = "task") -> None:
    stage.client.mail_send(("worker",), "Write a test.", kind=kind)


def box(stage: Stage) -> BoxView:
    return next(each for each in stage.client.mail().boxes if each.name == "worker")


def until_box(stage: Stage, **fields: Any) -> BoxView:
    """The worker's mailbox, as soon as it is like this."""

    def look() -> BoxView | None:
        found = box(stage)
        return found if all(getattr(found, key) == value for key, value in fields.items()) else None

    return poll(look, f"a mailbox with {fields}")


def pane(stage: Stage) -> str:
    return stage.client.preview("c1").text


def until_pane(stage: Stage, words: str) -> None:
    poll(lambda: words in pane(stage), f"{words!r} in the pane")


def listener(stage: Stage) -> int:
    """The process that waits for the session's bell."""
    file = stage.home.launches / "c1" / "listener"
    return int(poll(lambda: file.exists() and file.read_text(), "a listener"))


def without_listener(stage: Stage) -> None:
    pid = listener(stage)
    os.kill(pid, signal.SIGKILL)
    poll(lambda: not runs(pid), "the listener's end")


def hook(stage: Stage, event: str, **fields: Any) -> dict[str, Any]:
    """What the hub replies to a report of the worker's."""
    answer = stage.report("c1", 1, {"hook_event_name": event, **fields})
    said: dict[str, Any] = json.loads(answer or b"{}")
    return said


def told(event: str, words: str) -> dict[str, Any]:
    return {"hookSpecificOutput": {"hookEventName": event, "additionalContext": words}}


# --- idle ----------------------------------------------------------------------------------------


def test_an_idle_session_is_woken_and_what_it_reads_is_acknowledged_as_its_turn_ends(stage: Stage) -> None:
    idle(stage)
    assert until_box(stage, bell="notified by hook").unread == 0
    send(stage)
    stage.until("c1", "idle", reason="I have read my mail.")
    until_box(stage, unread=0, leased=0, dead=0)


@pytest.mark.long
def test_waking_leaves_a_draft_alone(stage: Stage) -> None:
    stage.press(idle(stage), "half a thought")
    until_pane(stage, "half a thought")
    send(stage)
    stage.until("c1", "idle", reason="I have read my mail.")
    assert "❯\u00a0half a thought" in pane(stage)


@pytest.mark.long
def test_where_nobody_listens_a_line_is_typed(stage: Stage) -> None:
    idle(stage)
    without_listener(stage)
    send(stage)
    until_pane(stage, f"❯ {TOLD}")
    until_box(stage, bell="notified by typed line", unread=1)


@pytest.mark.long
def test_a_line_waits_for_an_empty_input_box_and_the_card_says_so_also_after_the_hub_was_killed(
    stage: Stage,
) -> None:
    session = idle(stage)
    without_listener(stage)
    stage.press(session, "half a thought")
    until_pane(stage, "half a thought")
    send(stage)
    waits = "notified as soon as possible: its input box holds a draft"
    card = stage.until("c1", "idle", bell=waits, unread_mail=1)
    assert card.reason.endswith("; unread mail: its input box holds a draft")
    os.kill(stage.pid(), signal.SIGKILL)
    poll(stage.away, "the hub's end")
    stage.start()
    stage.until("c1", "idle", bell=waits, unread_mail=1)
    assert TOLD not in pane(stage)
    stage.press(session, "C-u")
    until_pane(stage, f"❯ {TOLD}")


@pytest.mark.long
def test_a_listener_ends_with_its_session_even_if_that_was_killed(stage: Stage) -> None:
    session = idle(stage)
    pid = listener(stage)
    assert runs(pid)
    assert session.pid
    os.kill(session.pid, signal.SIGKILL)
    poll(lambda: not runs(pid), "the listener's end")


# --- busy ----------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_busy_session_is_told_once_at_its_next_tool(stage: Stage) -> None:
    busy(stage)
    assert hook(stage, "PostToolUse", tool_use_id="t0") == {}
    send(stage)
    assert until_box(stage, unread=1).bell == "at its next tool call"
    assert hook(stage, "PreToolUse", tool_use_id="t1") == {}
    assert hook(stage, "PostToolUse", tool_use_id="t1", agent_id="a1") == {}, "a subagent has no mailbox"
    assert hook(stage, "PostToolUse", tool_use_id="t1") == told("PostToolUse", TOLD)
    assert hook(stage, "PostToolUse", tool_use_id="t2") == {}
    send(stage, "note")
    until_box(stage, unread=2)
    assert hook(stage, "PostToolUseFailure", tool_use_id="t3") == told(
        "PostToolUseFailure", "2 unread, 1 task: call mail_receive"
    )
    assert hook(stage, "Stop") == {}


def test_a_turn_that_used_no_tool_goes_on_for_new_mail_a_few_times_in_a_row(stage: Stage) -> None:
    busy(stage)
    for number in range(1, 6):
        send(stage, "note")
        until_box(stage, unread=number)
        words = f"{number} unread: call mail_receive"
        blocked = {"decision": "block", "reason": words} if number < 5 else {}
        assert hook(stage, "Stop", stop_hook_active=number > 1) == blocked
    assert hook(stage, "UserPromptSubmit", prompt="Go on") == told("UserPromptSubmit", words)


@pytest.mark.long
def test_who_reads_before_the_next_tool_is_told_nothing(stage: Stage) -> None:
    session = busy(stage, f"demo: await; {READS}; await; say Done.")
    send(stage)
    until_box(stage, unread=1)
    go_on(session)
    until_box(stage, unread=0, leased=1)
    assert TOLD not in pane(stage)
    assert hook(stage, "PostToolUse", tool_use_id="t1") == {}


@pytest.mark.long
def test_a_dialog_is_never_typed_into_and_the_session_is_told_once_it_is_answered(stage: Stage) -> None:
    stage.start()
    stage.new("Worker", f'demo: permission "rm -rf build"; {READS}; say Done.')
    asked = stage.until("c1", "permission")
    without_listener(stage)
    shown = pane(stage)
    send(stage)
    stage.until(
        "c1", "permission", unread_mail=1, bell="at its next tool call, after its request is answered"
    )
    assert pane(stage) == shown
    stage.press(asked, "Enter")
    until_pane(stage, TOLD)
    stage.until("c1", "idle", reason="Done.", unread_mail=0)


# --- turns that end otherwise, and sessions that are over ------------------------------------------


@pytest.mark.long
def test_an_api_error_gives_mail_back_and_no_bell_rings_at_it(stage: Stage) -> None:
    session = busy(stage, f"demo: await; {READS}; fail server_error")
    send(stage)
    until_box(stage, unread=1)
    go_on(session)
    stage.until("c1", "error", unread_mail=1, bell="with its next prompt")
    stage.client.send("c1", f"demo: {READS}; say Done.")
    stage.until("c1", "idle", reason="Done.", unread_mail=0)
    assert TOLD in pane(stage)


@pytest.mark.long
def test_escape_gives_mail_back_and_the_next_prompt_tells_of_it(stage: Stage) -> None:
    session = busy(stage, f"demo: await; {READS}; await")
    send(stage)
    until_box(stage, unread=1)
    go_on(session)
    until_box(stage, leased=1)
    stage.press(session, "Escape")
    stage.until("c1", "interrupted", unread_mail=1, bell="with its next prompt")
    stage.client.send("c1", "demo: say Again.")
    until_pane(stage, TOLD)


@pytest.mark.long
def test_mail_to_a_stopped_session_waits_and_is_read_when_it_is_resumed(stage: Stage) -> None:
    idle(stage)
    stage.client.stop("c1")
    stage.until("c1", "exited", bell="when resumed")
    send(stage)
    stage.until("c1", "exited", unread_mail=1)
    stage.client.resume("c1")
    stage.until("c1", "idle", reason="I have read my mail.", unread_mail=0)


def test_mail_to_a_card_that_was_never_started_is_told_with_its_first_prompt(stage: Stage) -> None:
    stage.start()
    stage.new("Worker", f"demo: {READS}; say Done.", backlog=True)
    send(stage)
    stage.until("c1", "new", unread_mail=1, bell="when started")
    stage.client.start("c1")
    stage.until("c1", "idle", reason="Done.", unread_mail=0)
    assert TOLD in pane(stage)


def test_a_stage_that_is_asked_to_finish_is_told_of_its_mail_in_the_same_breath(
    stage: Stage, tmp_path: Path
) -> None:
    stage.start()
    file = tmp_path / "one.yml"
    file.write_text("workflow:\n  - name: feature\n    prompt: 'demo: await'\n")
    stage.client.start_run(str(file), repo=str(stage.repo), inputs={})
    poll(lambda: stage.client.board().cards, "its card")
    slug = until_busy(stage).slug
    stage.client.mail_send((slug,), "Write a test.", kind="task")
    stage.until("c1", "working", unread_mail=1)
    reason = hook(stage, "Stop")["reason"]
    assert "stage_done" in reason
    assert reason.endswith(f"\n{TOLD}")
