"""Sessions without a terminal: signals from their processes and their output."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.agents.agent import Stream
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import PaneDied, RegistrySaid, Signal
from orchestrator.paths import Home
from orchestrator.world import processes


@dataclass(slots=True)
class Headless:
    """Remembers how much of each one's output it has read."""

    home: Home
    _read: dict[tuple[str, int], int] = field(default_factory=dict)

    def ask(self, card: str, session: Session, stream: Stream) -> Iterable[Signal]:
        """The state of the session's process. Raises `OSError`."""
        folder = self.home.process(card, session.run)
        outcome = processes.look(folder)
        now = time.time()
        if outcome.state == "running" and not session.facts.registry:
            yield RegistrySaid(now, "busy")
        for line in self._lines(folder, (card, session.run)):
            yield from stream.read(line, now)
        if outcome.state != "running":
            yield PaneDied(outcome.ended_at or now, shell_code(outcome.exit_code))

    def _lines(self, folder: Path, key: tuple[str, int]) -> Iterator[str]:
        while True:
            before = self._read.get(key, 0)
            lines, self._read[key] = processes.lines(folder, before)
            yield from lines
            if self._read[key] == before:
                return


def shell_code(exit_code: int | None) -> int | None:
    """As in shells and tmux: 128 plus the signal's number."""
    return 128 - exit_code if exit_code is not None and exit_code < 0 else exit_code
