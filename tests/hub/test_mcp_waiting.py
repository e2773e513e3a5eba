"""Calls that block: a session may wait for minutes, and neither side is left behind by the other's end."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest

from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.mcp import resuming, tool_listings
from tests.hub.mcp_room import Capacity, open_room, said_by, until, with_room
from tests.hub.test_mcp import words
from tests.poll import PATIENCE

CALL = {"name": "wait", "arguments": {}, "_meta": {"progressToken": 7}}


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients come back after a second."""
    monkeypatch.setattr(resuming, "_COMES_BACK_AFTER", 1000)


@with_room
async def test_a_blocked_call_gives_signs_of_life_and_then_its_result(room: Capacity) -> None:
    heard: list[tuple[float, str | None]] = []

    async def progress(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, message))
        if len(heard) == 3:
            room.waiting.go.set()

    async with room.client("c2") as client:
        said = await client.call_tool("wait", progress_callback=progress)
    assert words(said) == "both are in"
    assert heard[:3] == [(1, "1 of 2 are in"), (2, "1 of 2 are in"), (3, "1 of 2 are in")]


@with_room
async def test_a_call_ends_when_its_session_hangs_up(room: Capacity) -> None:
    async with room.post("c2", "tools/call", id=1, params=CALL) as answer:
        assert answer.status_code == 200
        await until(lambda: room.waiting.begun == 1)
    await until(lambda: room.waiting.cancelled == 1)


@with_room
async def test_a_call_ends_when_its_session_takes_it_back(room: Capacity) -> None:
    """So does Claude Code at Esc, while it holds the call's connection open."""
    async with room.post("c2", "tools/call", id=5, params=CALL) as answer:
        await until(lambda: room.waiting.begun == 1)
        for card, number in (("c3", 5), ("c2", 6)):
            async with room.post(card, "notifications/cancelled", params={"requestId": number}) as other:
                assert other.status_code == 202
        assert room.waiting.cancelled == 0
        async with room.post("c2", "notifications/cancelled", params={"requestId": 5}) as mine:
            assert mine.status_code == 202
        await until(lambda: room.waiting.cancelled == 1)
        await answer.aread()


def test_the_hubs_end_cuts_every_call_off_and_each_is_told_to_call_again(soon: None, tmp_path: Path) -> None:
    """By the hub that ends, or by the next one to those who come back to it."""

    async def run() -> None:
        room = await open_room(tmp_path)
        async with room.client("c2") as comes_back, room.client("c3", mode="2026-07-28") as does_not:
            calls = [asyncio.create_task(each.call_tool("wait")) for each in (comes_back, does_not)]
            await until(lambda: room.waiting.begun == 2)
            await asyncio.wait_for(room.close(), 10)
            assert room.waiting.cancelled == 2
            told = await asyncio.wait_for(calls[1], PATIENCE)
            assert not calls[0].done()
            following = await open_room(tmp_path, room.port)
            for said in (told, await asyncio.wait_for(calls[0], PATIENCE)):
                assert said.is_error
                assert words(said).startswith("orch was restarted during this call.")
            await following.close()

    asyncio.run(run())


def test_a_call_that_may_be_repeated_outlives_two_hubs(soon: None, tmp_path: Path) -> None:
    async def begun(room: Capacity) -> None:
        await until(lambda: room.waiting.begun == 1)

    async def run() -> None:
        room = await open_room(tmp_path)
        async with room.client("c4") as client:
            calling = asyncio.create_task(client.call_tool("wait"))
            for _ in range(2):
                await begun(room)
                await room.close()
                room = await open_room(tmp_path, room.port)
            await begun(room)
            room.waiting.go.set()
            assert words(await asyncio.wait_for(calling, PATIENCE)) == "both are in"
            await room.close()

    asyncio.run(run())


def test_a_session_is_served_by_the_next_hub(tmp_path: Path) -> None:
    async def run() -> None:
        first = await open_room(tmp_path)
        async with first.client() as client:
            await client.call_tool("stage_done", {"outcome": "done", "summary": "one"})
            await first.close()
            second = await open_room(tmp_path, first.port)
            await client.call_tool("stage_done", {"outcome": "done", "summary": "two"})
            await second.close()
        assert [each[2] for each in second.stages.reports] == ["two"]

    asyncio.run(run())


