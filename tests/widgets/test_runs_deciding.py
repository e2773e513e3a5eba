"""Gates, stages and runs, decided about by a robot user."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Board, Refused, RunChanged
from tests.clock import NOW
from tests.widgets.runs_pane import (
    BUILD,
    CARD,
    MERGE,
    OPEN,
    REVIEW,
    RUN,
    opened,
    pane_of,
    selected,
    settled,
    verbs,
)
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.gallery.runs import run, stage
from widgets.runs.pane import RunsPane

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


# --- gates ----------------------------------------------------------------------------------------


async def test_a_gate_is_approved_with_the_version_that_was_shown(play: "Play") -> None:
    async with opened(play, RUN) as player:
        await player.press("a")
        asked = await player.asked("gate.approve")
        assert {"gate": "g7", "note": "", "seen": 3}.items() <= asked.items()


async def test_what_the_hub_refuses_is_told_and_the_fresh_evidence_is_shown(play: "Play") -> None:
    async with opened(play, RUN) as player:
        player.client.gates_by_id["g7"] = replace(OPEN, version=4, message="Look again?")
        player.client.refusals["gate.approve"] = Refused("g7 has changed since you looked at it")
        await player.press("a")
        await player.until(lambda: "G7 has changed since you looked" in player.told)
        await player.until(lambda: "Look again?" in player.screen_text())
        player.client.refusals.clear()
        await player.press("a")
        assert "The evidence has just changed" in player.told
        assert verbs(player) == ["gate.approve"]
        player.clock.now += 1
        await player.press("a")
        await player.until(lambda: verbs(player) == ["gate.approve", "gate.approve"])
        assert player.client.asked[-1][1]["seen"] == 4


async def test_a_gate_whose_evidence_is_not_here_yet_is_not_approved(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (CARD,), (), (RUN,)))
    client.refusals["gate.show"] = Refused("not now")
    async with play(client=client) as player:
        await player.press("r")
        await player.until(lambda: "cannot load The evidence: not now" in player.screen_text())
        player.clock.now += 1
        client.refusals.clear()
        client.gates_by_id["g7"] = OPEN
        await player.press("a")
        assert verbs(player) == []
        await player.until(lambda: "7 files" in player.screen_text())


async def test_a_denial_needs_a_reason_and_names_what_is_done_again(play: "Play") -> None:
    async with opened(play, RUN) as player:
        await player.press("d")
        await player.shown("Words")
        assert "implement-feature runs again" in player.screen_text()
        await player.press("ctrl+s")
        assert "Enter some text" in player.screen_text()
        assert verbs(player) == []
        await player.press(*"too big", "ctrl+s")
        asked = await player.asked("gate.deny")
        assert {"gate": "g7", "note": "too big", "seen": 3}.items() <= asked.items()
        await player.shown("RunsPane")


async def test_a_denial_that_is_refused_keeps_the_reason(play: "Play") -> None:
    async with opened(play, RUN) as player:
        player.client.refusals["gate.deny"] = Refused("g7 is approved already", "ann did so")
        await player.press("d", *"no", "ctrl+s")
        await player.until(lambda: "ann did so" in player.screen_text())
        assert type(player.app.screen).__name__ == "Words"


@pytest.mark.sample(1)
@pytest.mark.parametrize("key", ["a", "d", "t", "K", "D", "F", "X", "p", "s", "enter"])
async def test_a_key_right_after_the_selection_has_changed_by_itself_does_nothing(
    play: "Play", key: str
) -> None:
    work = replace(BUILD, state="running", ended_at=None, options=("done", "fail", "retry", "skip"))
    before = replace(RUN, state="running", stages=(work, replace(REVIEW, state="waiting", options=()), MERGE))
    async with opened(play, before) as player:
        assert selected(player) == "r1.build"
        stuck = replace(RUN, stages=(BUILD, stage("fix", "blocked", card="c4"), MERGE), state="blocked")
        player.client.tell(RunChanged(stuck))
        await player.until(lambda: selected(player) == "r1.fix")
        player.clock.now += 0.1
        await player.press(key)
        assert "fix is now blocked" in player.told
        assert verbs(player) == []
        assert isinstance(player.app.screen, RunsPane)


async def test_the_key_that_opens_the_view_decides_nothing(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (CARD,), (), (RUN,)))
    client.gates_by_id["g7"] = OPEN
    async with play(client=client) as player:
        await player.press("r")
        await player.until(lambda: "7 files" in player.screen_text())
        await player.press("a")
        assert "just opened" in player.told
        assert verbs(player) == []


async def test_a_gate_that_opens_under_the_key_is_not_approved_by_it(play: "Play") -> None:
    before = replace(RUN, stages=(BUILD, replace(REVIEW, state="waiting", gate="", options=()), MERGE))
    async with opened(play, before) as player:
        await player.press("l", "g", "j")
        player.client.tell(RunChanged(RUN))
        await player.until(lambda: "7 files" in player.screen_text())
        await player.press("a")
        assert "is now gate-blocked" in player.told
        assert verbs(player) == []


# --- stages and runs ------------------------------------------------------------------------------


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("key", "verb", "more"),
    [
        ("t", "run.retry", {}), ("K", "run.skip", {}),
        ("D", "run.done", {"outcome": "done"}), ("F", "run.done", {"outcome": "failed"}),
    ],
)  # fmt: skip
async def test_a_human_decides_about_a_stage_that_is_stuck(
    play: "Play", key: str, verb: str, more: dict[str, str]
) -> None:
    stuck = stage("fix", "blocked", began_at=NOW, waits="its session ended its turn")
    async with opened(play, run(1, "deps", "blocked", stuck, started_at=NOW)) as player:
        await player.press(key)
        await player.shown("Words")
        await player.press(*"why", "ctrl+s")
        asked = await player.asked(verb)
        expected = {"run": "r1", "stage": "fix", "note": "why", **more}
        assert {name: asked[name] for name in expected} == expected
        await player.shown("RunsPane")


async def test_a_stages_session_is_sent_a_prompt(play: "Play") -> None:
    stuck = stage("fix", "blocked", began_at=NOW, card="c4")
    async with opened(play, run(1, "deps", "blocked", stuck, started_at=NOW)) as player:
        await player.press("s")
        await player.shown("SendPrompt")
        await player.press(*"go on", "ctrl+s")
        assert (await player.asked("send"))["text"] == "go on"


async def test_p_pauses_and_resumes(play: "Play") -> None:
    async with opened(play, RUN) as player:
        assert "p Pause" in player.screen_text()
        await player.press("p")
        assert (await player.asked("run.pause"))["run"] == "r1"
        player.client.tell(RunChanged(replace(RUN, state="paused")))
        await player.until(lambda: "p Resume" in player.screen_text())
        await player.press("p")
        assert (await player.asked("run.resume"))["run"] == "r1"


async def test_a_run_is_cancelled_only_after_a_question(play: "Play") -> None:
    async with opened(play, RUN) as player:
        await player.press("X")
        await player.shown("Confirm")
        await player.press("n")
        assert verbs(player) == []
        await player.press("X")
        await player.shown("Confirm")
        await player.press("y")
        assert (await player.asked("run.cancel"))["run"] == "r1"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("K", "review of r1 cannot be skipped now: it is an open gate"),
        ("D", "review of r1 cannot be marked as done now"),
        ("s", "review has no card"),
    ],
)
async def test_a_key_that_can_do_nothing_says_why(play: "Play", key: str, said: str) -> None:
    async with opened(play, RUN) as player:
        await player.press(key)
        assert said in player.told
        assert verbs(player) == []


async def test_nothing_can_be_done_to_a_run_that_has_ended(play: "Play") -> None:
    over = replace(RUN, state="done", ended_at=NOW, stages=(BUILD,))
    async with opened(play, over) as player:
        await player.press("p", "X", "a")
        assert "r1 has ended: it is done" in player.told
        assert "build is not a gate" in player.told
        assert verbs(player) == []


async def test_a_click_on_a_stage_selects_it_and_the_bottom_line_acts(play: "Play") -> None:
    from widgets.kit.rows import RowBox

    async with opened(play, RUN) as player:
        boxes = {box.row.id: box for box in pane_of(player).query(RowBox) if box.row and box.display}
        await player.pilot.click(boxes["merge"])
        assert selected(player) == "r1.merge"
        await player.pilot.click(boxes["review"])
        await settled(player)
        place = player.screen_text().splitlines()[-1].index("a Approve")
        await player.pilot.click("KeyBar", offset=(place, 0))
        assert (await player.asked("gate.approve"))["seen"] == 3


async def test_a_paste_decides_nothing(play: "Play") -> None:
    async with opened(play, RUN, burst_window=0.025) as player:
        from textual import events

        player.app.post_message(events.Paste("aaa"))
        await player.pilot.pause()
        assert "Pasted text decides nothing" in player.told
        assert verbs(player) == []


@pytest.mark.long
async def test_the_palette_and_help_know_the_runs(play: "Play") -> None:
    async with opened(play, RUN) as player:
        await player.press("question_mark")
        await player.shown("Help")
        said = player.screen_text()
        assert "Approve gate" in said.partition("New card")[0]
        await player.press("escape", "ctrl+p")
        await player.shown("Palette")
        await player.press(*"approve the")
        await player.until(lambda: "Approve the gate." in player.screen_text())


async def test_a_headless_card_can_not_be_attached_and_says_so(play: "Play") -> None:
    away = card(1, "Audit", "in_progress", "working", run="r7", stage="audit", where="headless", window=None)
    async with play(away) as player:
        assert "r7 · audit" in player.screen_text()
        assert "headless" in player.screen_text()
        await player.press("enter")
        assert ": it runs headless, without a terminal" in player.told
        assert player.client.asked == []


@pytest.mark.long
async def test_a_run_that_has_ended_is_marked_as_seen_and_no_other_is(play: "Play") -> None:
    async with opened(play, replace(RUN, state="failed", unread=True)) as player:
        await player.press("u")
        assert (await player.asked("run.acknowledge"))["run"] == "r1"
    async with opened(play, RUN) as player:
        await player.press("u")
        assert "has nothing to acknowledge" in player.told
