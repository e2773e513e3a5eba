"""Which sessions have listed the tools: a session's first request to its model should include them.

Claude Code's terminal connects to its MCP servers in parallel with the first prompt, and sends a prompt given
at its start without them; its hook comes first (probed on 2.1.197 and 2.1.330).
"""

import asyncio
import logging

from orchestrator.hub.doors.caller import Caller

_SPEAKS_WITHIN = 10.0
"""Seconds in which an agent that is configured for this server contacts it, on a busy machine."""
_LEARNS_WITHIN = 8.0
"""Seconds in which it then lists the tools."""
_SETTLES_AFTER = (0.3, 4.0)
"""Seconds until it uses the tools after the answer: at least, and at most."""
_AS_SLOW_AS = 8.0
"""The factor by which that may exceed the time from its first contact to its listing: on a busy machine
everything is slower."""

_log = logging.getLogger(__name__)


class ToolListings:
    """Sessions by their progress."""

    def __init__(self) -> None:
        self._spoke: dict[Caller, asyncio.Event] = {}
        self._learned: dict[Caller, asyncio.Event] = {}
        self._began: dict[Caller, float] = {}

    def spoke(self, caller: Caller) -> None:
        """The session has sent its first request; later ones change nothing."""
        self._began.setdefault(caller, asyncio.get_running_loop().time())
        self._spoke.setdefault(caller, asyncio.Event()).set()

    def learned(self, caller: Caller) -> None:
        """The session was sent its tools; `wait` returns a moment later, when it uses them."""
        event = self._learned.setdefault(caller, asyncio.Event())
        loop = asyncio.get_running_loop()
        took = loop.time() - self._began.get(caller, loop.time())
        least, most = _SETTLES_AFTER
        loop.call_later(min(most, max(least, _AS_SLOW_AS * took)), event.set)

    def close(self) -> None:
        """Ends all waiting."""
        for event in (*self._spoke.values(), *self._learned.values()):
            event.set()

    async def wait(self, caller: Caller) -> None:
        """Returns when the session knows its tools, or is unlikely to. At once if it was waited for
        before."""
        try:
            async with asyncio.timeout(_SPEAKS_WITHIN):
                await self._spoke.setdefault(caller, asyncio.Event()).wait()
            async with asyncio.timeout(_LEARNS_WITHIN):
                await self._learned.setdefault(caller, asyncio.Event()).wait()
        except TimeoutError:
            _log.info("%s does not know its tools yet; continuing without them", caller)
            self._spoke[caller].set()
            self._learned.setdefault(caller, asyncio.Event()).set()
