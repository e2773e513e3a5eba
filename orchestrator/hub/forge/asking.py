"""Asking a forge on behalf of no person: for what is owed to it."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from orchestrator.hub.forge.accounts import Account
from orchestrator.world.forge.forge import Forge

T = TypeVar("T")
_LOOKS_AT_THE_END = 0.2


class LeavingError(Exception):
    """The hub ends: what becomes of the request is found out by the next one."""


@dataclass(frozen=True, slots=True)
class Asking:
    """`leaving` is set when the hub ends."""

    leaving: threading.Event

    async def ask(self, account: Account, what: Callable[[Forge], T]) -> T:
        """What that returns; a request that is under way does not keep the hub from ending. Raises
        `ForgeError`, and `LeavingError`."""
        asked = asyncio.ensure_future(account.ask(what, unasked=True))
        while not asked.done():
            await asyncio.wait((asked,), timeout=_LOOKS_AT_THE_END)
            if self.leaving.is_set() and not asked.done():
                asked.cancel()
                raise LeavingError
        return asked.result()
