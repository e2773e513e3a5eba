"""Dead letters and paused pairs, mended by a robot user; and keys that come too soon."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import MailChanged
from orchestrator.core.mail.message import Ref
from orchestrator.core.mail.views import DeadView
from tests.clock import NOW
from tests.widgets.mail_pane import ASKS, DONE, PAUSED, client_with, done, mail, opened, pane_of, selected
from widgets.gallery.mail import message, read
from widgets.kit.rows import RowBox
from widgets.mail.pane import MailPane

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio


async def test_a_dead_letter_is_put_back_into_its_box(play: "Play") -> None:
    client = client_with(ASKS)
    client.dead = (DeadView("lead", DONE, "delivered 5 times and never acknowledged", 5, NOW),)
    async with opened(play, client=client) as player:
        await player.press("d")
        await player.until(lambda: "never acknowledged" in player.screen_text())
        player.clock.now += 1
        await player.press("R")
        assert await player.asked("mail.redrive") == {"box": "lead", "messages": ("m2",)}
        await player.until(lambda: "Returned to lead" in player.told)
        await player.until(lambda: "No messages" in player.screen_text())


@pytest.mark.long
async def test_only_a_dead_letter_can_be_redriven(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        await player.press("R")
        assert "Only dead letters can be redriven" in player.told
        assert done(player) == []


async def test_a_paused_pair_is_let_go_on(play: "Play") -> None:
    async with opened(play, ASKS, paused=(PAUSED,)) as player:
        assert "1 pair paused" in player.screen_text()
        await player.press("U")
        assert await player.asked("mail.unpause") == {"a": "lead", "b": "worker-1"}


async def test_of_several_pairs_the_one_that_is_selected_goes_on(play: "Play") -> None:
    async with opened(play, ASKS, paused=(PAUSED, replace(PAUSED, a="x", b="y"))) as player:
        await player.press("U")
        assert "2 pairs are paused; select one" in player.told
        await player.press("g", "j", "U")
        assert await player.asked("mail.unpause") == {"a": "x", "b": "y"}


@pytest.mark.sample(1)
@pytest.mark.parametrize("key", ["r", "o", "enter"])
async def test_a_key_right_after_the_selection_has_changed_by_itself_does_nothing(
    play: "Play", key: str
) -> None:
    refs = (Ref("file", "a.py"),)
    async with opened(play, replace(ASKS, refs=refs)) as player:
        new = message(7, "lead", "human", "note", "Just come.", NOW + 5, refs=refs)
        player.client.letters.append(new)
        player.client.tell(MailChanged(mail(ASKS, new)))
        await player.until(lambda: selected(player) == "m7")
        await player.press(key)
        assert "The list has just changed. Press again to act on lead's note" in player.told
        assert isinstance(player.app.screen, MailPane)
        assert done(player) == []


async def test_a_dead_letter_that_leaves_under_the_key_takes_no_other_along(play: "Play") -> None:
    client = client_with(ASKS)
    client.dead = tuple(DeadView("lead", replace(DONE, id=id_), "why", 5, NOW) for id_ in ("m2", "m3"))
    async with opened(play, client=client) as player:
        await player.press("d")
        await player.until(lambda: "Dead letters" in player.screen_text() and selected(player) != "")
        player.clock.now += 1
        await player.press("R")
        await player.until(lambda: selected(player) == "lead\nm3")
        await player.press("R")
        assert "The list has just changed" in player.told
        assert done(player) == ["mail.redrive"]


async def test_the_key_that_opens_the_pane_reads_nothing(play: "Play") -> None:
    async with play(client=client_with(ASKS)) as player:
        await player.press("m")
        await player.until(lambda: "Tabs or spaces?" in player.screen_text())
        await player.press("enter")
        assert "just opened" in player.told
        assert done(player) == []


async def test_a_click_selects_and_the_bottom_line_acts(play: "Play") -> None:
    async with opened(play, read(ASKS), read(message(8, "lead", "human", "note", "More", NOW))) as player:
        boxes = {row.row.id: row for row in pane_of(player).query(RowBox) if row.row and row.display}
        await player.pilot.click(boxes["m1"])
        assert selected(player) == "m1"
        await player.pilot.click("KeyBar", offset=(player.screen_text().splitlines()[-1].index("c Write"), 0))
        await player.shown("Compose")


async def test_the_palette_and_help_know_the_mail(play: "Play") -> None:
    async with opened(play, ASKS) as player:
        await player.press("question_mark")
        await player.shown("Help")
        said = player.screen_text()
        assert "Redrive" in said.partition("New card")[0]
        await player.press("escape", "ctrl+p")
        await player.shown("Palette")
        await player.press(*"who writes")
        await player.press("escape")


async def test_pasted_text_does_nothing(play: "Play") -> None:
    from textual import events

    async with opened(play, ASKS) as player:
        player.app.post_message(events.Paste("rrr"))
        await player.pilot.pause()
        assert "Pasted text was ignored" in player.told
        assert done(player) == []
