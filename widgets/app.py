"""The board's application: the screens that `HubApp` shows, and the queue of keys before them."""

import gc
import time
from collections.abc import Callable

from textual import events
from textual.screen import Screen

from orchestrator.client import Client, connect
from orchestrator.paths import Home
from widgets.board.screen import BoardScreen
from widgets.hub_app import HubApp
from widgets.input.arrivals import WINDOW
from widgets.input.guide import KeyGuide
from widgets.input.key_queue import KeyQueue
from widgets.notices.activity import ActivityReports
from widgets.screens.command_screen import CommandScreen


class OrchApp(HubApp):
    """The board of one hub, as `orch tui` shows it."""

    def __init__(
        self,
        client: Client,
        *,
        revive: Callable[[], object] | None = None,
        stopped: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.time,
        burst_window: float = WINDOW,
    ) -> None:
        super().__init__(client, revive=revive, stopped=stopped, clock=clock)
        self.activity = ActivityReports(self, client)
        self.typed = KeyQueue(self, burst_window, KeyGuide(self), super().on_event)
        """Typed, pasted and clicked input that has not been handled."""

    def get_default_screen(self) -> Screen[None]:
        return BoardScreen()

    def on_ready(self) -> None:
        self.activity.key()

    def on_app_focus(self) -> None:
        """That of `HubApp` runs as well."""
        self.activity.key()

    def on_app_blur(self) -> None:
        """Textual's own handler runs as well."""
        self.activity.lost_focus()

    def on_unmount(self) -> None:
        """Textual's naming: that of `HubApp` runs as well."""
        self.typed.stop()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, (events.InputEvent, events.Paste)) and not event.is_forwarded:
            self.activity.key()
            await self.typed.take(event)
        else:
            await super().on_event(event)

    def forget_keys(self) -> int:
        return self.typed.clear()

    def draw(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, CommandScreen):
                screen.draw()

    def ask_trust(self, path: str, answered: Callable[[bool | None], None]) -> None:
        from widgets.dialogs.trust import Trust

        self.push_screen(Trust(path), answered)


def collect_rarely() -> None:
    """Python looks for garbage less often. Imported objects are none: scanning them again would cost a frame,
    and so would a scan after every 700 objects that are made."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def run(home: Home) -> int:
    """Shows the board of `home`'s hub until the user leaves it; returns the process's exit code."""
    app = OrchApp(Client(home, by="tui"), revive=lambda: connect(home), stopped=home.stopped.exists)
    collect_rarely()
    app.run()
    app.activity.end()
    return app.return_code or 0
