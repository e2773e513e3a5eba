"""A person at the real board, with real Claude Code sessions."""

import os
import signal
import time

import pytest

from tests.e2e.messages_api import Text, ToolUse
from tests.e2e.sessions.screen import at_the_board
from tests.e2e.sessions.world import World, ended
from tests.poll import poll

pytestmark = pytest.mark.claude

TOUCH = ToolUse("Bash", {"command": "touch made.txt", "description": "make a file"}, "Let me make it.")


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", [(200, 50), (80, 24)], ids=["200x50", "80x24"])
def test_a_card_is_made_answered_looked_at_and_left_by_keys_alone(
    world: World, size: tuple[int, int]
) -> None:
    world.api.script("make-it", TOUCH, Text("It is made. Anything else?"))
    with at_the_board(world, *size) as person:
        person.sees("Press n")
        person.press("n")
        person.sees("New card", "Prompt")
        person.type("Make a file")
        person.press("Tab")
        person.type("make-it please")
        person.sees("make-it please")
        person.press("C-s")
        person.sees("1 needs you" if size[0] == 200 else "▲1")
        person.press("a")
        person.sees("touch made.txt", "Allow once" if size[0] == 200 else "Allow")
        time.sleep(0.7)  # what has just come up is not answered by a key that was on its way
        person.press("a")
        world.until("c1", "idle", column="review")
        person.sees("asks")  # the queue has heard of it
        person.press("Escape")
        person.sees("Backlog")
        person.press("w")
        person.sees("Make a file", "It is made. Anything else?")
        time.sleep(0.7)  # a card that has just moved by itself is not acted on either
        person.press("Enter")
        person.sees("F12 board", "Let me make it.")
        person.press("F12")
        person.sees("hub ok", "Make a file")
        person.press("q")
        person.sees("left with 0")
    assert world.until("c1", "idle").unread is False
    assert (world.repo.parent / "repo-orch/make-a-file/made.txt").exists()


@pytest.mark.long
def test_the_board_says_that_the_hub_is_away_and_comes_back_by_itself(world: World) -> None:
    world.api.script("first", Text("Done."))
    world.orch("new", "Steady", "--prompt", "first")
    world.until("c1", "idle")
    with at_the_board(world) as person, at_the_board(world, 80, 24, who="you") as other:
        person.sees("Steady", "hub ok")
        other.sees("Steady", "hub ok")
        hub = world.hub_pid()
        os.kill(hub, signal.SIGKILL)
        poll(lambda: ended(hub), "the hub's end")
        for each in (person, other):
            each.sees("hub ok", "Steady")
        world.orch("hold", "c1", "wait for legal")
        person.sees("wait for legal")
        other.sees("Blocked 1")
