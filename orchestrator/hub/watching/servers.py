"""Sessions whose programs serve them: what happens there is followed, and what they ask is answered."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.agents.agent import EventSink, Payload, Reply, Server, SessionAddress
from orchestrator.agents.configured import Agents
from orchestrator.core.model import Card
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import AskAnswered, Asked, Unreachable
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.loop.forever import endless
from orchestrator.hub.watching.pending_hooks import PendingHooks

_LOOK_EVERY = 0.5
"""Seconds between two looks at which sessions there are."""
_AGAIN_AFTER = 1.0
"""Seconds until a server that is away is asked again."""
_ELSEWHERE = "the session"

_log = logging.getLogger(__name__)


def link(launches: Path, card: Card, session: Session) -> SessionAddress:
    """How the session's server is reached."""
    cwd = card.worktree.path if card.worktree else card.path
    return SessionAddress(card.id, session.run, session.session_id, cwd, (launches / card.id).resolve())


@dataclass(slots=True)
class Servers:
    """`present` are the sessions in windows as they are now, by card."""

    engine: Engine
    agents: Agents
    holds: PendingHooks
    launches: Path
    present: Callable[[], Mapping[str, Session]]
    _followed: dict[tuple[str, int], "asyncio.Task[None]"] = field(default_factory=dict)

    async def run(self) -> None:
        """Follows each of them until it has ended."""
        try:
            await endless(
                "agents' servers", self._look, self.engine.faults, lambda: asyncio.sleep(_LOOK_EVERY)
            )
        finally:
            for task in self._followed.values():
                task.cancel()

    async def _look(self) -> None:
        present = {(card, session.run): session for card, session in self.present().items()}
        for key in [key for key in self._followed if key not in present]:
            self._followed.pop(key).cancel()
        for (card_id, run), session in present.items():
            card = self.engine.state.cards[card_id]
            server = self.agents.of(card).server
            task = self._followed.get((card_id, run))
            if server and (task is None or task.done()):
                self._followed[card_id, run] = asyncio.create_task(self._follow(server, card, session))
                if task and (bug := task.exception()):
                    raise bug

    async def _follow(self, server: Server, card: Card, session: Session) -> None:
        where = link(self.launches, card, session)
        self._forget_asks(card.id)
        try:
            await server.follow(
                where, EventSink(lambda said: self.engine.signal(card.id, said), self._asking(card))
            )
        except OSError as error:
            _log.warning("the server of %s is away: %s", card.id, error)
            self.engine.signal(card.id, Unreachable(time.time(), f"its server does not answer: {error}"))
        await asyncio.sleep(_AGAIN_AFTER)

    def _asking(self, card: Card) -> Callable[[Asked, Payload, Awaitable[None]], Awaitable[Reply]]:
        async def ask(asked: Asked, payload: Payload, elsewhere: Awaitable[None]) -> Reply:
            request = self.holds.new_id(card.id)
            asked = replace(asked, ask=replace(asked.ask, id=request))
            reply = await self.holds.ask(asked, self.engine.state.cards[card.id], payload, elsewhere)
            if not reply:
                self.engine.signal(card.id, AskAnswered(time.time(), request, _ELSEWHERE))
            return reply

        return ask

    def _forget_asks(self, card_id: str) -> None:
        """Those that were open are told again, and are others then."""
        session = self.engine.state.cards[card_id].session
        for ask in session.facts.asks if session else ():
            if ask.id not in self.holds.ids:
                self.engine.signal(card_id, AskAnswered(time.time(), ask.id, _ELSEWHERE))
