"""Which processes work in a folder."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LOOKS_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Occupant:
    pid: int
    name: str
    begun: float


def occupants(folder: Path) -> tuple[Occupant, ...]:
    """The user's own processes whose working directory is in this folder, except this process."""
    import psutil  # seldom needed

    top = os.path.realpath(folder)
    found = []
    for process in psutil.process_iter(["name", "cwd", "create_time", "status"]):
        info = process.info
        where = (info["cwd"] or "").removesuffix(" (deleted)")
        alive = process.pid != os.getpid() and info["status"] != psutil.STATUS_ZOMBIE
        if alive and (where == top or where.startswith(f"{top}/")):
            found.append(Occupant(process.pid, info["name"] or "?", info["create_time"] or 0.0))
    return tuple(found)


def end_occupants(folder: Path, *, patience: float, grace: float) -> None:
    """Returns when no process works in a folder of orch's own: waits for `patience` seconds, then ends the
    remaining ones, by their ids."""
    import psutil

    deadline = time.monotonic() + patience
    while (left := occupants(folder)) and time.monotonic() < deadline:
        time.sleep(_LOOKS_EVERY)
    for end in ("terminate", "kill"):
        for each in left:
            with suppress(psutil.Error):
                process = psutil.Process(each.pid)
                if process.create_time() == each.begun:  # otherwise its id is another's by now
                    getattr(process, end)()
        deadline = time.monotonic() + grace
        while (left := occupants(folder)) and time.monotonic() < deadline:
            time.sleep(_LOOKS_EVERY)
        if not left:
            return
