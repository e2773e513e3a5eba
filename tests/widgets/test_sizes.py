"""The board in a terminal that gets another size."""

from typing import TYPE_CHECKING

import pytest

from widgets.gallery.boards import card, cards

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio

NOW = 1_700_000_000.0


@pytest.mark.sample(1)
@pytest.mark.parametrize("number", [39, 20])
async def test_the_cursors_card_stays_in_sight_in_a_terminal_of_another_size(
    play: "Play", number: int
) -> None:
    many = [card(each, f"Card number {each:02}", "review", "idle", since=-float(each)) for each in range(40)]
    async with play(*many) as player:
        player.board.jump(f"c{number}")
        for size in ((80, 24), (40, 10), (200, 50), (200, 12), (99, 30), (100, 10)):
            await player.pilot.resize_terminal(*size)
            await player.until(lambda: f"Card number {number}" in player.screen_text())


async def test_a_screen_too_small_for_anything_breaks_nothing(play: "Play") -> None:
    async with play(*cards(NOW), size=(80, 24)) as player:
        for size in ((20, 5), (3, 2), (400, 100), (80, 24)):
            await player.pilot.resize_terminal(*size)
            await player.press("left", "right")
        assert "Migrate billing" in player.screen_text()
