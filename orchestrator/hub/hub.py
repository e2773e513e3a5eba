"""The hub: joins engine, effects, sources and doors, and ends them in order."""

import asyncio
import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

from orchestrator import __version__, config
from orchestrator.core.events import StartAdmitted
from orchestrator.core.needs import needs
from orchestrator.core.nudges import Policy
from orchestrator.core.views import Notice
from orchestrator.hub.answering import Answering, rules_of
from orchestrator.hub.bar import Bar
from orchestrator.hub.boot import tmux_of
from orchestrator.hub.desk import Desk
from orchestrator.hub.effects import Effects
from orchestrator.hub.effects.ending import Ending
from orchestrator.hub.effects.prompting import Prompting
from orchestrator.hub.effects.staging import Staging
from orchestrator.hub.effects.starting import Starting
from orchestrator.hub.elsewhere import hosts_of
from orchestrator.hub.engine import Engine
from orchestrator.hub.figures import Figures, Memory
from orchestrator.hub.following import Following
from orchestrator.hub.holds import Holds
from orchestrator.hub.leftovers import Leftovers
from orchestrator.hub.mail.arrival import Arrival
from orchestrator.hub.mail.desk import MailDesk
from orchestrator.hub.mail.office import Office
from orchestrator.hub.mail.teams import Teams
from orchestrator.hub.mail.wanted import Wanted
from orchestrator.hub.mail.words import orders_of
from orchestrator.hub.mcp.cards import card_tools
from orchestrator.hub.mcp.endpoint import Mcp
from orchestrator.hub.mcp.mail import mail_tools
from orchestrator.hub.mcp.permissions import permission_tools
from orchestrator.hub.mcp.stages import stage_tools
from orchestrator.hub.notices import Notices
from orchestrator.hub.places import Here, Places
from orchestrator.hub.runs import Runs
from orchestrator.hub.server.api import api
from orchestrator.hub.server.caller import Callers
from orchestrator.hub.server.listen import Door, loopback_port, unix_socket
from orchestrator.hub.server.loopback import loopback
from orchestrator.hub.server.stream import Stream
from orchestrator.hub.sources import Sources
from orchestrator.hub.tokens import Tokens
from orchestrator.paths import Home
from orchestrator.store.journal import Journal

_REFRESH_AFTER = 0.1
"""Seconds in which changes are gathered before the header and the status lines follow them."""

_log = logging.getLogger(__name__)


async def run(home: Home, settings: config.Config, stop: asyncio.Event, *, headless: bool = False) -> None:
    """Serves until `stop` is set. Sessions are not touched by its end. With `headless` there are no windows,
    and tmux is never asked.

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
    tmux = tmux_of(home, settings)
    figures = Figures(engine, port, settings.max_sessions, memory)
    tokens = Tokens.of(home.key)
    config_dir = Path(
        settings.agent.env.get("CLAUDE_CONFIG_DIR") or os.environ.get("CLAUDE_CONFIG_DIR") or "~/.claude"
    ).expanduser()
    watched = settings.agent.kind == "claude-code"
    url = f"http://127.0.0.1:{port}"
    elsewhere = hosts_of(home, settings, port, lambda: engine.state)
    places = Places(Here(home, url, config_dir), elsewhere)
    holds = Holds(engine, rules_of(settings))

    def tell_human(box: str, words: str) -> None:
        stream.notice(Notice(time.time(), office.card_of(box), words))

    office = Office(engine, home, settings.mail, tell_human)
    engine.with_mail(office.on_card)
    figures.mail_needs, figures.mail_trouble = office.needs, lambda: office.trouble
    stream = Stream(
        engine,
        figures.view,
        lambda: needs(engine.state, holds.ids, office.needs()),
        lambda: office.view,
    )
    sources = Sources(
        engine=engine,
        figures=figures,
        tmux=tmux,
        home=home,
        config_dir=config_dir,
        sweep_every=settings.hub.sweep_every,
        watched=watched,
        following=Following(engine, places),
        windows=not headless,
    )
    bar = None if headless else Bar(engine, tmux, sources)
    leaving = threading.Event()
    staging = Staging(engine, home, leaving)
    runs = Runs(engine, staging, places)
    prompting = Prompting(engine, tmux, watched)
    arrival = office.bells = Arrival(engine, office, prompting, home.launches, watched=watched)
    effects = Effects(
        engine=engine,
        starting=Starting(
            tmux, home, tokens, places, config_dir, lambda card: runs.orders(card) or orders_of(card), leaving
        ),
        prompting=prompting,
        ending=Ending(tmux, home, places),
        staging=staging,
        look_again=sources.look_again,
        leaving=leaving,
    )
    desk = Desk(engine, figures, tmux, home, settings, sources.expect_viewer)
    wanted = Wanted(engine, desk, office, settings.mail.cards)
    answering = Answering(engine, holds, tmux, runs, office, wanted)
    callers = Callers(tokens, port, lambda: [there.tunnel.port for there in elsewhere.values()])
    toolboxes = [
        stage_tools(runs), permission_tools(engine, holds), mail_tools(office), card_tools(wanted)
    ]  # fmt: skip
    mcp = Mcp(callers, toolboxes, engine.has_session)
    doors = (
        Door(loopback(engine, holds, callers, runs.asks_to_finish, mcp, mail=arrival)),
        Door(api(desk, answering, runs, MailDesk(office, Teams(desk)), stream, stop.set)),
    )
    policy = Policy(**settings.nudges.model_dump())
    news = _News(stream, bar)

    def look() -> None:
        answering.nudge_the_stuck(policy)
        news.tell()

    sources.after_look = look
    engine.after_change(news.changed)
    engine.after_commit(Notices(engine, stream, settings).tell)
    engine.after_commit(
        lambda events: mcp.expect() if any(isinstance(each, StartAdmitted) for each in events) else None
    )
    await Leftovers(engine, home).clear()
    office.on_view(lambda: news.changed(""))
    office.on_view(engine.show_mail)
    await sources.take_up()
    await office.open()
    _log.info("orch %s serves %s on port %s, %d cards", __version__, home.root, port, len(engine.cards))
    work: list[asyncio.Future[None]] = [
        asyncio.create_task(doors[0].serve([port_socket])),
        asyncio.create_task(doors[1].serve([unix_socket(home)])),
        asyncio.create_task(sources.run()),
        asyncio.create_task(mcp.serve()),
        asyncio.create_task(arrival.run()),
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
        holds.close()
        mcp.close()
        for door in doors:
            door.should_exit = True
        for endless in (work[2], work[4]):
            endless.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        effects.leaving.set()
        await engine.drain()
        await office.close()
        journal.close()
        home.socket.unlink(missing_ok=True)
        _log.info("the hub has ended")


class _News:
    """Tells clients and status lines what has changed, a moment's changes together."""

    def __init__(self, stream: Stream, bar: Bar | None) -> None:
        self._stream = stream
        self._bar = bar
        self._due: asyncio.TimerHandle | None = None

    def changed(self, _card: str) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(_REFRESH_AFTER, self.tell)

    def tell(self) -> None:
        self._due = None
        self._stream.refresh()
        if self._bar:
            self._bar.refresh()
