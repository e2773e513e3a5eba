"""The view of the runs under the fingers of a robot user: what it shows, and where the selection goes."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import RunChanged, RunGone
from orchestrator.core.workflow.run import ScriptResult
from tests.clock import NOW
from tests.widgets.hostile import HOSTILE
from tests.widgets.runs_pane import BUILD, OPEN, REVIEW, RUN, opened, selected
from widgets.board.screen import BoardScreen
from widgets.gallery.boards import stage_runs
from widgets.gallery.runs import run, stage

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = pytest.mark.anyio


# --- what is shown --------------------------------------------------------------------------------


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_r_shows_the_stages_and_what_each_waits_for_in_words(
    play: "Play", size: tuple[int, int]
) -> None:
    async with opened(play, RUN, size=size) as player:
        said = player.screen_text()
        for part in ("gate-blocked", "build", "done", "review", "merge", "waiting", "1/3",
                     "Both agents complete", "7 files", "+483", "a approve"):  # fmt: skip
            assert part in said, part
        await player.press("escape")
        assert isinstance(player.app.screen, BoardScreen)


async def test_stages_that_run_side_by_side_are_held_by_a_bracket(play: "Play") -> None:
    both = [stage(name, "running", "build", began_at=NOW) for name in ("left", "right")]
    async with opened(play, replace(RUN, stages=(BUILD, *both, stage("end", "waiting", "left")))) as player:
        rows = [line for line in player.screen_text().splitlines() if "●" in line or "○ end" in line]
        said = "\n".join(rows)
        assert "╭ ● left" in said
        assert "╰ ● right" in said
        assert "─ ○ end" in said


async def test_it_opens_on_what_waits_for_a_human(play: "Play") -> None:
    calm = run(2, "calm", "running", stage("only", "running", began_at=NOW), started_at=NOW)
    async with opened(play, calm, RUN) as player:
        assert selected(player) == "r1.review"


async def test_an_empty_view_says_how_to_start_a_run_and_fills(play: "Play") -> None:
    async with opened(play) as player:
        assert "No runs" in player.screen_text()
        await player.press("a")
        assert "No runs" in player.told
        player.client.tell(RunChanged(RUN))
        await player.until(lambda: selected(player) == "r1.review")


@pytest.mark.long
async def test_what_changes_is_shown_at_once(play: "Play") -> None:
    async with opened(play, RUN) as player:
        player.client.tell(RunChanged(replace(RUN, reason="now it is something else")))
        await player.until(lambda: "now it is something else" in player.screen_text())
        player.client.tell(RunGone("r1"))
        await player.until(lambda: "No runs" in player.screen_text())


async def test_a_script_shows_its_exit_code_and_what_it_printed_last(play: "Play") -> None:
    failed = stage(
        "test", "failed", kind="script", result=ScriptResult(2, "one\ntwo\nthe end", 31.0), attempt=3
    )
    async with opened(play, run(1, "ci", "failed", failed, started_at=NOW)) as player:
        said = player.screen_text()
        for part in ("exit 2", "31s", "the end", "attempt 3", "×3"):
            assert part in said, part


async def test_a_run_of_fifty_stages_scrolls_and_each_can_be_reached(play: "Play") -> None:
    many = [stage(f"stage-{number:02}", "waiting") for number in range(50)]
    for size in ((200, 50), (80, 24)):
        async with opened(play, run(1, "big", "running", *many, started_at=NOW), size=size) as player:
            await player.press("l", "G")
            assert selected(player) == "r1.stage-49"
            assert "stage-49" in player.screen_text()
            await player.press("k", "g")
            assert selected(player) == "r1.stage-00"
            await player.until(lambda: "─ ○ stage-00" in said(player) or "╭ ○ stage-00" in said(player))


def said(player: "Player") -> str:
    return player.screen_text()


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_hostile_text_is_shown_as_data(play: "Play", size: tuple[int, int]) -> None:
    for text in HOSTILE:
        evidence = replace(
            OPEN.evidence,
            diffs=tuple(
                replace(diff, branch=text, stage=text, files=((text, 3, 1),), commits=(text,), trouble=text)
                for diff in OPEN.evidence.diffs
            ),
            tests=((text, ScriptResult(1, text, 1.0)),),
            summaries=((text, text),),
        )
        bad = replace(OPEN, message=text, evidence=evidence, approvers=(text,), next=(text,), on_deny=text)
        stages = (
            replace(REVIEW, name=text, waits=text, branch=text, path=text),
            replace(BUILD, name=text + "2", waits=text, summary=text, branch=text),
        )
        told = replace(RUN, name=text, reason=text, stages=stages, inputs=((text, text),), repo=text)
        async with opened(play, told, gates=(bad,), size=size) as player:
            for key in ("pagedown", "l", "enter", "enter", "j"):
                assert player.widths() == {size[0]}
                shown = player.screen_text()
                assert "\x1b" not in shown
                assert not text.startswith("[") or "[/etc]" in shown
                await player.press(key)


@pytest.mark.long
async def test_a_screen_too_small_for_anything_breaks_nothing(play: "Play") -> None:
    async with play(client=stage_runs(NOW), size=(80, 24)) as player:
        await player.press("r")
        for size in ((20, 5), (3, 2), (400, 100), (80, 24)):
            await player.pilot.resize_terminal(*size)
            await player.press("j", "k", "l", "h")
            assert player.widths() <= {size[0]}
        await player.until(lambda: "nightly-audit" in player.screen_text())


# --- where the selection goes ---------------------------------------------------------------------


async def test_the_cursor_goes_into_a_run_and_out_again(play: "Play") -> None:
    other = run(2, "other", "running", stage("one", "running", began_at=NOW), started_at=NOW)
    async with opened(play, other, RUN) as player:
        await player.press("k")
        assert selected(player) == "r2.one"
        await player.press("j", "l", "j")
        assert selected(player) == "r1.merge"
        await player.press("k", "k")
        assert selected(player) == "r1.build"
        await player.press("h", "k")
        assert selected(player) == "r2.one"


async def test_the_selected_stage_stays_selected_inside_a_run(play: "Play") -> None:
    async with opened(play, RUN) as player:
        await player.press("l", "j")
        new = run(9, "new", "running", stage("one", "blocked", began_at=NOW), started_at=NOW + 1)
        player.client.tell(RunChanged(new), RunChanged(replace(RUN, reason="other words")))
        await player.until(lambda: "other words" in player.screen_text())
        assert selected(player) == "r1.merge"


@pytest.mark.sample(1)
@pytest.mark.parametrize("key", ["n", "w", "tab"])
async def test_next_goes_round_all_that_waits_for_a_human(play: "Play", key: str) -> None:
    stuck = run(2, "stuck", "blocked", stage("fix", "blocked"), stage("end", "waiting"), started_at=NOW)
    async with opened(play, stuck, RUN) as player:
        seen = []
        for _ in range(3):
            await player.press(key)
            seen.append(selected(player))
        assert seen == ["r1.review", "r2.fix", "r1.review"]


async def test_enter_goes_to_the_stages_card_on_the_board(play: "Play") -> None:
    async with opened(play, RUN) as player:
        await player.press("l", "g", "enter")
        await player.until(lambda: isinstance(player.app.screen, BoardScreen))
        assert player.at == "c4"
        await player.press("enter")
        assert (await player.asked("attach"))["card"] == "c4"


async def test_enter_gives_a_gate_the_whole_screen_and_escape_takes_it_back(play: "Play") -> None:
    async with opened(play, RUN, size=(80, 24)) as player:
        assert "tests/auth/conftest.py" not in player.screen_text()
        await player.press("enter", "pagedown")
        assert "tests/auth/conftest.py" in player.screen_text()
        assert "waiting for review" not in player.screen_text()
        await player.press("escape")
        assert "waiting for review" in player.screen_text()
