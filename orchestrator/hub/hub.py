"""The hub: joins engine, effects, sources and doors, and ends them in order."""

import asyncio
import logging
import os
from pathlib import Path
from typing import Any

from orchestrator import __version__, config
from orchestrator.core.views import CardView
from orchestrator.hub.bar import Bar
from orchestrator.hub.desk import Desk
from orchestrator.hub.effects import Effects
from orchestrator.hub.engine import Engine
from orchestrator.hub.figures import Figures, Memory
from orchestrator.hub.server.api import api
from orchestrator.hub.server.hooks import reports
from orchestrator.hub.server.listen import Door, loopback_port, unix_socket
from orchestrator.hub.server.stream import Stream
from orchestrator.hub.sources import Sources
from orchestrator.hub.tokens import Tokens
from orchestrator.paths import Home
from orchestrator.store.journal import Journal
from orchestrator.world.tmux import Tmux

_REFRESH_AFTER = 0.1
"""Seconds in which changes are gathered before the header and the status lines follow them."""

_log = logging.getLogger(__name__)


async def run(home: Home, settings: config.Config, stop: asyncio.Event) -> None:
    """Serves until `stop` is set. Sessions are not touched by its end.

    Raises `PortTakenError`, and `JournalError` when the journal can't be read, or written any more.
    """
    port_socket = loopback_port(home, settings.hub.port)
    port = port_socket.getsockname()[1]
    journal = Journal(home.journal)
    memory = Memory(settings.session_memory_mb * 1_000_000)
    engine = Engine(
        journal,
        room=lambda: memory.room(settings.max_sessions),
        stall=(settings.stall_after, settings.stall_after_tool),
    )
    tmux = Tmux(
        home.tmux_socket,
        back_key=settings.tmux.back_key,
        next_key=settings.tmux.next_key,
        mouse=settings.tmux.mouse,
        size=(settings.tmux.width, settings.tmux.height),
    )
    figures = Figures(engine, port, settings.max_sessions, memory)
    tokens = Tokens.of(home.key)
    config_dir = Path(
        settings.agent.env.get("CLAUDE_CONFIG_DIR") or os.environ.get("CLAUDE_CONFIG_DIR") or "~/.claude"
    ).expanduser()
    watched = settings.agent.kind == "claude-code"
    stream = Stream(engine, figures.view)
    sources = Sources(
        engine=engine,
        figures=figures,
        tmux=tmux,
        home=home,
        config_dir=config_dir,
        sweep_every=settings.hub.sweep_every,
        watched=watched,
    )
    bar = Bar(engine, tmux, sources)
    effects = Effects(
        engine=engine,
        tmux=tmux,
        home=home,
        tokens=tokens,
        hook_url=f"http://127.0.0.1:{port}/hooks",
        config_dir=config_dir,
        watched=watched,
        look_again=sources.look_again,
    )
    desk = Desk(engine, figures, tmux, home, settings, sources.expect_viewer)
    doors = (Door(reports(engine, tokens, port)), Door(api(desk, stream, stop.set)))
    loop = asyncio.get_running_loop()
    due: list[asyncio.TimerHandle] = []

    def refresh() -> None:
        due.clear()
        stream.refresh_hub()
        bar.refresh()

    def changed(_id: str, _view: CardView | None) -> None:
        if not due:
            due.append(loop.call_later(_REFRESH_AFTER, refresh))

    sources.after_look = refresh
    engine.listen(changed)
    await sources.take_up()
    _log.info("orch %s serves %s on port %s, %d cards", __version__, home.root, port, len(engine.cards))
    work: list[asyncio.Future[None]] = [
        asyncio.create_task(doors[0].serve([port_socket])),
        asyncio.create_task(doors[1].serve([unix_socket(home)])),
        asyncio.create_task(sources.run()),
    ]
    engine.begin(effects.carry_out)
    try:
        ends: list[asyncio.Future[Any]] = [asyncio.create_task(stop.wait()), engine.failed, *work]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for ended in (each for each in (engine.failed, *work) if each.done()):
            ended.result()
            raise RuntimeError("a part of the hub ended by itself")
    finally:
        stream.close()
        for door in doors:
            door.should_exit = True
        work[2].cancel()
        await asyncio.gather(*work, return_exceptions=True)
        effects.leaving.set()
        await engine.drain()
        journal.close()
        home.socket.unlink(missing_ok=True)
        _log.info("the hub has ended")
