"""What is pictured and how: the app at a standing size, and keys pressed until all is at rest."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from orchestrator.client import Board
from tests.clock import Clock
from widgets.app import OrchApp
from widgets.gallery.boards import GalleryClient, card, hub

LARGE, SMALL = (200, 50), (80, 24)
HOSTILE = [
    "[/x] [bold red]markup[/]",
    "\x1b[2J\x1b[31mescapes\x07",
    "emoji 👨\u200d👩\u200d👧 👍\U0001f3fd 🇩🇪 ❤\ufe0f",
    "שלום עולם \u202eturned",
    "x" * 500,
    "lines\nand\ttabs",
    "日本語" * 40,
]
"""Text from outside that a screen must show as data."""

SnapCompare = Callable[..., bool]
both_sizes = pytest.mark.parametrize("size", [LARGE, SMALL], ids=["200x50", "80x24"])


def app(client: GalleryClient) -> OrchApp:
    made = OrchApp(client, clock=Clock(), burst_window=0)
    made.theme = "orch-dark"
    return made


def one_idle_card() -> GalleryClient:
    """A board on which nothing waits, runs or is written."""
    return GalleryClient(Board(hub(), (card(1, "Dark mode", "review", "idle"),)))


def after(*keys: str, rest: float = 0.15) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Presses keys a second of the app's clock apart, with `rest` seconds of ours for each to be done,
    and until all is at rest."""

    async def press(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, OrchApp)
        clock = pilot.app.clock
        assert isinstance(clock, Clock)
        await pilot.pause(0.2)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(rest)
            clock.now += 1
        await pilot.pause(0.2)

    return press
