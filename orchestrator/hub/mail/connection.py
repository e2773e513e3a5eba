"""The mail store, as far as it could be opened, and what is wrong with it in words."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from orchestrator.hub.loop.engine import refusal
from orchestrator.store.mail.protocol import MailAway, MailError, MailStore

_log = logging.getLogger(__name__)


@dataclass
class MailConnection:
    """Opens the store and keeps it open. `make` raises `MailError` for one that can't be."""

    make: Callable[[], MailStore]
    name: str
    """What clients are shown of where it is."""
    shared: bool = False
    """Whether other hubs may use it too."""
    queues: bool = False
    """Whether what is sent while it is away waits in an outbox."""
    _store: MailStore | None = None
    _failed: str = ""

    @property
    def open(self) -> bool:
        """Whether the store is there, so that `store` does not raise."""
        return self._store is not None

    @property
    def trouble(self) -> str:
        """Why it could not be opened, else the store's own trouble; empty where all is well."""
        return self._store.trouble if self._store else self._failed

    @property
    def store(self) -> MailStore:
        """Raises `MailError` while it could not be opened."""
        if self._store is None:
            raise MailError(self._failed or "the mail is not open")
        return self._store

    async def try_to_open(self) -> bool:
        """Whether it is open now. Why it is not, `trouble` says."""
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
    """Turns the store's errors into a refusal: `what` says what was not possible."""
    try:
        yield
    except MailAway as away:
        raise refusal(what, str(away)) from away
    except MailError as error:
        raise refusal(what, str(error), "See the board's header, or: orch hub status") from error
