"""Becomes a session's agent, once, and only while no other agent works in the same worktree. Launch files run
it.

    python -I -S sole.py LOCK RECEIPT SECONDS PROGRAM [ARGUMENT…]

The start that is carried out creates the file RECEIPT; a second one, such as that of a respawned pane, is
refused. LOCK is a record lock of the operating system: it belongs to this process, survives the `exec` into
the agent, is not inherited by the agent's children, and ends with the agent. An agent that is still ending
has SECONDS. Imports nothing of ours.
"""

import fcntl
import os
import sys
import time

REFUSED = 75
"""Exit code of a start that was refused (EX_TEMPFAIL)."""
_LOOK_EVERY = 0.1


def main(lock_file: str, receipt: str, seconds: str, *argv: str) -> int:
    try:
        file = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        return _refuse(f"cannot use the lock {lock_file}: {error.strerror}.", "See: orch doctor")
    if not _take(file, float(seconds)):
        holder = os.pread(file, 32, 0).decode(errors="replace").strip() or "unknown"
        return _refuse(
            f"another agent is working in {os.getcwd()} (process {holder}).",  # noqa: PTH109 (pathlib is slow to load)
            "Wait until it has ended, or end it; then start the card again.",
        )
    try:
        os.close(os.open(receipt, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return _refuse("this launch has already happened.", "Resume the conversation with: orch resume")
    os.ftruncate(file, 0)
    os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
    os.set_inheritable(file, True)
    try:
        os.execvp(argv[0], argv)  # noqa: S606 (the agent's own command)
    except OSError as error:
        sys.stderr.write(f"cannot start {argv[0]}: {error.strerror}.\n")
        return 127 if isinstance(error, FileNotFoundError) else 126


def _refuse(why: str, hint: str) -> int:
    sys.stderr.write(f"Refused: {why}\n{hint}\n")
    return REFUSED


def _take(file: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= until:
                return False
            time.sleep(_LOOK_EVERY)
        else:
            return True


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
