"""The link by which sessions reach the SSH agent of whoever was here last, also after a reconnect."""

import os
import socket
from contextlib import suppress
from pathlib import Path

_ANSWERS_WITHIN = 0.3


def lead_to(link: Path, wanted: str) -> bool:
    """Makes the link lead to this agent's socket, if an agent listens there. Whether the link leads to a
    living one then: a dead one never replaces it."""
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
