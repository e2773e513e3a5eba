"""Bugs in parts of the hub: logged, reported, and contained.

A part is one loop or one callback, such as `mail delivery`; a fault concerns one card, or no particular card.
All methods run on the event loop's thread.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_FIRST_PAUSE_S = 0.5
_PAUSE_AT_MOST_S = 60.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """The error of a part, how often in a row it occurred, and when the part is retried (seconds since the
    epoch)."""

    part: str
    card: str
    error: str
    since: float
    times: int
    retry_at: float

    @property
    def words(self) -> str:
        """One line of text."""
        about = f" of {self.card}" if self.card else ""
        often = f", {self.times} times in a row" if self.times > 1 else ""
        return f"{self.part}{about} failed ({self.error}{often}); retrying, see: orch hub logs"


class Faults:
    """The present faults. One that does not recur at the next try is over."""

    def __init__(self, changed: Callable[[str], None] = lambda _card: None) -> None:
        """`changed` is called with a card's id, or an empty one, when a fault of it begins or ends."""
        self.changed = changed
        self._faults: dict[tuple[str, str], Fault] = {}

    def words(self) -> str:
        """The oldest fault as text, and the number of others; empty for none."""
        faults = sorted(self._faults.values(), key=lambda each: each.since)
        if not faults:
            return ""
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        return faults[0].words + more

    def on_card(self, card: str) -> str:
        """The oldest fault about the card as text; empty for none."""
        faults = [each for each in self._faults.values() if each.card == card]
        return min(faults, key=lambda each: each.since).words if faults else ""

    def pause(self, part: str, card: str = "") -> float:
        """Seconds until this is retried; 0 if it did not fail last time."""
        fault = self._faults.get((part, card))
        return max(0.0, fault.retry_at - time.time()) if fault else 0.0

    @contextmanager
    def kept_apart(self, part: str, card: str = "") -> Iterator[None]:
        """Runs a block whose bugs must not reach its surroundings: an `Exception` becomes a fault, and the
        caller continues after the block. Without one, an existing fault is over."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 (the border between one part of the hub and all others)
            self._failed(part, card, error)
        else:
            if self._faults.pop((part, card), None):
                _log.info("%s%s works again", part, f" of {card}" if card else "")
                self.changed(card)

    def forget(self, card: str) -> None:
        """The card is gone, and its faults with it."""
        self._faults = {key: fault for key, fault in self._faults.items() if fault.card != card}

    def _failed(self, part: str, card: str, error: Exception) -> None:
        now, before = time.time(), self._faults.get((part, card))
        times = before.times + 1 if before else 1
        pause = min(_FIRST_PAUSE_S * 2 ** min(times - 1, 10), _PAUSE_AT_MOST_S)
        said = f"{type(error).__name__}: {error}"
        fault = Fault(part, card, said, before.since if before else now, times, now + pause)
        self._faults[part, card] = fault
        _log.error("%s", fault.words, exc_info=error)
        if before is None or before.error != said:
            self.changed(card)
