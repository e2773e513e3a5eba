"""Removes `orch demo`: `python -m orchestrator.cli.demo.cleanup ROOT SOCKET`, started beside it.

Waits for the end of its standard input. Then it ends every process of that demo, and nothing else, removes
every trace of it, and restores the terminal if a killed board has left it changed.
"""

import os
import shutil
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from orchestrator.cli.demo.sandbox import Stage

_ENDS_WITHIN = 8.0
_ATTEMPTS = 10
_LOOKS_AGAIN_AFTER = 0.2
_STDOUT = 1
# Turns off what a killed board leaves on: alternate screen, mouse, bracketed paste, kitty's keys.
_SCREEN_AS_IT_WAS = b"\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[<u\x1b[?25h"


def main() -> int:
    """Waits until standard input ends, then ends and removes the demo of that folder and tmux socket."""
    stage = Stage(Path(sys.argv[1]), sys.argv[2])
    terminal = os.ttyname(_STDOUT) if os.isatty(_STDOUT) else ""
    before = termios.tcgetattr(_STDOUT) if terminal else []
    sys.stdin.buffer.read()
    for _ in range(_ATTEMPTS):
        found = list(_playing(stage))
        had_a_board = terminal and any(_terminal(each) == terminal for each in found)
        _end(found)
        _end_tmux(stage)
        if had_a_board:
            _give_back_the_terminal(before)
        time.sleep(_LOOKS_AGAIN_AFTER)  # processes that were just being started exist by then
        _remove(stage)
        if not found and not stage.root.exists():
            break
    return 0


def _playing(stage: Stage) -> Iterator[psutil.Process]:
    """Hub, sessions, board, and whatever they have started: only they know this state directory."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            told = process.environ().get("ORCH_HOME") == str(stage.home.root)
            if told and process.pid != os.getpid():
                yield process


def _end(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.terminate()
    deadline = time.monotonic() + _ENDS_WITHIN
    while (processes := [each for each in processes if _runs(each)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in processes:
        with suppress(psutil.Error):
            process.kill()


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _end_tmux(stage: Stage) -> None:
    with suppress(subprocess.TimeoutExpired, OSError):
        subprocess.run(
            ["tmux", "-L", stage.tmux_socket, "kill-server"], capture_output=True, timeout=10, check=False
        )


def _remove(stage: Stage) -> None:
    sockets = Path(os.environ.get("TMUX_TMPDIR", "/tmp")) / f"tmux-{os.getuid()}"  # noqa: S108 (tmux's own)
    (sockets / stage.tmux_socket).unlink(missing_ok=True)
    if stage.home.socket.parent != stage.home.root:
        shutil.rmtree(stage.home.socket.parent, ignore_errors=True)
    shutil.rmtree(stage.root, ignore_errors=True)


def _terminal(process: psutil.Process) -> str | None:
    with suppress(psutil.Error):
        return process.terminal()
    return None


def _give_back_the_terminal(before: list[Any]) -> None:
    with suppress(OSError, termios.error):  # it may be the reason why the demo has ended
        os.write(_STDOUT, _SCREEN_AS_IT_WAS)
        # a shell that has taken over the terminal sets its own modes; a board gets no signals by key
        if not termios.tcgetattr(_STDOUT)[3] & termios.ISIG:
            termios.tcsetattr(_STDOUT, termios.TCSADRAIN, before)


if __name__ == "__main__":
    sys.exit(main())
