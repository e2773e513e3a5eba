"""Gates and stages in the queue, under the fingers of a robot user."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Board, NeedsChanged, Refused
from orchestrator.core.board.views import Need, NeedDetail
from orchestrator.core.literals import NeedKind
from orchestrator.core.workflow.views import GateView
from tests.widgets.needs_pane import BASH, pane_of, selected, settled, verbs
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.gallery.runs import GATE, gate_need, run, stage, stage_need
from widgets.queue.pane import NeedsPane
from widgets.runs.pane import RunsPane

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

NOW = 1_700_000_000.0
OPEN = replace(GATE, since=NOW - 600, opened_at=NOW - 600)
CARD = card(1, "Auth", "blocked", "idle", run="r4", stage="fix")
STUCK = stage("fix", "blocked", card="c1", began_at=NOW, waits="its session ended its turn", since=NOW)
HEADLESS = stage("audit", "blocked", began_at=NOW, waits="its process ended without a word", since=NOW)
RUN = run(
    4, "auth-refactor", "gate-blocked", STUCK, HEADLESS,
    stage("review-gate", "gate-blocked", kind="human-gate", gate="g7", began_at=NOW - 600),
    started_at=NOW - 900,
)  # fmt: skip


def of_gate(gate: GateView = OPEN) -> NeedDetail:
    return NeedDetail(gate_need(gate), gate.message, False, (), (), gate)


def client_with(*wholes: NeedDetail) -> GalleryClient:
    client = GalleryClient(
        Board(hub(waiting=len(wholes)), (CARD,), tuple(each.need for each in wholes), (RUN,))
    )
    client.details = {each.need.id: each for each in wholes}
    client.gates_by_id = {"g7": OPEN}
    return client


async def opened(player: "Player") -> None:
    await player.press("a")
    await player.until(lambda: isinstance(player.app.screen, NeedsPane))
    await settled(player)


@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_a_gate_shows_its_evidence_and_is_approved_with_the_version_that_was_shown(
    play: "Play", size: tuple[int, int]
) -> None:
    async with play(client=client_with(of_gate()), size=size) as player:
        await opened(player)
        for part in ("gate", "r4", "Both agents complete", "7 files", "✗ 1 failed", "a approve", "a Approve"):
            assert part in player.screen_text(), part
        await player.press("a")
        asked = await player.asked("gate.approve")
        assert {"gate": "g7", "note": "", "seen": 3}.items() <= asked.items()
        await player.until(lambda: "approving" in player.screen_text())
        player.client.tell(NeedsChanged(()))
        await player.until(lambda: "The queue is empty" in player.screen_text())


async def test_a_gate_that_has_moved_on_is_refused_in_words_and_shown_afresh(play: "Play") -> None:
    async with play(client=client_with(of_gate())) as player:
        await opened(player)
        player.client.refusals["gate.approve"] = Refused("g7 has changed", "there are 2 new commits")
        player.client.details["g7"] = of_gate(replace(OPEN, version=4, message="Look again?"))
        await player.press("a")
        await player.until(lambda: "there are 2 new commits" in player.told)
        await player.until(lambda: "Look again?" in player.screen_text())
        player.client.refusals.clear()
        await player.press("a")
        assert "The evidence has just changed" in player.told
        player.clock.now += 1
        await player.press("a")
        await player.until(lambda: verbs(player) == ["gate.approve", "gate.approve"])
        assert player.client.asked[-1][1]["seen"] == 4


async def test_a_denial_without_a_reason_is_not_sent(play: "Play") -> None:
    async with play(client=client_with(of_gate())) as player:
        await opened(player)
        await player.press("d")
        await player.shown("Words")
        await player.press("ctrl+s")
        assert "Enter some text" in player.screen_text()
        assert verbs(player) == []
        await player.press(*"split it", "ctrl+s")
        asked = await player.asked("gate.deny")
        assert (asked["note"], asked["seen"]) == ("split it", 3)
        await player.shown("NeedsPane")


async def test_a_gate_that_slips_under_the_key_is_not_approved(play: "Play") -> None:
    client = client_with(of_gate())
    client.details[BASH.id] = NeedDetail(BASH, "npm test", False, (), ())
    client.tell(NeedsChanged((BASH, gate_need(OPEN))))
    async with play(client=client) as player:
        await player.until(lambda: len(player.board.mirror.needs) == 2)
        await opened(player)
        await player.press("g")
        await settled(player)
        player.client.tell(NeedsChanged((gate_need(OPEN),)))
        await player.until(lambda: selected(player) == "g7")
        await player.until(lambda: "7 files" in player.screen_text())
        await player.press("a")
        assert "review-gate of r4" in player.told
        assert verbs(player) == []


async def test_enter_on_a_gate_opens_its_run_and_escape_leads_back(play: "Play") -> None:
    async with play(client=client_with(of_gate())) as player:
        await opened(player)
        await player.press("enter")
        await player.until(lambda: isinstance(player.app.screen, RunsPane))
        pane = player.app.screen
        assert isinstance(pane, RunsPane)
        look = pane.selected
        assert look is not None
        assert (look.run.id, look.stage.name) == ("r4", "review-gate")
        await player.press("escape")
        await player.shown("NeedsPane")
        player.client.tell(NeedsChanged(()))
        await player.until(lambda: "The queue is empty" in player.screen_text())
        await player.press("escape")
        await player.shown("BoardScreen")


@pytest.mark.sample(1)
@pytest.mark.parametrize("key", ["s", "u", "R", "i", "A", "c", "1", "space"])
async def test_a_gate_has_no_card_and_every_other_key_says_so_or_does_nothing(play: "Play", key: str) -> None:
    async with play(client=client_with(of_gate())) as player:
        await opened(player)
        await player.press(key)
        assert verbs(player) == []
        assert isinstance(player.app.screen, NeedsPane)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("key", "verb", "more"),
    [
        ("D", "run.done", {"outcome": "done"}), ("F", "run.done", {"outcome": "failed"}),
        ("t", "run.retry", {}), ("K", "run.skip", {}),
    ],
)  # fmt: skip
async def test_a_stuck_stage_is_decided_about_from_the_queue(
    play: "Play", key: str, verb: str, more: dict[str, str]
) -> None:
    told = stage_need("r4", STUCK, CARD)
    async with play(client=client_with(NeedDetail(told, "Shall I pin it?", False, (), ()))) as player:
        await opened(player)
        assert "Shall I pin it?" in player.screen_text()
        await player.press(key)
        await player.shown("Words")
        await player.press("ctrl+s")
        asked = await player.asked(verb)
        expected = {"run": "r4", "stage": "fix", "note": "", **more}
        assert {name: asked[name] for name in expected} == expected
        await player.shown("NeedsPane")


async def test_a_stuck_stages_session_is_prompted_and_attached(play: "Play") -> None:
    told = stage_need("r4", STUCK, CARD)
    async with play(client=client_with(NeedDetail(told, "?", False, (), ()))) as player:
        await opened(player)
        await player.press("s")
        await player.shown("SendPrompt")
        await player.press(*"pin it", "ctrl+s")
        assert (await player.asked("send"))["text"] == "pin it"
        await player.shown("NeedsPane")
        await player.press("enter")
        assert (await player.asked("attach"))["card"] == "c1"


async def test_a_stage_without_a_card_leads_to_its_run(play: "Play") -> None:
    told = stage_need("r4", HEADLESS)
    async with play(client=client_with(NeedDetail(told, "?", False, (), ()))) as player:
        await opened(player)
        await player.press("s")
        assert "audit of r4 has no card. Press D to mark it as done" in player.told
        await player.press("enter")
        await player.until(lambda: isinstance(player.app.screen, RunsPane))


async def test_a_stage_that_waits_for_its_worktree_says_that_it_goes_on_by_itself(play: "Play") -> None:
    told = replace(
        stage_need("r4", HEADLESS), options=(), hint="It resumes automatically when the obstacle is gone."
    )
    async with play(client=client_with(NeedDetail(told, "?", False, (), ()))) as player:
        await opened(player)
        assert "◆ It resumes automatically when the obstacle is gone." in player.screen_text()
        await player.press("D")
        assert "is not affected by that. It resumes" in player.told
        assert verbs(player) == []


async def test_a_key_of_stages_says_why_it_does_nothing_elsewhere(play: "Play") -> None:
    client = client_with(of_gate())
    async with play(client=client) as player:
        await opened(player)
        await player.press("K")
        assert "review-gate of r4 is a gate. Press a to approve it, d to deny it." in player.told


async def test_next_on_the_board_passes_over_what_has_no_card(play: "Play") -> None:
    waiting = card(2, "Waits", "review", "idle", attention=5)
    client = GalleryClient(Board(hub(), (CARD, waiting), (gate_need(OPEN),), (RUN,)))
    async with play(client=client) as player:
        await player.press("w")
        assert player.at == "c2"


async def test_the_queue_opens_on_the_most_urgent_where_no_card_is_under_the_cursor(play: "Play") -> None:
    first = replace(BASH, card="c9", id="c9.x")
    client = GalleryClient(Board(hub(), (), (first, gate_need(OPEN)), (RUN,)))
    client.details = {"c9.x": NeedDetail(first, "npm test", False, (), ()), "g7": of_gate()}
    async with play(client=client) as player:
        await player.press("a")
        await player.until(lambda: isinstance(player.app.screen, NeedsPane))
        assert selected(player) == "c9.x"
        assert pane_of(player).card is None


ENDED = Need(
    id="r4", card="", slug="r4", title="auth-refactor", kind="run", summary="tests: exit code 1: 1 failed",
    since=NOW, urgency=2, evidence="orch", answerable=False, options=("done", "retry", "skip"), hint="",
    run="r4", stage="fix",
)  # fmt: skip


async def test_a_run_that_failed_shows_its_last_lines_and_its_stage_is_done_again(play: "Play") -> None:
    whole = NeedDetail(ENDED, "tests: exit code 1: 1 failed\n\nline 2\n1 failed", False, (), ())
    async with play(client=client_with(whole)) as player:
        await opened(player)
        for part in ("run failed", "line 2", "Retry", "Skip"):
            assert part in player.screen_text(), part
        await player.press("t")
        await player.until(lambda: "Retry fix" in player.screen_text())
        await player.press("ctrl+s")
        asked = await player.asked("run.retry")
        assert (asked["run"], asked["stage"]) == ("r4", "fix")


@pytest.mark.parametrize("kind", ["run", "run_done"])
async def test_a_run_that_has_ended_is_marked_as_seen_from_the_queue(play: "Play", kind: NeedKind) -> None:
    need = replace(ENDED, kind=kind, options=() if kind == "run_done" else ENDED.options)
    async with play(client=client_with(NeedDetail(need, need.summary, False, (), ()))) as player:
        await opened(player)
        await player.press("u")
        assert (await player.asked("run.acknowledge"))["run"] == "r4"


async def test_the_queue_goes_to_the_run_that_has_ended(play: "Play") -> None:
    async with play(client=client_with(NeedDetail(ENDED, ENDED.summary, False, (), ()))) as player:
        await opened(player)
        await player.press("enter")
        await player.until(lambda: isinstance(player.app.screen, RunsPane))
