"""Data in Redis that no hub has written: it is skipped, logged once, and shown as trouble."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator

from orchestrator.core.text.clean import one_line

_UNFIT = (ValueError, LookupError, TypeError, AttributeError, AssertionError, ArithmeticError, RecursionError)
"""What parsing such a value raises; pydantic's and JSON's errors are `ValueError`s."""
_MOST = 1000
_TOLD_FOR_S = 60.0

_log = logging.getLogger(__name__)


class Unreadable:
    """The unreadable entries of one mail system."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, float] = {}

    @contextlib.contextmanager
    def left_out(self, what: str) -> Iterator[None]:
        """Ends the block if it cannot parse what `name` describes; the rest of the block is skipped."""
        try:
            yield
        except _UNFIT as error:
            if what not in self._seen:
                said = one_line(str(error), 120)
                _log.warning("skipped data in Redis that no hub wrote: %s: %s", one_line(what), said)
            if len(self._seen) >= _MOST:
                self._seen.pop(next(iter(self._seen)))
            self._seen[what] = self._clock()

    @property
    def met_any(self) -> bool:
        """Whether there were any since the start; unlike `trouble`, it does not expire."""
        return bool(self._seen)

    @property
    def trouble(self) -> str:
        """As text, for a minute after each was found; empty for none."""
        count = sum(self._clock() - at < _TOLD_FOR_S for at in self._seen.values())
        many = f"{count} entries" if count > 1 else "an entry"
        return (
            f"{many} in Redis cannot be read and {'are' if count > 1 else 'is'} ignored: orch hub logs"
            if count
            else ""
        )
