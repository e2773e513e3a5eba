"""What sessions leave in the folders of their launches: their status lines, and where they began."""

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.agents.claude_code import began, statusline
from orchestrator.core.model import Session
from orchestrator.hub.loop.engine import Engine

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reports:
    """Asked once a second; a file that stays as it was is not read twice. `launches` holds the folders."""

    engine: Engine
    launches: Path
    _read: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def read(self, card_id: str, session: Session) -> None:
        """Tells the engine of what is new in that card's folder; what can't be read goes to the log."""
        folder = self.launches / card_id
        if self._is_new(folder / began.FILE):
            begun = began.read(folder)
            known = (session.session_id, session.transcript)
            if begun and (begun.session_id, begun.transcript) != known:
                self.engine.signal(card_id, begun)
        line = folder / "statusline.json"
        if self._is_new(line):
            try:
                self.engine.signal(
                    card_id, statusline.parse(json.loads(line.read_bytes()), line.stat().st_mtime)
                )
            except (OSError, ValueError) as error:
                _log.warning("the status line report of %s can't be read: %s", card_id, error)

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
