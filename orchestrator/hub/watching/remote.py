"""Follows the sessions on other machines: their state, and whether they can be reached."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

from orchestrator.agents.configured import Agents
from orchestrator.core.effects import alive
from orchestrator.core.model import Card
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import PaneDied, PaneSeen, RegistrySaid, Unreachable
from orchestrator.core.workflow.events import StageBlocked
from orchestrator.core.workflow.progress import stage_of
from orchestrator.core.workflow.run import StageState
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.places.places import Places
from orchestrator.hub.places.remote import RemotePlace
from orchestrator.hub.watching.headless import shell_code
from orchestrator.world import hosts, processes, worktrees

_IDLE = 30.0
"""Seconds without a session after which a host's tunnel is closed."""


@dataclass(slots=True)
class RemoteSessions:
    """Remembers how much of each one's output it has read."""

    engine: Engine
    agents: Agents
    places: Places
    _read: dict[tuple[str, int], int] = field(default_factory=dict)
    _under_way: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    _wanted_at: dict[str, float] = field(default_factory=dict)

    async def ask(self) -> None:
        """Asks each host once; not again before it has responded. No host waits for another."""
        for name, there in self.places.hosts.items():
            task = self._under_way.get(name)
            if task is None or task.done():
                self._under_way[name] = asyncio.create_task(self._ask(name, there))
                if task and (bug := task.exception()):
                    raise bug

    async def _ask(self, name: str, there: RemotePlace) -> None:
        now = time.monotonic()
        if any(card.where == name and card.launch for card in self.engine.state.cards.values()):
            self._wanted_at[name] = now
        cards = [card for card in there.sessions() if card.session]
        if not cards:
            if now - self._wanted_at.setdefault(name, now) > _IDLE and there.tunnel.port:
                await self.places.asked(lambda: _close(there))
                self._wanted_at[name] = now
            return
        self._wanted_at[name] = now
        asked = [(card, card.session.run, self._position(card)) for card in cards if card.session]
        try:
            found = await self.places.asked(lambda: there.look_at(asked))
        except (hosts.HostError, OSError) as error:
            self._unreachable(cards, str(error))
            return
        for (card, run, before), (outcome, lines, after) in zip(asked, found, strict=True):
            self._read[card.id, run] = after
            await self._take(there, card.id, run, outcome, lines, more=after != before)
        if still := list(there.sessions()):
            await self._keep_tunnel(there, still)

    async def _take(
        self,
        there: RemotePlace,
        card_id: str,
        run: int,
        outcome: processes.Outcome,
        lines: list[str],
        *,
        more: bool,
    ) -> None:
        now = time.time()
        session = self._session(card_id, run)
        if session is None:
            return
        if outcome.state == "running" and not session.facts.registry:
            self.engine.signal(card_id, RegistrySaid(now, "busy"))
        stream = self.agents.of(self.engine.state.cards.get(card_id)).stream
        for line in lines:
            for signal in stream.read(line, now):
                self.engine.signal(card_id, signal)
        if outcome.state == "running":
            if session.signs.unreachable_since:
                self.engine.signal(card_id, PaneSeen(now, outcome.pid))
        elif not more:
            await self._over(there, card_id, run, outcome)

    async def _over(self, there: RemotePlace, card_id: str, run: int, outcome: processes.Outcome) -> None:
        """Its work is fetched before anything follows from its end."""
        card = self.engine.state.cards[card_id]
        trouble = kept = ""
        try:
            kept = await self.places.asked(lambda: there.bring_back(card, rescue=True))
        except worktrees.GitRefused as refused:
            trouble = str(refused)
        except (hosts.HostError, worktrees.WorktreeError, OSError) as error:
            self._unreachable([card], f"it has ended, and its work has not been fetched yet: {error}")
            return
        if self._session(card_id, run) is None:
            return
        if trouble:
            self._block(card_id, trouble)
        self.engine.signal(card_id, PaneDied(outcome.ended_at or time.time(), shell_code(outcome.exit_code)))
        if kept:
            self._add_to_why(card_id, f"uncommitted changes on {there.host.name} are saved as {kept}")

    async def _keep_tunnel(self, there: RemotePlace, cards: list[Card]) -> None:
        """Reopens the tunnel if it broke. The sessions keep running meanwhile, without hooks."""
        if there.tunnel.stands():
            return
        try:
            await self.places.asked(there.open_tunnel)
        except (hosts.HostError, processes.NotStarted, OSError) as error:
            self._unreachable(cards, str(error))

    def _block(self, card_id: str, why: str) -> None:
        card = self.engine.state.cards[card_id]
        own = stage_of(self.engine.state, card)
        if own and own.state in (StageState.RUNNING, StageState.BLOCKED):
            self.engine.record((StageBlocked(time.time(), card.run, card.stage, why),))

    def _add_to_why(self, card_id: str, words: str) -> None:
        card = self.engine.state.cards[card_id]
        own = stage_of(self.engine.state, card)
        if own and own.state is StageState.BLOCKED and words not in own.why:
            self._block(card_id, f"{own.why}; {words}")

    def _unreachable(self, cards: list[Card], said: str) -> None:
        for card in cards:
            self.engine.signal(card.id, Unreachable(time.time(), said))

    def _position(self, card: Card) -> int:
        assert card.session is not None
        return self._read.get((card.id, card.session.run), 0)

    def _session(self, card_id: str, run: int) -> Session | None:
        """The card's session while it is that run and has not ended."""
        card = self.engine.state.cards.get(card_id)
        return card.session if card and card.session and card.session.run == run and alive(card) else None


def _close(there: RemotePlace) -> None:
    with contextlib.suppress(OSError):
        there.close_tunnel()
