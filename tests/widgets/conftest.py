"""What the tests of the screen share: a clock that they tell, a played hub, a robot user."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import pytest
from textual import events
from textual._context import visible_screen_stack
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen

from orchestrator.client import Board
from orchestrator.core.board.views import CardView
from tests.cheap_screens import cheap_screens  # noqa: F401 (a fixture of every test here)
from tests.clock import Clock
from tests.poll import PATIENCE
from widgets.app import OrchApp
from widgets.board.screen import BoardScreen
from widgets.gallery.boards import GalleryClient, hub

S = TypeVar("S", bound=Screen[Any])

_CHARACTERS = {
    "space": " ", "slash": "/", "question_mark": "?", "enter": "\r", "tab": "\t",
    "left_square_bracket": "[", "right_square_bracket": "]", "less_than_sign": "<", "greater_than_sign": ">",
}  # fmt: skip
_NAMES = {character: name for name, character in _CHARACTERS.items()}


class Player:
    """A robot user before a board whose hub it plays."""

    def __init__(self, app: OrchApp, client: GalleryClient, clock: Clock, pilot: Pilot[None]) -> None:
        self.app, self.client, self.clock, self.pilot = app, client, clock, pilot

    @property
    def board(self) -> BoardScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, BoardScreen)
        return screen

    @property
    def at(self) -> str:
        """The card under the cursor."""
        return self.board.cursor.card

    @property
    def told(self) -> str:
        """Every notice that stands on the screen."""
        return "\n".join(f"{each.title} {each.message}" for each in self.app._notifications)  # noqa: SLF001

    def pane(self, kind: type[S]) -> S:
        """The open screen of that kind, be a dialog over it or not."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, kind))

    async def press(self, *keys: str) -> None:
        """Presses keys by Textual's names or their characters, each once the one before is settled."""
        for key in keys:
            character = key if len(key) == 1 else _CHARACTERS.get(key)
            self.app.post_message(events.Key(_NAMES.get(key, key), character))
            await self.pilot.pause(0)
            await self._handled()
        await self.pilot.pause()

    async def _handled(self) -> None:
        """What has been posted is dealt with, however busy the machine is: first by the app, then by whoever
        it has handed a key on to, then by the screen."""
        for who in (lambda: self.app, lambda: self.app.focused or self.app.screen, lambda: self.app.screen):
            pump: MessagePump = who()
            done = asyncio.Event()
            pump.call_later(done.set)
            while not done.is_set() and pump.is_running:
                await asyncio.sleep(0.001)

    async def until(self, true: Callable[[], Any]) -> None:
        """Waits until that is so; fails when that takes too long."""
        deadline, interval = time.monotonic() + PATIENCE, 0.01
        while not true():
            assert time.monotonic() < deadline, f"timed out\n{self.situation()}"
            await self.pilot.pause(interval)
            interval = min(1.3 * interval, 0.1)
        await self.pilot.pause()

    def situation(self) -> str:
        """The open screens, what has the focus, what runs beside, and all that is shown, for a failure."""
        app = self.app
        screens = " > ".join(type(each).__name__ for each in app.screen_stack)
        workers = [f"{each.name} {each.state.name}" for each in app.workers]
        return f"{screens}, focus on {app.focused!r}, workers {workers}\n{self.screen_text()}"

    async def shown(self, name: str) -> None:
        """Waits until the screen or dialog of the class so called is in front."""
        await self.until(lambda: type(self.app.screen).__name__ == name)

    async def asked(self, verb: str) -> dict[str, Any]:
        """The arguments of the first such command, once it has been given."""
        await self.until(lambda: any(each == verb for each, _ in self.client.asked))
        return next(arguments for each, arguments in self.client.asked if each == verb)

    def screen_text(self) -> str:
        """All that stands on the screen, a line for each row; what shines through below a dialog too."""
        visible_screen_stack.set(self.app._background_screens)  # noqa: SLF001 (as when Textual paints)
        strips = self.app.screen._compositor.render_strips()  # noqa: SLF001 (no public way to the text)
        return "\n".join(strip.text for strip in strips)

    def widths(self) -> set[int]:
        """In how many cells each row of the screen in front is painted: one number, if none is broken."""
        strips = self.app.screen._compositor.render_strips()  # noqa: SLF001 (no public way to all rows)
        return {strip.cell_length for strip in strips}


Play = Callable[..., AbstractAsyncContextManager[Player]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def play() -> Play:
    """Starts a board with these cards; its keys work at once unless a burst window is given."""

    @asynccontextmanager
    async def start(
        *cards: CardView,
        size: tuple[int, int] = (200, 50),
        client: GalleryClient | None = None,
        burst_window: float = 0.0,
        **more: Any,
    ) -> AsyncIterator[Player]:
        client = client or GalleryClient(Board(hub(), cards))
        clock = Clock()
        app = OrchApp(client, clock=clock, burst_window=burst_window, **more)
        async with app.run_test(size=size, notifications=True) as pilot:
            player = Player(app, client, clock, pilot)
            await player.until(lambda: player.board.mirror.hub is not None)
            await player.until(lambda: app.settings is not None)
            yield player

    return start
