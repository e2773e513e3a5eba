"""A hub of this version takes over from one of the version before, whose sessions run on meanwhile."""

import pytest

from tests.hub.stage import Stage
from tests.machines.former_version import as_the_version_before_left_it
from tests.poll import poll

pytestmark = pytest.mark.slow


def test_three_sessions_run_on_while_the_hub_is_upgraded(stage: Stage) -> None:
    stage.start()
    rests = stage.new("Rests", "demo: say Ready.")
    works = stage.new("Works", "demo: think 600; say Never.")
    asks = stage.new("Asks", 'demo: permission "rm -rf build"; say Removed.')
    before = [
        stage.until(rests.id, "idle", reason="Ready."),
        stage.until(works.id, "working", reason="thinking"),
        stage.until(asks.id, "permission", reason="Bash: rm -rf build"),
    ]
    stage.client.send(works.id, "demo: say More.", queue=True)
    stage.client.stop_hub()
    poll(stage.away, "the hub to end")
    assert as_the_version_before_left_it(stage.home.journal)

    stage.start()
    for was in before:
        card = stage.until(was.id, was.state, reason=was.reason)
        for name in ("pid", "pane", "window", "session_id", "since", "worktree", "agent"):
            assert getattr(card, name) == getattr(was, name), name
    assert stage.card(works.id).queued_prompts == 1

    stage.client.send(rests.id, "demo: say Again.")
    stage.until(rests.id, "idle", reason="Again.")
    stage.press(stage.card(asks.id), "Enter")
    stage.until(asks.id, "idle", reason="Removed.")
    stage.client.nudge(works.id, "interrupt")
    stage.until(works.id, "idle", reason="More.")
