"""What passes between the hub and an agent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from orchestrator.core.sessions.model import Wait
from orchestrator.core.sessions.signals import Asked, RegistrySaid, Signal

Payload = Mapping[str, Any]
"""What the program has sent, as it came."""
Reply = dict[str, Any]
"""What it is sent back; empty means no opinion, and leaves a request to the program's own dialog."""


class UnfitCommandError(Exception):
    """The configured command can't start a session; in words for the user."""

    def __init__(self, what: str, why: str, hint: str) -> None:
        super().__init__(f"{what}: {why}")
        self.what, self.why, self.hint = what, why, hint


class UnfitAnswerError(ValueError):
    """This answer does not fit this request; says why."""


@dataclass(frozen=True, slots=True)
class LaunchRecord:
    """What the launch file of an earlier start tells of it. What it does not tell is empty."""

    cwd: str = ""
    conversation: str = ""
    slug: str = ""
    model: str = ""
    permission_mode: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation on disk. `file` changes whenever anything is written of it, and may hold others too."""

    id: str
    file: Path


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A session that the program itself lists. `updated_at` is when its `status` changed last."""

    pid: int
    session_id: str
    cwd: str
    name: str
    status: str
    """As `RegistrySaid` has it."""
    waiting_for: str
    version: str
    updated_at: float
    wait: Wait = ""

    def said(self) -> RegistrySaid:
        return RegistrySaid(
            self.updated_at, self.status, self.waiting_for, self.session_id, self.pid, self.version, self.wait
        )


@dataclass(frozen=True, slots=True)
class RegistryChanges:
    """What one look at a registry brought: new or changed entries, and the pids that are no more."""

    entries: tuple[RegistryEntry, ...]
    gone: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ConnectionProblems:
    """What keeps a session's reports from the hub, and the hub's tools from the session, in words; empty
    where nothing does."""

    hooks: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that may be given to a request, in words, and for how long it holds: for this request alone,
    for the session, or for good."""

    words: str
    allows: bool
    scope: Literal["once", "session", "good"] = "once"


@dataclass(frozen=True, slots=True)
class AskAnswer:
    """An answer to a request: `allow` and `deny` hold once. With `always`, `choice` is the number of the one
    that was taken among those that allow for longer; a question is answered with `options`: of each question
    the labels, or the user's own words."""

    verdict: Literal["allow", "always", "deny"]
    message: str = ""
    choice: int = 0
    options: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class SessionAddress:
    """A running session, as its own server is reached. `folder` is that of its launch, in which the start has
    left what a client needs: a socket, a port, a password."""

    card: str
    run: int
    session_id: str
    cwd: str
    folder: Path


@dataclass(frozen=True, slots=True)
class EventSink:
    """To whom a server's events go. `ask` returns with the reply to the request, which may take a day. Its
    last argument is done when the request was answered elsewhere, or has ended; the reply is empty then."""

    signal: Callable[[Signal], None]
    ask: Callable[[Asked, Payload, Awaitable[None]], Awaitable[Reply]]
