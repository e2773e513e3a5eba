"""The view of the runs under the fingers of a robot user."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.client import Board, Refused, RunChanged, RunGone
from orchestrator.core.workflow.run import ScriptResult
from orchestrator.core.workflow.views import GateView, RunView
from widgets.board import BoardScreen
from widgets.gallery import StageClient, card, hub, stage_runs
from widgets.gallery_runs import GATE, run, stage
from widgets.runs.pane import RunsPane

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = pytest.mark.anyio

NOW = 1_700_000_000.0
CARD = card(4, "Auth refactor", "in_progress", "working", run="r1", stage="build")
OPEN = replace(GATE, run="r1", stage="review", opened_at=NOW - 600, since=NOW - 600)
BUILD = stage("build", "done", began_at=NOW - 900, ended_at=NOW - 600, card="c4", branch="feature/auth")
REVIEW = stage("review", "gate-blocked", "build", kind="human-gate", gate="g7", began_at=NOW - 600,
               waits="waits for a human")  # fmt: skip
MERGE = stage("merge", "waiting", "review", waits="waits for review")
RUN = run(1, "auth", "gate-blocked", BUILD, REVIEW, MERGE, reason="review waits", started_at=NOW - 900)


class Clock:
    """The time of day, which passes when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def opened(
    play: "Play", *runs: RunView, gates: tuple[GateView, ...] = (OPEN,), size: tuple[int, int] = (200, 50),
    **more: Any,
) -> AsyncIterator["Player"]:  # fmt: skip
    """The view on these runs, once keys can be trusted and the gate that is selected has been fetched."""
    client = StageClient(Board(hub(), (CARD,), (), runs))
    client.gates_by_id = {each.id: each for each in gates}
    clock = Clock()
    async with play(client=client, clock=clock, size=size, **more) as player:
        await player.press("r")
        await player.until(lambda: isinstance(player.app.screen, RunsPane))
        await settled(player)
        yield player


async def settled(player: "Player") -> None:
    pane = pane_of(player)
    await player.until(
        lambda: pane.look is None or not pane.look.stage.gate or pane.look.gate or pane.look.error
    )
    clock_of(player).now += 1


def pane_of(player: "Player") -> RunsPane:
    return next(screen for screen in player.app.screen_stack if isinstance(screen, RunsPane))


def clock_of(player: "Player") -> Clock:
    clock = player.app.clock
    assert isinstance(clock, Clock)
    return clock


def selected(player: "Player") -> str:
    look = pane_of(player).look
    return f"{look.run.id}.{look.stage.name}" if look else ""


def verbs(player: "Player") -> list[str]:
    return [verb for verb, _ in player.client.asked if verb not in ("gate", "need", "preview", "workflows")]


async def shown(player: "Player", name: str) -> None:
    await player.until(lambda: type(player.app.screen).__name__ == name)


