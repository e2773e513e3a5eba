"""To which sessions the entries of the agents' registry belong: a session's entry was written by its window's
process, or a descendant of it. The id of a conversation proves nothing: a person may have it open in another
terminal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import psutil

from orchestrator.agents.agent import RegistryChanges, RegistryEntry
from orchestrator.core.sessions.model import Session


@dataclass(slots=True)
class Owners:
    """Remembers the entries of live processes. `panes` are the processes of windows, by pane."""

    panes: Mapping[str, int] = field(default_factory=dict)
    _entries: dict[int, RegistryEntry] = field(default_factory=dict)
    _unclaimed: set[int] = field(default_factory=set)
    _lineage: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def take(self, changes: RegistryChanges) -> None:
        """The result of a poll of the registry."""
        for entry in changes.entries:
            self._entries[entry.pid] = entry
            self._unclaimed.add(entry.pid)
        for pid in changes.gone:
            self._entries.pop(pid, None)
            self._lineage.pop(pid, None)
            self._unclaimed.discard(pid)

    def claim(self, sessions: Mapping[str, Session]) -> Iterable[tuple[str, RegistryEntry]]:
        """The new entries that belong to cards, each once. The user's other sessions stay unclaimed while
        they live: their window may be about to be known."""
        if not self._unclaimed:
            return
        by_pid = {session.pid: card for card, session in sessions.items()}
        by_pane = {self.panes.get(session.pane, 0): card for card, session in sessions.items()}
        for pid in tuple(self._unclaimed):
            card = by_pid.get(pid) or self._below(pid, {**by_pane, **by_pid}, sessions)
            if card:
                self._unclaimed.discard(pid)
                yield card, self._entries[pid]

    def elsewhere(self, session_id: str) -> int:
        """A process that has the conversation open and belongs to no window of orch; 0 for none."""
        found = (pid for pid in self._unclaimed if self._entries[pid].session_id == session_id)
        return min(found, default=0)

    def under(self, pid: int) -> RegistryEntry | None:
        """The entry of the agent that is this process, or that a wrapper with this id has started."""
        if entry := self._entries.get(pid):
            return entry
        return next((self._entries[each] for each in sorted(self._entries) if pid in self._above(each)), None)

    def _below(self, pid: int, by_pid: Mapping[int, str], sessions: Mapping[str, Session]) -> str:
        """The card whose window's process started it, possibly through a wrapper. A process started by an
        agent is a different session."""
        for above in self._above(pid):
            if above in self._entries:
                return ""
            if card := by_pid.get(above):
                return "" if sessions[card].pid in self._entries else card
        return ""

    def _above(self, pid: int) -> tuple[int, ...]:
        if pid not in self._lineage:
            try:
                self._lineage[pid] = tuple(each.pid for each in psutil.Process(pid).parents())
            except psutil.Error:
                return ()
        return self._lineage[pid]
