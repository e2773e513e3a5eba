"""The mail pane before a robot user: two sessions, two messages, and where it stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from orchestrator.client import Board
from orchestrator.core.mail.views import MailView, MessageView, PauseView
from tests.clock import NOW
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.gallery.mail import box, message, read
from widgets.mail.pane import MailPane

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

WORKER = card(2, "Parser", "in_progress", "working", slug="worker-1")
LEAD = card(1, "Lead", "in_progress", "working", slug="lead")
ASKS = message(1, "worker-1", "human", "question", "Tabs or spaces?", NOW - 60, subject="Style")
DONE = read(message(2, "worker-1", "lead", "result", "It is done.", NOW - 30, subject="Parser"))
PAUSED = PauseView("lead", "worker-1", NOW - 60, "12 messages to and fro in 10 minutes")


def mail(*letters: MessageView, **more: Any) -> MailView:
    """The mail at a glance, with these messages in it."""
    waiting = sum(each.place == "waiting" for letter in letters for each in letter.deliveries)
    boxes = (box("human", unread=waiting), box("lead", LEAD), box("worker-1", WORKER))
    made: dict[str, Any] = {"boxes": boxes, "newest": max((each.at for each in letters), default=0.0)}
    return MailView(**{"store": "sqlite", "trouble": "", **made, **more})


def client_with(*letters: MessageView, **more: Any) -> GalleryClient:
    client = GalleryClient(Board(hub(), (LEAD, WORKER), (), (), mail(*letters, **more)))
    client.letters = list(letters)
    return client


@asynccontextmanager
async def opened(
    play: "Play", *letters: MessageView, size: tuple[int, int] = (200, 50),
    client: GalleryClient | None = None, **more: Any,
) -> AsyncIterator["Player"]:  # fmt: skip
    """The pane on this mail, once its list has come and keys can be trusted."""
    async with play(client=client or client_with(*letters, **more), size=size) as player:
        await player.press("m")
        await player.until(lambda: isinstance(player.app.screen, MailPane))
        await settled(player)
        yield player


async def settled(player: "Player") -> None:
    """Waits until the list has come, then past the time in which keys are not trusted."""
    await player.until(
        lambda: (
            any(verb == "mail.messages" for verb, _ in player.client.asked)
            and "loading" not in player.screen_text()
        )
    )
    player.clock.now += 1


def pane_of(player: "Player") -> MailPane:
    return player.pane(MailPane)


def selected(player: "Player") -> str:
    return pane_of(player).selected.id


def done(player: "Player") -> list[str]:
    """What was asked of the hub beside lists."""
    deeds = ("mail.send", "mail.read", "mail.redrive", "mail.unpause", "team")
    return [verb for verb, _ in player.client.asked if verb in deeds]
