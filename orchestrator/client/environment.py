"""What a client tells the hub of its own environment, for the sessions that it starts."""

import base64
import json
import os
import zlib
from pathlib import Path

from orchestrator.core.sessions.environment import DEFAULT, may_leave, travels

HEADER = "Orch-Environment"
_MOST = 32_000
"""Bytes of a header that any server takes."""


def header() -> str:
    """The variables and the umask of this process, packed. Of an environment that is too large, what goes
    with a session by default; empty where that is too large as well."""
    names = {name: value for name, value in os.environ.items() if may_leave(name)}
    for given in (names, {name: value for name, value in names.items() if travels(name, DEFAULT)}):
        text = json.dumps({"names": given, "umask": _umask()}, ensure_ascii=True)
        packed = base64.b64encode(zlib.compress(text.encode())).decode()
        if len(packed) <= _MOST:
            return packed
    return ""


def _umask() -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1], 8) for line in lines if line.startswith("Umask:"))
    except (OSError, StopIteration, ValueError):
        # It can only be read by setting it.
        umask = os.umask(0o077)
        os.umask(umask)
        return umask