@with_room
async def test_who_comes_back_for_a_call_that_broke_off_is_told_to_call_again(room: Capacity) -> None:
    async with room.post("c2", "tools/call", id="a7", params=CALL) as answer:
        lines = answer.aiter_lines()
        first = [await anext(lines) for _ in range(3)]
    assert first == ['id: id:"a7"', "retry: 4000", "data:"]
    async with httpx2.AsyncClient(headers=said_by("c2")) as http:
        back = await http.get(room.url, headers={"last-event-id": 'id:"a7"'})
        assert back.headers["content-type"].startswith("text/event-stream")
        said = json.loads(back.text.partition("data: ")[2])
        assert (said["id"], said["result"]["isError"]) == ("a7", True)
        assert "Call it again" in said["result"]["content"][0]["text"]
        for wrong in ("id:{", "call:{", "7 8"):
            assert (await http.get(room.url, headers={"last-event-id": wrong})).status_code == 400


@with_room
async def test_no_stream_is_held_open_for_a_session_that_asks_nothing(room: Capacity) -> None:
    async with httpx2.AsyncClient(headers=said_by("c1")) as http:
        for method in ("GET", "DELETE"):
            answer = await http.request(method, room.url, headers={"accept": "text/event-stream"})
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@with_room
async def test_fifty_sessions_wait_at_once(room: Capacity) -> None:
    async def wait(number: int) -> str:
        async with room.post(f"c{number}", "tools/call", id=1, params=CALL) as answer:
            return (await answer.aread()).decode()

    waiting = [asyncio.create_task(wait(number)) for number in range(2, 52)]
    await until(lambda: room.waiting.begun == 50)
    room.waiting.go.set()
    assert all("both are in" in said for said in await asyncio.gather(*waiting))


def test_a_call_can_be_come_back_for_before_anything_is_done_for_it(tmp_path: Path) -> None:
    """The SDK takes a second to load; a hub that is killed meanwhile must not take the call with it."""

    async def run() -> None:
        room = await open_room(tmp_path, serves=False)
        async with room.post("c4", "tools/call", id=1, params=CALL) as answer:
            lines = answer.aiter_lines()
            first = [await anext(lines) for _ in range(3)]
            assert first[0].startswith("id: call:")
        assert room.waiting.begun == 0
        await room.close()

    asyncio.run(run())


@with_room
async def test_a_call_that_the_protocol_refuses_is_answered_within_its_stream(room: Capacity) -> None:
    async with room.post("c2", "tools/call", id=9, params={"name": "wait", "arguments": "none"}) as answer:
        said = json.loads((await answer.aread()).decode().rpartition("data: ")[2])
    assert said["id"] == 9
    assert said["error"]["message"]


def test_a_sessions_first_prompt_waits_until_it_knows_its_tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool_listings, "_SPEAKS_WITHIN", 1000.0)
    monkeypatch.setattr(tool_listings, "_LEARNS_WITHIN", 1000.0)

    @with_room
    async def try_it(room: Capacity) -> None:
        waits = asyncio.create_task(room.mcp.arrival(Caller("c1", 1)))
        async with room.client() as client:
            assert not (await asyncio.wait((waits,), timeout=0.3))[0]
            await client.list_tools()
            await waits
        await room.mcp.arrival(Caller("c1", 1))

    try_it(tmp_path)


@pytest.mark.long
@with_room
async def test_an_agent_that_does_not_speak_to_this_server_is_not_waited_for_for_long(room: Capacity) -> None:
    await room.mcp.arrival(Caller("c1", 1))
    async with asyncio.timeout(0.1):
        await room.mcp.arrival(Caller("c1", 1))


def test_a_request_that_the_hubs_end_finds_waiting_is_answered(tmp_path: Path) -> None:
    async def run() -> None:
        room = await open_room(tmp_path, serves=False)
        async with httpx2.AsyncClient() as http:
            asking = asyncio.create_task(http.post(room.url, json={}, headers=said_by("c1")))
            assert not (await asyncio.wait((asking,), timeout=0.3))[0]
            room.mcp.close()
            await room.mcp.serve()
            assert (await asyncio.wait_for(asking, PATIENCE)).status_code == 503
        await room.close()

    asyncio.run(run())
