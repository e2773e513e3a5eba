"""What the hub knows (cards and their sessions) and what its clients are shown of it.

Times are seconds since the epoch, ids are short strings (`c12`), paths are absolute.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from orchestrator.core.review.comments import CardReview
from orchestrator.core.sessions.dialog import Dialog
from orchestrator.core.workflow.run import Run

DEFAULT_AGENT = "claude"
"""The name of the agent of cards that name none, in the configuration and in journals of before."""

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
    options: tuple[str, ...] = ()
    """The labels that a question offers."""
    id: str = ""
    """The request's own id, `c12.k3f`; the hub gives it."""
    unusual: str = ""
    """What is unusual in its text, in words (`core.text.unusual`); empty where nothing is."""


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
    """What it waits for, in the agent's words."""
    wait: Wait = ""
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
    """A dialog seen in the pane, in words; empty where there is none."""
    form: Dialog | None = None
    """That dialog as it stands there."""
    hooked: bool = False
    """A hook of this run has reached the hub."""
    worked_at: float = 0.0
    """Since when the registry says that it works, or has worked, in this run; 0 while it has not."""
    no_hooks: str = ""
    """Why its hooks don't reach the hub, in words; empty where they do, or nothing is known against it."""
    no_tools: str = ""
    """Why it has no tools of the hub's."""
    notice: str = ""
    """Why it waits, as the agent has told its user; empty where it has said nothing."""
    compacting: bool = False
    retry: Retry | None = None
    failure: str = ""
    failure_said: str = ""
    background: tuple[str, ...] = ()
    last_words: str = ""
    ends_asking: bool = False
    stalled_since: float | None = None
    doing: str = ""
    """What it was doing when it ended, in words; empty while it runs."""
    cut_off: str = ""
    """What an earlier run was doing when it ended in the middle of a turn, in words. Nobody has said since
    how it is to go on."""
    exit_said: str = ""
    """The last line that the ended program printed, where its exit code tells of a failure."""
    stranger: int = 0
    """A process outside of its window that has the same conversation open; 0 for none."""


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
    named_at: float = 0.0
    """When it was said that `session_id` is its conversation; 0.0 for the one that it was started with."""
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
    """A prompt on its way into a conversation. `state` is `queued`, `pasting`, `pasted`, `unconfirmed`,
    `received` (its session's hook told so), or `launched` (its session was started with it)."""

    id: str
    text: str
    at: float
    state: str = "queued"
    why: str = ""
    """Why it could not be typed so far; empty where it was not tried."""
    kept_off_at: float = 0.0
    """When it first could not be typed; 0 where that has not happened."""
    run: int = 0
    """The run of the session into which it was typed; 0 while it was not."""
    typed_at: float = 0.0
    stuck: bool = False
    """It has waited for long to be typed, for the reason `why`."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What was made of a branch to be the new commit of its base."""

    method: str
    branch: str
    tip: str
    """The branch's commit."""
    into: str
    """The base's name."""
    onto: str
    """The base's commit on which it was made."""
    commit: str
    """The result; the same as `onto` where the base had the content of the branch already."""
    check: str = ""
    """The command that passed on the result; empty where none was to."""
    output: str = ""
    """The end of what that printed."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What follows once the session has ended: `stop`, `restart`, `backlog`, `remove` or `finish`."""

    then: str
    since: float
    rescue: bool = False
    how: str = ""
    """With `finish`: a landing method (`merge`, `squash`, `rebase`), `keep` or `discard`."""
    merged: str = ""
    """The base's commit once the branch is landed."""
    into: str = ""
    """With a landing: the branch that is landed on, where it is not the card's base."""
    admitted: bool = False
    """With a landing: it is the card's turn."""
    made: Landed | None = None
    """With a landing: what was made, and is to become the base."""
    tries: int = 0
    """How often what was made was outdated because the base had moved."""
    progress: str = ""
    """How far it is, in words; worth nothing after a restart."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An outside failure, in words: what happened, why, what to do; `output` is a program's."""

    what: str
    why: str
    hint: str
    at: float
    output: str = ""
    away: bool = False
    """A host does not answer: it may do so later."""


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
    labels: tuple[str, ...] = ()
    worktree: Worktree | None = None
    set_up: bool = False
    """Its files have been copied and its set-up commands have run."""
    launch: Launch | None = None
    session: Session | None = None
    ending: Ending | None = None
    outbox: tuple[Prompt, ...] = ()
    kept: tuple[Prompt, ...] = ()
    """Prompts that were typed, until the conversation on disk holds them."""
    prompt_taken: bool = False
    """A session has taken up its first prompt, which is never given again by itself."""
    failure: Failure | None = None
    shelved: bool = False
    """Sent back to the backlog by the user."""
    held: str | None = None
    """The note with which the user holds it."""
    pinned: bool = False
    """It stands first in its column."""
    finished: str | None = None
    """How the user finished it: `merge`, `squash`, `rebase`, `keep` or `discard`."""
    finished_at: float | None = None
    landed: Landed | None = None
    """How its branch came into its base: from then on it counts as merged, also after a squash."""
    rescues: tuple[str, ...] = ()
    notes: str = ""
    """In words, what stayed behind when its worktree was removed."""
    spent_usd: float = 0.0
    """What its earlier sessions cost."""
    nudges: tuple[float, ...] = ()
    """When it was nudged by itself, the latest times."""
    run: str = ""
    """The run (`r3`) for which it works, with `stage`; empty for a card of its own."""
    stage: str = ""
    where: str = "local"
    """`local` (in a window), `headless`, or the name of a host."""
    lead: str = ""
    """The mailbox of the session that coordinates it; empty where none does."""
    wanted: bool = False
    """A session has asked for it, and a human has not said yes so far."""
    conversation: str = ""
    """What its first start brings back; empty where it begins a conversation of its own."""
    adopted: str = ""
    """The window of another journal from which it was taken over."""
    agent: str = DEFAULT_AGENT
    """The agent program that works for it, by its name in the configuration."""
    review: CardReview = field(default_factory=CardReview)


@dataclass(frozen=True, slots=True)
class State:
    """All that the journal tells. `seq` is the number of the last event that it includes."""

    seq: int = 0
    next_card: int = 1
    next_run: int = 1
    next_gate: int = 1
    cards: dict[str, Card] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    """Those that are under way, and the latest of those that have ended."""
    cost_by_day: dict[str, float] = field(default_factory=dict)
    """US dollars by local day (`2026-01-31`)."""
