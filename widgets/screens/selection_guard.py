"""The guard against keys that were meant for what was selected a moment ago."""

from widgets.hub_app import HubApp

_UNSURE = 0.5
"""Seconds after the selection changed by itself in which no key acts on it."""


class SelectionGuard:
    """Knows since when the selection of a pane stands, and why it changed if that was not the user's wish."""

    def __init__(self, app: HubApp, why: str) -> None:
        """What is selected when the pane opens was not chosen either; `why` says so."""
        self._app = app
        self._changed: tuple[float, str] | None = (app.clock(), why)

    def changed(self, why: str) -> None:
        """The selection, or what stands there, has just changed by itself."""
        self._changed = (self._app.clock(), why)

    def chosen(self) -> None:
        """The user has selected it."""
        self._changed = None

    def holds(self, meant: str) -> bool:
        """Whether a key must do nothing to `meant`, which the user is told then; nothing is held where that
        is empty. A key that repeats itself stays without effect for as long as it does."""
        if self._changed is None or not meant:
            return False
        since, why = self._changed
        if self._app.clock() - since > _UNSURE:
            self._changed = None
            return False
        self.changed(why)
        self._app.tell(f"{why} Press again to act on {meant}.")
        return True
