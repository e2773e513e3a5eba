"""One terminal with a program in it: a tmux server of its own, typed into and read like a person would."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.poll import PATIENCE, poll


class Terminal:
    """A pane on a private socket that stays, with its last words, when its program ends."""

    def __init__(self, socket: str, env: Mapping[str, str], width: int = 120, height: int = 40) -> None:
        self._tmux = ["tmux", "-u", "-L", socket, "-f", "/dev/null"]
        self._env = dict(env)
        self._size = ("-x", str(width), "-y", str(height))

    def run(self, argv: Sequence[str | Path], cwd: Path) -> None:
        """Runs the program in the terminal's pane, in place of the one that was there."""
        words = [str(each) for each in argv]
        if self._ask("list-sessions", check=False):
            self._ask("respawn-pane", "-k", "-c", str(cwd), "-t", "t", *words)
            return
        # `remain-on-exit` has to be set before a program can end
        self._ask("new-session", "-d", "-s", "t", *self._size, "-c", str(cwd), "sleep", "1000")
        self._ask("set-option", "-g", "remain-on-exit", "on")
        self._ask("respawn-pane", "-k", "-c", str(cwd), "-t", "t", *words)

    def keys(self, *names: str) -> None:
        """Presses keys by tmux's names, such as `Enter`, `Escape`, `C-c`."""
        self._ask("send-keys", "-t", "t", *names)

    def type(self, text: str) -> None:
        self._ask("send-keys", "-t", "t", "-l", text)

    def paste(self, text: str) -> None:
        """Pastes in brackets, so that line ends do not submit."""
        self._ask("load-buffer", "-b", "p", "-", told=text)
        self._ask("paste-buffer", "-p", "-d", "-b", "p", "-t", "t")

    def text(self, *, colour: bool = False) -> str:
        """What stands in the visible pane."""
        return self._ask("capture-pane", "-p", *(["-e"] if colour else []), "-t", "t")

    def wait_for(self, words: str) -> None:
        poll(lambda: words in self.text(), f"{words!r} in the pane", told=self.text)

    @property
    def pid(self) -> int:
        return int(self._ask("display-message", "-p", "-t", "t", "#{pane_pid}"))

    @property
    def exit_code(self) -> int | None:
        """The ended program's, 128 + n for signal n; `None` while it runs."""
        asked = "#{pane_dead}|#{pane_dead_status}|#{pane_dead_signal}|#{pid}"
        dead, status, died_of, server = (
            self._ask("display-message", "-p", "-t", "t", asked).strip().split("|")
        )
        if died_of:
            return 128 + int(died_of)
        if status:
            return int(status)
        if dead == "1":  # tmux 3.3a sometimes misses the end of a child until it hears of the next
            os.kill(int(server), signal.SIGCHLD)
        return None

    def close(self) -> None:
        self._ask("kill-server", check=False)

    def _ask(self, *words: str, told: str = "", check: bool = True) -> str:
        done = subprocess.run(
            [*self._tmux, *words],
            input=told,
            env=self._env,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert not check or done.returncode == 0, f"tmux {words[0]}: {done.stderr.strip()}"
        return done.stdout
