"""The page of rescues."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.core.worktrees.rescues import RescueView
from widgets.gallery.boards import card

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = pytest.mark.anyio

SAVED = tuple(
    RescueView(f"refs/orch/rescue/{each}/20260131T120000Z", "/src/shop", each, "f" * 40, 1_700_000_000, said)
    for each, said in (("c3", "2 changed files of orch/dark"), ("c4", "[/x] 1 untracked file"))
)


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_rescues_are_listed_with_files_restored_and_dropped_only_when_asked_twice(
    play: "Play", size: tuple[int, int]
) -> None:
    async with play(card(1, "A", "review", "idle"), size=size) as player:
        player.client.saved = SAVED
        player.board.perform("rescues")
        await player.shown("Rescues")
        await player.until(lambda: "notes.txt" in player.screen_text())
        for part in ("c3", "2 changed files of orch/dark", "[/x] 1 untracked file", "A  notes.txt"):
            assert part in player.screen_text(), part
        await player.press("r")
        assert (await player.asked("rescue.restore"))["ref"] == SAVED[0].ref
        await player.until(lambda: "rescue is kept" in player.told)
        await player.press("b")
        await player.until(lambda: "The branch rescue/c3" in player.told)
        await player.press("j", "x")
        await player.shown("Confirm")
        await player.press("n")
        await player.shown("Rescues")
        assert "rescue.drop" not in [verb for verb, _ in player.client.asked]
        await player.press("x")
        await player.shown("Confirm")
        await player.press("y")
        assert (await player.asked("rescue.drop"))["ref"] == SAVED[1].ref
        await player.until(lambda: "untracked" not in player.screen_text())


def unwrapped(player: "Player") -> str:
    """What the screen says, whatever the length of a path made of its lines."""
    return re.sub(r"[\s│]+", " ", player.screen_text())


async def test_a_rescue_is_written_as_a_patch_and_overwrites_nothing(
    play: "Play", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with play(card(1, "A", "review", "idle"), size=(80, 24)) as player:
        player.client.saved = SAVED
        player.board.perform("rescues")
        await player.shown("Rescues")
        await player.until(lambda: "notes.txt" in player.screen_text())
        await player.press("p")
        file = tmp_path / "rescue-c3-20260131T120000Z.patch"
        await player.until(lambda: "git apply" in player.told)
        assert file.read_bytes().endswith(b"diff --git a/notes.txt b/notes.txt\n")
        file.write_text("mine")
        await player.press("p")
        await player.until(lambda: "a patch overwrites nothing" in unwrapped(player))
        assert file.read_text() == "mine"


async def test_the_page_of_rescues_is_found_in_the_palette(play: "Play") -> None:
    async with play(card(1, "A", "review", "idle")) as player:
        await player.press("ctrl+p")
        await player.shown("Palette")
        await player.press(*"rescues", "enter")
        await player.shown("Rescues")


async def test_without_a_rescue_the_page_says_so(play: "Play") -> None:
    async with play(card(1, "A", "review", "idle")) as player:
        player.board.perform("rescues")
        await player.shown("Rescues")
        await player.until(lambda: "No rescues." in player.screen_text())
        await player.press("r", "x")
        assert [verb for verb, _ in player.client.asked] == ["rescue.list"]
