"""Another machine as a place for sessions: pushes the branch, runs the session, fetches its commits."""

import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator import config
from orchestrator.agents.agent import Conversations, Launch, LaunchSpec
from orchestrator.agents.configured import Agents
from orchestrator.core.effects import alive
from orchestrator.core.model import Card, State
from orchestrator.hub.places.place import Opened, Workspace
from orchestrator.paths import Home
from orchestrator.world import hosts, processes, worktrees
from orchestrator.world.worktrees import diffs

_FILES = ("settings.json", "mcp.json", "prompt.md", "system-prompt.md")
"""The additional files of a session's launch file."""

_ENDS_WITHIN = 25.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class RemotePlace:
    """One host, as a `Place`. `base` is our folder there, `state` returns the present state."""

    host: hosts.Host
    settings: config.HostSettings
    base: str
    tunnel: hosts.Tunnel
    state: Callable[[], State]
    agents: Agents
    _whole_base: str = ""
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def begun(self, card: Card, run: int) -> Opened | None:
        [(outcome, _, _)] = self.look_at([(card, run, 0)])
        return None if outcome.state == "absent" else Opened(outcome.pid)

    def look_at(
        self, sessions: Iterable[tuple[Card, int, int]]
    ) -> list[tuple[processes.Outcome, list[str], int]]:
        """For each (card, run, position) the state of its process, its output since that position, and the
        new position; all in one call."""
        asked = [(_key(card), run, position) for card, run, position in sessions]
        said = hosts.ask(self.host, "look", base=self.base, sessions=asked)["sessions"]
        return [(processes.Outcome(**each["outcome"]), each["lines"], each["position"]) for each in said]

    def workspace(self, card: Card, session_id: str, settings: config.Config) -> Workspace:
        command = self.settings.command or settings.agent_named(card.agent).command
        said = self._hello(command[0], session_id, self.agents.of(card).conversations)
        if not said["git"]:
            raise hosts.HostError(
                f"{self.host.name} cannot run sessions", "it has no git", "Install git there."
            )
        if not said["command"]:
            raise hosts.HostError(
                f"command not found on {self.host.name}: {command[0]}",
                "",
                f"Install it there, or set its path: hosts.{self.host.name}.command.",
            )
        copy = self._copy(card)
        with self._alone(copy):
            try:
                hosts.bring_back(copy, rescue=True)
            except worktrees.GitRefused as refused:
                _log.warning("%s is reset: %s", card.id, refused)  # it is kept here, under that name
            cwd = hosts.carry(copy, self._branches(card))
        return Workspace(
            cwd=cwd,
            url=f"http://127.0.0.1:{self.open_tunnel()}",
            command=(said["command"], *command[1:]),
            env=self.settings.env,
            resumable=said["found"],
            folder=Path(self._whole_base, "launch", _key(card)),
        )

    def prepare(self, launch: Launch, folder: Path, spec: LaunchSpec, ground: Workspace) -> Path:
        return launch.in_background(folder, spec, seen_as=ground.folder)

    def begin(self, card: Card, run: int, launch: Path, cwd: str) -> Opened:
        lying = [launch.parent / name for name in (launch.name, *_FILES)]
        files = {each.name: each.read_text() for each in lying if each.exists()}
        said = hosts.ask(self.host, "begin", base=self.base, card=_key(card), run=run, files=files, cwd=cwd)
        return Opened(processes.Outcome(**said).pid)

    def end(self, card: Card, patience: float) -> None:
        assert card.session is not None
        if not alive(card):
            return
        run = card.session.run
        said = hosts.ask(
            self.host, "end", limit=_ENDS_WITHIN, base=self.base, card=_key(card), run=run, patience=patience
        )
        if processes.Outcome(**said).state == "running":
            raise hosts.HostError(
                f"cannot end the session on {self.host.name}", f"process {said['pid']} is running"
            )
        try:
            if kept := self.bring_back(card, rescue=True):
                _log.warning("uncommitted changes of %s on %s are kept as %s", card.id, self.host.name, kept)
        except worktrees.GitRefused as refused:
            _log.warning("%s was ended: %s", card.id, refused)

    def unclean(self, card: Card) -> str:
        return hosts.unclean(self._copy(card))

    def bring_back(self, card: Card, *, rescue: bool) -> str:
        copy = self._copy(card)
        with self._alone(copy):
            return hosts.bring_back(copy, rescue=rescue).rescue

    def snapshot(self, card: Card, store: diffs.ObjectStore) -> diffs.Snapshot:
        if card.worktree is None:
            return diffs.of_branch(store, card.branch)
        copy = self._copy(card)
        with self._alone(copy):
            found = hosts.snapshot(copy, store)
        # before its session begins there, and once its work is back, all there is stands here
        return found or diffs.snapshot(store, Path(card.worktree.path))

    def leave(self, card: Card) -> None:
        try:
            copy = self._copy(card)
            with self._alone(copy):
                brought = hosts.bring_back(copy, rescue=True)
                if brought.head:
                    hosts.forget(copy, brought.head)
            hosts.ask(self.host, "clear", base=self.base, card=_key(card))
        except (hosts.HostError, worktrees.WorktreeError) as error:
            _log.warning("cannot remove the worktree of %s on %s: %s", card.id, self.host.name, error)

    def open_tunnel(self) -> int:
        """The port there that is forwarded to the hub."""
        with self._guard:
            return self.tunnel.open(in_use=any(self.sessions()))

    def close_tunnel(self) -> None:
        """Sessions there cannot reach the hub until `open_tunnel`."""
        with self._guard:
            self.tunnel.close()

    def sessions(self) -> Iterator[Card]:
        """The cards whose sessions run there."""
        return (card for card in self.state().cards.values() if card.where == self.host.name and alive(card))

    def _hello(
        self, command: str = "", session_id: str = "", conversations: Conversations | None = None
    ) -> dict[str, Any]:
        env = self.settings.env
        seek = conversations.pattern_on_host(session_id, env) if conversations and session_id else ""
        said = hosts.ask(
            self.host, "hello", base=self.base, command=command, path=env.get("PATH", ""), seek=seek
        )
        self._whole_base = said["base"]
        return said

    def _copy(self, card: Card) -> hosts.Copy:
        if not self._whole_base:
            self._hello()
        return hosts.Copy(self.host, self._whole_base, Path(card.repo), card.branch, card.id)

    def _branches(self, card: Card) -> set[str]:
        """The base, and the branches of the run's other stages."""
        run = self.state().runs.get(card.run)
        base = card.base or worktrees.look(Path(card.repo), "").default_branch
        return {base, *(own.branch for own in run.stages.values() if own.branch)} if run else {base}

    @contextmanager
    def _alone(self, copy: hosts.Copy) -> Iterator[None]:
        """Held while the branch is pushed or fetched."""
        with self._guard:
            lock = self._locks.setdefault(copy.tree, threading.Lock())
        with lock:
            yield


def hosts_of(
    home: Home, settings: config.Config, port: int, state: Callable[[], State], agents: Agents
) -> dict[str, RemotePlace]:
    """The hosts of the configuration. Sessions there reach the hub at its `port`."""
    if not settings.hosts:
        return {}
    name = _name(home)
    found = {}
    for key, said in settings.hosts.items():
        host = hosts.Host(key, said.ssh or ("ssh", key), said.folder, said.python)
        tunnel = hosts.Tunnel(home.hosts / key, host, port)
        found[key] = RemotePlace(host, said, f"{said.folder.rstrip('/')}/{name}", tunnel, state, agents)
    return found


def _key(card: Card) -> str:
    """The card's name there, which is unique even if a new journal assigns its id again."""
    return f"{card.id}-{int(card.created_at * 1000):x}"


def _name(home: Home) -> str:
    """What distinguishes this hub's files from those of other hubs on the same host."""
    file = home.hosts / "name"
    home.hosts.mkdir(mode=0o700, exist_ok=True)
    if not file.exists():
        new = file.with_suffix(".new")
        new.write_text(secrets.token_hex(4))
        new.replace(file)
    return file.read_text().strip()
