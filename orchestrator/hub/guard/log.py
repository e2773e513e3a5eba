"""The hub's log: without secrets, of limited size, and protected against floods."""

import logging
import time
from collections.abc import Callable, Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from orchestrator.core.trust.secrets import masked

_SIZE, _OLDER = 2_000_000, 2
"""Bytes of a file, and how many older ones are kept."""
_ONCE_IN = 60.0
"""Seconds in which a library's line that anyone can cause is written once."""
_CAUSED_BY_ANYBODY = ("uvicorn", "asyncio", "orchestrator.hub.doors", "orchestrator.hub.guard", "mcp")
_KINDS = 1000


class Masking(logging.Formatter):
    """Removes what looks like a secret, also from tracebacks."""

    secrets: tuple[str, ...] = ()

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record), self.secrets)


class OnceAMinute(logging.Filter):
    """Passes each kind of line about connections once a minute, with the number of suppressed ones."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._passed: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or not record.name.startswith(_CAUSED_BY_ANYBODY):
            return True
        kind = (record.name, str(record.msg)[:200])
        at, more = self._passed.get(kind, (-_ONCE_IN, 0))
        if self._clock() - at < _ONCE_IN:
            self._passed[kind] = (at, more + 1)
            return False
        if len(self._passed) >= _KINDS:
            self._passed.clear()
        self._passed[kind] = (self._clock(), 0)
        if more:
            record.msg = f"{record.msg} (and {more} more of these)"
        return True


def log_to(file: Path) -> None:
    """From now on this process's log goes there. A full disk loses lines, and nothing else."""
    handler = RotatingFileHandler(file, maxBytes=_SIZE, backupCount=_OLDER)
    handler.setFormatter(Masking("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    handler.addFilter(OnceAMinute())
    logging.raiseExceptions = False
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def keep_out(secrets: Iterable[str]) -> None:
    """These never appear in the log."""
    Masking.secrets = tuple(each for each in secrets if each)
