"""No key in the queue hits what it was not pressed for."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Board, CardChanged, NeedsChanged, Refused
from orchestrator.core.board.views import Need
from tests.clock import NOW
from tests.widgets.needs_pane import ASKING, BASH, EDIT, OTHER, opened, pane_of, selected, verbs
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.gallery.needs import detail, need
from widgets.queue.pane import NeedsPane

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio


async def test_the_key_that_opens_the_pane_does_not_answer_when_it_is_pressed_twice(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (ASKING,), (BASH,)))
    async with play(client=client) as player:
        await player.press("a")
        pane = pane_of(player)
        await player.until(lambda: pane.selected is not None and pane.selected.detail is not None)
        player.clock.now += 0.3
        await player.press("a")
        assert "just opened" in player.told
        assert verbs(player) == []


async def test_a_key_that_is_held_down_answers_nothing_it_was_not_pressed_for(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        await player.press("a")
        await player.asked("answer")
        player.client.tell(NeedsChanged((EDIT,)))
        await player.until(lambda: selected(player) == "c2.m71")
        pane = pane_of(player)
        await player.until(lambda: pane.selected is not None and pane.selected.detail is not None)
        for _ in range(25):
            player.clock.now += 0.033
            await player.press("a")
        assert verbs(player) == ["answer"]
        player.clock.now += 0.6
        await player.press("a")
        await player.until(lambda: verbs(player) == ["answer", "answer"])


@pytest.mark.sample(2)
@pytest.mark.parametrize("key", ["a", "A", "d", "1", "o", "c", "i", "r", "s", "u", "R", "enter"])
async def test_a_key_does_not_hit_the_need_that_has_just_slipped_under_the_selection(
    play: "Play", key: str
) -> None:
    stuck = need(OTHER, "stalled", "silent", NOW)
    idle = card(2, "Dark mode", "review", "idle", unread=True)
    async with opened(play, detail(BASH), detail(stuck), cards=[idle]) as player:
        await player.press("k")
        player.client.tell(NeedsChanged((stuck,)))
        await player.until(lambda: selected(player) == stuck.id)
        player.clock.now += 0.1
        await player.press(key)
        assert "c1.k3f is already answered" in player.told
        assert "c2's stalled" in player.told
        assert verbs(player) == []
        assert isinstance(player.app.screen, NeedsPane)


async def test_a_need_that_comes_up_in_an_empty_list_is_not_answered_blindly(play: "Play") -> None:
    async with opened(play, cards=[ASKING]) as player:
        player.client.tell(NeedsChanged((BASH,)))
        await player.until(lambda: selected(player) == BASH.id)
        pane = pane_of(player)
        await player.until(lambda: pane.selected is not None and pane.selected.detail is not None)
        await player.press("a")
        assert "entry is new" in player.told
        assert verbs(player) == []


async def test_nothing_is_answered_before_its_request_stands_on_the_screen(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        player.client.refusals["queue.show"] = Refused("not yet")
        await player.press("j", "a")
        assert selected(player) == "c2.m71"
        assert verbs(player) == []


async def test_the_other_cards_can_change_without_disturbing_an_answer(play: "Play") -> None:
    async with opened(play, detail(BASH), cards=[ASKING, OTHER]) as player:
        player.client.tell(CardChanged(replace(OTHER, reason="new words")))
        await player.pilot.pause(0.1)
        await player.press("a")
        assert (await player.asked("answer"))["need"] == "c1.k3f"


async def test_next_on_the_board_goes_by_the_order_of_needs(play: "Play") -> None:
    third = card(3, "Third", "review", "idle", attention=5)
    needs: tuple[Need, ...] = (need(third, "asks", "?", NOW), EDIT, BASH)
    client = GalleryClient(Board(hub(), (ASKING, OTHER, third), needs))
    async with play(client=client) as player:
        player.board.jump("c3")
        seen = []
        for _ in range(3):
            await player.press("tab")
            seen.append(player.at)
        assert seen == ["c2", "c1", "c3"]


async def test_the_board_can_help_a_stuck_card_on_too(play: "Play") -> None:
    async with play(card(1, "Stuck", "blocked", "stalled")) as player:
        player.board.perform("nudge")
        await player.shown("Choose")
        await player.press("2")
        assert await player.asked("nudge") == {"card": "c1", "how": "interrupt"}
