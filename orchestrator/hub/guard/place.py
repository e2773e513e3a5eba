"""The hub's lock file and socket, by which it is found and which a cleanup may remove."""

import asyncio
import logging
import os

from orchestrator.hub.doors.listen import Listener, unix_socket
from orchestrator.hub.guard.lock import Lock
from orchestrator.paths import Home

_LOOKS_EVERY = 1.0

_log = logging.getLogger(__name__)


async def keep_place(home: Home, lock: Lock, door: Listener) -> None:
    """Restores, forever, what was removed or replaced. Raises `LockLostError` if another hub has taken
    over."""
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
            _log.warning("cannot restore the hub's files in %s: %s", home.root, error)


def _is_there(home: Home, bound: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.lstat(home.socket), bound)
    except FileNotFoundError:
        return False
