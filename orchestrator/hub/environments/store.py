"""Stores the environments of clients, readable only by their owner and outside the journal."""

import base64
import binascii
import json
import logging
import os
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.agents.launch_file import write_private
from orchestrator.core.events import CardRemoved, Event, StartQueued, WindowOpened
from orchestrator.core.sessions.environment import Environment
from orchestrator.hub.environments import agent_link

HEADER = "orch-environment"
_SOCKET = "SSH_AUTH_SOCK"
_UNPACKED = 2_000_000
"""Maximum bytes of an environment."""

_log = logging.getLogger(__name__)


@dataclass
class Environments:
    """`patterns` are the variables that go with a session, less those of `never`; `link` is where sessions
    find their SSH agent.

    `take` and `of` may be called from any thread.
    """

    file: Path
    link: Path
    patterns: Sequence[str]
    never: Sequence[str] = ()
    _latest: Environment | None = None
    _of_card: dict[str, Environment] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        try:
            self._latest = _read(json.loads(self.file.read_bytes()))
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            _log.warning("cannot read the last client's environment: %s", error)

    def take(self, header: str) -> None:
        """A person's client has sent this. Stores it, and points the symlink to that client's SSH agent."""
        told = _unpacked(header)
        if told is None:
            return
        now = told.chosen(self.patterns, self.never)
        with self._lock:
            try:
                if now != self._latest:
                    text = json.dumps({"names": dict(now.names), "umask": now.umask})
                    write_private(self.file, text)
                    self._latest = now
                if _SOCKET in now.names:
                    agent_link.point_at(self.link, now.names[_SOCKET])
            except OSError as error:
                _log.warning("cannot store a client's environment: %s", error)

    @property
    def path(self) -> str | None:
        """The PATH of the last client; `None` if it has sent none."""
        return self._latest.names.get("PATH") if self._latest else None

    def heard(self, events: Sequence[Event]) -> None:
        """A card that waits to start keeps the environment of the client that requested it."""
        for event in events:
            if isinstance(event, StartQueued) and self._latest:
                self._of_card[event.card] = self._latest
            elif isinstance(event, WindowOpened | CardRemoved):
                self._of_card.pop(event.card, None)

    def of(self, card: str) -> tuple[dict[str, str], tuple[str, ...], int | None]:
        """(variables to set, variables to unset, umask) for a start of the card; nothing if no client has
        sent any. The SSH agent is reached by the symlink, which outlives the client."""
        found = self._of_card.get(card, self._latest)
        if found is None:
            return {}, (), None
        names = dict(found.names)
        if _SOCKET in names and agent_link.point_at(self.link, names[_SOCKET]):
            names[_SOCKET] = str(self.link)
        return names, found.missing(os.environ, self.patterns, self.never), found.umask


def _unpacked(header: str) -> Environment | None:
    try:
        unpack = zlib.decompressobj()
        text = unpack.decompress(base64.b64decode(header, validate=True), _UNPACKED)
        return _read(json.loads(text))
    except (binascii.Error, zlib.error, ValueError) as error:
        _log.warning("cannot parse a client's environment: %s", error)
        return None


def _read(said: Any) -> Environment:
    """Raises `ValueError` for an invalid one."""
    names, umask = (said.get("names"), said.get("umask")) if isinstance(said, dict) else (None, None)
    if not isinstance(names, dict) or not (umask is None or isinstance(umask, int)):
        raise ValueError("it is not an environment")
    fit = {
        name: value
        for name, value in names.items()
        if isinstance(name, str) and isinstance(value, str) and "\0" not in value
    }
    return Environment(fit, None if umask is None else umask & 0o777)
