"""Pairing a phone from the board."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.phone.qr import read_qr
from widgets.gallery.boards import card
from widgets.gallery.phone import PAIRING

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_the_code_is_whole_on_any_screen_with_how_to_reach_the_page(
    play: "Play", size: tuple[int, int]
) -> None:
    async with play(card(1, "A", "review", "idle"), size=size) as player:
        player.board.perform("phone")
        await player.shown("Phone")
        await player.until(lambda: "tailscale serve" in player.screen_text())
        assert read_qr(player.screen_text()) == PAIRING.url
        assert "Paired: Pixel 9" in re.sub(r"\s+", " ", player.screen_text())
        await player.press("n")
        await player.until(lambda: [verb for verb, _ in player.client.asked].count("phone.pair") == 2)
        await player.press("o")
        await player.asked("phone.off")
        await player.until(lambda: "Phones stay paired" in player.told)
