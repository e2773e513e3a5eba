"""The queue before a robot user: two requests, two questions, and where it stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from orchestrator.client import Board
from orchestrator.core.board.views import NeedDetail, Question
from tests.clock import NOW
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.gallery.needs import need
from widgets.queue.pane import NeedsPane

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

ASKING = card(1, "Migrate billing", "blocked", "permission", attention=1)
OTHER = card(2, "Dark mode", "blocked", "permission", attention=1, branch="orch/dark")
BASH = need(ASKING, "permission", "Bash npm test", NOW - 60, id="c1.k3f")
EDIT = need(OTHER, "permission", "Edit app.py", NOW - 30, id="c2.m71")
ONE = Question("Which format?", "Format", False, (("ISO", "sorts"), ("Local", "reads well"), ("Both", "")))
MANY = Question("Which exports?", "Exports", True, (("Orders", ""), ("Invoices", ""), ("Customers", "")))


@asynccontextmanager
async def opened(
    play: "Play", *wholes: NeedDetail, key: str = "a", size: tuple[int, int] = (200, 50), **more: Any
) -> AsyncIterator["Player"]:
    """The pane on these needs, once it can be trusted and has the first request."""
    cards = {each.need.card: card(int(each.need.card[1:]), each.need.title, "blocked", "permission",
             attention=each.need.urgency) for each in wholes}  # fmt: skip
    cards |= {each.id: each for each in more.pop("cards", ())}
    client = GalleryClient(Board(hub(), tuple(cards.values()), tuple(each.need for each in wholes)))
    client.details = {each.need.id: each for each in wholes}
    async with play(client=client, size=size, **more) as player:
        await player.press(key)
        await player.until(lambda: isinstance(player.app.screen, NeedsPane))
        await settled(player)
        yield player


async def settled(player: "Player") -> None:
    """Waits until the selected request has been fetched, then past the time in which keys are not trusted."""
    pane = pane_of(player)
    await player.until(
        lambda: pane.selected is None or pane.selected.detail is not None or bool(pane.selected.error)
    )
    player.clock.now += 1


def pane_of(player: "Player") -> NeedsPane:
    return player.pane(NeedsPane)


def selected(player: "Player") -> str:
    found = pane_of(player).need
    return found.id if found else ""


def verbs(player: "Player") -> list[str]:
    return [verb for verb, _ in player.client.asked if verb not in ("queue.show", "preview")]
