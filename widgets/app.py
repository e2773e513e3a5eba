"""The board's application: what all its screens share. Screens and widgets handle the rest."""

import gc
import os
import time
from collections.abc import Callable
from pathlib import PurePath
from typing import Any, ClassVar, TypeVar

from textual import events, work
from textual.app import App
from textual.screen import Screen

from orchestrator.client import Client, OrchError, Untrusted, connect
from orchestrator.core.views import Settings
from orchestrator.paths import Home
from widgets.board.screen import BoardScreen
from widgets.feed import Feed
from widgets.hangup import LOOK_EVERY, hung_up
from widgets.input.arrivals import WINDOW
from widgets.input.guide import KeyGuide
from widgets.input.key_queue import KeyQueue
from widgets.kit import theme
from widgets.kit.format import clean
from widgets.kit.keys import keyboard
from widgets.screens.command_screen import CommandScreen

T = TypeVar("T")


class OrchApp(App[None]):
    """The board of one hub. `revive` starts that hub again; `clock` tells the time of day."""

    TITLE = "orch"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "board.tcss"]
    ENABLE_COMMAND_PALETTE = False  # the board has its own, made of the action registry
    NOTIFICATION_TIMEOUT = 6

    def __init__(
        self,
        client: Client,
        *,
        revive: Callable[[], object] | None = None,
        clock: Callable[[], float] = time.time,
        burst_window: float = WINDOW,
    ) -> None:
        super().__init__()
        self.client, self.clock = client, clock
        self.keyboard = keyboard({})
        self.settings: Settings | None = None
        """What the hub's configuration says; `None` until it has been heard."""
        self.animation_level = "none"
        self._guide = KeyGuide(self)
        self.typed = KeyQueue(self, burst_window, self._guide, super().on_event)
        """What was typed, pasted and clicked, and is not done yet."""
        self.when_focused: Callable[[], object] | None = None
        """What is done once when the terminal has the focus again."""
        self.feed = Feed(client, revive=revive or self._no_revival, clock=clock)
        for each in theme.THEMES:
            self.register_theme(each)
        self.theme = theme.fitting(os.environ)

    def get_default_screen(self) -> Screen[None]:
        return BoardScreen()

    def on_mount(self) -> None:
        self.set_interval(LOOK_EVERY, self._leave_if_hung_up)

    def on_unmount(self) -> None:
        self.feed.stop()
        self.typed.stop()

    def _leave_if_hung_up(self) -> None:
        if hung_up():
            self.exit(return_code=1)

    # --- the hub ---------------------------------------------------------------------------------

    def command(
        self,
        call: Callable[[Client], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[OrchError], object] | None = None,
        *,
        look_up: bool = False,
    ) -> None:
        """Does `call` in a thread, then `done` with what it returned. Where it raises `OrchError`,
        `failed` gets it, or the user reads it. What is refused because nobody has allowed it is shown and
        asked for first, and done again once it is allowed. Keys wait for the answer for a moment; to a
        `look_up`, which only fetches what is shown, only those that act on it."""
        self._guide.asks(look_up=look_up)
        self._command(call, done, failed or self.tell_error, look_up)

    @work(thread=True, exit_on_error=False, group="commands")
    def _command(
        self,
        call: Callable[[Client], Any],
        done: Callable[[Any], object] | None,
        failed: Callable[[OrchError], object],
        look_up: bool,
    ) -> None:
        try:
            answer = call(self.client)
        except Untrusted as error:
            self.call_later(self._ask_trust, error, call, done, failed)
        except OrchError as error:
            self.call_later(failed, error)
        else:
            if done is not None:
                self.call_later(done, answer)
        finally:
            self.call_later(lambda: self._guide.answered(look_up=look_up))

    def _ask_trust(
        self,
        error: Untrusted,
        call: Callable[[Client], Any],
        done: Callable[[Any], object] | None,
        failed: Callable[[OrchError], object],
    ) -> None:
        from widgets.dialogs.trust import Trust

        def answer(allowed: bool | None) -> None:
            if allowed:
                self.command(call, done, failed)
            else:
                failed(error)

        self.push_screen(Trust(error.path), answer)

    def learn_settings(self) -> None:
        """Fetches the hub's settings, and takes the user's keys from them."""
        self.command(lambda client: client.settings(), self._take_settings, lambda _error: None, look_up=True)

    def _take_settings(self, settings: Settings) -> None:
        if settings == self.settings:
            return
        self.settings = settings
        self.keyboard = keyboard(settings.keys)
        self.set_keymap(self.keyboard.changed)
        for complaint in self.keyboard.complaints:
            self.tell(complaint, title="Some of your keys were not taken", severity="warning")
        for screen in self.screen_stack:
            if isinstance(screen, CommandScreen):
                screen.draw()

    def _no_revival(self) -> None:
        """Nobody to start the hub: keep trying to reach it."""

    # --- words to the user -----------------------------------------------------------------------

    def tell(self, said: str, *, title: str = "", severity: str = "information") -> None:
        """A notice that goes by itself. Text from outside is shown as it is, never as markup."""
        level: Any = severity
        self.notify(clean(said), title=clean(title), severity=level, markup=False)

    def tell_error(self, error: OrchError) -> None:
        """What happened, why, and what to do next."""
        said = ". ".join(part.rstrip(".") for part in (error.why, error.hint) if part)
        self.tell(
            f"{said}." if said else "Nothing has changed.", title=_sentence(error.what), severity="error"
        )

    # --- keys ------------------------------------------------------------------------------------

    def on_app_focus(self) -> None:
        """Textual's own handler runs as well."""
        then, self.when_focused = self.when_focused, None
        if then is not None:
            then()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, (events.InputEvent, events.Paste)) and not event.is_forwarded:
            await self.typed.take(event)
        else:
            await super().on_event(event)

    def action_help_quit(self) -> None:
        self.tell(f"Press {self.keyboard.shown('quit')} to leave the board; the sessions stay.")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def run(home: Home) -> int:
    """Shows the board of `home`'s hub until the user leaves it; returns the process's exit code."""
    app = OrchApp(Client(home), revive=lambda: connect(home))
    gc.freeze()  # what was imported is no garbage: looking through it again would cost a frame
    app.run()
    return app.return_code or 0
