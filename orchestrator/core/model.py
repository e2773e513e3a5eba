"""What the hub knows (cards and their sessions) and what its clients are shown of it.

Times are seconds since the epoch, ids are short strings (`c12`), paths are absolute.
"""

from dataclasses import dataclass, field
from enum import StrEnum


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


class Column(StrEnum):
    """The columns of the board, in the order in which they stand."""

    BACKLOG = "backlog"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    REVIEW = "review"
    DONE = "done"


class Source(StrEnum):
    """Who said something about a session."""

    HOOK = "hook"
    REGISTRY = "registry"
    STATUSLINE = "statusline"
    TRANSCRIPT = "transcript"
    PANE = "pane"
    TMUX = "tmux"
    ORCH = "orch"


class Window(StrEnum):
    """What tmux says of a session's window."""

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
    """One thing that a source said, in words, and when."""

    source: Source
    said: str
    at: float


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that a session's agent has put to its user.

    `kind` is `permission`, `question` or `plan`; `agent_id` is set when a subagent asks.
    """

    kind: str
    tool: str
    summary: str
    at: float
    agent_id: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """An API call that the agent is repeating: attempt `attempt` of `of`."""

    attempt: int
    of: int
    said: str


@dataclass(frozen=True, slots=True)
class Meters:
    """What a session has used. Percentages are 0-100, `None` where the agent has not said."""

    cost_usd: float = 0.0
    context_percent: float | None = None
    model: str = ""
    five_hour_percent: float | None = None
    five_hour_resets_at: float | None = None
    seven_day_percent: float | None = None
    seven_day_resets_at: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the sources have said, as far as a session's state depends on it."""

    window: Window = Window.OPEN
    exit_code: int | None = None
    stop_wanted: bool = False
    registry: str = ""
    """The registry's `status` word; empty while it has said nothing."""
    registry_at: float = 0.0
    waiting_for: str = ""
    turn: Turn = Turn.NONE
    turn_at: float = 0.0
    """When the latest turn began."""
    prompt: str = ""
    """The beginning of the prompt with which it began."""
    first_prompt: bool = False
    """It was started with a prompt that it has not taken up yet."""
    asks: tuple[Ask, ...] = ()
    """Open requests, oldest first; the first is the one that the pane shows."""
    dialog: str = ""
    """A start-up dialog seen in the pane, in words; empty where there is none."""
    compacting: bool = False
    retry: Retry | None = None
    failure: str = ""
    failure_said: str = ""
    background: tuple[str, ...] = ()
    last_words: str = ""
    ends_asking: bool = False
    stalled_since: float | None = None


@dataclass(frozen=True, slots=True)
class Signs:
    """Facts that are worth nothing after a restart: signs of life and open tools."""

    last_at: float = 0.0
    last_said: str = ""
    tools: tuple[tuple[str, str], ...] = ()
    """Open tool calls, as (tool_use_id, what it does in words)."""
    pane_digest: str = ""
    unreachable_since: float | None = None
    """Since when tmux or the registry could not be read; the state shown may be old."""


@dataclass(frozen=True, slots=True)
class Session:
    """One run of an agent for a card: what it is, its state, since when, why, by what evidence."""

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
    """Its window is no more: nothing is left to be ended."""
    facts: Facts = field(default_factory=Facts)
    meters: Meters = field(default_factory=Meters)
    signs: Signs = field(default_factory=Signs)


class Step(StrEnum):
    """How far the start of a session got."""

    QUEUED = "queued"
    WORKTREE = "worktree"
    SETUP = "setup"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Launch:
    """A start under way. `prompt` is the first prompt; `resume` brings `session_id` back."""

    step: Step
    since: float
    run: int
    session_id: str
    resume: bool
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt on its way into a session. `state` is `queued`, `pasting`, `pasted` or `unconfirmed`."""

    id: str
    text: str
    at: float
    state: str = "queued"
    why: str = ""
    """Why it could not be typed so far; empty where it was not tried."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What follows once the session has ended: `stop`, `restart`, `backlog`, `remove` or `finish`."""

    then: str
    since: float
    rescue: bool = False
    how: str = ""
    """With `finish`: `merge`, `keep` or `discard`."""
    merged: str = ""
    """The commit that `merge` made, once it has."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An outside failure, in words: what happened, why, what to do; `output` is a program's."""

    what: str
    why: str
    hint: str
    at: float
    output: str = ""


