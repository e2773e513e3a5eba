"""A person's review of a real session's work."""

import json
from pathlib import Path

import pytest

from orchestrator.core.requests.review import ReadReview
from tests.e2e.messages_api import Text, ToolUse
from tests.e2e.sessions.world import World
from tests.poll import poll

pytestmark = pytest.mark.claude

NOTE = ToolUse(
    "mcp__orch__review_note", {"path": "sum.py", "line": 2, "text": "Plain addition is fast enough here."}
)


@pytest.mark.long
def test_comments_on_two_lines_reach_the_session_with_file_line_and_words(world: World) -> None:
    world.api.script("say hello", Text("Hello."), NOTE, Text("Explained it."), Text("I will."))
    world.orch("new", "Work", "--prompt", "say hello")
    card = world.until("c1", "idle")
    place = Path(str(card.worktree))
    (place / "sum.py").write_text("def total(a, b):\n    return a + b\n")
    world.orch("send", "c1", "add a sum")
    world.until("c1", "idle", comments=1)
    assert "Plain addition is fast enough" in world.orch("review", "list", "c1").stdout

    world.orch("review", "add", "c1", "sum.py:1", "Call it add.")
    world.orch("review", "add", "c1", "README.md:1", "Mention the sum here.", "--old")
    assert world.client.show("c1").card.drafts == 2
    before = len(world.api.requests)
    world.orch("review", "send", "c1")

    def sent() -> bool:
        return {each.state for each in world.client.submit(ReadReview("c1")).comments} == {"sent"}

    poll(sent, "both comments to be sent")
    poll(lambda: len(world.api.requests) > before, "the session's next request")
    told = world.api.requests[before].last_message
    assert "sum.py, line 1:\n> def total(a, b):\nCall it add." in told
    assert "README.md, line 1 before your changes:\n> A repository.\nMention the sum here." in told

    (place / "sum.py").write_text("def add(a, b):\n    return a + b\n")
    found = json.loads(world.orch("review", "list", "c1", "--json").stdout)
    assert {each["path"]: each["changed_since"] for each in found["comments"]} == {
        "README.md": False,
        "sum.py": True,
    }
