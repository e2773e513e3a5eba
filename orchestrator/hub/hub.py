"""The hub's life cycle: its parts start in order, and end in order."""

import asyncio
import logging
from typing import Any

from orchestrator import __version__, config
from orchestrator.core.landing.text import counted
from orchestrator.hub.assembly import assemble
from orchestrator.hub.doors.listen import loopback_port, unix_socket
from orchestrator.hub.guard.lock import Lock
from orchestrator.hub.guard.place import keep_place
from orchestrator.hub.loop.leftovers import Leftovers, own_launches
from orchestrator.paths import Home
from orchestrator.world import worktrees

_log = logging.getLogger(__name__)


async def run(
    home: Home, settings: config.Config, stop: asyncio.Event, lock: Lock, *, headless: bool = False
) -> None:
    """Serves until `stop` is set, as the holder of the lock. Sessions keep running after its end. With
    `headless` there are no windows, and tmux is never used.

    Raises `LockLostError` if another hub has taken over, `PortTakenError`, and `JournalError` if the journal
    cannot be read.
    """
    port_socket = loopback_port(home, settings.hub.port)
    port = port_socket.getsockname()[1]
    hub = assemble(home, settings, port, stop, headless=headless)
    engine = hub.engine
    own_launches(home, engine.journal)
    await Leftovers(engine, home).clear()
    await hub.sources.take_up()
    await hub.mail_service.open()
    _log.info(
        "orch %s serves %s on port %s, %s", __version__, home.root, port, counted(len(engine.cards), "card")
    )
    listener = unix_socket(home)
    endless = [
        asyncio.create_task(each)
        for each in (
            hub.sources.run(),
            hub.arrival.run(),
            hub.notifications.run(),
            hub.retention.run(),
            *((hub.radar.run(),) if hub.radar else ()),
            hub.forge.observer.run(),
            hub.forge.rules.run(),
            hub.forge.in_review.run(),
            *(() if headless else (hub.page.run(),)),
            hub.loopback.strangers.run(),
            hub.api.strangers.run(),
            keep_place(home, lock, hub.api),
        )
    ]
    work: list[asyncio.Future[None]] = [
        asyncio.create_task(hub.loopback.serve([port_socket])),
        asyncio.create_task(hub.api.serve([listener])),
        asyncio.create_task(hub.mcp.serve()),
        *endless,
    ]
    engine.begin(hub.effects.carry_out)
    try:
        ends: list[asyncio.Future[Any]] = [asyncio.create_task(stop.wait()), engine.failed, *work]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for ended in (each for each in (engine.failed, *work) if each.done()):
            ended.result()
            raise RuntimeError("a part of the hub ended unexpectedly")
    finally:
        if headless:
            await hub.notifications.look()  # the run has just ended
        hub.stream.close()
        hub.holds.close()
        hub.mcp.close()
        hub.loopback.should_exit = hub.api.should_exit = True
        for task in endless:
            task.cancel()
        await hub.page.close()
        await asyncio.gather(*work, return_exceptions=True)
        hub.effects.leaving.set()
        await engine.drain()
        worktrees.leave()  # a look at a worktree may hang for long
        await hub.mail_service.close()
        hub.notifications.record.close()
        engine.journal.close()
        home.socket.unlink(missing_ok=True)
        _log.info("the hub has ended")
