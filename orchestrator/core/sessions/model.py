"""The state of a session: what is known of it, and by what evidence.

Times are seconds since the epoch.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from orchestrator.core.literals import AskKind
from orchestrator.core.sessions.dialog import Dialog

Wait = Literal["", "permission", "dialog"]
"""What a registry says that a session waits for, as far as orch tells waits apart; empty for any other."""


class Status(StrEnum):
    """The states of a session."""

    STARTING = "starting"
    SETUP = "setup"
    WORKING = "working"
    BACKGROUND = "background"
    PERMISSION = "permission"
    QUESTION = "question"
    PLAN = "plan"
    COMPACTING = "compacting"
    RETRYING = "retrying"
    RATE_LIMITED = "rate_limited"
    ERROR = "error"
    STALLED = "stalled"
    INTERRUPTED = "interrupted"
    IDLE = "idle"
    EXITED = "exited"
    LOST = "lost"


class Source(StrEnum):
    """The sources of signals about a session."""

    HOOK = "hook"
    REGISTRY = "registry"
    STATUSLINE = "statusline"
    TRANSCRIPT = "transcript"
    PANE = "pane"
    TMUX = "tmux"
    ORCH = "orch"


class Window(StrEnum):
    """tmux's report on a session's window."""

    OPEN = "open"
    DEAD = "dead"
    CLOSED = "closed"
    SERVER_GONE = "server_gone"


class Turn(StrEnum):
    """How far a session's latest turn got."""

    NONE = "none"
    OPEN = "open"
    ENDED = "ended"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One report of a source, as text, and when."""

    source: Source
    said: str
    at: float


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of a session's agent to its user.

    `kind` is `permission`, `question` or `plan`; `agent_id` is set when a subagent asks.
    """

    kind: AskKind
    tool: str
    summary: str
    at: float
    agent_id: str = ""
    options: tuple[str, ...] = ()
    """The labels that a question offers."""
    id: str = ""
    """The request's own id, `c12.k3f`; assigned by the hub."""
    unusual: str = ""
    """What is unusual in its text (`core.text.clean.unusual`); empty for nothing."""


@dataclass(frozen=True, slots=True)
class Retry:
    """An API call that the agent is retrying: attempt `attempt` of `of`."""

    attempt: int
    of: int
    said: str


@dataclass(frozen=True, slots=True)
class Meters:
    """What a session has used. Percentages are 0-100, `None` if unknown."""

    cost_usd: float = 0.0
    context_percent: float | None = None
    model: str = ""
    five_hour_percent: float | None = None
    five_hour_resets_at: float | None = None
    seven_day_percent: float | None = None
    seven_day_resets_at: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the sources have reported, as far as a session's state depends on it."""

    window: Window = Window.OPEN
    exit_code: int | None = None
    stop_wanted: bool = False
    registry: str = ""
    """The registry's `status` word; empty before its first report."""
    registry_at: float = 0.0
    waiting_for: str = ""
    """What it waits for, in the agent's words."""
    wait: Wait = ""
    turn: Turn = Turn.NONE
    turn_at: float = 0.0
    """When the latest turn began."""
    prompt: str = ""
    """The beginning of that turn's prompt."""
    first_prompt: bool = False
    """It was started with a prompt that it has not submitted yet."""
    asks: tuple[Ask, ...] = ()
    """Open requests, oldest first; the pane shows the first."""
    dialog: str = ""
    """A dialog seen in the pane, as text; empty for none."""
    form: Dialog | None = None
    """That dialog in detail."""
    hooked: bool = False
    """A hook of this run has reached the hub."""
    worked_at: float = 0.0
    """When the registry first reported work in this run; 0 before that."""
    no_hooks: str = ""
    """Why its hooks do not reach the hub; empty if they do, or no obstacle is known."""
    no_tools: str = ""
    """Why it lacks the hub's tools."""
    notice: str = ""
    """Why it waits, as the agent reported it; empty if it did not."""
    compacting: bool = False
    retry: Retry | None = None
    failure: str = ""
    failure_said: str = ""
    background: tuple[str, ...] = ()
    last_words: str = ""
    ends_asking: bool = False
    stalled_since: float | None = None
    doing: str = ""
    """What it was doing when it ended, as text; empty while it runs."""
    cut_off: str = ""
    """What an earlier run was doing when it ended in the middle of a turn, as text, until a person decides
    how to continue."""
    exit_said: str = ""
    """The last line printed by a program that ended with a failure."""
    stranger: int = 0
    """A process outside of its window that has the same conversation open; 0 for none."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Facts that do not survive a restart: signs of activity and open tools."""

    last_at: float = 0.0
    last_said: str = ""
    tools: tuple[tuple[str, str], ...] = ()
    """Open tool calls, as (tool_use_id, text)."""
    pane_digest: str = ""
    unreachable_since: float | None = None
    """Since when tmux or the registry could not be read; the state shown may be outdated."""


@dataclass(frozen=True, slots=True)
class Session:
    """One run of an agent for a card: its state, since when, why, and the evidence."""

    run: int
    session_id: str
    started_at: float
    status: Status
    since: float
    why: str
    evidence: Evidence
    window: str = ""
    """tmux's window id, `@3`."""
    pane: str = ""
    """tmux's pane id, `%3`."""
    pid: int = 0
    server: int = 0
    """The process id of the tmux server that holds the window."""
    agent_version: str = ""
    transcript: str = ""
    unread: bool = False
    closed: bool = False
    """Its window is gone: there is nothing left to end."""
    named_at: float = 0.0
    """When `session_id` was reported as its conversation; 0.0 for the one that it was started with."""
    facts: Facts = field(default_factory=Facts)
    meters: Meters = field(default_factory=Meters)
    signs: Signs = field(default_factory=Signs)
