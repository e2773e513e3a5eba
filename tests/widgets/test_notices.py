"""What the hub tells unasked: a word on the screen, and one stroke of the bell."""

from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Board
from orchestrator.core.board.views import Notice
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.notices.announce import announce

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = pytest.mark.anyio

NOW = 1_700_000_000.0
OPENED = Notice(NOW, "g7", "auth-refactor: review-gate needs you", rings=True)
STILL = Notice(NOW + 60, "g7", "auth-refactor: review-gate still needs you", rings=True)


def rung(player: "Player", monkeypatch: pytest.MonkeyPatch) -> list[None]:
    strokes: list[None] = []
    monkeypatch.setattr(player.app, "bell", lambda: strokes.append(None))
    return strokes


@pytest.mark.sample(2)
@pytest.mark.parametrize("key", ["", "a", "n"])
async def test_a_gate_that_opens_is_told_wherever_one_is_and_the_bell_rings_once(
    play: "Play", monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    async with play(card(1, "A", "review", "idle")) as player:
        strokes = rung(player, monkeypatch)
        if key:
            await player.press(key)
        player.client.tell(OPENED)
        await player.until(lambda: "review-gate needs you" in player.told)
        assert len(strokes) == 1


async def test_several_at_once_ring_once_and_the_same_is_said_once(
    play: "Play", monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play(card(1, "A", "review", "idle")) as player:
        strokes = rung(player, monkeypatch)
        announce(player.app, [OPENED, STILL, OPENED])
        await player.until(lambda: "still needs you" in player.told)
        assert player.told.count("review-gate needs you") == 1
        assert len(strokes) == 1


async def test_other_news_rings_nothing(play: "Play", monkeypatch: pytest.MonkeyPatch) -> None:
    client = GalleryClient(Board(hub(), (card(1, "A", "review", "idle"),)))
    async with play(client=client) as player:
        strokes = rung(player, monkeypatch)
        client.tell(Board(hub(waiting=3), (card(1, "B", "blocked", "permission"),)))
        await player.until(lambda: "B" in player.screen_text())
        assert strokes == []


async def test_text_of_a_notice_is_data(play: "Play") -> None:
    async with play(card(1, "A", "review", "idle")) as player:
        player.client.tell(Notice(NOW, "[/]", "[/etc] \x1b[2J [bold]x"))
        await player.until(lambda: "[/etc] ^[[2J [bold]x" in player.told)
