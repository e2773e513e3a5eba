"""Answers to acts by the key that the page gives each: a second tap gets the first one's answer."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.responses import Response

_MOST = 500
_KEPT = 600.0
_LONGEST_KEY = 100


@dataclass(slots=True)
class _Receipt:
    at: float
    digest: str
    answer: "asyncio.Future[tuple[int, bytes]]"


@dataclass(slots=True)
class Receipts:
    """The acts of the last minutes, of all devices."""

    clock: Callable[[], float] = time.monotonic
    _kept: "OrderedDict[tuple[str, str], _Receipt]" = field(default_factory=OrderedDict)

    async def once(
        self, device: str, key: str, digest: str, act: Callable[[], Awaitable[Response]]
    ) -> tuple[int, bytes] | None:
        """Status and body of the answer: of this act, or of an earlier one with the same key, which may still
        be under way. `None` for a key that cannot be used: without one, or that of a different act."""
        if not key or len(key) > _LONGEST_KEY:
            return None
        now = self.clock()
        while self._kept and (len(self._kept) > _MOST or now - next(iter(self._kept.values())).at > _KEPT):
            self._kept.popitem(last=False)
        found = self._kept.get((device, key))
        if found is not None:
            return await asyncio.shield(found.answer) if found.digest == digest else None
        made = _Receipt(now, digest, asyncio.get_running_loop().create_future())
        self._kept[device, key] = made
        try:
            response = await act()
        except BaseException as error:
            del self._kept[device, key]
            made.answer.set_exception(RuntimeError(f"the act failed: {error}"))
            made.answer.exception()  # nobody else may be waiting for it
            raise
        made.answer.set_result((response.status_code, bytes(response.body)))
        return made.answer.result()
