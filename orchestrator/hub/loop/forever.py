"""Loops that run as long as the hub."""

import asyncio
from collections.abc import Awaitable, Callable

from orchestrator.hub.loop.faults import Faults


async def endless(
    part: str,
    turn: Callable[[], Awaitable[object]],
    faults: Faults,
    pause: Callable[[], Awaitable[object]] | None = None,
) -> None:
    """Runs `pause`, then `turn`, until cancelled. After a turn that failed the next one waits a little longer
    each time, a minute at most; no failure ends the loop. Without `pause` a turn waits by itself."""
    while True:
        if pause:
            await pause()
        with faults.kept_apart(part):
            await turn()
        if wait := faults.pause(part):
            await asyncio.sleep(wait)
        elif pause is None:
            await asyncio.sleep(0)  # a turn that returns at once must not hold up the loop
