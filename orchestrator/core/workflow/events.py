"""Events of runs in the journal: past-tense facts, each with time and run."""

from dataclasses import dataclass

from orchestrator.core.literals import RunEnding
from orchestrator.core.workflow.plan import Workflow
from orchestrator.core.workflow.run import Evidence, Report, ScriptResult, Vote


@dataclass(frozen=True, slots=True)
class RunStarted:
    at: float
    run: str
    workflow: Workflow
    source: str
    file: str
    repo: str
    base: str
    inputs: tuple[tuple[str, str], ...]
    headless: bool = False


@dataclass(frozen=True, slots=True)
class RunPaused:
    at: float
    run: str


@dataclass(frozen=True, slots=True)
class RunResumed:
    at: float
    run: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """With `unread` a person has not seen it yet."""

    at: float
    run: str
    state: RunEnding
    unread: bool = False


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A person has seen how the run ended."""

    at: float
    run: str


@dataclass(frozen=True, slots=True)
class StageBegan:
    """An attempt started: an agent stage with its card, a script with its working directory."""

    at: float
    run: str
    stage: str
    attempt: int
    card: str = ""
    branch: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class StageBlocked:
    """It cannot continue on its own. With `place` it can as soon as its worktree is free; with `until` at
    that time."""

    at: float
    run: str
    stage: str
    why: str
    place: bool = False
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class StageHeldUp:
    """Other stages work at `path`, where it has to work: it starts when they have finished."""

    at: float
    run: str
    stage: str
    path: str


@dataclass(frozen=True, slots=True)
class StageWentOn:
    """Its obstacle is gone: its session has submitted another prompt, or a limit has ended, the one due at
    the time `limit`."""

    at: float
    run: str
    stage: str
    limit: float = 0.0


@dataclass(frozen=True, slots=True)
class StageAsked:
    """Its session ended a turn without `stage_done` and was told to finish, or to report what blocks it."""

    at: float
    run: str
    stage: str


@dataclass(frozen=True, slots=True)
class StageReported:
    at: float
    run: str
    stage: str
    report: Report


@dataclass(frozen=True, slots=True)
class ScriptEnded:
    """`result` is `None` if its end is unknown and no longer needed."""

    at: float
    run: str
    stage: str
    attempt: int
    result: ScriptResult | None


@dataclass(frozen=True, slots=True)
class StageDone:
    """`by` is who marked it done, unless it was a session or script."""

    at: float
    run: str
    stage: str
    by: str = ""
    user: str = ""
    """Their account."""


@dataclass(frozen=True, slots=True)
class StageFailed:
    """An attempt failed. `again_at` is when it is retried; `None` for never."""

    at: float
    run: str
    stage: str
    why: str
    again_at: float | None = None


@dataclass(frozen=True, slots=True)
class StageSkipped:
    """`stopped` means that it was skipped because the run stopped, `by_hand` that a person has skipped it."""

    at: float
    run: str
    stage: str
    why: str
    stopped: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class StageReset:
    """It is retried, and so is what needs it; `feedback` is passed to its next attempt."""

    at: float
    run: str
    stage: str
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class GateOpened:
    at: float
    run: str
    stage: str
    gate: str


@dataclass(frozen=True, slots=True)
class EvidenceGathered:
    at: float
    run: str
    gate: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class GateReminded:
    at: float
    run: str
    gate: str


@dataclass(frozen=True, slots=True)
class GateApproved:
    """One person's approval; the gate passes once its quorum is reached."""

    at: float
    run: str
    gate: str
    vote: Vote


@dataclass(frozen=True, slots=True)
class GateDenied:
    at: float
    run: str
    gate: str
    vote: Vote


RunEvent = (
    RunStarted
    | RunPaused
    | RunResumed
    | RunEnded
    | RunSeen
    | StageBegan
    | StageBlocked
    | StageHeldUp
    | StageWentOn
    | StageAsked
    | StageReported
    | ScriptEnded
    | StageDone
    | StageFailed
    | StageSkipped
    | StageReset
    | GateOpened
    | EvidenceGathered
    | GateReminded
    | GateApproved
    | GateDenied
)
