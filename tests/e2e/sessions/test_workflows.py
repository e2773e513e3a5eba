"""Workflows with the real Claude Code, and a person who decides at the board."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from orchestrator.core.board.views import Need
from orchestrator.core.requests.review import ReadReview
from orchestrator.core.workflow.views import GateView, RunView
from tests.conftest import git
from tests.core.workflow.stories import EXAMPLE
from tests.e2e.messages_api import Request, Text, ToolUse
from tests.e2e.sessions.screen import at_the_board
from tests.e2e.sessions.world import World, ended
from tests.poll import poll

pytestmark = pytest.mark.claude

_READS = 1.0
"""Seconds that a person looks at a request before a key decides about it: sooner none does."""

RULES = "".join(
    f'[[rules]]\nname = "{command}"\nanswer = "allow"\ntool = "Bash"\ncommand = "{command} *"\n'
    for command in ("git add", "git commit", "git merge")
)
ALLOW_WRITE = '[[rules]]\nname = "files"\nanswer = "allow"\ntool = "Write"\n'


@pytest.fixture
def rules(home, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """What the sessions may do without anybody."""
    (home.root / "config.toml").write_text(RULES + ALLOW_WRITE)


def bash(command: str) -> ToolUse:
    return ToolUse("Bash", {"command": command, "description": command})


def done(summary: str, handoff: str = "") -> ToolUse:
    return ToolUse("mcp__orch__stage_done", {"outcome": "done", "summary": summary, "handoff": handoff})


def writes(world: World, marker: str, branch: str, name: str, summary: str) -> None:
    """The model writes a file into its worktree, commits it and reports."""
    file = world.repo.parent / "repo-orch" / branch / name
    world.api.script(
        marker,
        ToolUse("Write", {"file_path": str(file), "content": f"{summary}\n"}),
        bash("git add -A"),
        bash(f"git commit -qm '{summary}'"),
        done(summary, handoff=f"see {name}"),
        Text("That is it."),
    )


def script_the_example(world: World) -> None:
    world.api.script(
        "Merge feature/auth-refactor",
        bash("git merge -q --no-edit feature/auth-refactor feature/auth-tests"),
        done("Both are merged"),
        Text("Merged."),
    )
    writes(world, "Implement the auth refactor", "implement-feature", "auth.py", "The refactor")
    writes(world, "Write integration tests", "implement-tests", "test_auth.py", "The tests")


def start(world: World, text: str = EXAMPLE) -> RunView:
    file = world.repo.parent / "ship.yml"
    file.write_text(text)
    told = json.loads(world.orch("run", str(file), "--json").stdout)
    assert told["id"] == "r1"
    return world.client.run("r1")


def until(world: World, state: str) -> RunView:
    return poll(
        lambda: (run := world.client.run("r1")).state == state and run,
        f"r1 to be {state}: {world.client.run('r1')}",
    )


def gate(world: World) -> GateView:
    return poll(
        lambda: next((g for g in world.client.gates() if g.state == "open" and g.version), None),
        "an open gate",
    )


def asked(world: World, command: str) -> Need:
    return poll(lambda: next((n for n in world.client.needs() if command in n.summary), None), command)


def test_the_example_runs_to_its_gate_and_a_person_approves_it_by_key(rules: None, world: World) -> None:
    script_the_example(world)
    start(world)
    with at_the_board(world) as person:
        person.sees("implement-feature", "implement-tests")
        until(world, "gate-blocked")
        seen = {stage.name: stage for stage in world.client.run("r1").stages}
        both = [seen["implement-feature"], seen["implement-tests"]]
        assert max(stage.began_at or 0.0 for stage in both) < min(stage.ended_at or 0.0 for stage in both)
        gate(world)
        assert not (world.repo / "auth.py").exists()
        assert git(world.repo, "log", "--format=%s", "main").splitlines()[0] != "The refactor"
        person.press("a")
        person.sees("Both agents complete", "auth.py", "test_auth.py", "The refactor")
        time.sleep(_READS)
        person.press("a")
        until(world, "done")
        assert (world.repo / "auth.py").exists()
        assert (world.repo / "test_auth.py").exists()
        (approved,) = world.client.gates()
        assert (approved.state, approved.decided_from) == ("approved", "tui")
    merge = next(r for r in world.api.requests if "Merge feature/auth-refactor" in r.first_message)
    assert "The refactor" in merge.first_message
    assert "see test_auth.py" in merge.first_message


@pytest.mark.long
def test_the_tool_is_there_in_the_first_request_and_asks_nobody(rules: None, world: World) -> None:
    world.api.script("Only this", done("Nothing to do"), Text("End."))
    start(world, "workflow: [{name: one, prompt: Only this}]")
    until(world, "done")
    first = next(r for r in world.api.requests if "Only this" in r.first_message)
    assert "mcp__orch__stage_done" in {tool["name"] for tool in first.body["tools"]}
    assert {need.kind for need in world.client.needs()} <= {"run_done"}, "nobody is asked"


@pytest.mark.long
def test_a_denial_by_key_reaches_the_stage_in_its_own_conversation(rules: None, world: World) -> None:
    writes(world, "Write the thing", "write", "thing.py", "First try")
    start(
        world,
        """