@dataclass(frozen=True, slots=True)
class Worktree:
    """A git worktree. orch removes only those that it `made`."""

    path: str
    branch: str
    base_commit: str
    made: bool
    made_branch: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """One task on the board."""

    id: str
    slug: str
    title: str
    prompt: str
    repo: str
    base: str
    branch: str
    path: str
    """Where its worktree stands, or will."""
    created_at: float
    model: str = ""
    permission_mode: str = ""
    existing_branch: bool = False
    worktree: Worktree | None = None
    set_up: bool = False
    """Its files have been copied and its set-up commands have run."""
    launch: Launch | None = None
    session: Session | None = None
    ending: Ending | None = None
    outbox: tuple[Prompt, ...] = ()
    failure: Failure | None = None
    shelved: bool = False
    """Sent back to the backlog by the user."""
    held: str | None = None
    """The note with which the user holds it."""
    finished: str | None = None
    """How the user finished it: `merge`, `keep` or `discard`."""
    finished_at: float | None = None
    rescues: tuple[str, ...] = ()
    spent_usd: float = 0.0
    """What its earlier sessions cost."""


@dataclass(frozen=True, slots=True)
class State:
    """All that the journal tells. `seq` is the number of the last event that it includes."""

    seq: int = 0
    next_card: int = 1
    cards: dict[str, Card] = field(default_factory=dict)
    cost_by_day: dict[str, float] = field(default_factory=dict)
    """US dollars by local day (`2026-01-31`)."""


# --- what clients are shown -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as every client shows it, and an element of `orch ls --json`.

    `state` is a `Status`, or `new` (never started) or `queued` (waits for a free place).
    `reason` says in words why it is there. `since` is when it entered that state.
    """

    id: str
    slug: str
    title: str
    column: str
    state: str
    reason: str
    since: float
    evidence: str
    """The source of the state: a `Source`."""
    unknown_since: float | None
    """Set when the sources could not be read: what is shown is as old as this."""
    asks: bool
    """In Review, and its last words ask something."""
    unread: bool
    attention: int
    """0 when nobody is needed; else how urgently, 1 most. Among equals the oldest `since` comes first."""
    repo: str
    base: str
    branch: str
    worktree: str | None
    window: str | None
    pane: str | None
    pid: int | None
    session_id: str | None
    model: str
    permission_mode: str
    context_percent: float | None
    cost_usd: float
    queue_position: int | None
    queued_prompts: int
    held: str | None
    finished: str | None
    last_words: str
    output: str
    """What a failed set-up command or a dead window printed last."""
    rescues: tuple[str, ...]
    created_at: float


@dataclass(frozen=True, slots=True)
class HubView:
    """The hub's health and the sums that stand in the board's header."""

    pid: int
    port: int
    version: str
    started_at: float
    sessions: int
    max_sessions: int
    queued: int
    queue_reason: str
    """Why cards wait in the queue; empty when none does."""
    waiting: int
    """How many cards wait for a human."""
    cost_today_usd: float
    five_hour_percent: float | None
    five_hour_resets_at: float | None
    seven_day_percent: float | None
    seven_day_resets_at: float | None
    trouble: str
    """What is wrong with the hub's own sources (tmux away, disk full), in words; else empty."""


@dataclass(frozen=True, slots=True)
class CardDetail:
    """All that can be told of one card. `history` is the journal's, oldest first; `heard` is what
    each source said last, and is forgotten when the hub restarts."""

    card: CardView
    prompt: str
    outbox: tuple[Prompt, ...]
    failure: Failure | None
    history: tuple[Evidence, ...]
    heard: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What stands in a session's pane: `text` has ANSI colours and one line per row."""

    text: str
    width: int
    height: int
    at: float


@dataclass(frozen=True, slots=True)
class Attachment:
    """How a terminal gets to a session: run `argv`, with `TMUX` taken out of the environment
    unless `inside`, where the user's terminal already is a client of the same tmux server."""

    argv: tuple[str, ...]
    inside: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """What a client needs of the hub's configuration."""

    keys: dict[str, str]
    """Action id to key, only those that the user has changed."""
    back_key: str
    """tmux's name of the key that leads from an attached session to the board."""
    next_key: str
    """tmux's name of the key that leads to the next card that waits."""
    models: tuple[str, ...]
    permission_modes: tuple[str, ...]
    model: str
    permission_mode: str
