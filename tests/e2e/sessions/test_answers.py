"""Requests of the real Claude Code, answered from outside of their sessions."""

import json
import os
import signal
from collections.abc import Iterable
from typing import Any

import pytest

from tests.e2e.messages_api import Text, ToolUse
from tests.e2e.sessions.world import World, ended
from tests.poll import poll

pytestmark = pytest.mark.claude

TOUCH = ToolUse("Bash", {"command": "touch made.txt", "description": "make a file"}, "Let me make it.")


def request(world: World, kind: str = "permission", but: Iterable[str] = ()) -> dict[str, Any]:
    """The card's request, none of those `but`, as `orch queue --json` tells it once it can be answered."""

    def answerable() -> str:
        fits = (n for n in world.client.needs() if n.kind == kind and n.answerable)
        return next((n.id for n in fits if n.id not in but), "")

    asked = poll(answerable, f"a {kind}")
    return next(n for n in json.loads(world.orch("queue", "--json").stdout) if n["id"] == asked)


def said_to_the_model(world: World) -> str:
    return json.dumps(world.api.requests[-1].body["messages"])


@pytest.mark.long
def test_a_permission_is_allowed_from_the_shell(world: World) -> None:
    world.api.script("make-it", TOUCH, Text("Made."))
    world.orch("new", "Make it", "--prompt", "make-it")
    asked = request(world)
    assert (asked["summary"], asked["options"]) == ("Bash: touch made.txt", ["allow", "always", "deny"])
    assert asked["detail"].startswith("touch made.txt")
    world.orch("answer", asked["id"], "allow")
    world.until("c1", "idle", reason="Made.")
    assert (world.repo.parent / "repo-orch/make-it/made.txt").exists()
    assert world.orch("answer", asked["id"], "allow", check=False).returncode == 4


@pytest.mark.long
def test_a_denial_reaches_the_model_with_its_reason(world: World) -> None:
    world.api.script("make-it", TOUCH, Text("I won't."))
    world.orch("new", "Make it", "--prompt", "make-it")
    world.orch("answer", request(world)["id"], "deny", "--message", "use the Makefile instead")
    world.until("c1", "idle", reason="I won't.")
    assert "use the Makefile instead" in said_to_the_model(world)
    assert not (world.repo.parent / "repo-orch/make-it/made.txt").exists()


def test_always_takes_effect_on_the_next_call(world: World) -> None:
    fetch = ToolUse("Bash", {"command": "npm run build", "description": "build it"})
    world.api.script("make-it", fetch, fetch, Text("Twice."))
    world.orch("new", "Make it", "--prompt", "make-it")
    asked = request(world)
    offered = world.client.need(asked["id"]).always
    assert offered == ("allow Bash(npm run *) in this worktree (.claude/settings.local.json)",)
    world.orch("answer", asked["id"], "always", "--always", "0")
    world.until("c1", "idle", reason="Twice.")
    assert world.story("c1").count("npm run build: always by cli") == 1, "nobody was asked again"


QUESTION = {
    "question": "Which database?",
    "header": "Database",
    "multiSelect": False,
    "options": [{"label": "SQLite", "description": "a file"}, {"label": "Redis", "description": "a server"}],
}
SEVERAL = {
    "question": "Which tests?",
    "header": "Tests",
    "multiSelect": True,
    "options": [{"label": "unit", "description": "u"}, {"label": "e2e", "description": "e"}],
}


def test_a_question_is_answered_with_one_option(world: World) -> None:
    world.api.script("choose", ToolUse("AskUserQuestion", {"questions": [QUESTION]}), Text("Chosen."))
    world.orch("new", "Choose", "--prompt", "choose")
    asked = request(world, "question")
    assert asked["options"] == ["SQLite", "Redis"]
    world.orch("answer", asked["id"], "allow", "--option", "Redis")
    world.until("c1", "idle", reason="Chosen.")
    assert "Redis" in said_to_the_model(world).rpartition("tool_result")[2]


@pytest.mark.long
def test_several_questions_are_answered_with_several_options(world: World) -> None:
    world.api.script(
        "choose", ToolUse("AskUserQuestion", {"questions": [QUESTION, SEVERAL]}), Text("Chosen.")
    )
    world.orch("new", "Choose", "--prompt", "choose")
    asked = request(world, "question")
    world.orch("answer", asked["id"], "allow", "--option", "SQLite", "--option", "unit", "--option", "e2e")
    world.until("c1", "idle", reason="Chosen.")
    told = said_to_the_model(world).rpartition("tool_result")[2]
    assert "SQLite" in told
    assert "unit, e2e" in told


@pytest.mark.long
def test_a_plan_is_approved_from_outside(world: World) -> None:
    world.api.script("think-first", ToolUse("ExitPlanMode", {"plan": "1. Write it."}), Text("Approved."))
    world.orch("new", "Think first", "--prompt", "think-first", "--permission-mode", "plan")
    world.orch("answer", request(world, "plan")["id"], "allow")
    world.until("c1", "idle", reason="Approved.")


