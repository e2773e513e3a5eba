"""What waits in the queue and is no request: a robot user helps it on."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.clock import NOW
from tests.widgets.needs_pane import ASKING, BASH, opened, verbs
from widgets.gallery.boards import card
from widgets.gallery.needs import detail, need

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("key", "how"), [("c", "continue"), ("i", "interrupt")])
async def test_one_key_helps_a_stuck_session_on(play: "Play", key: str, how: str) -> None:
    stuck = need(ASKING, "stalled", "no activity for 8 minutes", NOW)
    async with opened(play, detail(stuck)) as player:
        await player.press(key)
        assert await player.asked("nudge") == {"card": "c1", "how": how}
        await player.until(lambda: "c1: " in player.told)
        await player.press(key)
        await player.until(lambda: verbs(player) == ["nudge", "nudge"])


async def test_a_restart_is_asked_about_first(play: "Play") -> None:
    stuck = need(ASKING, "stalled", "no activity for 8 minutes", NOW)
    async with opened(play, detail(stuck)) as player:
        await player.press("r")
        await player.shown("Confirm")
        await player.press("y")
        assert (await player.asked("nudge"))["how"] == "restart"


async def test_a_session_that_ended_is_resumed(play: "Play") -> None:
    ended = card(1, "Old", "blocked", "exited", attention=2)
    async with opened(play, detail(need(ended, "exited", "exited with 1", NOW)), cards=[ended]) as player:
        await player.press("R")
        assert await player.asked("resume") == {"card": "c1", "go_on": False}


async def test_an_error_and_a_dialog_say_what_to_do(play: "Play") -> None:
    dialog = need(ASKING, "dialog", "Do you trust this folder?", NOW, hint="Answer it in the session.")
    async with opened(play, detail(dialog)) as player:
        assert "Answer it in the session." in player.screen_text()
        await player.press("a")
        assert "Answer it in the session. Attach with enter." in player.told
        await player.press("enter")
        assert (await player.asked("attach"))["card"] == "c1"


async def test_a_request_that_is_not_held_is_answered_in_its_session(play: "Play") -> None:
    away = replace(BASH, answerable=False, options=(), hint="The hub was away.")
    async with opened(play, detail(away)) as player:
        assert "The hub was away. Attach with enter." in player.screen_text()
        for key in ("a", "A", "d"):
            await player.press(key)
        assert "The hub was away" in player.told
        assert verbs(player) == []


async def test_what_ended_with_a_question_is_replied_to_and_marked_as_seen(play: "Play") -> None:
    idle = card(1, "Notes", "review", "idle", unread=True, asks=True, attention=4)
    async with opened(
        play, detail(need(idle, "asks", "Also this?", NOW), "All of it."), cards=[idle]
    ) as player:
        assert "All of it." in player.screen_text()
        await player.press("u")
        assert (await player.asked("acknowledge"))["card"] == "c1"
        await player.press("s")
        await player.shown("SendPrompt")
        await player.press(*"yes", "ctrl+s")
        assert (await player.asked("send"))["text"] == "yes"
        await player.shown("NeedsPane")


async def test_space_shows_the_pane_of_the_selected_need(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        player.client.screen = replace(player.client.screen, text="what stands there")
        await player.press("space")
        await player.until(lambda: "what stands there" in player.screen_text())
