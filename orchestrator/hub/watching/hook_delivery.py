"""Whether sessions can report: what their settings say about it, and whether a report has ever arrived."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator import config
from orchestrator.agents.agent import ConnectionProblems, Hooks
from orchestrator.agents.configured import Agents
from orchestrator.core.model import Card
from orchestrator.core.sessions.facts import RESTS, unheard
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import HooksBlocked
from orchestrator.hub.conversations.transcripts import Transcripts
from orchestrator.hub.loop.engine import Engine

_SILENT_FOR = 5.0
"""Seconds of work, by the registry, in which a hook would have arrived."""
_WRITTEN_WITHIN = 5.0
"""Seconds after a turn in which its transcript is checked."""
_UNKNOWN = "none has arrived; see: orch doctor"


@dataclass(slots=True)
class HookDelivery:
    """Called once a second. Settings are read once for each run."""

    engine: Engine
    agents: Agents
    transcripts: Transcripts
    _seen: dict[str, tuple[int, ConnectionProblems]] = field(default_factory=dict)

    async def look(self, present: Callable[[], Mapping[str, Session]]) -> None:
        """`present` returns the present sessions in windows."""
        for card_id, session in present().items():
            with self.engine.faults.kept_apart("settings", card_id):
                await self._examine(card_id, session)
        sessions = present()  # reading took a moment
        self._seen = {card: seen for card, seen in self._seen.items() if card in sessions}
        for card_id, session in sessions.items():
            with self.engine.faults.kept_apart("transcript", card_id):
                self._settle(card_id, session)
            seen = self._seen.get(card_id)
            if seen and seen[0] == session.run:
                self._tell(card_id, session, seen[1])

    async def _examine(self, card_id: str, session: Session) -> None:
        card, seen = self.engine.state.cards.get(card_id), self._seen.get(card_id)
        hooks = self.agents.of(card).hooks
        if card is None or card.worktree is None or hooks is None or not session.facts.registry:
            return
        if seen is None or seen[0] != session.run:
            self._seen[card_id] = (
                session.run, await asyncio.to_thread(examine, card, session, hooks)
            )  # fmt: skip

    def _settle(self, card_id: str, session: Session) -> None:
        """A turn without hooks ends by its transcript, which is written a moment after the registry
        changes."""
        facts = session.facts
        recent = time.time() - facts.registry_at <= _WRITTEN_WITHIN
        if not (unheard(facts) and facts.registry in RESTS and recent):
            return
        self.transcripts.tell(card_id, session)

    def _tell(self, card_id: str, session: Session, found: ConnectionProblems) -> None:
        facts, now = session.facts, time.time()
        silent = unheard(facts) and now - facts.worked_at > _SILENT_FOR
        hooks = "" if facts.hooked else "; ".join(found.hooks) or (_UNKNOWN if silent else "")
        tools = "; ".join(found.tools)
        if (hooks, tools) != (facts.no_hooks, facts.no_tools):
            self.engine.signal(card_id, HooksBlocked(now, hooks, tools))


def examine(card: Card, session: Session, hooks: Hooks) -> ConnectionProblems:
    """What the session's effective settings say."""
    assert card.worktree is not None
    try:
        command = config.load(Path(card.repo)).agent_named(card.agent).command
    except config.ConfigError:
        command = ()  # it is already running; the error is reported at the next start
    return hooks.connection_problems(command, Path(card.worktree.path), Path(card.repo), session)
