"""Claude Code's registry of running sessions: `<config dir>/sessions/<pid>.json`.

Each file is rewritten in place at each change. Undocumented; its shape was probed on 2.1.197 and 2.1.330. A
file may be read half written, has no `status` at first, and is left behind by a killed process.
"""

import contextlib
import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator import process
from orchestrator.agents.agent import RegistryChanges, RegistryEntry
from orchestrator.core.sessions.model import Wait
from orchestrator.core.text.clean import one_line

__all__ = ["Registry", "RegistryChanges", "RegistryEntry"]

_NAME = re.compile(r"([1-9]\d{0,8})\.json")

# A file that changed twice within a clock tick of its file system keeps time and size (`busy` and `idle` are
# equally long): a file this recent is read again. Two seconds cover the coarsest clocks.
_YOUNG_NS = 2_100_000_000


_WAITS: Mapping[str, Wait] = {
    "permission prompt": "permission",
    "sandbox request": "permission",
    "worker request": "permission",
    "dialog open": "dialog",
}
"""Its words for what it waits for (probed on 2.1.197 and 2.1.332)."""
_LATEST = 1e14
"""Milliseconds since the epoch, beyond any real clock."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was read. `signature` is `None` if it has to be read again."""

    entry: RegistryEntry | None
    """The entry, if its process is alive as far as we know."""
    signature: tuple[int, int, int] | None = None
    read_at: int = 0

    def still_stands(self, signature: tuple[int, int, int]) -> bool:
        return self.signature == signature and self.read_at - signature[0] > _YOUNG_NS


class Registry:
    """The sessions of one config directory. A poll costs two system calls per session."""

    def __init__(self, config_dir: Path) -> None:
        self._folder = config_dir / "sessions"
        self._seen: dict[int, _Seen] = {}

    def poll(self) -> RegistryChanges:
        """Changes since the last poll; all entries at first.

        Files whose process has ended, or is not the one that wrote them, count as gone. Raises `OSError` if
        the folder exists and cannot be read.
        """
        before, self._seen = self._seen, self._look()
        changed = tuple(
            seen.entry
            for pid, seen in self._seen.items()
            if seen.entry and (pid not in before or before[pid].entry != seen.entry)
        )
        gone = tuple(
            pid
            for pid, seen in before.items()
            if seen.entry and (pid not in self._seen or self._seen[pid].entry is None)
        )
        return RegistryChanges(changed, gone)

    def _look(self) -> dict[int, _Seen]:
        found: dict[int, _Seen] = {}
        try:
            files = os.scandir(self._folder)
        except FileNotFoundError:
            return found
        with files:
            for file in files:
                if name := _NAME.fullmatch(file.name):
                    pid = int(name[1])
                    with contextlib.suppress(FileNotFoundError):  # it ended between two calls
                        found[pid] = self._look_at(pid, file)
        return found

    def _look_at(self, pid: int, file: os.DirEntry[str]) -> _Seen:
        stat = file.stat()
        signature = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        before = self._seen.get(pid, _Seen(None))
        if before.entry and not process.runs(pid):
            return _Seen(None, signature, time.time_ns())
        if before.still_stands(signature):
            return before
        read_at = time.time_ns()
        try:
            said = json.loads(Path(file.path).read_bytes())
            entry = _entry(pid, said)
        except ValueError:  # half written, or not a session's yet: keep the last one, and read it again
            return _Seen(before.entry)
        alive = process.runs(pid) and _started(pid) in {said.get("procStart"), None}
        return _Seen(entry if alive else None, signature, read_at)


def _entry(pid: int, said: object) -> RegistryEntry:
    """Raises `ValueError` for anything that is not an entry with a status."""
    if not isinstance(said, dict) or not isinstance(said.get("status"), str):
        raise ValueError("no status")

    def text(key: str) -> str:
        value = said.get(key)
        return one_line(value) if isinstance(value, str) else ""

    at = said.get("statusUpdatedAt", said.get("updatedAt"))
    return RegistryEntry(
        pid=pid,
        session_id=text("sessionId"),
        cwd=said["cwd"] if isinstance(said.get("cwd"), str) else "",
        name=text("name"),
        status=text("status"),
        waiting_for=text("waitingFor"),
        version=text("version"),
        updated_at=at / 1000 if isinstance(at, int | float) and 0 < at < _LATEST else time.time(),
        wait=_WAITS.get(text("waitingFor"), ""),
    )


def _started(pid: int) -> str | None:
    """When the process started, in the format of `procStart`; `None` if the system does not report it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # field 22; the second, the program's name, may contain spaces and brackets
    return stat.rpartition(")")[2].split()[19]
