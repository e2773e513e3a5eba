"""The guard against keys that were meant for the previous selection."""

from widgets.hub_app import HubApp

_UNSURE = 0.5
"""Seconds after the selection changed on its own in which no key acts on it."""


class SelectionGuard:
    """Knows since when the selection of a pane is unchanged, and why it changed if not by the user."""

    def __init__(self, app: HubApp, why: str) -> None:
        """The selection of a newly opened pane was not made by the user either; `why` says so."""
        self._app = app
        self._changed: tuple[float, str] | None = (app.clock(), why)

    def changed(self, why: str) -> None:
        """The selection, or its content, has just changed on its own."""
        self._changed = (self._app.clock(), why)

    def chosen(self) -> None:
        """The user has selected it."""
        self._changed = None

    def holds(self, meant: str) -> bool:
        """Whether a key must not act on `meant`, which the user is told then; nothing is held if that is
        empty. A repeating key stays without effect as long as it repeats."""
        if self._changed is None or not meant:
            return False
        since, why = self._changed
        if self._app.clock() - since > _UNSURE:
            self._changed = None
            return False
        self.changed(why)
        self._app.tell(f"{why} Press again to act on {meant}.")
        return True
