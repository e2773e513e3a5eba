"""What sessions say to orch by the tools of its MCP server."""

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from mcp_types import CallToolResult, TextContent

from tests.hub.mcp_room import Capacity, open_room, said_by, with_room
from tests.poll import PATIENCE


def words(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_the_hub_is_loaded_without_the_sdk() -> None:
    """It takes a second, in which nobody would be served."""
    said = "import sys, orchestrator.hub.hub; print(sorted({'mcp', 'mcp_types'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", said],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "[]"


@with_room
async def test_only_who_has_a_token_and_asks_for_this_host_is_let_in(room: Capacity) -> None:
    async with httpx2.AsyncClient() as http:
        for url in (room.url, room.url.replace("/mcp", "/hooks")):
            wrong = {"authorization": said_by("c1")["authorization"][:-1] + "x"}
            assert (await http.post(url, json={})).status_code == 401
            assert (await http.post(url, json={}, headers=wrong)).status_code == 401
            led_here = {**said_by("c1"), "host": "evil.example"}
            assert (await http.post(url, json={}, headers=led_here)).status_code == 421


@with_room
async def test_a_session_is_shown_its_own_tools_alone(room: Capacity) -> None:
    async with room.client("c1") as client:
        (tool,) = (await client.list_tools()).tools
        assert tool.name == "stage_done"
        assert "r3/merge" in (tool.description or "")
        assert tool.input_schema["properties"]["outcome"]["enum"] == ["done", "failed", "blocked"]
        assert tool.input_schema["required"] == ["outcome", "summary"]
        assert "title" not in str(tool.input_schema)
    async with room.client("c2") as client:
        assert [each.name for each in (await client.list_tools()).tools] == ["wait"]
        said = await client.call_tool("stage_done", {"outcome": "done", "summary": "mine"})
        assert said.is_error
        assert words(said) == "This session has no tool 'stage_done'. It has: wait."
    assert not room.stages.reports


@with_room
async def test_a_report_reaches_the_stage_and_its_words_the_session(room: Capacity) -> None:
    async with room.client() as client:
        said = await client.call_tool(
            "stage_done", {"outcome": "done", "summary": "Merged.", "handoff": "On main."}
        )
        assert (said.is_error, words(said)) == (False, "Noted. End the turn.")
        await client.call_tool("stage_done", {"outcome": "blocked", "summary": "No key."})
    assert room.stages.reports == [
        ("c1", "done", "Merged.", "On main."),
        ("c1", "blocked", "No key.", ""),
    ]


@with_room
async def test_a_refusal_and_wrong_arguments_are_told_in_words(room: Capacity) -> None:
    async with room.client() as client:
        said = await client.call_tool("stage_done", {"outcome": "done", "summary": "again"})
        assert said.is_error
        assert words(said) == "the stage is done already: c1 has said so. End the turn."
        for wrong, named in (
            ({"outcome": "perfect", "summary": "x"}, "outcome"),
            ({"outcome": "done"}, "summary"),
            ({"outcome": "done", "summary": ""}, "summary"),
            ({"outcome": "done", "summary": "x", "mood": "good"}, "mood"),
        ):
            said = await client.call_tool("stage_done", wrong)
            assert said.is_error
            assert words(said).startswith(f"stage_done was not carried out: {named}: ")
    assert not room.stages.reports


def test_a_bug_in_a_tool_is_told_and_logged_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    @with_room
    async def try_it(room: Capacity) -> None:
        async with room.client() as client:
            said = await client.call_tool("stage_done", {"outcome": "done", "summary": "bug"})
            assert said.is_error
            assert "orch has a bug (RuntimeError: a bug of this test)" in words(said)
            assert not (await client.call_tool("stage_done", {"outcome": "done", "summary": "x"})).is_error

    try_it(tmp_path)
    assert "the tool stage_done failed for c1" in caplog.text


@with_room
async def test_a_session_that_was_replaced_reports_nothing(room: Capacity) -> None:
    async with (
        httpx2.AsyncClient(headers=said_by("c1", run=2)) as http,
        room.client() as client,
    ):
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "stage_done"}}
        accepts = {"accept": "application/json, text/event-stream"}
        answer = await http.post(room.url, json=body, headers=accepts)
        assert "orch accepts nothing from this session" in answer.text
        await client.call_tool("stage_done", {"outcome": "done", "summary": "mine"})
    assert [each[2] for each in room.stages.reports] == ["mine"]


@with_room
async def test_both_editions_of_the_protocol_are_spoken(room: Capacity) -> None:
    for mode, edition in (
        ("auto", "2025-11-25"),
        ("legacy", "2025-11-25"),
        ("2026-07-28", "2026-07-28"),
    ):
        async with room.client(mode=mode) as client:
            assert client.session.protocol_version == edition
            said = await client.call_tool("stage_done", {"outcome": "done", "summary": mode})
            assert not said.is_error
    assert len(room.stages.reports) == 3


@with_room
async def test_the_session_is_told_when_to_use_these_tools(room: Capacity) -> None:
    async with room.client() as client:
        assert "stage_done" in (client.instructions or "")


@with_room
async def test_what_is_no_message_is_answered_and_what_is_too_large_is_not_read(room: Capacity) -> None:
    accepts = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    async with httpx2.AsyncClient(headers={**said_by("c1"), **accepts}) as http:
        for body in (b"{", b"[]", b'"x"', b"{}"):
            assert (await http.post(room.url, content=body)).status_code == 400
        assert (await http.post(room.url, content=b"x" * (16 * 1024 * 1024 + 1))).status_code == 413


def test_a_request_waits_until_the_sdk_is_loaded(tmp_path: Path) -> None:
    async def run() -> None:
        room = await open_room(tmp_path, serves=False)

        async def ask() -> int:
            async with room.client() as client:
                return len((await client.list_tools()).tools)

        asking = asyncio.create_task(ask())
        assert not (await asyncio.wait((asking,), timeout=0.3))[0]
        room.work.append(asyncio.create_task(room.mcp.serve()))
        assert await asyncio.wait_for(asking, PATIENCE) == 1
        await room.close()

    asyncio.run(run())
