"""The hub's window: `python -I -S supervisor.py PYTHON LAST_WORDS LOG SETTINGS`.

Runs the hub, restarts it if it was killed, and keeps its listening socket meanwhile: clients that connect
while there is no hub wait for the next one instead of being refused. Gives up, with the reason, if the hub
refuses to run (exit code 3) or dies five times in a row within ten seconds.

Kept minimal, so that it never needs a restart, and imports none of our modules.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

STORE, LISTENER = "HUB_SOCKET_STORE", "HUB_LISTENER"
"""The hub's environment variables: the number of the socket on which it passes its listening socket, and that
of the one passed by the previous hub."""
_REFUSED = 3
_LIVED = 10.0
_MOST_DEATHS = 5


def main(python: str, last_words: str, log: str, settings: str) -> int:
    """Returns the window's exit code: 0 after the hub was stopped on purpose."""
    os.umask(0o077)
    signal.signal(signal.SIGINT, lambda *_: None)  # a handler, which the hub does not inherit
    store, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    store.setblocking(False)
    argv = [python, "-m", "orchestrator.hub", "--settings", settings]
    kept: int | None = None
    deaths = 0
    while True:
        began = time.monotonic()
        code = _run(argv, log, theirs.fileno(), kept)
        if code == 0:  # stopped on purpose: nothing more to receive
            subprocess.run(["tmux", "kill-window", "-t", os.environ.get("TMUX_PANE", "")], check=False)
            return 0
        if code == _REFUSED:
            return _give_up(last_words, code)
        kept = _handed_in(store, kept)
        deaths = 1 if time.monotonic() - began >= _LIVED else deaths + 1
        if deaths >= _MOST_DEATHS:
            said = f"The hub died {deaths} times in a row, last with exit code {code}."
            words = [said, f"The end of its log ({log}):", *_end_of(log), ""]
            with suppress(OSError):
                Path(last_words).write_text("\n".join(words))
            return _give_up(last_words, 1)
        time.sleep(0.2 * deaths)


def _run(argv: list[str], log: str, store: int, kept: int | None) -> int:
    fds = [store] if kept is None else [store, kept]
    env = {**os.environ, STORE: str(store)}
    env.pop(LISTENER, None)
    if kept is not None:
        env[LISTENER] = str(kept)
    with Path(log).open("ab") as stderr:
        return subprocess.run(argv, env=env, stderr=stderr, pass_fds=fds, check=False).returncode


def _handed_in(store: socket.socket, kept: int | None) -> int | None:
    """The last listening socket that a hub has passed; earlier ones are closed."""
    with suppress(BlockingIOError):
        while True:
            for fd in socket.recv_fds(store, 16, 1)[1]:
                if kept is not None:
                    os.close(kept)
                kept = fd
    return kept


def _end_of(log: str) -> list[str]:
    try:
        return Path(log).read_text(errors="replace").splitlines()[-5:]
    except OSError as error:
        return [str(error)]


def _give_up(last_words: str, code: int) -> int:
    with suppress(OSError):
        sys.stdout.write(Path(last_words).read_text(errors="replace"))
        sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
