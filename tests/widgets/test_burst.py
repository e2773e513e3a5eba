"""A paste or a burst of keys never becomes commands; cursor keys and typing lose nothing."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import Input

from widgets.board.screen import BoardScreen
from widgets.dialogs.dialog import Prompt
from widgets.gallery.boards import card
from widgets.input.arrivals import SHORT, WINDOW, Arrivals

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

IDLE = card(3, "Dark mode", "review", "idle", unread=True)
WORKING = card(1, "Auth refactor", "in_progress", "working")
CURSOR, OPENS = "hjkl", "ns/"


class Hand:
    """Keys at given times, and what of them is dispatched."""

    def __init__(self) -> None:
        self.arrivals = Arrivals(WINDOW)
        self.now = 0.0
        self.pastes = 0

    def press(self, key: str, at: float) -> list[str]:
        event = events.Key(key, key if len(key) == 1 else None)
        event.time = self.now = at
        self.arrivals.add(event, at)
        return self.dispatched()

    def wait(self) -> list[str]:
        """Time passes: what was held back comes out."""
        self.now += 1.01 * WINDOW
        return self.dispatched()

    def dispatched(self) -> list[str]:
        done = []
        while self.arrivals and not self.arrivals.waits(self.now, self._free):
            if self.arrivals.pasted(self._free, lambda key: key.key in OPENS):
                self.pastes += 1
                self.arrivals.drop()
            else:
                key = self.arrivals.pop()
                assert isinstance(key, events.Key)
                done.append(key.key)
        return done

    @staticmethod
    def _free(key: events.Key) -> bool:
        return key.key in CURSOR


def test_a_single_command_key_works_after_the_window() -> None:
    hand = Hand()
    assert hand.press("x", 1.0) == []
    assert hand.wait() == ["x"]


def test_a_short_burst_is_done_whole_and_in_order() -> None:
    hand = Hand()
    keys = "wxuRsnxuwx"
    assert len(keys) == SHORT
    assert [hand.press(key, 1.0 + number / 1000) for number, key in enumerate(keys)] == [[]] * len(keys)
    assert hand.wait() == list(keys)
    assert hand.pastes == 0


def test_a_long_burst_of_commands_does_nothing_and_is_told_once() -> None:
    hand = Hand()
    keys = "xu" * SHORT
    assert [hand.press(key, 1.0 + number / 1000) for number, key in enumerate(keys)] == [[]] * len(keys)
    assert hand.wait() == []
    assert hand.press("x", hand.now) == []
    assert hand.wait() == ["x"]
    assert hand.pastes == 1


@pytest.mark.parametrize(
    "text", ["new exciting xRusL text\nq\n", "xunsRL\n", "stop\nnow, please\n", "rm -rf build"]
)
def test_a_pasted_text_of_several_lines_or_words_does_nothing(text: str) -> None:
    hand = Hand()
    for number, key in enumerate(text):
        assert hand.press("enter" if key == "\n" else key, 1.0 + number / 1000) == []
    assert hand.wait() == []
    assert hand.pastes == 1


@pytest.mark.parametrize("text", ["nFix the login page", "/auth refactor\n", "sgo on, please"])
def test_what_follows_a_key_that_opens_a_form_is_text_however_long(text: str) -> None:
    hand = Hand()
    for number, key in enumerate(text):
        hand.press("enter" if key == "\n" else key, 1.0 + number / 1000)
    assert hand.wait()[0] == text[0]


def test_enter_is_done_behind_the_key_before_it() -> None:
    hand = Hand()
    hand.press("w", 1.0)
    assert hand.press("enter", 1.001) == []
    assert hand.wait() == ["w", "enter"]


def test_commands_typed_one_after_the_other_all_work() -> None:
    hand = Hand()
    hand.press("x", 1.0)
    assert hand.press("u", 1.0 + 2 * WINDOW) == ["x"]
    assert hand.wait() == ["u"]


def test_cursor_keys_are_never_held_back_however_fast() -> None:
    hand = Hand()
    assert [hand.press("j", 1.0 + number / 1000) for number in range(5 * SHORT)] == [["j"]] * 5 * SHORT


def test_a_command_behind_a_held_down_cursor_key_works() -> None:
    hand = Hand()
    for number in range(5 * SHORT):
        hand.press("j", 1.0 + number / 1000)
    assert hand.press("x", 1.0 + 5 * SHORT / 1000) == []
    assert hand.wait() == ["x"]


def test_no_key_overtakes_one_that_is_held_back() -> None:
    hand = Hand()
    hand.press("x", 1.0)
    assert hand.press("j", 1.001) == []
    assert hand.press("left", 1.002) == ["x", "j", "left"]


@pytest.mark.anyio
async def test_text_pasted_without_brackets_does_nothing_on_the_board(play: "Play") -> None:
    async with play(IDLE, WORKING, burst_window=WINDOW) as player:
        for key in "xuRHL" * SHORT:
            player.app.post_message(events.Key(key, key))
        player.app.post_message(events.Key("enter", "\r"))
        await player.until(lambda: "A paste?" in player.told)
        await player.until(lambda: player.app.typed.idle)
        assert player.client.asked == []
        assert isinstance(player.app.screen, BoardScreen)


@pytest.mark.anyio
async def test_two_quick_keys_both_work_in_their_order(play: "Play") -> None:
    async with play(WORKING, replace(IDLE, attention=1), burst_window=WINDOW) as player:
        player.board.jump("c1")
        player.app.post_message(events.Key("w", "w"))
        player.app.post_message(events.Key("enter", "\r"))
        assert (await player.asked("attach"))["card"] == "c3"


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
        assert (await player.asked("acknowledge"))["card"] == "c3"


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
async def test_a_paste_without_brackets_answers_no_question(play: "Play") -> None:
    async with play(WORKING, burst_window=WINDOW) as player:
        await player.press("x")
        await player.until(lambda: type(player.app.screen).__name__ == "Confirm")
        for key in "yyy" * SHORT:
            player.app.post_message(events.Key(key, key))
        await player.until(lambda: "A paste?" in player.told)
        assert player.client.asked == []
