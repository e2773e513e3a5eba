"""The registries of all agents' directories in use: a wrapper may give a session another than the hub's."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from orchestrator.agents.claude_code.registry import Changes, Registry
from orchestrator.agents.claude_code.transcript import config_dir_of
from orchestrator.core.model import Session


class Registries:
    """`known` is the hub's own; those of other directories are found by where sessions' transcripts lie."""

    def __init__(self, known: Path) -> None:
        self._each = {known: Registry(known)}

    def learn(self, sessions: Iterable[Session]) -> None:
        """Asks the directories of these sessions from now on, too."""
        for session in sessions:
            folder = config_dir_of(session.transcript)
            if folder and folder not in self._each:
                self._each[folder] = Registry(folder)

    def poll(self) -> Changes:
        """What changed in any of them. Raises `OSError` when the hub's own is there and can't be read."""
        known, *others = self._each.values()
        changes = known.poll()
        entries, gone = [*changes.entries], [*changes.gone]
        for registry in others:
            with contextlib.suppress(OSError):
                changes = registry.poll()
                entries += changes.entries
                gone += changes.gone
        return Changes(tuple(entries), tuple(gone))
