"""Questions to the hub that hold up no keys, for what is read while the user goes on."""

from collections.abc import Callable
from typing import TypeVar

from orchestrator.client import Client, OrchError
from widgets.hub_app import HubApp

T = TypeVar("T")


class Background:
    """Each in a thread of its own; answers come in the app's."""

    def __init__(self, app: HubApp, group: str) -> None:
        self._app, self._group = app, group
        self._stopped = False

    def stop(self) -> None:
        """Answers are dropped from now on."""
        self._stopped = True

    def do(
        self, call: Callable[[Client], T], done: Callable[[T], object], failed: Callable[[OrchError], object]
    ) -> None:
        """Calls `done` with the answer, or `failed` with why there is none."""

        def run() -> None:
            try:
                answer = call(self._app.client)
            except OrchError as error:
                self._app.call_later(self._unless_stopped, failed, error)
            else:
                self._app.call_later(self._unless_stopped, done, answer)

        self._app.run_worker(run, thread=True, exit_on_error=False, group=self._group)

    def _unless_stopped(self, then: Callable[..., object], answer: object) -> None:
        if not self._stopped:
            then(answer)
