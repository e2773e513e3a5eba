"""A hub of this version takes over from one of the version before, under three real sessions."""

import threading

import pytest

from tests.e2e.messages_api import Text, ToolUse
from tests.e2e.sessions.world import World, ended
from tests.machines.former_version import as_the_version_before_left_it
from tests.poll import poll

pytestmark = [pytest.mark.claude, pytest.mark.long]


def test_three_sessions_run_on_while_the_hub_is_upgraded(world: World) -> None:
    hold = threading.Event()
    world.api.script("rest-here", Text("Ready."), Text("Ready again."))
    world.api.script("work-on", Text("Done at last.", hold=hold), Text("More."))
    world.api.script("ask-me", ToolUse("Bash", {"command": "touch b.txt"}, "Now."), Text("Fine."))
    for name in ("Rest here", "Work on", "Ask me"):
        world.orch("new", name, "--prompt", name.lower().replace(" ", "-"))
    before = [
        world.until("rest-here", "idle", reason="Ready."),
        world.until("work-on", "working"),
        world.until("ask-me", "permission"),
    ]
    hub = world.hub_pid()
    world.orch("hub", "stop")
    poll(lambda: ended(hub), "the hub to end")
    assert as_the_version_before_left_it(world.home.journal)
    hold.set()  # the turn ends while no hub listens

    world.orch("hub", "start")
    rests = world.until("rest-here", "idle", reason="Ready.")
    works = world.until("work-on", "idle", reason="Done at last.")
    asks = world.until("ask-me", "permission", column="blocked")
    for was, card in zip(before, (rests, works, asks), strict=True):
        for name in ("pid", "pane", "window", "session_id", "worktree", "agent"):
            assert getattr(card, name) == getattr(was, name), name

    world.orch("send", "rest-here", "once more")
    world.until("rest-here", "idle", reason="Ready again.")
    world.press(asks, "Enter")
    world.until("ask-me", "idle", reason="Fine.")
