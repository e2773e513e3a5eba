"""The view of the runs before a robot user: one run with an open gate, and where it stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from orchestrator.client import Board
from orchestrator.core.workflow.views import GateView, RunView
from tests.clock import NOW
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.gallery.runs import GATE, run, stage
from widgets.runs.pane import RunsPane

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

CARD = card(4, "Auth refactor", "in_progress", "working", run="r1", stage="build")
OPEN = replace(GATE, run="r1", stage="review", opened_at=NOW - 600, since=NOW - 600)
BUILD = stage("build", "done", began_at=NOW - 900, ended_at=NOW - 600, card="c4", branch="feature/auth")
REVIEW = stage("review", "gate-blocked", "build", kind="human-gate", gate="g7", began_at=NOW - 600,
               waits="waits a decision")  # fmt: skip
MERGE = stage("merge", "waiting", "review", waits="waiting for review")
RUN = run(1, "auth", "gate-blocked", BUILD, REVIEW, MERGE, reason="review waits", started_at=NOW - 900)


@asynccontextmanager
async def opened(
    play: "Play", *runs: RunView, gates: tuple[GateView, ...] = (OPEN,), size: tuple[int, int] = (200, 50),
    **more: Any,
) -> AsyncIterator["Player"]:  # fmt: skip
    """The view on these runs, once keys can be trusted and the gate that is selected has been fetched."""
    client = GalleryClient(Board(hub(), (CARD,), (), runs))
    client.gates_by_id = {each.id: each for each in gates}
    async with play(client=client, size=size, **more) as player:
        await player.press("r")
        await player.until(lambda: isinstance(player.app.screen, RunsPane))
        await settled(player)
        yield player


async def settled(player: "Player") -> None:
    pane = pane_of(player)
    await player.until(
        lambda: (
            pane.selected is None or not pane.selected.stage.gate or pane.selected.gate or pane.selected.error
        )
    )
    player.clock.now += 1


def pane_of(player: "Player") -> RunsPane:
    return player.pane(RunsPane)


def selected(player: "Player") -> str:
    look = pane_of(player).selected
    return f"{look.run.id}.{look.stage.name}" if look else ""


def verbs(player: "Player") -> list[str]:
    return [
        verb
        for verb, _ in player.client.asked
        if verb not in ("gate.show", "queue.show", "preview", "workflow.list")
    ]