# --- what is shown --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_r_shows_the_stages_and_what_each_waits_for_in_words(
    play: "Play", size: tuple[int, int]
) -> None:
    async with opened(play, RUN, size=size) as player:
        said = player.screen_text()
        for part in ("gate-blocked", "build", "done", "review", "merge", "waiting", "waits for review", "1/3",
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
        assert "No run yet" in player.screen_text()
        await player.press("a")
        assert "There is no run" in player.told
        player.client.tell(RunChanged(RUN))
        await player.until(lambda: selected(player) == "r1.review")


async def test_what_changes_is_shown_at_once(play: "Play") -> None:
    async with opened(play, RUN) as player:
        player.client.tell(RunChanged(replace(RUN, reason="now it is something else")))
        await player.until(lambda: "now it is something else" in player.screen_text())
        player.client.tell(RunGone("r1"))
        await player.until(lambda: "No run yet" in player.screen_text())


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


HOSTILE = [
    "[/etc] [bold]x[/]",
    "\x1b[2J\x1b[31mred",
    "שלום\u202e" * 30,
    "x" * 500,
    "a\nb\tc",
    "日本" * 60,
    "👨\u200d👩 🇩🇪",
]


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
                strips = player.app.screen._compositor.render_strips()  # noqa: SLF001 (all rows)
                assert {strip.cell_length for strip in strips} == {size[0]}
                assert "\x1b" not in player.screen_text()
                assert not text.startswith("[") or "[/etc]" in player.screen_text()
                await player.press(key)


async def test_a_screen_too_small_for_anything_breaks_nothing(play: "Play") -> None:
    async with play(client=stage_runs(NOW), clock=Clock(), size=(80, 24)) as player:
        await player.press("r")
        for size in ((20, 5), (3, 2), (400, 100), (80, 24)):
            await player.pilot.resize_terminal(*size)
            await player.press("j", "k", "l", "h")
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
        assert "waits for review" not in player.screen_text()
        await player.press("escape")
        assert "waits for review" in player.screen_text()


# --- gates ----------------------------------------------------------------------------------------


async def test_a_gate_is_approved_with_the_version_that_was_shown(play: "Play") -> None:
    async with opened(play, RUN) as player:
        await player.press("a")
        assert await player.asked("gate.approve") == {
            "gate": "g7", "note": "", "seen_version": 3, "by": "tui",
        }  # fmt: skip


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
        clock_of(player).now += 1
        await player.press("a")
        await player.until(lambda: verbs(player) == ["gate.approve", "gate.approve"])
        assert player.client.asked[-1][1]["seen_version"] == 4


async def test_a_gate_whose_evidence_is_not_here_yet_is_not_approved(play: "Play") -> None:
    client = StageClient(Board(hub(), (CARD,), (), (RUN,)))
    client.refusals["gate"] = Refused("not now")
    async with play(client=client, clock=Clock()) as player:
        await player.press("r")
        await player.until(lambda: "The evidence could not be fetched: not now" in player.screen_text())
        clock_of(player).now += 1
        client.refusals.clear()
        client.gates_by_id["g7"] = OPEN
        await player.press("a")
        assert verbs(player) == []
        await player.until(lambda: "7 files" in player.screen_text())


async def test_a_denial_needs_a_reason_and_names_what_is_done_again(play: "Play") -> None:
    async with opened(play, RUN) as player:
        await player.press("d")
        await shown(player, "Words")
        assert "implement-feature is done again" in player.screen_text()
        await player.press("ctrl+s")
        assert "nothing written yet" in player.screen_text()
        assert verbs(player) == []
        await player.press(*"too big", "ctrl+s")
        assert await player.asked("gate.deny") == {
            "gate": "g7", "note": "too big", "seen_version": 3, "by": "tui",
        }  # fmt: skip
        await shown(player, "RunsPane")


async def test_a_denial_that_is_refused_keeps_the_reason(play: "Play") -> None:
    async with opened(play, RUN) as player:
        player.client.refusals["gate.deny"] = Refused("g7 is approved already", "ann did so")
        await player.press("d", *"no", "ctrl+s")
        await player.until(lambda: "ann did so" in player.screen_text())
        assert type(player.app.screen).__name__ == "Words"


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
        clock_of(player).now += 0.1
        await player.press(key)
        assert "fix is blocked now" in player.told
        assert verbs(player) == []
        assert isinstance(player.app.screen, RunsPane)


async def test_the_key_that_opens_the_view_decides_nothing(play: "Play") -> None:
    client = StageClient(Board(hub(), (CARD,), (), (RUN,)))
    client.gates_by_id["g7"] = OPEN
    async with play(client=client, clock=Clock()) as player:
        await player.press("r")
        await player.until(lambda: "7 files" in player.screen_text())
        await player.press("a")
        assert "only just been opened" in player.told
        assert verbs(player) == []


async def test_a_gate_that_opens_under_the_key_is_not_approved_by_it(play: "Play") -> None:
    before = replace(RUN, stages=(BUILD, replace(REVIEW, state="waiting", gate="", options=()), MERGE))
    async with opened(play, before) as player:
        await player.press("l", "g", "j")
        player.client.tell(RunChanged(RUN))
        await player.until(lambda: "7 files" in player.screen_text())
        await player.press("a")
        assert "has just become gate-blocked" in player.told
        assert verbs(player) == []


# --- stages and runs ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "verb", "more"),
    [
        ("t", "run.retry", {}), ("K", "run.skip", {}),
        ("D", "run.mark", {"outcome": "done"}), ("F", "run.mark", {"outcome": "failed"}),
    ],
)  # fmt: skip
async def test_a_human_decides_about_a_stage_that_is_stuck(
    play: "Play", key: str, verb: str, more: dict[str, str]
) -> None:
    stuck = stage("fix", "blocked", began_at=NOW, waits="its session ended its turn")
    async with opened(play, run(1, "deps", "blocked", stuck, started_at=NOW)) as player:
        await player.press(key)
        await shown(player, "Words")
        await player.press(*"why", "ctrl+s")
        asked = await player.asked(verb)
        expected = {"run": "r1", "stage": "fix", "note": "why", **more}
        assert {name: asked[name] for name in expected} == expected
        await shown(player, "RunsPane")


