"""Undo on the board: the notice after an act, the key, and what is asked first."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Board, Refused
from orchestrator.core.undo.views import Undone
from tests.widgets.test_actions import IDLE
from widgets.gallery.boards import GalleryClient, hub

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio

MERGE = Undone(
    "c4",
    "A card",
    "merge of c4",
    ("main is back at abc.", "c4 leaves Done."),
    "c4@1.0",
    done=False,
    asks=True,
)


async def test_an_act_says_which_key_undoes_it_and_the_key_does_so_at_once(play: "Play") -> None:
    async with play(IDLE) as player:
        await player.press("p")
        await player.until(lambda: "pinned Undo: U" in player.told)
        await player.press("U")
        await player.until(lambda: "Undone: hold of c1 c1 is released." in player.told)
        asked = [given for verb, given in player.client.asked if verb == "undo"]
        assert asked == [
            {"card": "", "seen": "", "dry_run": True},
            {"card": "", "seen": "c1@1.0", "dry_run": False},
        ]


async def test_what_changes_the_repository_is_shown_and_asked_about_first(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (IDLE,)))
    client.undone = MERGE
    async with play(client=client, size=(80, 24)) as player:
        await player.press("U")
        await player.shown("Confirm")
        assert "main is back at abc." in player.screen_text()
        await player.press("n")
        assert [given["dry_run"] for verb, given in client.asked if verb == "undo"] == [True]
        await player.press("U")
        await player.shown("Confirm")
        await player.press("y")
        await player.until(lambda: "Undone: merge of c4" in player.told)


async def test_what_is_not_the_last_act_is_asked_about_and_the_later_ones_are_named(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (IDLE,)))
    later = ("prompt to c1", "stop of c2", "start of c3", "stop of c4", "start of c5")
    client.undone = replace(MERGE, act="hold of c1", steps=("c1 is released.",), skipped=later)
    async with play(client=client, size=(80, 24)) as player:
        await player.press("U")
        await player.shown("Confirm")
        said = "Not undone, though later: prompt to c1, stop of c2, start of c3 and 2 more."
        assert said in " ".join(player.screen_text().replace("│", " ").split())
        await player.press("y")
        await player.until(lambda: f"c1 is released. {said}" in player.told)


async def test_what_cannot_be_undone_says_why(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (IDLE,)))
    client.refusals["undo"] = Refused("cannot undo the start of c1", "its session has begun", "Stop it.")
    async with play(client=client) as player:
        await player.press("U")
        await player.until(lambda: "its session has begun. Stop it." in player.told)


async def test_the_acts_on_one_card_are_undone_from_the_palette(play: "Play") -> None:
    async with play(replace(IDLE, pinned=True)) as player:
        player.board.perform("undo.card")
        assert (await player.asked("undo"))["card"] == IDLE.id
