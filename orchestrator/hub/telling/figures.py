"""The hub's own figures: its health, how many sessions, what they cost, what quota is left."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import psutil

from orchestrator import __version__
from orchestrator.core.board.shown import start_queue
from orchestrator.core.board.views import HubView, Need
from orchestrator.core.follow import Capacity, queue_reason, running
from orchestrator.core.forge.away import ForgeAway
from orchestrator.core.model import State
from orchestrator.core.sessions.model import Meters
from orchestrator.hub.loop.engine import Engine

_MEMORY_AGE = 1.0
"""Seconds for which a reading of the machine's free memory is valid."""


@dataclass(slots=True)
class Memory:
    """How many more sessions the machine's free memory allows."""

    per_session: int
    """Bytes that another session needs; 0 disables the check."""
    _free: int = 0
    _read_at: float = float("-inf")

    def room(self, max_sessions: int) -> Capacity:
        """Reads the free memory at most once a second."""
        if not self.per_session:
            return Capacity(max_sessions, max_sessions, "")
        now = time.monotonic()
        if now - self._read_at > _MEMORY_AGE:
            self._free, self._read_at = psutil.virtual_memory().available, now
        said = f"{self._free / 1e9:.1f} GB free, a session needs {self.per_session / 1e9:.1f} GB"
        return Capacity(max_sessions, self._free // self.per_session, said)


@dataclass(slots=True)
class Figures:
    """Derives the figures from the engine's state."""

    engine: Engine
    port: int
    max_sessions: int
    memory: Memory
    started_at: float = field(default_factory=time.time)
    trouble: str = ""
    """The problem of a source, as text; set by the code that reads it."""
    foreign: int = 0
    """Windows of another journal at the latest sweep."""
    needs: Callable[[], tuple[Need, ...]] = lambda: ()
    mail_trouble: Callable[[], str] = lambda: ""
    forges_away: Callable[[], tuple[ForgeAway, ...]] = lambda: ()

    def view(self) -> HubView:
        """As of now; US dollars of the local day, and percentages of the last reported quota."""
        state = self.engine.state
        quota = _quota(state)
        queued = start_queue(state)
        return HubView(
            pid=os.getpid(),
            port=self.port,
            version=__version__,
            started_at=self.started_at,
            sessions=running(state),
            max_sessions=self.max_sessions,
            queued=len(queued),
            queue_reason=queue_reason(state, self.memory.room(self.max_sessions)) if queued else "",
            waiting=len(self.needs()),
            cost_today_usd=round(state.cost_by_day.get(date.today().isoformat(), 0.0), 4),
            five_hour_percent=quota.five_hour_percent,
            five_hour_resets_at=quota.five_hour_resets_at,
            seven_day_percent=quota.seven_day_percent,
            seven_day_resets_at=quota.seven_day_resets_at,
            trouble="; ".join(filter(None, self._troubles())),
            foreign=self.foreign,
            forges_away=self.forges_away(),
        )

    def _troubles(self) -> tuple[str, ...]:
        journal = self.engine.journal.trouble
        kept = f"nothing can be saved: {journal}" if journal else ""
        return kept, self.trouble, self.mail_trouble(), self.engine.faults.words()


def _quota(state: State) -> Meters:
    """The quota is the account's: the session whose windows end last has read it last."""
    meters = [card.session.meters for card in state.cards.values() if card.session]
    known = [
        each for each in meters if each.five_hour_percent is not None or each.seven_day_percent is not None
    ]
    return max(
        known,
        key=lambda each: (each.five_hour_resets_at or 0.0, each.five_hour_percent or 0.0),
        default=Meters(),
    )
