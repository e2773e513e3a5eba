"""The lock that makes a hub the only one of a state directory: held until its process ends, however it
ends."""

import contextlib
import fcntl
import os
import time
from dataclasses import dataclass
from typing import TextIO

from orchestrator.paths import Home

_TRIES, _PAUSE = 5, 0.05
"""How often to try for a lock that is held, and seconds in between."""


class LockLostError(Exception):
    """Another hub has the lock; says which process."""


@dataclass(slots=True)
class Lock:
    """Held on the state directory itself, which no cleanup removes, and on the file that names the
    process."""

    home: Home
    _folder: int
    _file: TextIO

    def release(self) -> None:
        """Lets another hub take it; the file stays."""
        self._file.close()
        os.close(self._folder)

    def keep(self) -> None:
        """Restores the file if it was removed or replaced. Raises `LockLostError` if another process has
        locked the new one, and `OSError`."""
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(self.home.lock.stat(), os.fstat(self._file.fileno())):
                return
        file = _locked_file(self.home)
        if file is None:
            raise LockLostError(
                f"the lock file was removed, and process {self.home.holder()} has the new one"
            )
        self._file.close()
        self._file = file


def take(home: Home) -> Lock | None:
    """The lock; `None` if another hub has it. Without it nothing in the state directory is changed."""
    folder = os.open(home.root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        return None
    except OSError:
        pass  # a file system without locks on folders: only the file is locked
    file = _locked_file(home)
    if file is None:
        os.close(folder)
        return None
    return Lock(home, folder, file)


def _locked_file(home: Home) -> TextIO | None:
    file = home.lock.open("a")
    for tries_left in reversed(range(_TRIES)):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not tries_left:
                file.close()
                return None
            time.sleep(_PAUSE)  # a client that only reads the holder locks it for a moment
        else:
            break
    with contextlib.suppress(OSError):  # a full disk: the lock counts, not the content of the file
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
    return file
