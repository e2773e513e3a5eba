"""A run of a workflow: how far each stage is, and the gates that it came to."""

from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.core.workflow.plan import Workflow


class StageState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    BLOCKED = "blocked"
    """It can't go on by itself: `why` says what it waits for."""
    GATE = "gate-blocked"
    """A gate that is open."""
    DONE = "done"
    FAILED = "failed"
    DENIED = "denied"
    SKIPPED = "skipped"


SETTLED = frozenset({StageState.DONE, StageState.FAILED, StageState.DENIED, StageState.SKIPPED})
"""States that a stage leaves only when somebody has it done again."""


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DENIED = "denied"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """How a script ended: `exit_code` (negative for a signal), the end of what it printed, seconds."""

    exit_code: int
    tail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a session said of its stage by `stage_done`: `outcome` is `done`, `failed` or `blocked`."""

    outcome: str
    summary: str
    handoff: str
    at: float


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's word on a gate; `by` is where it was said: `tui`, `cli`, `phone` or `ci`."""

    who: str
    at: float
    by: str
    note: str = ""
    user: str = ""
    """The account from which it was said; `who` is whom they say they are."""
    proof: str = ""
    """`key` where a signature proved who it was; empty where nothing did."""


@dataclass(frozen=True, slots=True)
class BranchDiff:
    """What a worktree's branch holds beyond the base."""

    stage: str
    branch: str
    path: str
    head: str
    """The branch's commit."""
    files: tuple[tuple[str, int, int], ...] = ()
    """(path, lines added, lines deleted); -1 and -1 for a binary file. The first 200."""
    commits: tuple[str, ...] = ()
    """`abc1234 subject`, newest first. The first 50."""
    uncommitted: int = 0
    """Changed or untracked files that are not committed."""
    trouble: str = ""
    """Why it could not be looked at, in words; else empty."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a human sees before deciding. `tests` are (stage, result), `summaries` (stage, words)."""

    diffs: tuple[BranchDiff, ...] = ()
    tests: tuple[tuple[str, ScriptResult], ...] = ()
    summaries: tuple[tuple[str, str], ...] = ()
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Gate:
    """One opening of a gate. One that is denied and reached again opens anew, under another id (`g7`)."""

    id: str
    stage: str
    opened_at: float
    state: str = "open"
    """`open`, `approved`, `denied`, or `withdrawn` where the run went another way before anybody decided."""
    version: int = 0
    """Grows whenever the evidence changes; 0 until it has been gathered."""
    evidence: Evidence = field(default_factory=Evidence)
    votes: tuple[Vote, ...] = ()
    """Approvals; the last one is the denial where it was denied."""
    decided_at: float | None = None
    message: str = ""
    """What it asked, as it stood when it was decided: that does not change with stages that are done again.
    Empty before."""
    reminded_at: float | None = None


@dataclass(frozen=True, slots=True)
class StageRun:
    """How far one stage is. `attempt` counts how often it was begun."""

    state: StageState = StageState.WAITING
    since: float = 0.0
    why: str = ""
    """In words: what it waits for, why it failed or was skipped."""
    attempt: int = 0
    failures: int = 0
    """How often it failed since a human last had a hand in it."""
    began_at: float | None = None
    card: str = ""
    branch: str = ""
    path: str = ""
    """Where it works, worked, or is to work."""
    asked: bool = False
    """In this attempt its session was asked to finish, having ended a turn without `stage_done`."""
    report: Report | None = None
    result: ScriptResult | None = None
    not_before: float = 0.0
    feedback: str = ""
    """What its next attempt is told: why it is done again."""
    place: bool = False
    """Its worktree blocks it, or others work there; it continues when that is free."""
    process: bool = False
    """Its script was started, and how it ended is not known yet."""
    until: float = 0.0
    """When it continues, where it waits for a time; else 0."""
    resumed_for: float = 0.0
    """The end of the limit after which it has gone on by itself in this attempt."""
    away: int = 0
    """How often its host was away when it was to begin."""
    stopped: bool = False
    """It was skipped only because the run stopped."""
    by_hand: bool = False
    """A person has skipped it: it stays so until it is itself done again."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run (`r3`). `source` is the file's text as it was when the run began."""

    id: str
    workflow: Workflow
    source: str
    file: str
    repo: str
    base: str
    inputs: tuple[tuple[str, str], ...]
    """(name, value in words), as the user gave them or by default."""
    started_at: float
    stages: dict[str, StageRun]
    state: RunState = RunState.RUNNING
    paused: bool = False
    stopping: str = ""
    """The stage whose failure or denial stops the run; nothing further begins."""
    ended_at: float | None = None
    gates: tuple[Gate, ...] = ()
    unread: bool = False
    """It has ended, and nobody has seen that yet."""
    headless: bool = False
    """Every agent stage runs without a terminal, wherever the file wants it."""
