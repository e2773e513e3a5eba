"""The real `claude` without a terminal, as a detached process, with no tmux to be found."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.claude_code.answers import allow, deny
from orchestrator.agents.claude_code.headless import Result, prepare, read, result
from orchestrator.agents.claude_code.permission_tool import request
from orchestrator.agents.claude_code.stream_text import shown
from orchestrator.agents.launch_file import LaunchSpec
from orchestrator.core.sessions.signals import (
    MetersSaid,
    PromptTaken,
    RegistrySaid,
    ToolEnded,
    TurnEnded,
    TurnFailed,
)
from orchestrator.world.processes import Outcome, end, lines, look, start, tail
from tests.e2e.claude_home import ClaudeHome
from tests.e2e.hook_ear import HookEar
from tests.e2e.messages_api import HttpError, MessagesApi, Text, ToolUse
from tests.e2e.permission_desk import PermissionDesk
from tests.poll import poll

pytestmark = pytest.mark.claude

TOUCH = ToolUse("Bash", {"command": "touch made.txt", "description": "Make a file"})
SESSION = "11111111-2222-4333-8444-555555555555"


@dataclass
class Headless:
    """Sessions without a terminal, one after the other, each in a folder of its own."""

    spec: LaunchSpec
    env: dict[str, str]
    folder: Path
    ear: HookEar
    runs: int = 0

    def begin(self, prompt: str, permission_tool: str = "", **changes: Any) -> Path:
        self.runs += 1
        spec = replace(self.spec, prompt=prompt, resume=self.runs > 1, **changes)
        file = prepare(self.folder / "launch", spec, permission_tool)
        there = self.folder / f"run-{self.runs}"
        start(there, ["/bin/sh", str(file)], Path(spec.cwd), self.env, apart=True)
        return there

    def ended(self, there: Path) -> tuple[Outcome, Result | None]:
        poll(lambda: look(there).state != "running", "its end", told=lambda: self.told(there))
        return look(there), result(lines(there)[0])

    def told(self, there: Path) -> str:
        return f"hooks: {self.ear.events}\n{shown(tail(there), 110)}\n{tail(there, stream='errors')}"


@pytest.fixture
def headless(
    claude: Path, claude_home: ClaudeHome, api: MessagesApi, ear: HookEar, repo: Path
) -> Iterator[Headless]:
    place = repo.parent
    programs = place / "bin"
    programs.mkdir()
    for name in ("sh", "git", "touch", "sleep", "node", "env", "dirname", "uname", "cat"):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    spec = LaunchSpec(
        card="c1", run=1, token="a-token-of-this-test", slug="a-card", session_id=SESSION,
        resume=False, prompt="", model="", permission_mode="default", command=(str(claude),),
        env={}, hook_url=ear.url, cwd=str(repo), statusline_report=place / "report.json",
        user_status_line="",
    )  # fmt: skip
    env = claude_home.environment(api.url, PATH=str(programs), CLAUDE_CODE_MAX_RETRIES="1")
    yield Headless(spec, env, place / "runs", ear)
    for there in (place / "runs").glob("run-*"):
        end(there, 5)


@pytest.mark.long
def test_a_turn_is_told_by_hooks_and_stream_and_resumed_under_its_id(
    headless: Headless, api: MessagesApi
) -> None:
    prompt = '--version is MARK\'s "first"\nword, `id`\n' + "  and ä last\n" * 20_000
    api.script("MARK", Text("Well."), Text("Again."))
    there = headless.begin(prompt, system_prompt="Speak like a GARDENER.")
    outcome, found = headless.ended(there)
    assert (outcome.state, outcome.exit_code) == ("ended", 0)
    assert found
    assert (found.failed, found.said) == (False, "Well.")
    (taken,) = headless.ear.heard(PromptTaken)
    assert (taken.text, taken.session_id) == (prompt, SESSION)
    assert [each.last_words for each in headless.ear.heard(TurnEnded)] == ["Well."]
    assert headless.ear.events[-1] == "SessionEnd"
    assert headless.ear.authorization == {"Bearer a-token-of-this-test"}
    assert "GARDENER" in str(api.requests[0].body["system"])
    signals = [signal for line in lines(there)[0] for signal in read(line, 1.0)]
    assert [each.status for each in signals if isinstance(each, RegistrySaid)] == ["busy", "idle"]
    assert [each.meters.cost_usd > 0 for each in signals if isinstance(each, MetersSaid)] == [True]
    assert tail(there, stream="errors") == ""

    _, found = headless.ended(headless.begin("Go on"))
    assert found
    assert found.said == "Again."
    assert [each.session_id for each in headless.ear.heard(PromptTaken)] == [SESSION] * 2
    assert "MARK" in api.requests[-1].first_message


@pytest.mark.long
def test_the_stop_hook_makes_it_go_on_once(headless: Headless, api: MessagesApi) -> None:
    api.script("MARK", Text("I stop."), Text("It is done."))
    headless.ear.answers["Stop"] = [{"decision": "block", "reason": "Say whether it is DONE."}]
    outcome, found = headless.ended(headless.begin("MARK"))
    assert outcome.exit_code == 0
    assert found
    assert found.said == "It is done."
    assert "Say whether it is DONE." in api.requests[1].last_message
    assert [each["stop_hook_active"] for each in headless.ear.payloads if "stop_hook_active" in each] == [
        False,
        True,
    ]


def test_a_permission_is_held_until_it_is_allowed_or_denied(
    headless: Headless, api: MessagesApi, repo: Path
) -> None:
    api.script("MARK", TOUCH, Text("Made."), TOUCH, Text("Not made."))
    with PermissionDesk() as desk:
        there = headless.begin("MARK", desk.tool, mcp_url=desk.url)
        poll(lambda: desk.calls, "request", told=lambda: headless.told(there))
        assert desk.calls[0]["input"] == TOUCH.input
        assert desk.authorization == {"Bearer a-token-of-this-test"}
        assert look(there).state == "running"
        assert not (repo / "made.txt").exists()
        desk.answer = allow(request(desk.calls[0]))
        desk.held.set()
        _, found = headless.ended(there)
        assert found
        assert (found.said, found.denied) == ("Made.", ())
        assert (repo / "made.txt").exists()
        assert [each.failed for each in headless.ear.heard(ToolEnded)] == [False]

        desk.answer = deny("Use tea.")
        _, found = headless.ended(headless.begin("Again", desk.tool, mcp_url=desk.url))
        assert found
        assert (found.said, found.denied) == ("Not made.", ("Bash",))
        assert "Use tea." in api.requests[-1].last_message
    assert "PermissionRequest" not in headless.ear.events


@pytest.mark.long
def test_it_ends_when_it_is_told_to_and_says_so_by_its_hook(headless: Headless, api: MessagesApi) -> None:
    api.script("MARK", Text("Too late.", delay=60))
    there = headless.begin("MARK")
    poll(lambda: api.requests, "request", told=lambda: headless.told(there))
    assert end(there, 20).exit_code in (143, -15)
    assert headless.ear.events[-1] == "SessionEnd"
    assert result(lines(there)[0]) is None


@pytest.mark.long
def test_failures_have_an_exit_code_and_words(headless: Headless, api: MessagesApi) -> None:
    api.script("MARK", HttpError(401, "not you", times=2))
    outcome, found = headless.ended(headless.begin("MARK"))
    assert outcome.exit_code == 1
    assert found
    assert (found.failed, found.error) == (True, "api_error")
    assert "401" in found.said
    (failed,) = headless.ear.heard(TurnFailed)
    assert failed.error == "authentication_failed"

    there = headless.begin("Go on", session_id="11111111-2222-4333-8444-666666666666")
    outcome, found = headless.ended(there)
    assert outcome.exit_code == 1
    assert found
    assert "No conversation found" in found.said
