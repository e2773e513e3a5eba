"""The session's file in `$CLAUDE_CONFIG_DIR/sessions`: its id, and whether it is busy, idle or waiting."""

import json
import os
import time
from pathlib import Path
from typing import Any

from orchestrator.demo.loop import Loop

_BEHIND = 0.07
"""Seconds by which the file is delayed, as with the real program."""


class Registry:
    """The file exists from `open` to `close`, and remains if the process dies without `close`.

    That of a session without a terminal (`printed`) never has a status, as probed on 2.1.197 and 2.1.330.
    """

    def __init__(
        self, loop: Loop, config_dir: Path, session_id: str, name: str, version: str, *, printed: bool = False
    ) -> None:
        self._loop, self._printed = loop, printed
        self._path = config_dir / "sessions" / f"{os.getpid()}.json"
        now = int(time.time() * 1000)
        self._said: dict[str, Any] = {
            "pid": os.getpid(),
            "sessionId": session_id,
            "cwd": str(Path.cwd()),
            "startedAt": now,
            "procStart": _started(),
            "version": version,
            "kind": "interactive",
            "updatedAt": now,
            "entrypoint": "sdk-cli" if printed else "cli",
            **({"name": name} if name else {}),
        }
        self._due = False
        self._open = False

    def open(self) -> None:
        """Creates the folder; the file follows 70 ms later, except in a session without a terminal."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._open = True
        if self._printed:
            self._write()
        else:
            self.show("idle")

    def show(self, status: str, waiting_for: str = "") -> None:
        """The status from now on; written to the file a moment later, only the last of several."""
        now = int(time.time() * 1000)
        if self._printed:
            return
        if waiting_for:
            self._said["waitingFor"] = waiting_for
        else:
            self._said.pop("waitingFor", None)
        self._tell(status=status, statusUpdatedAt=now, updatedAt=now)

    def rename(self, session_id: str) -> None:
        """The session's id from now on, as after `/clear`."""
        self._tell(sessionId=session_id, updatedAt=int(time.time() * 1000))

    def close(self) -> None:
        """Removes the file; does nothing before `open`."""
        if self._open:
            self._open = False
            self._path.unlink(missing_ok=True)  # not created yet, if the session ends at once

    def _tell(self, **said: Any) -> None:
        self._said.update(said)
        if not self._due:
            self._due = True
            self._loop.later(_BEHIND, self._write)

    def _write(self) -> None:
        self._due = False
        if self._open:
            self._path.write_text(json.dumps(self._said))


def _started() -> str:
    """Field 22 of `/proc/self/stat`; empty if there is no such file."""
    try:
        return Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""
