"""Whether the person is active on a board: boards report their last key and their focus."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

_KEPT_S = 3600.0


@dataclass(slots=True)
class Activity:
    """`away_after` seconds after the last key the person counts as away."""

    away_after: float
    changed: Callable[[], None] = lambda: None
    _keys: dict[str, float] = field(default_factory=dict)
    """The last key on each board that has the focus."""

    def report(self, board: str, *, focused: bool) -> None:
        """A key on that board, or it got the focus; or it has lost it."""
        now = time.time()
        self._keys = {each: at for each, at in self._keys.items() if now - at < _KEPT_S}
        before = self.until
        if focused:
            self._keys[board] = now
        else:
            self._keys.pop(board, None)
        if self.until < before:
            self.changed()

    @property
    def until(self) -> float:
        """Until when the person counts as active; 0 if on no board."""
        return max((at + self.away_after for at in self._keys.values()), default=0.0)
