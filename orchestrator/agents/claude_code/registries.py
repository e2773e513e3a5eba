"""The registries of all agents' directories in use: a wrapper may give a session another one than the
hub's."""

import contextlib
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from orchestrator.agents.agent import RegistryChanges
from orchestrator.agents.claude_code import transcript
from orchestrator.agents.claude_code.registry import Registry
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import Began

_SILENT_FOR = 2.0
"""Seconds after the start in which a session's hook would have reported its directory."""


class Registries:
    """`known` is the hub's own; other directories are found from the paths of sessions' transcripts, or the
    environment of their processes."""

    def __init__(self, known: Path) -> None:
        self._known = known
        self._each = {known: Registry(known)}

    @property
    def folders(self) -> tuple[Path, ...]:
        """All directories that are polled, the hub's own first."""
        return tuple(self._each)

    def track(self, sessions: Iterable[Session]) -> None:
        """Also polls the directories of these sessions from now on."""
        for session in sessions:
            if folder := transcript.config_dir_of(session.transcript):
                self._add(folder)

    def find_session(self, session: Session) -> Began | None:
        """For a session without hooks: finds its directory, and its conversation there."""
        if session.transcript or session.facts.hooked:
            return None
        if not session.facts.registry and time.time() - session.started_at > _SILENT_FOR:
            for folder in named_by(session.pid):
                self._add(folder)
        others = (folder for folder in self.folders if folder != self._known)
        found = next(filter(None, (transcript.find(folder, session.session_id) for folder in others)), None)
        return Began(time.time(), session.session_id, str(found)) if found else None

    def poll(self) -> RegistryChanges:
        """Changes in any of them. Raises `OSError` if the hub's own exists and cannot be read."""
        changes = self._each[self._known].poll()
        entries, gone = [*changes.entries], [*changes.gone]
        for folder, registry in self._each.items():
            if folder != self._known:
                with contextlib.suppress(OSError):
                    changes = registry.poll()
                    entries += changes.entries
                    gone += changes.gone
        return RegistryChanges(tuple(entries), tuple(gone))

    def _add(self, folder: Path) -> None:
        if folder not in self._each:
            self._each[folder] = Registry(folder)


def named_by(pid: int) -> Iterable[Path]:
    """The directories that the process and its descendants are configured to use."""
    try:
        first = psutil.Process(pid)
        processes = [first, *first.children(recursive=True)]
    except psutil.Error:
        return
    for process in processes:
        with contextlib.suppress(psutil.Error):
            if (folder := Path(process.environ().get("CLAUDE_CONFIG_DIR", ""))).is_absolute():
                yield folder
