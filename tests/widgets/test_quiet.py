"""Nothing is written to the terminal while nothing changes, and little when little does."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.drivers import headless_driver

from orchestrator.client import Board, CardChanged, HubChanged, MailChanged, NeedsChanged, RunChanged
from orchestrator.core.board.views import Preview
from widgets.board.columns.card import CardBox
from widgets.gallery.boards import GalleryClient, board, card, hub, stage, stage_mail, stage_runs
from widgets.gallery.runs import runs

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

NOW = 1_700_000_000.0


class Paper(headless_driver.HeadlessDriver):
    """A terminal that keeps what is written to it."""

    written: list[str] = []  # noqa: RUF012 (one sheet for the one app of a test)

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.written.append(data)


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    monkeypatch.setattr(headless_driver, "HeadlessDriver", Paper)
    Paper.written = []
    yield Paper.written
    Paper.written = []


async def settled(player: "Player", paper: list[str]) -> None:
    """Waits until nothing has been written for a while, then takes a clean sheet."""
    seen = -1
    while seen != len(paper):
        seen = len(paper)
        await player.pilot.pause(0.2)
    paper.clear()


async def a_minute_later(player: "Player", paper: list[str]) -> str:
    """What is written when a minute has passed."""
    await settled(player, paper)
    player.clock.now += 60
    await player.until(lambda: bool(paper))
    await player.pilot.pause(0.1)
    return "".join(paper)


async def test_an_idle_board_writes_nothing_however_often_it_looks(play: "Play", paper: list[str]) -> None:
    async with play(client=GalleryClient(board(NOW))) as player:
        await settled(player, paper)
        for _ in range(20):
            player.clock.now += 0.5
            player.board.draw()
            await player.pilot.pause(0.02)
        assert paper == []


async def test_what_is_told_again_unchanged_writes_nothing(play: "Play", paper: list[str]) -> None:
    told = board(NOW)
    async with play(client=GalleryClient(told)) as player:
        await settled(player, paper)
        player.client.tell(told, CardChanged(told.cards[0]), HubChanged(told.hub))
        await player.pilot.pause(0.2)
        assert paper == []


async def test_a_minute_that_passes_writes_only_the_ages_that_changed(play: "Play", paper: list[str]) -> None:
    cards = [card(number, f"Card {number}", "review", "idle", since=NOW - 3 * 86400) for number in range(8)]
    cards.append(card(99, "The young one", "backlog", "new", since=NOW - 30))
    async with play(*cards) as player:
        await settled(player, paper)
        player.clock.now += 60
        player.board.draw()
        await player.until(lambda: bool(paper))
        await player.pilot.pause(0.1)
        said = "".join(paper)
        assert "1m" in said
        assert "Card 1" not in said


async def test_one_card_that_changes_is_the_one_that_is_written(play: "Play", paper: list[str]) -> None:
    told = board(NOW)
    async with play(client=GalleryClient(told)) as player:
        await settled(player, paper)
        player.client.tell(CardChanged(replace(told.cards[3], reason="Edit src/auth.py")))
        await player.until(lambda: bool(paper))
        await player.pilot.pause(0.1)
        assert "Edit src/auth.py" in "".join(paper)
        assert len("".join(paper)) < 3000


@pytest.mark.long
@pytest.mark.parametrize("key", ["n", "s", "slash", "question_mark", "i", "x"])
async def test_nothing_blinks_in_a_dialog(play: "Play", paper: list[str], key: str) -> None:
    async with play(client=GalleryClient(board(NOW))) as player:
        await player.press(key)
        await settled(player, paper)
        await player.pilot.pause(1.2)
        assert paper == []


async def test_a_pane_that_stands_still_is_written_once(play: "Play", paper: list[str]) -> None:
    client = GalleryClient(Board(hub(), (card(1, "A", "review", "idle"),)))
    client.screen = Preview("\x1b[31mred\x1b[0m text", 80, 24, NOW)
    async with play(client=client) as player:
        await player.press("space")
        await player.until(lambda: "red text" in player.screen_text())
        await settled(player, paper)
        asked = len(client.asked)
        await player.until(lambda: len(client.asked) >= asked + 2)
        assert paper == []


@pytest.mark.long
@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_the_queue_writes_nothing_while_nothing_changes(
    play: "Play", paper: list[str], size: tuple[int, int]
) -> None:
    told = board(NOW)
    async with play(client=stage(NOW), size=size) as player:
        await player.press("a")
        await player.until(lambda: "psql" in player.screen_text())
        await settled(player, paper)
        for _ in range(20):
            player.clock.now += 0.5
            player.client.tell(told, NeedsChanged(told.needs), CardChanged(told.cards[0]))
            await player.pilot.pause(0.02)
        await player.pilot.pause(0.2)
        assert paper == []


async def test_a_minute_in_the_queue_writes_only_the_ages_that_changed(
    play: "Play", paper: list[str]
) -> None:
    async with play(client=stage(NOW)) as player:
        await player.press("a")
        await player.until(lambda: "psql" in player.screen_text())
        said = await a_minute_later(player, paper)
        assert "18m" in said
        assert "ON_ERROR_STOP" not in said


@pytest.mark.long
@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_the_runs_write_nothing_while_nothing_changes(
    play: "Play", paper: list[str], size: tuple[int, int]
) -> None:
    async with play(client=stage_runs(NOW), size=size) as player:
        await player.press("r", "w")
        await player.until(lambda: "7 files" in player.screen_text())
        await settled(player, paper)
        for _ in range(20):
            player.clock.now += 0.5
            player.client.tell(*(RunChanged(run) for run in runs(NOW)))
            await player.pilot.pause(0.02)
        await player.pilot.pause(0.2)
        assert paper == []
        assert sum(verb == "gate.show" for verb, _ in player.client.asked) == 1


@pytest.mark.long
async def test_a_minute_in_the_runs_writes_only_the_times_that_changed(
    play: "Play", paper: list[str]
) -> None:
    async with play(client=stage_runs(NOW)) as player:
        await player.press("r", "w")
        await player.until(lambda: "7 files" in player.screen_text())
        said = await a_minute_later(player, paper)
        assert "19m" in said
        assert "session_store.py" not in said
        assert "spike" not in said


async def test_one_stage_that_changes_is_the_one_that_is_written(play: "Play", paper: list[str]) -> None:
    async with play(client=stage_runs(NOW)) as player:
        await player.press("r", "g")
        await settled(player, paper)
        told = next(run for run in runs(NOW) if run.id == "r7")
        stages = (*told.stages[:-1], replace(told.stages[-1], waits="waits for one alone"))
        player.client.tell(RunChanged(replace(told, stages=stages)))
        await player.until(lambda: bool(paper))
        await player.pilot.pause(0.1)
        said = "".join(paper)
        assert "waits for one alone" in said
        assert "list-services" not in said


@pytest.mark.long
@pytest.mark.parametrize("keys", [(), ("t",), ("g",), ("f",), ("d",)], ids="".join)
async def test_the_mail_writes_nothing_while_nothing_changes(
    play: "Play", paper: list[str], keys: tuple[str, ...]
) -> None:
    client = stage_mail(NOW)
    async with play(client=client) as player:
        await player.press("m", *keys)
        await settled(player, paper)
        asked = len(client.asked)
        told = player.board.mirror.mail
        assert told is not None
        for _ in range(20):
            player.clock.now += 0.5
            client.tell(MailChanged(told))
            await player.pilot.pause(0.02)
        await player.pilot.pause(0.4)
        assert paper == []
        assert len(client.asked) == asked


@pytest.mark.long
async def test_a_minute_in_the_mail_writes_only_the_ages_that_changed(play: "Play", paper: list[str]) -> None:
    async with play(client=stage_mail(NOW)) as player:
        await player.press("m")
        said = await a_minute_later(player, paper)
        assert "3m" in said
        assert "The gather g1 stays open" not in said
        assert "worker-2 " not in said


async def test_no_card_has_a_timer_or_a_child(play: "Play") -> None:
    async with play(client=GalleryClient(board(NOW))) as player:
        boxes = list(player.board.query(CardBox))
        assert len(boxes) >= 15
        assert not any(list(box._timers) for box in boxes)  # noqa: SLF001 (nobody else knows the timers)
        assert not any(box.children for box in boxes)
