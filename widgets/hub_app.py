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
from widgets.issues.kept import KeptIssues
from widgets.kit import theme
from widgets.kit.format import clean
from widgets.kit.keys import keyboard

T = TypeVar("T")


class HubApp(App[None]):
    """A client of one hub. `revive` starts that hub again; `stopped` says whether it was stopped on purpose;
    `clock` returns the time."""

    TITLE = "orch"
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "app.tcss",
        "board.tcss",
        "review/screen.tcss",
        "issues/screen.tcss",
    ]
    """A screen that brings its own has all styles parsed again, of all screens, before it is shown."""
    ENABLE_COMMAND_PALETTE = False  # the board has its own, from the action registry
    NOTIFICATION_TIMEOUT = 6

    def __init__(
        self,
        client: Client,
        *,
        revive: Callable[[], object] | None = None,
        stopped: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self.client, self.clock = client, clock
        self.keyboard = keyboard({})
        self.settings: Settings | None = None
        """The hub's configuration; `None` until it has been received."""
        self.animation_level = "none"
        self.asked = self.looked_up = 0
        """Pending commands to the hub, and those that only fetch what is shown."""
        self.when_focused: Callable[[], object] | None = None
        """Called once when the terminal has the focus again."""
        self.issue_lists: dict[str, KeptIssues] = {}
        """Of each repository, by its path, the issues as last listed."""
        self.start_hub = revive or self._no_revival
        """Starts the hub, if it is not running; blocks, and raises `OrchError`."""
        self.feed = Feed(client, revive=self.start_hub, clock=clock, stopped=stopped)
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
        """Runs `call` in a thread, then `done` with its result. If it raises `OrchError`, `failed` gets it,
        or the user sees it. What is refused because it is not trusted is shown and asked for first, and
        repeated once it is allowed. Keys wait for the answer for a moment; for a `look_up`, which only
        fetches what is shown, only those that act on it."""
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
        """Drops input that has not been handled; returns how many keys that were."""
        raise NotImplementedError

    def draw(self) -> None:
        """Redraws every screen."""
        raise NotImplementedError

    def _no_revival(self) -> None:
        """No way to start the hub: keep trying to reach it."""

    # --- notices ---------------------------------------------------------------------------------

    def tell(self, said: str, *, title: str = "", severity: str = "information") -> None:
        """A notice that disappears on its own. Text from outside is shown as it is, never as markup."""
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
