"""What has happened to runs, as the journal keeps it: past-tense facts, each with time and run."""

from dataclasses import dataclass

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
    """`state` is `done`, `failed`, `denied` or `cancelled`. With `unread` a person is still to see it."""

    at: float
    run: str
    state: str
    unread: bool = False


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A person has seen how the run ended."""

    at: float
    run: str


@dataclass(frozen=True, slots=True)
class StageBegan:
    """An attempt began: an agent stage with its card, a script with the folder in which it runs."""

    at: float
    run: str
    stage: str
    attempt: int
    card: str = ""
    branch: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class StageBlocked:
    """It can't go on by itself. With `place` it can as soon as its worktree is free; with `until` at that
    time."""

    at: float
    run: str
    stage: str
    why: str
    place: bool = False
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class StageHeldUp:
    """Other stages work at `path`, where it is to work: it begins when they have left."""

    at: float
    run: str
    stage: str
    path: str


@dataclass(frozen=True, slots=True)
class StageWentOn:
    """What blocked it is over: its session has taken up another prompt, or a limit has ended, the one that
    was to end at the time `limit`."""

    at: float
    run: str
    stage: str
    limit: float = 0.0


@dataclass(frozen=True, slots=True)
class StageAsked:
    """Its session ended a turn without `stage_done` and was told to finish, or to say what blocks it."""

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
    """`result` is `None` where nobody knows how it ended, and nobody needs to any more."""

    at: float
    run: str
    stage: str
    attempt: int
    result: ScriptResult | None


@dataclass(frozen=True, slots=True)
class StageDone:
    """`by` is who marked it done, where it was no session or script."""

    at: float
    run: str
    stage: str
    by: str = ""
    user: str = ""
    """The account from which they did."""


@dataclass(frozen=True, slots=True)
class StageFailed:
    """An attempt failed. `again_at` is when it is tried again; `None` where it is not."""

    at: float
    run: str
    stage: str
    why: str
    again_at: float | None = None


@dataclass(frozen=True, slots=True)
class StageSkipped:
    """`stopped` says that it was only because the run stopped, `by_hand` that a person has skipped it."""

    at: float
    run: str
    stage: str
    why: str
    stopped: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class StageReset:
    """It is to be done again, and so is what needs it; `feedback` is what its next attempt is told."""

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
    """One person's approval; with it the gate is passed if its quorum is reached."""

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
