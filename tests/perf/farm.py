"""Many scripted sessions on a real hub, real tmux and real worktrees, in a folder of their own."""

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import psutil

from orchestrator.client import HubAway, start_hub
from orchestrator.core.board.views import CardView
from orchestrator.paths import Home
from tests.calls import Client
from tests.conftest import git
from tests.perf.measure import ForkCount, Processes
from tests.perf.terminal import Terminal

T = TypeVar("T")

CHECKOUT = Path(__file__).resolve().parents[2]
AGENT = CHECKOUT / "orchestrator/demo"
ORCH = (sys.executable, "-c", "from orchestrator.cli import main; main()")


def until(look: Callable[[], T], within: float, every: float = 0.1) -> T:
    """The first true thing that `look` gives; fails when none comes in time."""
    deadline = time.monotonic() + within
    while not (seen := look()):
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(every)
    return seen


class Farm:
    """From `with` on a hub runs; at its end everything that was started has ended and is removed."""

    def __init__(self, sessions: int) -> None:
        self.size = sessions
        self.root = Path(tempfile.mkdtemp(prefix="orch-perf-"))
        self.home = Home(self.root / "home", f"orch-perf-{os.getpid()}-{sessions}")
        self.client = Client(self.home)
        self.repo = self.root / "repo"
        self.config_dir = self.root / "claude"
        (self.root / "bin").mkdir()
        self.forks = ForkCount(self.root / "bin", ("tmux", "git"))
        self._environment = dict(os.environ)

    def __enter__(self) -> "Farm":
        self._make_repo()
        self.config_dir.mkdir()
        trusted = {"projects": {str(self.repo): {"hasTrustDialogAccepted": True}}}
        (self.config_dir / ".claude.json").write_text(json.dumps(trusted))
        config = self.root / "config.toml"
        config.write_text(
            f"max_sessions = {self.size + 10}\nsession_memory_mb = 0\n"
            f"[agent]\ncommand = {json.dumps([sys.executable, '-S', '-E', str(AGENT)])}\n"
        )
        os.environ |= {
            "ORCH_HOME": str(self.home.root),
            "ORCH_TMUX_SOCKET": self.home.tmux_socket,
            "ORCH_CONFIG": str(config),
            "CLAUDE_CONFIG_DIR": str(self.config_dir),
            "PYTHONPATH": str(CHECKOUT),
            "PATH": f"{self.forks.folder}:{os.environ['PATH']}",
        }
        start_hub(self.home)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self.home.log.exists():
            print("the end of the hub's log:\n" + self.home.log.read_text()[-3000:])
        with suppress(HubAway, psutil.NoSuchProcess):
            hub = psutil.Process(self.client.hub().pid)
            self.client.stop_hub()
            psutil.wait_procs([hub], timeout=20)  # or it might open one more window on a new server
        pids = self._tmux("list-panes", "-a", "-F", "#{pane_pid}").split()
        self._tmux("kill-server")
        left = [psutil.Process(int(pid)) for pid in pids if psutil.pid_exists(int(pid))]
        for process in psutil.wait_procs(left, timeout=20)[1]:
            process.kill()
        os.environ.clear()
        os.environ.update(self._environment)
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.rmtree(self.home.socket.parent, ignore_errors=True)

    def _make_repo(self) -> None:
        self.repo.mkdir()
        git(self.repo, "init", "--quiet", "--initial-branch=main")
        for name, value in {
            "user.name": "A Person",
            "user.email": "person@example.org",
            "gc.auto": "0",
        }.items():
            git(self.repo, "config", name, value)
        for number in range(50):
            (self.repo / f"file-{number}.py").write_text(f"NUMBER = {number}\n" * 40)
        git(self.repo, "add", ".")
        git(self.repo, "commit", "--quiet", "--message", "First commit")

    def _tmux(self, *words: str) -> str:
        argv = ["tmux", "-L", self.home.tmux_socket, *words]
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=20).stdout

    # --- cards -----------------------------------------------------------------------------------

    def create(self, title: str, prompt: str) -> None:
        self.client.new(title, repo=str(self.repo), prompt=prompt)

    def cards(self) -> dict[str, CardView]:
        """By title."""
        return {card.title: card for card in self.client.cards()}

    def all_in(self, state: str, titles: Iterable[str] | None = None, within: float = 120.0) -> None:
        """Returns when all of these cards are in that state."""

        def there() -> bool:
            cards = self.cards()
            return all(cards[title].state == state for title in (cards if titles is None else titles))

        until(there, within)

    def prompt(self, titles: Iterable[str], text: str) -> None:
        """Sends each session a prompt and returns when all have taken it up."""
        titles = list(titles)
        cards = self.cards()
        for title in titles:
            self.client.send(cards[title].id, text, queue=True)
        self.all_in("working", titles)

    def press(self, card: CardView, *keys: str) -> None:
        """Keys into a session's pane, past orch."""
        self._tmux("send-keys", "-t", str(card.pane), *keys)

    # --- what is watched -------------------------------------------------------------------------

    def board(self, rows: int = 50) -> Terminal:
        return Terminal((*ORCH, "tui"), 200, rows)

    def processes(self, board: Terminal) -> Processes:
        server = int(self._tmux("display-message", "-p", "#{pid}"))
        return Processes(self.client.hub().pid, board.pid, server)

    def poster(self, card: CardView) -> "Poster":
        launch = (self.home.launches / card.id / "launch.sh").read_text()
        found = re.search(r"ORCH_TOKEN=(\S+)", launch)
        assert found
        return Poster(self.client.hub().port, found[1].strip("'\""), card)

    def registry_changed(self, card: CardView) -> float:
        """When the session's registry file says that its status changed last."""
        said = json.loads((self.config_dir / "sessions" / f"{card.pid}.json").read_text())
        return float(said["statusUpdatedAt"]) / 1000


class Poster:
    """Posts hooks as a session does."""

    def __init__(self, port: int, token: str, card: CardView) -> None:
        self._port, self._card = port, card
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._kept = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def post(self, event: str, *, anew: bool = False, **fields: object) -> float:
        """Seconds from request to the end of its answer, on a kept connection or a new one."""
        body = json.dumps({"hook_event_name": event, "session_id": self._card.session_id, **fields})
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10) if anew else self._kept
        connection.request("POST", "/hooks", body, self._headers)
        answer = connection.getresponse()
        answer.read()
        took = time.perf_counter() - began
        assert answer.status == 200
        if anew:
            connection.close()
        return took

    def close(self) -> None:
        self._kept.close()
