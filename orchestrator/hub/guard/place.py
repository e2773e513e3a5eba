"""What the hub is found by: its lock file and its socket, which a tidying program may take away."""

import asyncio
import logging
import os

from orchestrator.hub.doors.listen import Listener, unix_socket
from orchestrator.hub.guard.lock import Lock
from orchestrator.paths import Home

_LOOKS_EVERY = 1.0

_log = logging.getLogger(__name__)


async def keep_place(home: Home, lock: Lock, door: Listener) -> None:
    """Puts back, for ever, what was removed or replaced. Raises `LockLostError` where another
    hub is in it."""
    bound = home.socket.stat()
    while True:
        await asyncio.sleep(_LOOKS_EVERY)
        try:
            lock.keep()
            if not _is_there(home, bound):
                home.socket.parent.mkdir(mode=0o700, exist_ok=True)
                home.check()
                listener = unix_socket(home)
                bound = home.socket.stat()
                await door.listen_instead(listener)
                _log.warning("%s was removed or replaced; the hub has opened it again", home.socket)
        except OSError as error:
            _log.warning("the hub can't be found in %s: %s", home.root, error)


def _is_there(home: Home, bound: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.lstat(home.socket), bound)
    except FileNotFoundError:
        return False
