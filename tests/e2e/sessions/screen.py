"""A person at a terminal: the real board in a tmux of its own, driven by keys and read off the screen."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.e2e.sessions.world import World
from tests.poll import PATIENCE, poll


@dataclass(frozen=True, slots=True)
class Person:
    socket: str

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def type(self, words: str) -> None:
        """Letter by letter, as hands do; all at once would be taken for a paste."""
        for letter in words:
            self._tmux("send-keys", "-l", letter)

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def sees(self, *words: str, within: float = PATIENCE) -> str:
        """The screen as soon as it shows all of these."""
        return poll(
            lambda: all(word in (text := self.screen()) for word in words) and text,
            f"{words} on the screen",
            told=self.screen,
            within=within,
        )

    def sees_no(self, words: str) -> None:
        poll(lambda: words not in self.screen(), f"{words!r} to leave the screen")

    def _tmux(self, *words: str) -> str:
        argv = ["tmux", "-u", "-L", self.socket, *words]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=PATIENCE)
        return done.stdout


@contextmanager
def at_the_board(world: World, width: int = 200, height: int = 50, *, who: str = "me") -> Iterator[Person]:
    """`orch tui` on a terminal of this size."""
    socket = f"{world.home.tmux_socket}-{who}"
    orch = f"{shlex.quote(sys.executable)} -c 'from orchestrator.cli import main; main()' tui"
    command = f"cd {shlex.quote(str(world.repo))} && {orch}; echo left with $?; exec sleep 600"
    environment = {**world.environment, "TMUX_TMPDIR": os.environ["TMUX_TMPDIR"]}
    new = [
        "tmux",
        "-u",
        "-f",
        "/dev/null",
        "-L",
        socket,
        "new-session",
        "-d",
        "-x",
        str(width),
        "-y",
        str(height),
    ]
    subprocess.run([*new, command], env=environment, check=True, timeout=PATIENCE)
    try:
        yield Person(socket)
    finally:
        subprocess.run(
            ["tmux", "-L", socket, "kill-server"], capture_output=True, check=False, timeout=PATIENCE
        )