workflow:
  - {name: write, prompt: Write the thing}
  - {name: review, type: human-gate, message: "Good?", on_deny: write}
""",
    )
    first = gate(world)
    world.api.script("Write the thing", done("Second try"), Text("Better."))
    with at_the_board(world, 80, 24) as person:
        person.sees("write")
        person.press("a")
        person.sees("Good?")
        time.sleep(_READS)
        person.press("d")
        person.sees("Deny review of r1")
        person.type("no tests")
        person.sees("no tests")
        person.press("C-s")
        poll(
            lambda: any(g.id != first.id and g.version for g in world.client.gates()), "the gate opens again"
        )
    last = [r for r in world.api.requests if "Write the thing" in r.first_message][-1]
    told = json.dumps(last.body["messages"])
    assert "no tests" in told
    assert "First try" in told  # it is the same conversation
    world.orch("gate", "approve", "review")
    until(world, "done")


@pytest.mark.long
def test_a_gate_denied_with_comments_tells_the_stage_reason_file_line_and_words(
    rules: None, world: World
) -> None:
    place = world.repo.parent / "repo-orch/write"
    write = ToolUse("Write", {"file_path": str(place / "thing.py"), "content": "First try\n"})

    def committed(_: Request) -> ToolUse:
        git(place, "add", "thing.py")
        git(place, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--message", "First try")
        return done("Written")

    world.api.script("Write the thing", write, committed, Text("That is it."))
    start(
        world,
        """
workflow:
  - {name: write, prompt: Write the thing}
  - {name: review, type: human-gate, message: "Good?", on_deny: write}
""",
    )
    first = gate(world)
    world.until("write", "idle", "exited")
    world.api.script("Write the thing", done("Second try"), Text("Better."))
    before = len(world.api.requests)
    with at_the_board(world) as person:
        person.sees("write")
        person.press("a")
        person.sees("Good?", "thing.py")
        time.sleep(_READS)
        person.press("v")
        person.sees("@@ -0,0 +1 @@", "First try")
        person.press("n", "j", "c")
        person.sees("Comment on thing.py, line 1")
        person.type("Call it final.")
        person.press("C-s")
        person.sees("draft", "Call it final.")
        person.press("Escape")
        person.sees("Good?")
        time.sleep(_READS)
        person.press("d")
        person.sees("Deny review of r1", "Your comment on its diff")
        person.type("no tests")
        person.press("C-s")
        poll(
            lambda: any(g.id != first.id and g.version for g in world.client.gates()), "the gate opens again"
        )
    told = json.dumps(world.api.requests[before].body["messages"])
    assert "no tests" in told
    assert json.dumps("thing.py, line 1:\n> First try\nCall it final.")[1:-1] in told
    assert {each.state for each in world.client.submit(ReadReview("write")).comments} == {"sent"}


@pytest.mark.long
def test_a_session_that_ends_its_turn_silently_is_asked_once_and_then_a_human(
    rules: None, world: World
) -> None:
    world.api.script("Do it", Text("I think that is all."), Text("Truly all."))
    start(world, "workflow: [{name: one, prompt: Do it}]")
    until(world, "blocked")
    asked = [r for r in world.api.requests if "Do it" in r.first_message]
    assert len(asked) == 2
    assert "stage_done" in asked[1].last_message
    world.orch("run", "done", "r1", "one")
    until(world, "done")


@pytest.mark.long
def test_a_hub_that_is_killed_when_the_gate_is_approved_starts_what_follows_once(
    rules: None, world: World
) -> None:
    script_the_example(world)
    start(world)
    opened = gate(world)
    pid = world.hub_pid()
    world.orch("gate", "approve", opened.id)  # in the person's environment, which the stage gets
    os.kill(pid, signal.SIGKILL)
    poll(lambda: ended(pid), "the hub's end")
    poll(lambda: world.orch("hub", "status", check=False).returncode == 0, "the hub's return")
    until(world, "done")
    begun = [r for r in world.api.requests if "Merge feature/auth-refactor" in r.first_message]
    assert len(begun) == 3  # the merge, the report, the last message: one conversation, once
    log = git(world.repo, "log", "--format=%s", "main")
    assert log.count("The refactor") == 1


@pytest.mark.long
def test_headless_stages_run_without_a_window_and_ask_permissions_all_the_same(world: World) -> None:
    tree = world.repo.parent / "repo-orch/one"
    world.api.script(
        "Make it",
        bash("touch made.txt"),
        bash("git add -A"),
        bash("git commit -qm Made"),
        done("Made"),
        Text("End."),
    )
    start(world, "workflow: [{name: one, prompt: Make it, where: headless}]")
    for command in ("touch made.txt", "git add -A", "git commit -qm Made"):
        need = asked(world, command)
        assert need.answerable
        world.orch("answer", need.id, "allow")
    until(world, "done")
    assert (tree / "made.txt").exists()
    card = world.client.show("c1").card
    assert (card.where, card.window, card.cost_usd > 0) == ("headless", None, True)
    assert Path(card.worktree or "") == tree
