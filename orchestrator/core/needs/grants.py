"""What a session was allowed for good by an answer: what, where it is kept, whether it holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Right:
    """What one answer `always` made of a request. `place` is Claude Code's name of where it is kept:
    `session`, `localSettings`, `projectSettings`, `userSettings`."""

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


def way_back(grant: str, right: Right) -> str:
    """How a right that holds is taken back: what lasts as long as a session goes with it, the files are the
    user's own."""
    if right.place == "session":
        return f"orch grants revoke {grant}, which restarts the session"
    what = ", ".join((*right.rules, right.mode, *right.folders)).strip(", ")
    return f"remove {what} from permissions in {right.file}, or use /permissions in a session"
