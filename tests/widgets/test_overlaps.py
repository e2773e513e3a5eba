"""Overlaps on the board: the marks of cards, the dialog, the details."""

from typing import TYPE_CHECKING

import pytest

from widgets.gallery.boards import card
from widgets.gallery.overlaps import overlaps

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_card_shows_its_mark_and_its_key_shows_files_cards_and_the_order(
    play: "Play", size: tuple[int, int]
) -> None:
    one = card(1, "A", "review", "idle", overlaps=2, conflicts=1, manifest_overlaps=1)
    two = card(2, "B", "review", "idle", overlaps=2)
    async with play(one, two, size=size) as player:
        player.client.overlaps = (overlaps(),)
        for mark in ("≠1+1 c1", "∩2 c2"):
            assert mark in player.screen_text(), mark
        await player.press("o")
        await player.shown("Overlaps")
        await player.until(lambda: "Land in this order" in player.screen_text())
        said = player.screen_text()
        for part in (
            "≠ c2 session-store: conflicts in 1 of 2 files, 1 lock file", "≠ src/[/x].py",
            "∩ src/session.py", "∩ go.sum", "⊃ is contained in c4 auth-ui",
            "2. c1 auth · 2 files · then rebase c2",
        ):  # fmt: skip
            assert part in said, part
        assert "session-store and c3" not in said, "that of other cards"
        await player.press("a")
        await player.until(lambda: "c2 session-store and c3 docs: 1 file in common" in player.screen_text())
        assert "c5 five is not compared: the worktree" in player.screen_text()
        await player.press("escape", "i")
        await player.shown("Details")
        await player.press(*["j"] * 20)
        await player.until(lambda: "2. c1 auth · 2 files · then rebase c2" in player.screen_text())


async def test_without_another_worktree_the_dialog_says_so(play: "Play") -> None:
    async with play(card(1, "A", "review", "idle")) as player:
        await player.press("o")
        await player.shown("Overlaps")
        await player.until(lambda: "No other card of the repository has a worktree." in player.screen_text())
