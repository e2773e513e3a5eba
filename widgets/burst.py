"""The guard against pastes: keys that come faster than anybody types never become commands."""

from collections.abc import Callable

from textual import events

WINDOW = 0.025
"""Seconds. A hand leaves more between two keys, a terminal that pastes without brackets does not."""

_TYPED = frozenset({"enter", "tab", "ctrl+j"})
"""Keys beside the printable ones that stand in pasted text."""


class KeyGuard:
    """Decides on each key: let through now, held back for the window, or dropped as part of a burst.

    `later` is asked to call `release(key)` after so many seconds; `burst` is called once for each burst.
    """

    def __init__(
        self, window: float, *, later: Callable[[float, events.Key], object], burst: Callable[[], object]
    ) -> None:
        self._window, self._later, self._burst = window, later, burst
        self._last = float("-inf")
        self._held: events.Key | None = None
        self._told = False

    def passes(self, key: events.Key, *, harmless: bool) -> list[events.Key]:
        """The keys to act on now, in order. `harmless` keys only move the cursor or type text: they
        pass at once, and still make a burst of their neighbours."""
        if self._window <= 0 or not (key.is_printable or key.key in _TYPED):
            return [*self.release(), key]
        rushed = key.time - self._last < self._window
        self._last = key.time
        if not rushed:
            earlier, self._told = self.release(), False
            if harmless:
                return [*earlier, key]
            self._held = key
            self._later(self._window, key)
            return earlier
        if harmless and self._held is None:
            return [key]
        self._held = None
        if not self._told:
            self._told = True
            self._burst()
        return [key] if harmless else []

    def release(self, key: events.Key | None = None) -> list[events.Key]:
        """The key held back, if one still is, and if it is `key` where that is given."""
        held = self._held
        if held is None or (key is not None and held is not key):
            return []
        self._held = None
        return [held]
