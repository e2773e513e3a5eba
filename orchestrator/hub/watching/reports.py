"""What sessions leave in the folders of their launches, such as their status lines, and where they began."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.agents.configured import Agents
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import Began, Signal
from orchestrator.hub.loop.engine import Engine

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reports:
    """Called once a second; an unchanged file is not read again. `launches` contains the folders."""

    engine: Engine
    agents: Agents
    launches: Path
    _read: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def read(self, card_id: str, session: Session) -> None:
        """Reports what is new in that card's folder to the engine; read errors are logged."""
        folder = self.launches / card_id
        card = self.engine.state.cards.get(card_id)
        for name, parse in self.agents.of(card).launch.reports().items():
            if self._is_new(folder / name):
                try:
                    said = parse(folder / name)
                except (OSError, ValueError) as error:
                    _log.warning("the report %s of %s can't be read: %s", name, card_id, error)
                    continue
                if said and not _is_known(said, session):
                    self.engine.signal(card_id, said)

    def _is_new(self, file: Path) -> bool:
        try:
            stat = file.stat()
        except OSError:
            return False
        mark = (stat.st_mtime_ns, stat.st_ino)
        if self._read.get(file) == mark:
            return False
        self._read[file] = mark
        return True


def _is_known(said: Signal, session: Session) -> bool:
    known = (session.session_id, session.transcript)
    return isinstance(said, Began) and (said.session_id, said.transcript) == known