@pytest.mark.long
def test_a_plan_is_sent_back_with_what_to_change(world: World) -> None:
    plan = ToolUse("ExitPlanMode", {"plan": "1. Write it."})
    world.api.script("think-first", plan, Text("I shall think again."))
    world.orch("new", "Think first", "--prompt", "think-first", "--permission-mode", "plan")
    world.orch("answer", request(world, "plan")["id"], "deny", "--message", "tests first, please")
    world.until("c1", "idle", "interrupted")
    assert "tests first, please" in said_to_the_model(world)


@pytest.mark.long
def test_an_answer_in_the_pane_wins_over_a_later_one_from_here(world: World) -> None:
    world.api.script("make-it", TOUCH, Text("Made."))
    world.orch("new", "Make it", "--prompt", "make-it")
    asked = request(world)
    card = world.card("c1")
    world.until_pane(card, "Do you want to proceed?")
    world.press(card, "Enter")
    late = world.orch("answer", asked["id"], "deny", check=False)
    world.until("c1", "idle")
    assert world.orch("answer", asked["id"], "deny", check=False).returncode == 4
    made = (world.repo.parent / "repo-orch/make-it/made.txt").exists()
    assert made or late.returncode == 0, "one of the two answers held"


@pytest.mark.long
def test_escape_takes_the_request_out_of_the_queue(world: World) -> None:
    world.api.script("make-it", TOUCH)
    world.orch("new", "Make it", "--prompt", "make-it")
    asked = request(world)
    card = world.card("c1")
    world.until_pane(card, "Do you want to proceed?")
    world.press(card, "Escape")
    world.until("c1", "interrupted")
    assert asked["id"] not in world.orch("queue", "--json").stdout


@pytest.mark.long
def test_two_requests_of_parallel_tools_are_each_answered(world: World) -> None:
    other = ToolUse("Write", {"file_path": str(world.repo.parent / "repo-orch/both/b.txt"), "content": "b"})
    both = ToolUse("Bash", {"command": "touch a.txt", "description": "make a"}, also=(other,))
    world.api.script("both-now", both, Text("Both."))
    world.orch("new", "Both", "--prompt", "both-now")
    answered: set[str] = set()
    while len(answered) < 2:
        need = request(world, but=answered)
        world.orch("answer", need["id"], "allow")
        answered.add(need["id"])
    world.until("c1", "idle", reason="Both.")
    tree = world.repo.parent / "repo-orch/both"
    assert (tree / "a.txt").exists()
    assert (tree / "b.txt").read_text() == "b"


@pytest.mark.long
def test_a_background_subagents_request_is_answered_from_here(world: World) -> None:
    task = {
        "description": "make a file",
        "prompt": "sub-work: make it",
        "subagent_type": "general-purpose",
        "run_in_background": True,
    }
    world.api.script("sub-work", TOUCH, Text("Sub done."))
    world.api.script("delegate", ToolUse("Agent", task), Text("Delegated."), Text("All done."))
    world.orch("new", "Delegate", "--prompt", "delegate")
    world.orch("answer", request(world)["id"], "allow")
    poll((world.repo.parent / "repo-orch/delegate/made.txt").exists, "the subagent's file")
    world.until("c1", "idle", "background")


@pytest.mark.long
def test_two_requests_one_after_the_other_are_two_answers(world: World) -> None:
    second = ToolUse("Bash", {"command": "touch second.txt", "description": "make another"})
    world.api.script("make-both", TOUCH, second, Text("Both."))
    world.orch("new", "Make both", "--prompt", "make-both")
    first = request(world)
    world.orch("answer", first["id"], "allow")
    world.orch("answer", request(world, but=[first["id"]])["id"], "allow")
    world.until("c1", "idle", reason="Both.")
    assert (world.repo.parent / "repo-orch/make-both/second.txt").exists()


@pytest.mark.long
def test_a_request_held_when_the_hub_is_killed_is_shown_again_and_answered_in_the_session(
    world: World,
) -> None:
    world.api.script("make-it", TOUCH, Text("Made."))
    world.orch("new", "Make it", "--prompt", "make-it")
    request(world)
    hub = world.hub_pid()
    os.kill(hub, signal.SIGKILL)
    poll(lambda: ended(hub), "the hub's end")
    world.orch("hub", "start")
    world.until("c1", "permission")
    (need,) = json.loads(world.orch("queue", "--json").stdout)
    assert (need["answerable"], "in the session" in need["hint"]) == (False, True)
    refused = world.orch("answer", need["id"], "allow", check=False)
    assert refused.returncode == 4
    assert "orch attach" in refused.stderr
    world.press(world.card("c1"), "Enter")
    world.until("c1", "idle", reason="Made.")
