"""The scripted agent as a stage of a workflow: tools of the hub, a Stop hook that objects, git."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.claude_code import transcript
from orchestrator.hub.mcp.calls import CUT_OFF
from orchestrator.paths import Home
from tests.agents.demo_rig import TOKEN, Rig
from tests.agents.mcp_place import Place
from tests.conftest import git
from tests.poll import PATIENCE, poll


@pytest.fixture
def rig(home: Home, repo: Path, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(home, repo, tmp_path)
    rig.trust()
    yield rig
    rig.close()


@pytest.fixture
def place(rig: Rig) -> Iterator[Place]:
    place = Place()
    place.open()
    rig.offer(place.url)
    yield place
    place.close()


def test_a_tool_is_called_as_claude_code_calls_it(rig: Rig, place: Place) -> None:
    rig.start('demo: mcp stage_done {"outcome": "done", "summary": "all"}; say Bye.')
    rig.hearer.last("Stop")
    assert rig.hearer.events() == ["UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop"]
    told = rig.hearer.last("PostToolUse")
    assert told["tool_name"] == "mcp__orch__stage_done"
    assert told["tool_input"] == {"outcome": "done", "summary": "all"}
    assert json.loads(told["tool_response"]) == {"result": "heard of all"}
    assert place.reports == [{"outcome": "done", "summary": "all", "handoff": ""}]
    assert place.tokens == {f"Bearer {TOKEN}"}
    rig.sees("● orch - stage_done (MCP)")
    rig.sees("heard of all")
    file = transcript.find(rig.config_dir, rig.session_id)
    assert file is not None
    assert "heard of all" in file.read_text()


def test_a_stage_can_report_and_go_on(rig: Rig, place: Place) -> None:
    rig.start('demo: done "It is in" handoff="Look at a.txt"; failed No way; blocked Which port?')
    rig.hearer.last("Stop")
    assert place.reports == [
        {"outcome": "done", "summary": "It is in", "handoff": "Look at a.txt"},
        {"outcome": "failed", "summary": "No way", "handoff": ""},
        {"outcome": "blocked", "summary": "Which port?", "handoff": ""},
    ]


def test_a_call_gets_what_an_earlier_answer_said(rig: Rig, place: Place) -> None:
    rig.start(
        """demo: mcp stage_done {"outcome": "done", "summary": "all"} keep='{"word": "of (.)"}'\n"""
        """demo: mcp stage_done {"outcome": "done", "summary": "$word to $nobody"}; say Bye."""
    )
    rig.hearer.last("Stop")
    assert [report["summary"] for report in place.reports] == ["all", "a to $nobody"]


def test_a_call_is_made_until_its_answer_is_the_one_that_is_waited_for(rig: Rig, place: Place) -> None:
    rig.start('demo: mcp count until="call 3"; mcp no_such_tool until=x; say Bye.')
    assert rig.hearer.last("Stop")["last_assistant_message"] == "Bye."
    assert place.counted == 3


def test_a_session_that_is_told_of_mail_goes_on_as_its_script_says(rig: Rig, place: Place) -> None:
    reads = [{"mcp": "mail_receive"}, {"done": "Read"}, {"say": "Did it."}]
    rig.hearer.answers["Stop"] = {"decision": "block", "reason": "1 unread: call mail_receive"}
    rig.start("Go.", script={"steps": [{"say": "Ready."}, *reads, {"say": "And more."}]})
    poll(lambda: rig.hearer.events().count("Stop") == 2)
    assert rig.hearer.last("Stop")["last_assistant_message"] == "Did it."
    assert [report["summary"] for report in place.reports] == ["Read"]


def test_an_error_is_a_failed_tool_and_the_script_goes_on(rig: Rig, place: Place) -> None:
    rig.start('demo: mcp stage_done {"outcome": "so-so", "summary": "x"}; mcp no_such_tool; say Bye.')
    assert rig.hearer.last("Stop")["last_assistant_message"] == "Bye."
    assert "no outcome is called so-so" in rig.hearer.last("PostToolUseFailure")["error"]
    assert rig.hearer.events() == ["UserPromptSubmit", "PreToolUse", "PostToolUseFailure", "Stop"]
    rig.sees("No such tool available: no_such_tool")


def test_a_tool_that_is_not_allowed_is_asked_about(rig: Rig, place: Place) -> None:
    settings = rig.folder / "settings.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "permissions": {"allow": ["Bash"]}}))
    rig.start("demo: done All; say Bye.")
    assert rig.hearer.last("PermissionRequest")["tool_name"] == "mcp__orch__stage_done"
    assert place.reports == []
    rig.press("1")
    rig.hearer.last("Stop")
    assert [report["summary"] for report in place.reports] == ["All"]


def test_a_call_may_take_its_time_and_tell_of_its_progress(rig: Rig, place: Place) -> None:
    rig.start("demo: mcp wait; say Bye.")
    assert place.waiting.wait(PATIENCE)
    assert "Stop" not in rig.hearer.events()
    place.release.set()
    assert rig.hearer.last("PostToolUse")["tool_response"] == '{"result":"no longer waiting"}'
    rig.hearer.last("Stop")


def test_a_server_that_is_away_for_a_moment_is_waited_for(rig: Rig) -> None:
    place = Place()
    rig.offer(place.url)
    rig.start("demo: done All; say Bye.")
    rig.hearer.last("UserPromptSubmit")
    rig.is_("busy")
    place.open()
    rig.hearer.last("Stop")
    assert [report["summary"] for report in place.reports] == ["All"]
    place.close()


def test_a_call_that_is_cut_off_is_made_again(rig: Rig) -> None:
    calls: list[str] = []
    restarted = {"content": [{"type": "text", "text": CUT_OFF.text}], "isError": True}
    heard = {"content": [{"type": "text", "text": "heard"}]}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            calls.append(said["method"])
            if calls.count("tools/call") == 1 and said["method"] == "tools/call":
                return  # as a hub that is killed
            results: dict[str, dict[str, Any]] = {
                "initialize": {"protocolVersion": "2025-06-18"},
                "tools/list": {"tools": [{"name": "stage_done"}]},
                "tools/call": restarted if calls.count("tools/call") == 2 else heard,
            }
            body = json.dumps({"jsonrpc": "2.0", "id": said.get("id"), "result": results.get(said["method"])})
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    rig.offer(f"http://127.0.0.1:{server.server_port}/mcp")
    rig.start("demo: done All; say Bye.")
    rig.hearer.last("Stop")
    server.shutdown()
    server.server_close()
    # it may reach its servers and look for a tool at the same time
    first, *together, last = dict.fromkeys(calls)
    assert (first, {*together}, last) == (
        "initialize",
        {"notifications/initialized", "tools/list"},
        "tools/call",
    )
    assert calls.count("tools/call") == 3
    failed = ["PreToolUse", "PostToolUseFailure"]
    assert rig.hearer.events() == [
        *("UserPromptSubmit", *failed, *failed),
        *("PreToolUse", "PostToolUse", "Stop"),
    ]
    assert rig.hearer.last("PostToolUse")["tool_response"] == [{"type": "text", "text": "heard"}]


def test_a_stop_hook_that_objects_has_the_turn_go_on_as_it_was_told(rig: Rig, place: Place) -> None:
    rig.hearer.answers["Stop"] = {"decision": "block", "reason": "Say stage_done first."}
    rig.start("Work on it.\n\ndemo: say Ready.\ndemo: then done All; say Now it is.\n\nThat was all.")
    poll(lambda: rig.hearer.events().count("Stop") == 2)
    first, second = (each for each in rig.hearer.heard if each["hook_event_name"] == "Stop")
    assert (first["stop_hook_active"], first["last_assistant_message"]) == (False, "Ready.")
    assert (second["stop_hook_active"], second["last_assistant_message"]) == (True, "Now it is.")
    assert rig.hearer.events().count("UserPromptSubmit") == 1
    assert [report["summary"] for report in place.reports] == ["All"]
    rig.sees("Stop hook feedback: Say stage_done first.")
    rig.is_("idle")


def test_a_later_prompt_says_anew_what_to_do_also_after_a_resume(rig: Rig, place: Place) -> None:
    rig.start("demo: done One")
    poll(lambda: rig.hearer.events().count("Stop") == 1)
    rig.is_("idle")
    rig.paste("The gate was denied.\n\ndemo: done Two\n\nThink of the tests.")
    rig.press("Enter")
    poll(lambda: rig.hearer.events().count("Stop") == 2)
    rig.is_("idle")
    rig.paste("/exit")
    rig.press("Enter")
    assert rig.exit_code() == 0
    rig.start("Denied again.\ndemo: done Three", resume=True)
    poll(lambda: rig.hearer.events().count("Stop") == 3)
    rig.is_("idle")
    rig.paste("demo: done Four")
    rig.press("Enter")
    poll(lambda: rig.hearer.events().count("Stop") == 4)
    assert [report["summary"] for report in place.reports] == ["One", "Two", "Three", "Four"]


def test_branches_are_really_made_and_merged(rig: Rig) -> None:
    git(rig.repo, "checkout", "-q", "-b", "feature/a")
    rig.start("demo: commit Add the first; commit And more path=src/b.txt")
    rig.hearer.last("Stop")
    assert rig.commits() == ["And more", "Add the first", "First commit"]
    assert (rig.repo / "add-the-first.txt").read_text() == "Add the first\n"
    assert (rig.repo / "src/b.txt").read_text() == "And more\n"
    git(rig.repo, "checkout", "-q", "main")
    rig.is_("idle")
    rig.press("demo: merge feature/a feature/none; say Merged.", "Enter")
    poll(lambda: rig.hearer.events().count("Stop") == 2)
    assert (rig.repo / "src/b.txt").exists()
    assert "feature/none" in rig.hearer.last("PostToolUseFailure")["error"]


def test_a_merge_that_conflicts_leaves_nothing_half_done(rig: Rig) -> None:
    git(rig.repo, "checkout", "-q", "-b", "one")
    (rig.repo / "a.txt").write_text("one\n")
    git(rig.repo, "add", ".")
    git(rig.repo, "commit", "-q", "-m", "One")
    git(rig.repo, "checkout", "-q", "main")
    rig.start("demo: commit Mine path=a.txt; merge one; say Tried.")
    rig.hearer.last("Stop")
    assert "conflict" in rig.hearer.last("PostToolUseFailure")["error"].lower()
    assert git(rig.repo, "status", "--porcelain") == ""
    assert rig.commits() == ["Mine", "First commit"]
