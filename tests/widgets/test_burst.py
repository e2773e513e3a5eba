"""A paste or a burst of keys never becomes commands; cursor keys and typing lose nothing."""

from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import Input

from widgets.board import BoardScreen
from widgets.burst import WINDOW, KeyGuard
from widgets.dialogs.dialog import Prompt
from widgets.gallery import card

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

IDLE = card(3, "Dark mode", "review", "idle", unread=True)
WORKING = card(1, "Auth refactor", "in_progress", "working")
CURSOR = "hjkl"


class Hand:
    """Keys at given times, and what the guard makes of them."""

    def __init__(self) -> None:
        self.waiting: list[events.Key] = []
        self.bursts = 0
        self.guard = KeyGuard(WINDOW, later=lambda _seconds, key: self.waiting.append(key), burst=self._burst)

    def _burst(self) -> None:
        self.bursts += 1

    def press(self, key: str, at: float) -> list[str]:
        event = events.Key(key, key if len(key) == 1 else None)
        event.time = at
        return [each.key for each in self.guard.passes(event, harmless=key in CURSOR)]

    def wait(self) -> list[str]:
        """Time passes: what was held back comes out."""
        held = [each.key for key in self.waiting for each in self.guard.release(key)]
        self.waiting.clear()
        return held


def test_a_single_command_key_works_after_the_window() -> None:
    hand = Hand()
    assert hand.press("x", 1.0) == []
    assert hand.wait() == ["x"]
    assert hand.bursts == 0


def test_a_burst_does_nothing_and_is_told_once() -> None:
    hand = Hand()
    assert [hand.press(key, 1.0 + number / 1000) for number, key in enumerate("xuxu")] == [[]] * 4
    assert hand.wait() == []
    assert hand.bursts == 1


def test_enter_counts_as_typed() -> None:
    hand = Hand()
    hand.press("x", 1.0)
    assert hand.press("enter", 1.001) == []
    assert hand.wait() == []


def test_commands_typed_one_after_the_other_all_work() -> None:
    hand = Hand()
    hand.press("x", 1.0)
    assert hand.press("u", 1.0 + 2 * WINDOW) == ["x"]
    assert hand.wait() == ["u"]


def test_cursor_keys_are_never_held_back_however_fast() -> None:
    hand = Hand()
    assert [hand.press("j", 1.0 + number / 1000) for number in range(5)] == [["j"]] * 5
    assert hand.bursts == 0


def test_a_cursor_key_in_a_burst_still_spoils_its_neighbours() -> None:
    hand = Hand()
    hand.press("x", 1.0)
    assert hand.press("j", 1.001) == ["j"]
    assert hand.press("u", 1.002) == []
    assert hand.wait() == []
    assert hand.bursts == 1


def test_an_arrow_lets_a_held_key_out_first() -> None:
    hand = Hand()
    hand.press("x", 1.0)
    assert hand.press("left", 1.001) == ["x", "left"]
    assert hand.wait() == []


def test_an_old_timer_releases_no_newer_key() -> None:
    hand = Hand()
    hand.press("x", 1.0)
    first = hand.waiting[0]
    hand.press("u", 2.0)
    assert hand.guard.release(first) == []
    assert hand.wait() == ["u"]


@pytest.mark.anyio
async def test_text_pasted_without_brackets_does_nothing_on_the_board(play: "Play") -> None:
    async with play(IDLE, WORKING, burst_window=WINDOW) as player:
        for key in "xunsRL":
            player.app.post_message(events.Key(key, key))
        player.app.post_message(events.Key("enter", "\r"))
        await player.until(lambda: "too fast" in player.told)
        await player.pilot.pause(WINDOW * 3)
        assert player.client.asked == []
        assert isinstance(player.app.screen, BoardScreen)


@pytest.mark.anyio
async def test_words_behind_a_tab_reach_the_next_field_however_fast_they_come(play: "Play") -> None:
    async with play(IDLE, burst_window=WINDOW) as player:
        await player.press("n")
        await player.until(lambda: player.app.focused is not None)
        for key in "abc":
            player.app.post_message(events.Key(key, key))
        player.app.post_message(events.Key("tab", "\t"))
        for key in "xyz":
            player.app.post_message(events.Key(key, key))
        await player.until(lambda: player.app.screen.query_one(Prompt).text == "xyz")
        assert player.app.screen.query_one("#title", Input).value == "abc"


@pytest.mark.anyio
async def test_a_command_key_by_itself_works_with_the_guard_on(play: "Play") -> None:
    async with play(IDLE, burst_window=WINDOW) as player:
        await player.press("u")
        assert await player.asked("acknowledge") == {"card": "c3"}


@pytest.mark.anyio
async def test_a_bracketed_paste_on_the_board_is_ignored_with_a_notice(play: "Play") -> None:
    async with play(IDLE) as player:
        player.app.post_message(events.Paste("xunsR\n"))
        await player.until(lambda: "ignored" in player.told)
        assert player.client.asked == []


@pytest.mark.anyio
async def test_text_pasted_without_brackets_into_a_prompt_is_whole(play: "Play") -> None:
    async with play(IDLE, burst_window=WINDOW) as player:
        await player.press("s")
        await player.until(lambda: bool(player.app.screen.query(Prompt)))
        for key in "one":
            player.app.post_message(events.Key(key, key))
        player.app.post_message(events.Key("enter", "\r"))
        for key in "two":
            player.app.post_message(events.Key(key, key))
        await player.until(lambda: player.app.screen.query_one(Prompt).text == "one\ntwo")


@pytest.mark.anyio
async def test_a_burst_answers_no_question(play: "Play") -> None:
    async with play(WORKING, burst_window=WINDOW) as player:
        await player.press("x")
        await player.until(lambda: type(player.app.screen).__name__ == "Confirm")
        for key in "yyy":
            player.app.post_message(events.Key(key, key))
        await player.until(lambda: "too fast" in player.told)
        assert player.client.asked == []
