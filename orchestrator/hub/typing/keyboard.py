"""The one place from which keys and text are sent to a session's pane.

Immediately before typing the pane is captured: text and keys go to a visible input box, never into a dialog;
a dialog gets keys only from a caller that has seen this dialog. A test checks that nothing else in the hub
types.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.agents.agent import Screen
from orchestrator.core.sessions.dialog import Dialog, next_key
from orchestrator.world.tmux import Tmux

_REPAINT = 0.05
"""Seconds between two checks of the effect of a key."""
_FOLLOWS = 1.5
"""Seconds that a dialog has to react to a key."""
_MOST_STEPS = 60

CHANGED = "it has changed since you looked"


@dataclass(frozen=True, slots=True)
class Keyboard:
    """`screen_of` is how the agent in a pane is read. Everything blocks, and raises `TmuxError`."""

    tmux: Tmux
    screen_of: Callable[[str], Screen]
    _locks: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    def paste(self, pane: str, text: str) -> str:
        """Pastes the text and presses Enter. Returns why nothing was typed; empty if it was."""
        with self._locks[pane]:
            if not (why := self.in_the_way(pane)):
                self.tmux.paste(pane, text)
            return why

    def press(self, pane: str, *keys: str) -> str:
        """Presses keys at the input box. Returns why they were not; empty if they were."""
        with self._locks[pane]:
            if not (why := self.in_the_way(pane)):
                self.tmux.send_keys(pane, *keys)
            return why

    def in_the_way(self, pane: str) -> str:
        """What keeps keys from reaching the input box, as text; empty for nothing."""
        return self.screen_of(pane).in_the_way(self._text(pane))

    def dialog(self, pane: str) -> Dialog | None:
        """The dialog that is open now."""
        return self.screen_of(pane).dialog(self._text(pane))

    def choose(self, pane: str, seen: Dialog, option: int) -> str:
        """Chooses an option of the dialog that was seen: moves the pointer row by row, checks after each key,
        and presses the last one only with the pointer in place. Returns why it was not done; empty once the
        dialog is gone or has changed."""
        with self._locks[pane]:
            now = self.dialog(pane)
            for _ in range(_MOST_STEPS):
                if now is None or now.version != seen.version:
                    return CHANGED
                key, last = next_key(now, option)
                if not key:
                    return "it shows no pointer to move"
                self.tmux.send_keys(pane, key)
                before, now = now, self._after(pane, now)
                if last:
                    same = now is not None and now.version == before.version
                    return f"it is still open after {key}" if same else ""
                if now is not None and now.version == before.version and now.at == before.at:
                    return "its pointer does not follow the arrow keys"
            return "its pointer does not reach that row"

    def _after(self, pane: str, before: Dialog) -> Dialog | None:
        """The dialog once it has changed, or its pointer has moved; unchanged, after a while."""
        deadline = time.monotonic() + _FOLLOWS
        while True:
            time.sleep(_REPAINT)
            now = self.dialog(pane)
            if now is None or (now.version, now.at) != (before.version, before.at):
                return now
            if time.monotonic() > deadline:
                return now

    def _text(self, pane: str) -> str:
        return self.tmux.capture([pane]).get(pane, "")
