"""A run of a workflow: the state of each stage, and its gates."""

from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.core.literals import GateState, StageOutcome
from orchestrator.core.workflow.plan import Workflow


class StageState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    BLOCKED = "blocked"
    """It cannot continue on its own: `why` says what it waits for."""
    GATE = "gate-blocked"
    """An open gate."""
    DONE = "done"
    FAILED = "failed"
    DENIED = "denied"
    SKIPPED = "skipped"


SETTLED = frozenset({StageState.DONE, StageState.FAILED, StageState.DENIED, StageState.SKIPPED})
"""States that a stage leaves only by a retry."""


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DENIED = "denied"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """The result of a script: `exit_code` (negative for a signal), the end of its output, seconds."""

    exit_code: int
    tail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """A session's report about its stage by `stage_done`: `outcome` is `done`, `failed` or `blocked`."""

    outcome: StageOutcome
    summary: str
    handoff: str
    at: float


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's decision about a gate; `by` is where it came from: `tui`, `cli`, `phone:NAME` or `ci`."""

    who: str
    at: float
    by: str
    note: str = ""
    user: str = ""
    """The account it came from; `who` is the claimed name."""
    proof: str = ""
    """`key` if a signature proved the name; empty for no proof."""


@dataclass(frozen=True, slots=True)
class BranchDiff:
    """What a worktree's branch contains beyond the base."""

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
    """Why it could not be read, as text; else empty."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for a decision. `tests` are (stage, result), `summaries` (stage, text)."""

    diffs: tuple[BranchDiff, ...] = ()
    tests: tuple[tuple[str, ScriptResult], ...] = ()
    summaries: tuple[tuple[str, str], ...] = ()
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Gate:
    """One opening of a gate. A gate that is denied and reached again gets another id (`g7`)."""

    id: str
    stage: str
    opened_at: float
    state: GateState = "open"
    """`open`, `approved`, `denied`, or `withdrawn` if the run took another path before a decision."""
    version: int = 0
    """Increases whenever the evidence changes; 0 until it has been collected."""
    evidence: Evidence = field(default_factory=Evidence)
    votes: tuple[Vote, ...] = ()
    """Approvals; the last one is the denial of a denied gate."""
    decided_at: float | None = None
    message: str = ""
    """Its message at the time of the decision: later retries do not change that. Empty before."""
    reminded_at: float | None = None


@dataclass(frozen=True, slots=True)
class StageRun:
    """The state of one stage. `attempt` counts its starts."""

    state: StageState = StageState.WAITING
    since: float = 0.0
    why: str = ""
    """What it waits for, why it failed or was skipped, as text."""
    attempt: int = 0
    failures: int = 0
    """How often it failed since a person last acted on it."""
    began_at: float | None = None
    card: str = ""
    branch: str = ""
    path: str = ""
    """Its worktree's path: past, present or planned."""
    asked: bool = False
    """In this attempt its session was asked to finish, having ended a turn without `stage_done`."""
    report: Report | None = None
    result: ScriptResult | None = None
    not_before: float = 0.0
    feedback: str = ""
    """What its next attempt is told: why it is retried."""
    place: bool = False
    """Its worktree blocks it, or others work there; it continues when that is free."""
    process: bool = False
    """Its script was started, and its end is not known yet."""
    until: float = 0.0
    """When it continues, if it waits for a time; else 0."""
    resumed_for: float = 0.0
    """The end of the limit after which it has automatically continued in this attempt."""
    away: int = 0
    """How often its host was unreachable at the start."""
    stopped: bool = False
    """It was skipped only because the run stopped."""
    by_hand: bool = False
    """A person has skipped it: it stays so until it is itself retried."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run (`r3`). `source` is the file's text at the start of the run."""

    id: str
    workflow: Workflow
    source: str
    file: str
    repo: str
    base: str
    inputs: tuple[tuple[str, str], ...]
    """(name, value as text), as given or by default."""
    started_at: float
    stages: dict[str, StageRun]
    state: RunState = RunState.RUNNING
    paused: bool = False
    stopping: str = ""
    """The stage whose failure or denial stops the run; nothing further starts."""
    ended_at: float | None = None
    gates: tuple[Gate, ...] = ()
    unread: bool = False
    """It has ended, and nobody has seen that yet."""
    headless: bool = False
    """Every agent stage runs without a terminal, whatever the file says."""
