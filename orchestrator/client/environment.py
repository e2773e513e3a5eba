"""The client's environment, sent to the hub for the sessions that it starts."""

import base64
import json
import os
import zlib
from pathlib import Path

from orchestrator.core.sessions.environment import DEFAULT, may_leave, travels

HEADER = "Orch-Environment"
_MOST = 32_000
"""Bytes of a header that any server accepts."""


def header() -> str:
    """The variables and the umask of this process, packed. Of an environment that is too large, the longest
    are left out; empty where what goes with a session by default is too large as well."""
    names = {name: value for name, value in os.environ.items() if may_leave(name)}
    spare = sorted((name for name in names if not travels(name, DEFAULT)), key=lambda name: len(names[name]))
    while len(packed := _packed(names)) > _MOST:
        if not spare:
            return ""
        for _ in range(len(spare) // 8 or 1):
            del names[spare.pop()]
    return packed


def _packed(names: dict[str, str]) -> str:
    text = json.dumps({"names": names, "umask": _umask()}, ensure_ascii=True)
    return base64.b64encode(zlib.compress(text.encode())).decode()


def _umask() -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1], 8) for line in lines if line.startswith("Umask:"))
    except (OSError, StopIteration, ValueError):
        # It can only be read by setting it.
        umask = os.umask(0o077)
        os.umask(umask)
        return umask
