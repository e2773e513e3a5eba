"""A private hub, without tmux, for as long as a command runs."""

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

from orchestrator.cli.failures import Unusable
from orchestrator.cli.text import plain
from orchestrator.client import Client, Failed, HubAway
from orchestrator.core.requests.hub import ShowHub
from orchestrator.paths import Home
from orchestrator.repository import root_above

_START_WITHIN = 60.0
_STOPS_WITHIN = 5.0
"""Seconds. GitHub gives a cancelled job ten in total before it kills it."""
_ENDS_WITHIN = 2.0
_LOOKS_EVERY = 0.03
_LAST_LINES = 5
_REFUSED, _TAKEN = 3, 4
"""Exit codes of a hub that has reported its error, or found the state directory locked by another; as in
`orchestrator.hub.__main__`."""


def home_for(repo: Path, state: Path | None) -> Home:
    """The state directory `state`, else the repository's own beside the user's other state."""
    usual = Home.from_environment()
    if state is not None:
        return Home(state.expanduser().absolute(), usual.tmux_socket)
    root = root_above(repo) or repo
    mark = hashlib.sha256(os.fsencode(root)).hexdigest()[:8]
    return Home(usual.root / "headless" / f"{root.name}-{mark}", usual.tmux_socket)


def _bring_trust(home: Home) -> None:
    """What a person has allowed in their own hub is also allowed here. Raises `OSError`."""
    usual = Home.from_environment().trust
    if usual.exists() and usual != home.trust:
        new = home.trust.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(usual.read_bytes())
        new.replace(home.trust)


class HeadlessHub:
    """Starts the hub as a child and ends it, however the block is left; if this process dies, the hub ends
    because its standard input is closed. No other hub is ever told to end, and only a hub that holds the lock
    changes the state directory.

    Entering returns a client of it. Raises `Unusable` if another hub serves the state directory, `Failed`
    with the hub's own error if it cannot run.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._child: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None

    def __enter__(self) -> Client:
        client = Client(self._home)
        with contextlib.suppress(HubAway):
            raise self._taken(client.submit(ShowHub()).pid)
        try:
            self._home.make()
            _bring_trust(self._home)
        except OSError as error:
            raise Unusable(f"cannot use the state directory: {plain(str(error))}") from error
        self._said = tempfile.TemporaryFile()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "orchestrator.hub", "--headless"],
            env={**os.environ, "ORCH_HOME": str(self._home.root)},
            cwd=self._home.root,  # not the repository, from which Python would import
            stdin=subprocess.PIPE,
            stdout=self._said,
            stderr=self._said,
            start_new_session=True,  # Ctrl-C is for this process, which ends the hub in order
        )
        try:
            self._wait_for(client)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return client

    def _wait_for(self, client: Client) -> None:
        assert self._child is not None
        deadline = time.monotonic() + _START_WITHIN
        while True:
            code = self._child.poll()
            if code == _TAKEN:
                raise self._taken(self._holder())
            try:
                pid = client.submit(ShowHub()).pid
            except HubAway:
                if code is not None or time.monotonic() > deadline:
                    raise Failed("cannot start the hub", self.last_words()) from None
            else:
                if pid == self._child.pid:
                    return
                raise self._taken(pid)
            time.sleep(_LOOKS_EVERY)

    def _holder(self) -> int:
        """The process that the lock names as its holder; 0 if it names none yet."""
        with contextlib.suppress(OSError, ValueError):
            return int(self._home.lock.read_text())
        return 0

    def _taken(self, pid: int) -> Unusable:
        who = f"another hub, process {pid}," if pid else "another hub"
        return Unusable(
            f"{who} is using the state directory {self._home.root}. Wait until it has ended, or choose "
            "another with --state."
        )

    def last_words(self) -> str:
        """Why the hub has ended, as far as it is known."""
        assert self._child is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(_ENDS_WITHIN)
        code = self._child.poll()
        if code == _REFUSED:
            with contextlib.suppress(OSError):
                return self._home.last_words.read_text(encoding="utf-8", errors="replace").strip()
        lines = [*self._lines()][-_LAST_LINES:]
        ended = f"it exited with {code}" if code is not None else "it does not respond"
        return " / ".join([ended, *map(plain, lines)])

    def _lines(self) -> Iterator[str]:
        if self._said is not None:
            self._said.seek(0)
            if text := self._said.read().decode(errors="replace").strip():
                yield from text.splitlines()
                return
        with contextlib.suppress(OSError):
            yield from self._home.log.read_text(encoding="utf-8", errors="replace").splitlines()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        child = self._child
        if child is not None:
            self._end(child)
        if self._said is not None:
            self._said.close()

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        """Closes its standard input: a request to the state directory's hub might reach another one."""
        if child.stdin is not None:
            child.stdin.close()
        for limit, push in ((_STOPS_WITHIN, child.terminate), (_ENDS_WITHIN, child.kill)):
            try:
                child.wait(limit)
            except subprocess.TimeoutExpired:
                push()
            else:
                return
        child.wait()
