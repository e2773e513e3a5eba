"""The tunnel from a host to the hub: one ssh that forwards a port there to the hub's port here.

A separate process that outlives the hub. The port there is chosen once and kept, because sessions are told of
it at their start.
"""

import json
import random
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestrator.world import processes
from orchestrator.world.hosts import ssh
from orchestrator.world.hosts.host import Host, HostAway, HostError

_PORTS = (20_000, 60_000)
_TRIES = 5
_OPENS_WITHIN = 20.0
_LEAVES_WITHIN = 3.0


@dataclass(frozen=True, slots=True)
class _Kept:
    port: int
    target: int
    number: int


@dataclass(frozen=True, slots=True)
class Tunnel:
    """`folder` has its state, `target` is the hub's port."""

    folder: Path
    host: Host
    target: int

    @property
    def port(self) -> int:
        """The port there; 0 before it has one."""
        kept = self._kept()
        return kept.port if kept else 0

    def stands(self) -> bool:
        """Whether its process is running and leads to this hub. Raises `OSError`."""
        kept = self._kept()
        return bool(kept and kept.target == self.target and self._look(kept).state == "running")

    def open(self, *, in_use: bool) -> int:
        """Opens it unless it is open, and returns the port there; a different one than before only if no
        session has been told of that one (`in_use`). Raises `HostError`, `processes.NotStarted` and
        `OSError`."""
        if self.stands():
            return self.port
        kept = self._kept()
        port = kept.port if kept else 0
        why = ""
        for _ in range(_TRIES):
            port = port or random.randint(*_PORTS)  # noqa: S311 (any free one will do)
            kept = _Kept(port, self.target, kept.number + 1 if kept else 1)
            self._close_others(kept.number)
            self._keep(kept)
            why = self._begin(kept)
            if not why:
                return port
            if in_use:
                break
            if "forwarding failed" in why:
                port = 0
        raise HostAway(f"no connection back from {self.host.name}", why)

    def close(self) -> None:
        """Ends it. Raises `OSError`."""
        if kept := self._kept():
            self._close_others(kept.number + 1)

    def _begin(self, kept: _Kept) -> str:
        """Why it is not open now; empty if it is."""
        way = f"127.0.0.1:{kept.port}:127.0.0.1:{kept.target}"
        words = ssh.command(self.host, "-N", "-o", "ExitOnForwardFailure=yes", "-R", way)
        processes.start(self._process(kept.number), words, Path("/"), kept=65_536)
        deadline = time.monotonic() + _OPENS_WITHIN
        while self._look(kept).state == "running" and time.monotonic() < deadline:
            try:
                if not ssh.ask(self.host, "knock", port=kept.port)["answers"]:
                    continue
            except HostError as error:
                return str(error)
            # another process may listen there, while ours is being refused
            if self._look(kept).state == "running":
                return ""
        said = processes.tail(self._process(kept.number)).strip().splitlines()
        self._close_others(kept.number + 1)
        return said[-1] if said else "cannot reach the hub through it"

    def _close_others(self, number: int) -> None:
        """Ends all earlier ones."""
        for folder in self.folder.glob("tunnel.*"):
            if folder.suffix[1:].isdecimal() and int(folder.suffix[1:]) < number:
                processes.end(folder, _LEAVES_WITHIN)
                shutil.rmtree(folder, ignore_errors=True)

    def _look(self, kept: _Kept) -> processes.Outcome:
        return processes.look(self._process(kept.number))

    def _process(self, number: int) -> Path:
        return self.folder / f"tunnel.{number}"

    def _kept(self) -> _Kept | None:
        try:
            return _Kept(**json.loads((self.folder / "tunnel.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def _keep(self, kept: _Kept) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.folder / "tunnel.new"
        new.write_text(json.dumps(asdict(kept)))
        new.chmod(0o600)
        new.replace(self.folder / "tunnel.json")