async def test_a_stages_session_is_sent_a_prompt(play: "Play") -> None:
    stuck = stage("fix", "blocked", began_at=NOW, card="c4")
    async with opened(play, run(1, "deps", "blocked", stuck, started_at=NOW)) as player:
        await player.press("s")
        await shown(player, "SendPrompt")
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
        await shown(player, "Confirm")
        await player.press("n")
        assert verbs(player) == []
        await player.press("X")
        await shown(player, "Confirm")
        await player.press("y")
        assert (await player.asked("run.cancel"))["run"] == "r1"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("K", "review of r1 can't be skipped now: it is a gate that is open"),
        ("D", "review of r1 can't be marked as done now"),
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
        assert "build is no gate" in player.told
        assert verbs(player) == []


async def test_a_click_on_a_stage_selects_it_and_the_bottom_line_acts(play: "Play") -> None:
    from widgets.rows import RowBox

    async with opened(play, RUN) as player:
        boxes = {box.row.id: box for box in pane_of(player).query(RowBox) if box.row and box.display}
        await player.pilot.click(boxes["merge"])
        assert selected(player) == "r1.merge"
        await player.pilot.click(boxes["review"])
        await settled(player)
        place = player.screen_text().splitlines()[-1].index("a Approve")
        await player.pilot.click("KeyBar", offset=(place, 0))
        assert (await player.asked("gate.approve"))["seen_version"] == 3


async def test_a_paste_decides_nothing(play: "Play") -> None:
    async with opened(play, RUN, burst_window=0.025) as player:
        from textual import events

        player.app.post_message(events.Paste("aaa"))
        await player.pilot.pause()
        assert "Nothing is decided by pasting" in player.told
        assert verbs(player) == []


async def test_the_palette_and_help_know_the_runs(play: "Play") -> None:
    async with opened(play, RUN) as player:
        await player.press("question_mark")
        await shown(player, "Help")
        said = player.screen_text()
        assert said.index("Approve the gate") < said.index("New card")
        await player.press("escape", "ctrl+p")
        await shown(player, "CommandPalette")
        await player.press(*"approve the")
        await player.until(lambda: "Let the run pass" in player.screen_text())


async def test_a_headless_card_can_not_be_attached_and_says_so(play: "Play") -> None:
    away = card(1, "Audit", "in_progress", "working", run="r7", stage="audit", where="headless", window=None)
    async with play(away) as player:
        assert "r7 · audit" in player.screen_text()
        assert "headless" in player.screen_text()
        await player.press("enter")
        assert "can't be attached: it works headless, without a terminal" in player.told
        assert player.client.asked == []
