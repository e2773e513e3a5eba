"""The symlink by which sessions reach the last client's SSH agent, also after a reconnect."""

import os
import socket
from contextlib import suppress
from pathlib import Path

_ANSWERS_WITHIN = 0.3


def point_at(link: Path, wanted: str) -> bool:
    """Points the symlink to this agent's socket, if an agent listens there. Returns whether the symlink leads
    to a live agent: a dead one never replaces it."""
    if wanted and os.path.realpath(wanted) != os.path.realpath(link) and _listens(wanted):
        new = link.with_name(f"{link.name}.new")
        new.unlink(missing_ok=True)
        new.symlink_to(os.path.realpath(wanted))
        new.replace(link)
    return _listens(str(link))


def _listens(path: str) -> bool:
    with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_ANSWERS_WITHIN)
        probe.connect(path)
        return True
    return False
