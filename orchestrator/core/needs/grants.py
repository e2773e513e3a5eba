"""What a session was allowed for good by an answer: what, where it is kept, whether it holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Right:
    """What one answer `always` made of a request. `place` is `session`, or the agent's name of the file in
    which it is kept."""

    words: str
    place: str
    file: str = ""
    """The settings file into which the agent writes it; empty for one that lasts as long as the session."""
    rules: tuple[str, ...] = ()
    """As they stand in the file: `Bash(npm test:*)`."""
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
    state: str
    """`holds`, `gone`, or `unknown` where that can't be seen."""
    revoke: str
    """How it is taken back, in words; empty where it is gone."""
