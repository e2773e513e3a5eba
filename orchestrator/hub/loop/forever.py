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
    """Runs `pause`, then `turn`, until cancelled. After a failed turn the delay before the next one grows, up
    to a minute; no failure ends the loop. Without `pause` a turn waits on its own."""
    while True:
        if pause:
            await pause()
        with faults.kept_apart(part):
            await turn()
        if wait := faults.pause(part):
            await asyncio.sleep(wait)
        elif pause is None:
            await asyncio.sleep(0)  # a turn that returns at once must not block the loop
