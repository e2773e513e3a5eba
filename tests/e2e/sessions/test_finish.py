"""A person finishes a real session's card from the board while it is idle, and undoes that."""

import json
from pathlib import Path

import pytest

from tests.conftest import git
from tests.e2e.messages_api import Text
from tests.e2e.sessions.screen import at_the_board
from tests.e2e.sessions.world import World, ended
from tests.poll import poll

pytestmark = pytest.mark.claude


@pytest.mark.long
def test_an_idle_session_is_merged_from_the_board_and_undone_with_its_conversation(world: World) -> None:
    world.api.script("say hello", Text("Hello."), Text("Still here."))
    world.orch("new", "Work", "--prompt", "say hello")
    card = world.until("c1", "idle")
    place, pid, conversation = Path(str(card.worktree)), card.pid, card.session_id
    (place / "work.txt").write_text("work\n")
    git(place, "add", "work.txt")
    git(place, "commit", "--quiet", "--message=Add work")
    base = git(world.repo, "rev-parse", "main")
    with at_the_board(world) as person:
        person.sees("Review 1", "Work")
        person.press("L")
        person.sees("Finish c1", "1 commit, 1 file", "follows in")
        person.press("m")
        person.sees("Done 1", "merged", "Undo: U")
        assert pid
        poll(lambda: ended(pid), "the session's end")
        assert git(world.repo, "log", "--format=%s", "-1") == "Merge orch/work: Work"
        assert (world.repo / "work.txt").exists()
        assert not place.exists()
        person.press("U")
        person.sees("Undo the merge of c1?", "main is back at", "Its session is resumed.")
        person.press("y")
        person.sees("Undone: merge of c1")
    back = world.until("c1", "idle", finished=None)
    assert git(world.repo, "rev-parse", "main") == base
    assert git(world.repo, "status", "--porcelain") == ""
    assert (place / "work.txt").read_text() == "work\n"
    assert back.session_id == conversation
    before = len(world.api.requests)
    world.orch("send", "c1", "are you there")
    poll(lambda: len(world.api.requests) > before, "the session's next request")
    assert "say hello" in json.dumps(world.api.requests[before].body["messages"]), "the same conversation"
