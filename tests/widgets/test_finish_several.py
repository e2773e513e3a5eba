"""Marked cards are landed together, in the order in which they were marked."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Board, OrchError, Refused
from orchestrator.core.board.views import CardView
from orchestrator.core.landing.survey import Survey
from orchestrator.core.overlaps.order import Turn
from orchestrator.core.overlaps.overlap import Overlap
from orchestrator.core.overlaps.views import RepositoryOverlaps
from widgets.board.dialogs.several_text import card_rows
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.gallery.landing import in_trouble, survey

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = pytest.mark.anyio

ONE, TWO, THREE = (card(n, f"Card {n}", "review", "idle", branch=f"orch/{n}") for n in (1, 2, 3))
DONE = replace(card(4, "Card 4", "done", "exited"), finished="keep")
OVERLAPS = RepositoryOverlaps(
    ONE.repo,
    (Overlap("c1", "c3", files=("a.py", "b.py"), conflicts=("a.py",)), Overlap("c2", "c3", files=("c.py",))),
    (Turn("c1", 3, conflicts=("c3",)), Turn("c2", 1), Turn("c3", 2)),
)


def rows(*cards: CardView) -> list[str]:
    found: dict[str, Survey | OrchError] = {each.id: survey(each) for each in cards}
    lines = card_rows(cards, found, (OVERLAPS,), 100)
    return ["".join(text for text, _ in line).rstrip() for line in lines]


def marked(player: "Player") -> list[str]:
    return [each.id for each in player.board.marked]


def test_each_card_is_listed_in_its_turn_with_counts_and_conflicts_with_those_before_it() -> None:
    assert [line[:2].strip() for line in rows(THREE, ONE)] == ["1", "2", "", "", "A"]
    said = rows(THREE, TWO, ONE)
    assert said[0].startswith(" 1  c3   Card 3")
    assert said[0].endswith("3 commits, 4 files +249 −35")
    assert said[3].strip() == "conflicts with c3: a.py"
    assert said[-1] == "A better order: c1, c2, c3"
    assert rows(ONE, TWO) == [line for line in rows(ONE, TWO) if "conflict" not in line]


def test_what_refuses_a_card_in_any_case_is_said_below_it() -> None:
    found: dict[str, Survey | OrchError] = {"c1": in_trouble(ONE), "c2": Refused("no worktree", "it is gone")}
    text = ["".join(text for text, _ in line).strip() for line in card_rows((ONE, TWO), found, (), 100)]
    assert text[1] == "it has 1 changed file and 1 untracked file"
    assert text[3] == "no worktree: it is gone"


@pytest.mark.sample(1)
@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_marked_cards_are_queued_in_their_order_and_a_refused_one_keeps_its_mark(
    play: "Play", size: tuple[int, int]
) -> None:
    client = GalleryClient(Board(hub(), (ONE, TWO, THREE, DONE)))
    client.overlaps = (OVERLAPS,)
    async with play(client=client, size=size) as player:
        for name in ("c3", "c1"):
            player.board.jump(name)
            await player.press("v")
        assert "▣1 Card 3" in player.screen_text()
        assert "▣2 Card 1" in player.screen_text()
        await player.press("L")
        await player.shown("FinishSeveral")
        await player.until(lambda: "conflicts with c3: a.py" in player.screen_text())
        await player.press("s")
        await player.until(lambda: "2 cards queued to land" in player.told)
        asked = [
            (given["card"], given["how"], given["wait"]) for verb, given in client.asked if verb == "finish"
        ]
        assert asked == [("c3", "squash", False), ("c1", "squash", False)]
        assert marked(player) == []
        client.refusals["finish"] = Refused("cannot squash c2", "it has 1 changed file", "Commit it.")
        player.board.jump("c2")
        await player.press("v", "L")
        await player.shown("FinishSeveral")
        await player.press("m")
        await player.until(lambda: "c2 is not queued" in player.told)
        assert marked(player) == ["c2"]
        await player.press("escape")
        assert marked(player) == []


async def test_a_mark_is_taken_off_again_and_stays_when_the_dialog_is_left(play: "Play") -> None:
    async with play(ONE, TWO) as player:
        player.board.jump("c1")
        await player.press("v", "v")
        assert marked(player) == []
        player.board.jump("c2")
        await player.press("v", "L")
        await player.shown("FinishSeveral")
        await player.press("escape")
        assert marked(player) == ["c2"]
