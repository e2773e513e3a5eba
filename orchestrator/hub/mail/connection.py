"""The mail store, if it could be opened, and its problem as text."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from orchestrator.hub.loop.engine import refusal
from orchestrator.store.mail.protocol import MailAway, MailError, MailStore

_log = logging.getLogger(__name__)


@dataclass
class MailConnection:
    """Opens the store and keeps it open. `make` raises `MailError` for one that cannot be opened."""

    make: Callable[[], MailStore]
    name: str
    """Its location as clients see it."""
    shared: bool = False
    """Whether other hubs may use it too."""
    queues: bool = False
    """Whether messages sent while it is unreachable wait in an outbox."""
    _store: MailStore | None = None
    _failed: str = ""

    @property
    def open(self) -> bool:
        """Whether the store is open, so that `store` does not raise."""
        return self._store is not None

    @property
    def trouble(self) -> str:
        """Why it could not be opened, else the store's own problem; empty for none."""
        return self._store.trouble if self._store else self._failed

    @property
    def store(self) -> MailStore:
        """Raises `MailError` while it could not be opened."""
        if self._store is None:
            raise MailError(self._failed or "the mail is not open")
        return self._store

    async def try_to_open(self) -> bool:
        """Whether it is open now. If not, `trouble` says why."""
        try:
            store = self.make()
            await store.open()
        except (MailError, OSError) as error:
            if str(error) != self._failed:
                _log.error("cannot open the mail: %s", error)
            self._failed = str(error)
            return False
        self._store, self._failed = store, ""
        return True

    async def close(self) -> None:
        """Closes the store; `store` raises `MailError` from then on."""
        if self._store:
            await self._store.close()
        self._store, self._failed = None, "the hub is ending"


@contextmanager
def in_words(what: str) -> Iterator[None]:
    """Turns the store's errors into a refusal: `what` says what failed."""
    try:
        yield
    except MailAway as away:
        raise refusal(what, str(away)) from away
    except MailError as error:
        raise refusal(what, str(error), "See the board's header, or: orch hub status") from error
