"""What the hub's tests say and wait for."""

import http.client
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.client import HubAway, start_hub
from orchestrator.core.board.views import CardView
from orchestrator.hub.tokens import Tokens
from orchestrator.paths import Home
from tests.calls import Client
from tests.poll import PATIENCE, poll


@dataclass(frozen=True, slots=True)
class Stage:
    home: Home
    repo: Path
    client: Client
    set: Callable[[str, str], None]
    """Sets a variable of the environment that the hub will be started with."""
    program: Sequence[str] = (sys.executable, "-c", "from orchestrator.cli import main; main()")
    """`orch` as an argument list."""

    def start(self) -> None:
        start_hub(self.home)

    def new(self, title: str, prompt: str = "", **more: Any) -> CardView:
        return self.client.new(title, repo=str(self.repo), prompt=prompt, **more)

    def card(self, ref: str) -> CardView:
        return self.client.show(ref).card

    def until(self, ref: str, *states: str, **also: Any) -> CardView:
        """The card as soon as it is in one of these states and `also` holds of its other fields."""
        seen: list[CardView] = []

        def look() -> CardView | None:
            seen[:] = [self.card(ref)]
            fits = seen[0].state in states and all(
                getattr(seen[0], key) == value for key, value in also.items()
            )
            return seen[0] if fits else None

        return poll(look, f"{ref} to become {states} {also}", told=lambda: str(seen[0]))

    def press(self, card: CardView, *keys: str) -> None:
        """Keys typed into the session's own pane."""
        assert card.pane
        tmux = ["tmux", "-L", self.home.tmux_socket, "send-keys", "-t", card.pane]
        subprocess.run([*tmux, *keys], check=True, timeout=PATIENCE)

    def token(self, card: str, run: int) -> str:
        """The token that a session of this card's run has."""
        reader = sqlite3.connect(f"{self.home.journal.as_uri()}?mode=ro", uri=True)
        (journal,) = reader.execute("SELECT value FROM meta WHERE name = 'id'").fetchone()
        reader.close()
        return Tokens.of(self.home.key, journal).make(card, run)

    def report(self, card: str, run: int, payload: dict[str, Any]) -> bytes:
        """What the hub answers to a hook of that run."""
        connection = http.client.HTTPConnection("127.0.0.1", self.client.hub().port, timeout=PATIENCE)
        token = self.token(card, run)
        connection.request("POST", "/hooks", json.dumps(payload), {"Authorization": f"Bearer {token}"})
        try:
            return connection.getresponse().read()
        finally:
            connection.close()

    def away(self) -> bool:
        try:
            self.client.hub()
        except HubAway:
            return True
        return False

    def pid(self) -> int:
        return self.client.hub().pid


def runs(pid: int) -> bool:
    """Whether the process lives; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def files(folder: str | os.PathLike[str]) -> set[str]:
    return {path.name for path in Path(folder).iterdir()}
