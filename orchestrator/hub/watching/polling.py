"""Polls the sources that do not report on their own: the registry, tmux, status line reports, panes.

Each loop converts what it finds to signals. What cannot be read is reported as unknown; nothing is concluded
from silence.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from orchestrator import process
from orchestrator.agents.agent import Agent, Registry, RegistryEntry
from orchestrator.agents.configured import Agents, silent
from orchestrator.core.effects import alive
from orchestrator.core.sessions.facts import RESTS, rests, unheard
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import (
    NOT_KEPT,
    ForeignProcessSeen,
    PaneDied,
    RegistrySaid,
    ServerGone,
    Signal,
    Unreachable,
    WindowClosed,
)
from orchestrator.core.text.clean import last_line
from orchestrator.hub.conversations.owners import Owners
from orchestrator.hub.conversations.transcripts import Transcripts
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.loop.forever import endless
from orchestrator.hub.telling.figures import Figures
from orchestrator.hub.watching.headless import Headless
from orchestrator.hub.watching.hook_delivery import HookDelivery
from orchestrator.hub.watching.panes import Panes
from orchestrator.hub.watching.pending_hooks import PendingHooks
from orchestrator.hub.watching.remote import RemoteSessions
from orchestrator.hub.watching.reports import Reports
from orchestrator.hub.watching.servers import Servers
from orchestrator.hub.watching.sweeps import foreign, told
from orchestrator.paths import Home
from orchestrator.world.tmux import Sweep, Tmux, TmuxError, TmuxGone

_REGISTRY_EVERY = 0.15
_REPORTS_EVERY = 1.0
_HOSTS_EVERY = 2.0
_SWEEP_AT_MOST = 10.0
"""Seconds between two sweeps while nothing changes and no process has ended."""

_log = logging.getLogger(__name__)


@dataclass
class Sources:
    """Runs until cancelled."""

    engine: Engine
    figures: Figures
    tmux: Tmux
    home: Home
    agents: Agents
    sweep_every: float
    following: RemoteSessions
    transcripts: Transcripts
    owners: Owners
    holds: PendingHooks
    windows: bool = True
    """Whether sessions have windows at all; without, tmux is never used."""
    after_look: Callable[[], None] = lambda: None
    """Called once a second."""

    def __post_init__(self) -> None:
        found = ((agent, agent.registry()) for agent in self.agents.each)
        self._registries: tuple[tuple[Agent, Registry], ...] = tuple(
            (agent, registry) for agent, registry in found if registry
        )
        self._roads = HookDelivery(self.engine, self.agents, self.transcripts)
        self._headless = Headless(self.home)
        self._poke = asyncio.Event()
        self._reports = Reports(self.engine, self.agents, self.home.launches)
        self._panes = Panes(self.engine, self.tmux, self.agents, self._in_windows)
        self._servers = Servers(self.engine, self.agents, self.holds, self.home.launches, self._in_windows)
        self._pause = self.sweep_every
        self.attached = False

    def expect_viewer(self) -> None:
        """A client is about to attach to a window; until the next sweep it counts as attached."""
        self.attached = True
        self.after_look()

    def look_again(self) -> None:
        """Requests a sweep now."""
        self._poke.set()

    async def take_up(self) -> None:
        """Brings every session to its present state after the hub was away: tmux first, which knows what is
        still running, then the registry and, for turns that ended unseen, the transcript."""
        await self._sweep()
        await self._ask_processes()
        await self._ask_registry(missed_hooks=True)

    async def run(self) -> None:
        """Polls every source at its own interval until it is cancelled."""
        faults = self.engine.faults
        await asyncio.gather(
            endless("agents' registry", self._ask_registry, faults, _every(_REGISTRY_EVERY)),
            endless("tmux sweep", self._sweep, faults, self._until_sweep),
            endless("look at sessions", self._look_around, faults, _every(_REPORTS_EVERY)),
            self._servers.run(),
            endless("look at hosts", self.following.ask, faults, _every(_HOSTS_EVERY)),
        )

    # --- the registry ----------------------------------------------------------------------------

    async def _ask_registry(self, *, missed_hooks: bool = False) -> None:
        gone: set[int] = set()
        for agent, registry in self._registries:
            theirs = self._of(agent)
            registry.track(theirs.values())
            try:
                changes = registry.poll()
            except OSError as error:
                for card in theirs:
                    self.engine.signal(card, Unreachable(time.time(), f"cannot read the registry: {error}"))
                continue
            self.owners.take(changes)
            gone.update(changes.gone)
        for card, entry in self.owners.claim(self._in_windows()):
            self._take(card, entry, missed_hooks=missed_hooks)
        self._look_for_strangers()
        if gone and any(s.pid in gone for s in self._in_windows().values()):
            self._poke.set()

    def _take(self, card: str, entry: RegistryEntry, *, missed_hooks: bool) -> None:
        session = self._in_windows().get(card)
        with self.engine.faults.kept_apart("agents' registry", card):
            missed = missed_hooks or (session is not None and unheard(session.facts))
            rested = missed and entry.status in RESTS
            if session and rested and entry.updated_at > session.facts.registry_at:
                self.transcripts.tell(card, replace(session, session_id=entry.session_id))
            self.engine.signal(card, entry.said())

    def _look_for_strangers(self) -> None:
        for card, session in self._in_windows().items():
            if (stranger := self.owners.elsewhere(session.session_id)) != session.facts.stranger:
                self.engine.signal(card, ForeignProcessSeen(time.time(), stranger))

    # --- tmux ------------------------------------------------------------------------------------

    async def _until_sweep(self) -> None:
        try:
            async with asyncio.timeout(self._pause):
                await self._poke.wait()
            self._poke.clear()
            self._pause = self.sweep_every
        except TimeoutError:
            quiet = all(rests(session.facts) for session in self._sessions().values())
            longer = min(self._pause * 1.5, _SWEEP_AT_MOST)
            self._pause = longer if quiet and not self.attached else self.sweep_every

    async def _sweep(self) -> None:
        if not self.windows:
            return
        began = time.time()
        try:
            seen = await asyncio.to_thread(self.tmux.sweep)
        except TmuxGone:
            self.figures.trouble, self.figures.foreign = "the tmux server has ended", 0
            self._for_all(ServerGone(time.time()), began)
            return
        except TmuxError as error:
            _log.warning("tmux did not respond: %s", error)
            self.figures.trouble = f"tmux does not respond: {error.why or error.what}"
            self._for_all(Unreachable(began, "tmux does not respond"), began)
            return
        self.figures.trouble, self.figures.foreign = foreign(seen), len(seen.foreign)
        self.attached = seen.attached
        self.owners.panes = {pane.pane: pane.pid for pane in seen.panes}
        for card_id in self._in_windows():
            with self.engine.faults.kept_apart("tmux sweep", card_id):
                await self._compare(card_id, seen, began)

    async def _compare(self, card_id: str, seen: Sweep, began: float) -> None:
        """Reports what the sweep that began then found about the card's present session."""
        session = self._in_windows().get(card_id)
        if session is None or session.started_at >= began or (signal := told(session, seen)) is None:
            return
        if isinstance(signal, PaneDied) and signal.exit_code:
            signal = await self._with_last_line(session, signal)
            now = self._in_windows().get(card_id)
            if now is None or now.run != session.run:  # it was started again meanwhile
                return
            session = now
        self._say(card_id, session, signal)

    def _for_all(self, signal: Signal, began: float | None = None) -> None:
        for card_id, session in self._in_windows().items():
            if began is None or session.started_at < began:
                self._say(card_id, session, signal)

    def _say(self, card_id: str, session: Session, signal: Signal) -> None:
        """An end is reported after the conversation on disk, which has the turn that it cuts off."""
        if isinstance(signal, PaneDied | WindowClosed | ServerGone):
            self.transcripts.before_end(card_id, session)
        self.engine.signal(card_id, signal)

    async def _with_last_line(self, session: Session, died: PaneDied) -> PaneDied:
        try:
            text = (await asyncio.to_thread(self.tmux.capture, [session.pane])).get(session.pane, "")
        except TmuxError:
            return died
        return replace(died, said=last_line(text))

    # --- status line reports, processes and panes ------------------------------------------------

    async def _look_around(self) -> None:
        await self._ask_processes()
        sessions = self._in_windows()
        for card_id in sessions:
            with self.engine.faults.kept_apart("status line report", card_id):
                self._reports.read(card_id, sessions[card_id])
        for agent, registry in self._registries:
            for card_id, session in self._of(agent).items():
                with self.engine.faults.kept_apart("agents' registry", card_id):
                    if begun := registry.find_session(session):
                        self.engine.signal(card_id, begun)
        if any(not process.runs(session.pid) for session in sessions.values()):
            self._poke.set()
        await self._roads.look(self._in_windows)
        self._say_unwatched(sessions)
        await self._panes.look()
        self.transcripts.confirm()
        self.transcripts.settle()
        self.engine.tick()
        self.after_look()

    def _say_unwatched(self, sessions: dict[str, Session]) -> None:
        """A program without registry and hooks is running; nothing else is known about it."""
        for card_id, session in sessions.items():
            agent = self.agents.of(self.engine.state.cards.get(card_id))
            if not session.facts.registry and silent(agent):
                self.engine.signal(card_id, RegistrySaid(time.time(), NOT_KEPT))

    # --- sessions without a window ---------------------------------------------------------------

    async def _ask_processes(self) -> None:
        """They have no usable registry: they are busy as long as they run."""
        for card_id, session in self._sessions().items():
            card = self.engine.state.cards.get(card_id)
            if card and not session.pane and not self.following.places.elsewhere(card):
                with self.engine.faults.kept_apart("look at the process", card_id):
                    self._ask_process(card_id, session)

    def _ask_process(self, card_id: str, session: Session) -> None:
        stream = self.agents.of(self.engine.state.cards.get(card_id)).stream
        try:
            for signal in self._headless.ask(card_id, session, stream):
                self.engine.signal(card_id, signal)
        except OSError as error:
            self.engine.signal(card_id, Unreachable(time.time(), f"cannot inspect its process: {error}"))

    def _in_windows(self) -> dict[str, Session]:
        return {card: session for card, session in self._sessions().items() if session.pane}

    def _of(self, agent: Agent) -> dict[str, Session]:
        """Those of that agent's, in windows."""
        cards = self.engine.state.cards
        return {
            card: session
            for card, session in self._in_windows().items()
            if self.agents.of(cards[card]) == agent
        }

    def _sessions(self) -> dict[str, Session]:
        return {
            card.id: card.session for card in self.engine.state.cards.values() if card.session and alive(card)
        }


def _every(seconds: float) -> Callable[[], Awaitable[None]]:
    return lambda: asyncio.sleep(seconds)
