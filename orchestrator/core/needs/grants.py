"""Permanent permissions from an answer: what, where it is stored, whether it still applies."""

from dataclasses import dataclass

from orchestrator.core.literals import GrantState


@dataclass(frozen=True, slots=True)
class Right:
    """What one answer `always` made of a request. `place` is `session`, or the agent's name of the file in
    which it is kept."""

    words: str
    place: str
    file: str = ""
    """The settings file to which the agent writes it; empty for one that lasts as long as the session."""
    rules: tuple[str, ...] = ()
    """As written in the file: `Bash(npm test:*)`."""
    mode: str = ""
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantView:
    """A standing grant, and an element of `orch grants --json`. `id` is that of the request it answered."""

    id: str
    card: str
    slug: str
    at: float
    words: str
    place: str
    file: str
    by: str
    user: str
    state: GrantState
    """`holds`, `gone`, or `unknown` if it cannot be determined."""
    revoke: str
    """How to revoke it; empty if it is gone."""
