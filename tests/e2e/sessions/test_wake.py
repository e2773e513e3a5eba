"""How real sessions learn of their mail: idle, busy, at a dialog, resumed."""

import os
import signal
import threading

import pytest

from orchestrator.core.board.views import CardView
from tests.e2e.messages_api import MessagesApi, Text, ToolUse
from tests.e2e.sessions.world import World, ended
from tests.poll import poll

pytestmark = pytest.mark.claude

TOLD = "1 unread, 1 task: call mail_receive"
READ = ToolUse("mcp__orch__mail_receive", {})
LETTER = "Please write a test for the parser."


def idle(world: World) -> CardView:
    world.orch("new", "Worker", "--prompt", "MARK wait for mail")
    return world.until("c1", "idle", reason="Ready.")


def send(world: World) -> None:
    world.client.mail_send(("worker",), LETTER, kind="task")


def said_to_the_model(api: MessagesApi) -> str:
    return str(api.requests[-1].body["messages"])


def until_read(world: World, words: str) -> None:
    """Waits for the end of the turn in which the letter was read, and for its acknowledgement."""
    world.until("c1", "idle", reason=words, unread_mail=0)
    said = said_to_the_model(world.api)
    assert LETTER in said
    assert said.count(TOLD) == 1
    poll(lambda: all(box.leased == 0 for box in world.client.mail().boxes), "the acknowledgement")


def without_listener(world: World) -> None:
    file = world.home.launches / "c1" / "listener"
    pid = int(poll(file.read_text, "a listener"))
    os.kill(pid, signal.SIGKILL)
    poll(lambda: ended(pid), "the listener's end")


def test_an_idle_session_is_woken_reads_its_mail_and_a_draft_stays(world: World) -> None:
    world.api.script("MARK", Text("Ready."), READ, Text("I have read it."))
    card = idle(world)
    world.press(card, "half a thought")
    world.until_pane(card, "❯\u00a0half a thought")
    send(world)
    until_read(world, "I have read it.")
    assert "❯\u00a0half a thought" in world.pane(card)
    assert "orch: new mail" in world.pane(card)


@pytest.mark.long
def test_where_nobody_listens_a_line_is_typed_as_soon_as_the_input_box_is_empty(world: World) -> None:
    world.api.script("MARK", Text("Ready."), READ, Text("I have read it."))
    card = idle(world)
    without_listener(world)
    world.press(card, "half a thought")
    world.until_pane(card, "❯\u00a0half a thought")
    send(world)
    world.until("c1", "idle", bell="notified as soon as possible: its input box holds a draft")
    assert len(world.api.requests) == 1
    world.press(card, "C-u")
    until_read(world, "I have read it.")


@pytest.mark.long
def test_a_busy_session_is_told_at_its_next_tool_or_at_the_end_of_its_turn(world: World) -> None:
    at_work, at_the_end = threading.Event(), threading.Event()
    world.api.script(
        "MARK",
        ToolUse("Bash", {"command": "ls"}, hold=at_work),
        READ,
        Text("The first is done.", hold=at_the_end),
        READ,
        Text("Both are done."),
    )
    world.orch("new", "Worker", "--prompt", "MARK work")
    poll(lambda: world.api.requests, "its first request")
    send(world)
    world.until("c1", "working", unread_mail=1, bell="at its next tool call")
    at_work.set()
    poll(lambda: len(world.api.requests) == 3, "its third request")
    said = said_to_the_model(world.api)
    assert f"PostToolUse:Bash hook additional context: {TOLD}" in said
    assert said.count(LETTER) == 1
    send(world)
    world.until("c1", "working", unread_mail=1)
    at_the_end.set()
    world.until("c1", "idle", reason="Both are done.", unread_mail=0)
    said = said_to_the_model(world.api)
    assert f"Stop hook feedback:\\n{TOLD}" in said
    assert said.count(LETTER) == 2


def test_a_permission_dialog_is_never_typed_into_and_the_session_is_told_after_it(world: World) -> None:
    touch = ToolUse("Bash", {"command": "touch made.txt"})
    world.api.script("MARK", touch, READ, Text("I have read it."))
    world.orch("new", "Worker", "--permission-mode", "default", "--prompt", "MARK make it")
    card = world.until("c1", "permission")
    world.until_pane(card, "Do you want to proceed?")
    send(world)
    world.until(
        "c1", "permission", unread_mail=1, bell="at its next tool call, after its request is answered"
    )
    assert "Do you want to proceed?" in (shown := world.pane(card))
    assert "call mail_receive" not in shown
    world.press(card, "Enter")
    until_read(world, "I have read it.")


@pytest.mark.long
def test_mail_to_a_stopped_session_is_read_when_it_is_resumed(world: World) -> None:
    world.api.script("MARK", Text("Ready."), READ, Text("I have read it."))
    card = idle(world)
    listener = int((world.home.launches / "c1" / "listener").read_text())
    world.orch("stop", "c1")
    world.until("c1", "exited")
    assert card.pid
    assert ended(listener)
    send(world)
    world.until("c1", "exited", unread_mail=1, bell="when resumed")
    world.orch("resume", "c1")
    until_read(world, "I have read it.")


@pytest.mark.long
def test_an_interrupted_turn_gives_its_mail_back(world: World) -> None:
    world.api.script("MARK", Text("Ready."), READ, Text("never said", hold=threading.Event()))
    card = idle(world)
    send(world)
    poll(lambda: len(world.api.requests) == 3, "request with the letter")
    world.press(card, "Escape")
    world.until("c1", "interrupted", unread_mail=1, bell="with its next prompt")
