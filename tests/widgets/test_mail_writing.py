"""A robot user writes messages and replies."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Refused
from orchestrator.core.mail.views import SentView
from tests.widgets.mail_pane import ASKS, done, opened

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio


async def test_a_message_is_written_to_several(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        await player.press("c")
        await player.shown("Compose")
        await player.press(*"wor", "right", *", @all", "tab", "tab", *"Hello", "tab", *"One", "enter", *"Two")
        await player.press("tab", "space", "ctrl+s")
        asked = await player.asked("mail.send")
        assert (asked["to"], asked["body"], asked["subject"]) == (("worker-1", "@all"), "One\nTwo", "Hello")
        assert (asked["kind"], asked["urgent"], asked["expect"]) == ("note", True, False)
        await player.shown("MailPane")
        assert "Stored for worker-1, @all." in player.told


async def test_a_reply_goes_to_the_thread_as_an_answer(play: "Play") -> None:
    asks = replace(ASKS, thread="m0")
    async with opened(play, asks) as player:
        await player.press("r")
        await player.shown("Reply")
        await player.press(*"Spaces", "ctrl+s")
        asked = await player.asked("mail.send")
        expected = {
            "to": ("worker-1",),
            "kind": "answer",
            "thread": "m0",
            "reply_to": "m1",
            "subject": "Re: Style",
        }
        assert {name: asked[name] for name in expected} == expected


async def test_an_empty_body_or_nobody_to_write_to_is_refused_in_words(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        await player.press("r", "space", "ctrl+s")
        assert "Enter a body." in player.screen_text()
        await player.press("escape")
        await player.press("c", "ctrl+s")
        assert "Enter a recipient" in player.screen_text()
        assert done(player) == []


@pytest.mark.long
async def test_what_the_hub_refuses_keeps_every_word_and_is_not_sent_twice(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        player.client.refusals["mail.send"] = Refused("worker-1's box is full", "it holds 1,000", "Wait.")
        await player.press("r", *"Spaces", "ctrl+s")
        await player.until(lambda: "box is full" in player.screen_text())
        assert "Spaces" in player.screen_text()
        player.client.refusals.clear()
        await player.press("ctrl+s")
        await player.shown("MailPane")
        sends = [each["idem"] for verb, each in player.client.asked if verb == "mail.send"]
        assert len(sends) == 2
        assert len(set(sends)) == 1


async def test_a_send_that_reached_nobody_stays_in_the_form(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        player.client.sent = SentView("m9", (("worker-1", "full"),), "", False)
        await player.press("r", *"Spaces", "ctrl+s")
        await player.until(lambda: "Refused by the full mailbox of worker-1" in player.screen_text())
        assert type(player.app.screen).__name__ == "Reply"
        player.client.sent = SentView("m9", (("worker-1", "stored"), ("lead", "full")), "", False)
        await player.press("ctrl+s")
        await player.shown("MailPane")
        assert "refused by the full mailbox of lead" in player.told


async def test_what_was_written_is_thrown_away_only_after_a_question(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        await player.press("r", *"Spaces", "escape")
        await player.shown("Confirm")
        await player.press("n")
        await player.shown("Reply")
        await player.press("escape", "y")
        await player.shown("MailPane")
        assert done(player) == []
