"""The application as its screens know it: the hub, commands to it, notices and keys."""

import os
import time
from collections.abc import Callable
from pathlib import PurePath
from typing import Any, ClassVar, TypeVar

from textual import work
from textual.app import App

from orchestrator.client import Client, OrchError, Untrusted
from orchestrator.core.board.views import Settings
from orchestrator.core.requests.hub import ShowSettings
from widgets.feed import Feed
from widgets.hangup import LOOK_EVERY, hung_up
from widgets.kit import theme
from widgets.kit.format import clean
from widgets.kit.keys import keyboard

T = TypeVar("T")


class HubApp(App[None]):
    """A window onto one hub. `revive` starts that hub again; `clock` tells the time of day."""

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
    ) -> None:
        super().__init__()
        self.client, self.clock = client, clock
        self.keyboard = keyboard({})
        self.settings: Settings | None = None
        """What the hub's configuration says; `None` until it has been heard."""
        self.animation_level = "none"
        self.asked = self.looked_up = 0
        """Commands on their way to the hub, and those that only fetch what is shown."""
        self.when_focused: Callable[[], object] | None = None
        """What is done once when the terminal has the focus again."""
        self.feed = Feed(client, revive=revive or self._no_revival, clock=clock)
        for each in theme.THEMES:
            self.register_theme(each)
        self.theme = theme.fitting(os.environ)

    def on_mount(self) -> None:
        self.set_interval(LOOK_EVERY, self._leave_if_hung_up)

    def on_unmount(self) -> None:
        self.feed.stop()

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
        self._count(1, look_up)
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
            self.call_later(self._count, -1, look_up)

    def _count(self, more: int, look_up: bool) -> None:
        if look_up:
            self.looked_up += more
        else:
            self.asked += more

    def ask_trust(self, path: str, answered: Callable[[bool | None], None]) -> None:
        """Shows what would run, and asks whether it may."""
        raise NotImplementedError

    def _ask_trust(
        self,
        error: Untrusted,
        call: Callable[[Client], Any],
        done: Callable[[Any], object] | None,
        failed: Callable[[OrchError], object],
    ) -> None:
        def answered(allowed: bool | None) -> None:
            if allowed:
                self.command(call, done, failed)
            else:
                failed(error)

        self.ask_trust(error.path, answered)

    def learn_settings(self) -> None:
        """Fetches the hub's settings, and takes the user's keys from them."""
        self.command(
            lambda client: client.submit(ShowSettings()),
            self._take_settings,
            lambda _error: None,
            look_up=True,
        )

    def _take_settings(self, settings: Settings) -> None:
        if settings == self.settings:
            return
        self.settings = settings
        self.keyboard = keyboard(settings.keys)
        self.set_keymap(self.keyboard.changed)
        for complaint in self.keyboard.complaints:
            self.tell(complaint, title="Some key bindings were ignored", severity="warning")
        self.draw()

    def forget_keys(self) -> int:
        """Drops what was typed and is not done yet; returns how many keys that were."""
        raise NotImplementedError

    def draw(self) -> None:
        """Draws every screen again."""
        raise NotImplementedError

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

    def action_help_quit(self) -> None:
        self.tell(f"Press {self.keyboard.shown('quit')} to quit the board; sessions keep running.")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
