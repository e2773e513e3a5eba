"""Sessions of the real `claude` that speak to orch by its tools."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.messages_api import MessagesApi, Request, Text, ToolUse
from tests.e2e.real_session import RealSession
from tests.e2e.tool_server import TOKEN, ToolServer
from tests.poll import poll

pytestmark = pytest.mark.claude

DONE = ToolUse("mcp__orch__stage_done", {"outcome": "done", "summary": "Read it.", "handoff": "All well."})
WAIT = ToolUse("mcp__orch__wait", {})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ToolServer]:
    server = ToolServer(tmp_path / "tools")
    server.start()
    yield server
    server.close()


def start(session: RealSession, server: ToolServer, prompt: str) -> None:
    session.start(prompt, token=TOKEN, hook_url=server.hook_url, mcp_url=server.mcp_url)


def tools(request: Request) -> set[str]:
    return {str(tool["name"]) for tool in request.body["tools"] if tool["name"].startswith("mcp__orch__")}


def results(request: Request) -> list[str]:
    """What the calls of tools came to, as the model is told."""
    blocks = [each for each in request.body["messages"] if each["role"] == "user"]
    content = [block for each in blocks if isinstance(each["content"], list) for block in each["content"]]
    return [str(block["content"]) for block in content if block["type"] == "tool_result"]


def request(api: MessagesApi, session: RealSession, number: int) -> Request:
    """The conversation's request of that number, from 1, once it has come."""
    poll(lambda: len(api.requests) >= number, f"request {number}", told=session.terminal.text)
    return api.requests[number - 1]


@pytest.mark.long
def test_the_first_request_has_the_tools_and_a_report_asks_for_no_permission(
    session: RealSession, api: MessagesApi, server: ToolServer
) -> None:
    api.script("MARK", DONE, Text("That was all."))
    start(session, server, "MARK review it")
    first, second = (request(api, session, number) for number in (1, 2))
    assert tools(first) == {"mcp__orch__stage_done", "mcp__orch__wait", "mcp__orch__gather"}
    assert "say so with stage_done" in str(second.body)
    assert "Recorded." in results(second)[0]
    session.terminal.wait_for("That was all.")
    assert "c1 is done: Read it., All well." in server.heard
    assert "Asked" not in server.heard


@pytest.mark.long
def test_a_call_may_block_for_longer_than_twenty_seconds(
    session: RealSession, api: MessagesApi, server: ToolServer
) -> None:
    api.script("MARK", WAIT, Text("They are in."))
    start(session, server, "MARK wait for both")
    session.terminal.wait_for("one of two is in")
    passed = re.compile(r"\((2[1-9]|3\d)s ")  # the turn's own clock in the pane
    poll(lambda: passed.search(session.terminal.text()), "twenty seconds", told=session.terminal.text)
    server.let_go()
    assert "Both are in." in results(request(api, session, 2))[0]
    session.terminal.wait_for("They are in.")


@pytest.mark.long
def test_escape_ends_a_blocked_call(session: RealSession, api: MessagesApi, server: ToolServer) -> None:
    api.script("MARK", WAIT)
    start(session, server, "MARK wait for both")
    poll(lambda: "wait" in server.heard, "the call", told=session.terminal.text)
    session.terminal.keys("Escape")
    poll(lambda: "wait was cancelled" in server.heard, "its end", told=session.terminal.text)


@pytest.mark.long
@pytest.mark.sample(1)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_call_is_made_again_when_the_hub_was_restarted_under_it(
    session: RealSession, api: MessagesApi, server: ToolServer, how: signal.Signals
) -> None:
    api.script("MARK", WAIT, WAIT, DONE, Text("They are in."))
    start(session, server, "MARK wait for both")
    session.terminal.wait_for("one of two is in")
    server.end(how)
    server.start()
    assert "orch was restarted during this call" in results(request(api, session, 2))[0]
    server.let_go()
    assert "Both are in." in results(request(api, session, 3))[-1]
    session.terminal.wait_for("They are in.")
    assert "c1 is done: Read it., All well." in server.heard


@pytest.mark.long
def test_a_call_that_may_be_repeated_outlives_the_hub_unnoticed(
    session: RealSession, api: MessagesApi, server: ToolServer
) -> None:
    api.script("MARK", ToolUse("mcp__orch__gather", {}), Text("They are in."))
    start(session, server, "MARK gather both")
    session.terminal.wait_for("one of two is in")
    server.end()
    server.start()
    poll(lambda: server.heard.count("wait") == 2, "the call to be made again", told=session.terminal.text)
    server.let_go()
    assert "Both are in." in results(request(api, session, 2))[0]
    session.terminal.wait_for("They are in.")


@pytest.mark.long
def test_a_hub_that_was_restarted_between_two_turns_is_found_again(
    session: RealSession, api: MessagesApi, server: ToolServer
) -> None:
    api.script("MARK", Text("Read it."), DONE, Text("That was all."))
    start(session, server, "MARK review it")
    session.terminal.wait_for("Read it.")
    server.end()
    server.start()
    session.send("and say so")
    session.terminal.wait_for("That was all.")
    assert "Recorded." in results(api.requests[-1])[0]
