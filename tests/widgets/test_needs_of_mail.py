"""Messages to the human, cards that sessions ask for, and paused pairs in the queue."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Board, NeedsChanged, Refused
from orchestrator.core.board.views import NeedDetail
from tests.widgets.needs_pane import pane_of, settled
from widgets.gallery.boards import GalleryClient, hub, stage_mail
from widgets.mail.pane import MailPane
from widgets.queue.pane import NeedsPane

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

pytestmark = pytest.mark.anyio

NOW = 1_700_000_000.0
_LISTS = ("queue.show", "preview", "mail.show", "mail.messages")


def client_with(kind: str) -> GalleryClient:
    """The gallery's team, of which only the first need of that kind waits."""
    everything = stage_mail(NOW)
    whole = next(each for each in everything.details.values() if each.need.kind == kind)
    told = everything.watch().__next__()
    assert isinstance(told, Board)
    client = GalleryClient(replace(told, hub=hub(waiting=1), needs=(whole.need,)))
    client.details, client.letters = {whole.need.id: whole}, everything.letters
    return client


async def opened(player: "Player") -> None:
    await player.press("a")
    await player.until(lambda: isinstance(player.app.screen, NeedsPane))
    await settled(player)


def verbs(player: "Player") -> list[str]:
    return [verb for verb, _ in player.client.asked if verb not in _LISTS]


@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_a_message_is_shown_whole_with_who_speaks(play: "Play", size: tuple[int, int]) -> None:
    async with play(client=client_with("mail"), size=size) as player:
        await opened(player)
        for part in ("coordinator → human", "peer: from a session", "Do we need to install it",
                     "worker-3 is waiting for permission", "r Reply", "u Read"):  # fmt: skip
            assert part in player.screen_text(), part


@pytest.mark.sample(1)
@pytest.mark.parametrize("key", ["r", "o"])
async def test_a_reply_answers_in_the_thread_and_the_message_is_read_with_it(play: "Play", key: str) -> None:
    async with play(client=client_with("mail")) as player:
        await opened(player)
        await player.press(key)
        await player.shown("Reply")
        await player.press(*"Without", "ctrl+s")
        asked = await player.asked("mail.send")
        assert (asked["to"], asked["body"], asked["kind"]) == (("coordinator",), "Without", "answer")
        assert (asked["reply_to"], asked["thread"]) == ("m4", "m1")
        assert await player.asked("mail.read") == {"message": "m4"}
        await player.shown("NeedsPane")
        assert verbs(player) == ["mail.send", "mail.read"]


async def test_a_message_is_marked_as_read(play: "Play") -> None:
    async with play(client=client_with("mail")) as player:
        await opened(player)
        await player.press("u")
        assert await player.asked("mail.read") == {"message": "m4"}
        await player.until(lambda: "reading" in player.screen_text())
        player.client.tell(NeedsChanged(()))
        await player.until(lambda: "The queue is empty" in player.screen_text())


async def test_enter_leads_to_the_message_among_the_mail_and_escape_back(play: "Play") -> None:
    async with play(client=client_with("mail")) as player:
        await opened(player)
        await player.press("enter")
        await player.shown("MailPane")
        pane = player.app.screen
        assert isinstance(pane, MailPane)
        await player.until(lambda: pane.selected.id == "m4")
        await player.press("escape")
        await player.shown("NeedsPane")


async def test_a_message_that_could_not_be_fetched_is_not_answered(play: "Play") -> None:
    client = client_with("mail")
    client.refusals["mail.show"] = Refused("the store is away")
    async with play(client=client) as player:
        await opened(player)
        await player.press("r")
        assert "the store is away" in player.told
        assert isinstance(player.app.screen, NeedsPane)


async def test_a_card_that_a_session_asks_for_is_opened_or_not(play: "Play") -> None:
    async with play(client=client_with("card")) as player:
        await opened(player)
        for part in ("coordinator requests a card", "Write docs/shop.1", "a Create card", "d Deny"):
            assert part in player.screen_text(), part
        await player.press("d")
        await player.shown("Words")
        await player.press(*"later", "ctrl+s")
        asked = await player.asked("answer")
        assert (asked["need"], asked["verdict"], asked["message"]) == ("c25.card", "deny", "later")
        player.client.asked.clear()
        player.clock.now += 10
        await player.press("a")
        asked = await player.asked("answer")
        assert (asked["need"], asked["verdict"]) == ("c25.card", "allow")


async def test_a_card_is_never_opened_for_always(play: "Play") -> None:
    async with play(client=client_with("card")) as player:
        await opened(player)
        await player.press("A")
        assert "A card cannot be answered always" in player.told
        assert verbs(player) == []


async def test_a_paused_pair_is_let_go_on_by_name(play: "Play") -> None:
    async with play(client=client_with("pause")) as player:
        await opened(player)
        for part in (
            "lint-a and lint-b",
            "12 messages in turn",
            "Read their messages",
            "c Resume mail",
        ):
            assert part in player.screen_text(), part
        await player.press("c")
        assert await player.asked("mail.unpause") == {"a": "lint-a", "b": "lint-b"}


async def test_a_message_that_slips_under_the_key_is_not_read(play: "Play") -> None:
    client = client_with("card")
    letter = next(each for each in stage_mail(NOW).details.values() if each.need.kind == "mail")
    client.details[letter.need.id] = letter
    client.tell(NeedsChanged((*(each.need for each in client.details.values()),)))
    async with play(client=client) as player:
        await player.until(lambda: len(player.board.mirror.needs) == 2)
        await opened(player)
        await player.press("g")
        await settled(player)
        player.client.tell(NeedsChanged((letter.need,)))
        await player.until(lambda: pane_of(player).need == letter.need)
        await player.press("u")
        assert "coordinator's message" in player.told
        assert verbs(player) == []


@pytest.mark.long
async def test_a_detail_without_a_letter_is_still_shown(play: "Play") -> None:
    client = client_with("pause")
    (whole,) = client.details.values()
    client.details[whole.need.id] = NeedDetail(whole.need, "what they\nwrote", False, (), ())
    async with play(client=client) as player:
        await opened(player)
        assert "what they" in player.screen_text()
