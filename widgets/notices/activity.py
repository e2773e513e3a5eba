"""Reports to the hub that a person uses this board, so that their phone stays silent meanwhile."""

import contextlib
import secrets
import threading
import time

from textual.app import App

from orchestrator.client import Client, OrchError
from orchestrator.core.requests.notifications import ReportActivity

_EVERY = 20.0
"""Seconds between two reports while keys are pressed."""
_ENDS_WITHIN = 0.5


class ActivityReports:
    """Sent in threads; a hub that does not respond misses nothing."""

    def __init__(self, app: App[None], client: Client) -> None:
        self._app, self._client = app, client
        self._board = secrets.token_hex(4)
        self._last = float("-inf")

    def key(self) -> None:
        """A key was pressed, or the board has the focus again."""
        now = time.monotonic()
        if now - self._last >= _EVERY:
            self._last = now
            self._report(focused=True)

    def lost_focus(self) -> None:
        """The person is somewhere else."""
        self._last = float("-inf")
        self._report(focused=False)

    def end(self) -> None:
        """The board is being closed. Blocks for a moment at most."""
        last = threading.Thread(target=self._submit, kwargs={"focused": False}, daemon=True)
        last.start()
        last.join(_ENDS_WITHIN)

    def _report(self, *, focused: bool) -> None:
        self._app.run_worker(
            lambda: self._submit(focused=focused), thread=True, exit_on_error=False, group="activity"
        )

    def _submit(self, *, focused: bool) -> None:
        with contextlib.suppress(OrchError):
            self._client.submit(ReportActivity(self._board, focused=focused))
