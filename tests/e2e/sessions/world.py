"""A whole orch with real Claude Code sessions: hub, tmux, git, and a scripted Messages API."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.core.board.views import CardView
from orchestrator.paths import Home
from tests.calls import Client
from tests.e2e.messages_api import MessagesApi
from tests.poll import PATIENCE, poll


@dataclass(frozen=True, slots=True)
class World:
    """Everything starts from `environment`, which has nothing of this machine's own but PATH."""

    home: Home
    repo: Path
    api: MessagesApi
    environment: dict[str, str]
    client: Client
    python: str

    def orch(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """A verb of the command line, run in the repository."""
        done = subprocess.run(
            [self.python, "-m", "orchestrator.cli", *words],
            cwd=self.repo,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * PATIENCE,
        )
        assert not check or done.returncode == 0, f"orch {' '.join(words)}: {done.stdout}{done.stderr}"
        return done

    def card(self, ref: str) -> CardView:
        """The card as `orch ls --json` tells it."""
        (found,) = (
            card for card in json.loads(self.orch("ls", "--json").stdout) if ref in (card["id"], card["slug"])
        )
        return CardView(**{**found, "rescues": tuple(found["rescues"]), "prompts": tuple(found["prompts"])})

    def until(self, ref: str, *states: str, **also: Any) -> CardView:
        """The card as soon as it is in one of these states, and `also` holds of its other fields."""
        seen: list[str] = []

        def look() -> CardView | None:
            card = self.client.show(ref).card
            now = f"{card.state} ({card.reason})"
            if not seen or seen[-1] != now:
                seen.append(now)
            fits = card.state in states and all(getattr(card, name) == value for name, value in also.items())
            return card if fits else None

        return poll(look, f"{ref} to be {' or '.join(states)} {also or ''}", told=lambda: f"it was {seen}")

    def tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-L", self.home.tmux_socket, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return done.stdout

    def press(self, card: CardView, *keys: str) -> None:
        """Keys typed into the session's own pane."""
        assert card.pane
        self.tmux("send-keys", "-t", card.pane, *keys)

    def pane(self, card: CardView) -> str:
        assert card.pane
        return self.tmux("capture-pane", "-p", "-t", card.pane)

    def until_pane(self, card: CardView, words: str) -> str:
        return poll(
            lambda: words in (text := self.pane(card)) and text, f"{words!r} in the pane of {card.id}"
        )

    def hub_pid(self) -> int:
        return self.client.hub().pid

    def heard(self, ref: str) -> list[str]:
        return [f"{each.source.value}: {each.said}" for each in self.client.show(ref).heard]

    def account(self) -> str:
        """Everything that may tell why a test failed: cards, needs, panes, conversations, the hub's log."""
        parts = [f"need: {need}" for need in self.client.needs()]
        for card in self.client.cards():
            parts += [f"--- {card.slug}: {card.state} ({card.reason})", self.story(card.id)]
            parts += self.heard(card.id)
            parts += [self.pane(card).rstrip()] if card.pane else []
        last = {request.first_message: request for request in self.api.requests}
        for request in last.values():
            parts += [f"--- at {request.at:.1f} the API was told:", *map(_said, request.body["messages"])]
        return "\n".join([*parts, "--- the hub's log:", self.home.log.read_text()])

    def story(self, ref: str) -> str:
        return "\n".join(each.said for each in self.client.show(ref).history)


def _said(message: dict[str, Any]) -> str:
    content = message["content"]
    blocks = content if isinstance(content, list) else [content]
    return f"{message['role']}: " + "\n  ".join(json.dumps(block)[:1500] for block in blocks)


def ended(pid: int) -> bool:
    """Whether the process is gone, or waits to be reaped."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True
