"""Commands about a run, from a person or a stage's session."""

from dataclasses import dataclass

from orchestrator.core.literals import Marked, StageOutcome
from orchestrator.core.requests.runs import (
    AcknowledgeRun,
    CancelRun,
    PauseRun,
    ResumeRun,
    RetryStage,
    SkipStage,
)
from orchestrator.core.review.comments import CardComments
from orchestrator.core.workflow.plan import Workflow
from orchestrator.core.worktrees.repo import RepoFacts


@dataclass(frozen=True, slots=True)
class StartRun:
    workflow: Workflow
    source: str
    file: str
    repo: RepoFacts
    inputs: tuple[tuple[str, str], ...]
    headless: bool = False


@dataclass(frozen=True, slots=True)
class MarkStage:
    """A person decides about an agent or script stage: `outcome` is `done` or `failed`."""

    run: str
    stage: str
    outcome: Marked
    note: str
    who: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class ApproveGate:
    """`seen_version` is that of the evidence that was seen; `None` for none. `who` is the claimed name,
    `user` the account of the process, `proof` what proved that they are `who`."""

    run: str
    gate: str
    who: str
    by: str
    note: str = ""
    seen_version: int | None = None
    user: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class DenyGate:
    """`comments` are the cards' comments that `note` holds: of each card the ids, with their texts."""

    run: str
    gate: str
    who: str
    by: str
    note: str
    seen_version: int | None = None
    user: str = ""
    proof: str = ""
    comments: CardComments = ()


@dataclass(frozen=True, slots=True)
class ReportStage:
    """A session's `stage_done`: `outcome` is `done`, `failed` or `blocked`."""

    card: str
    outcome: StageOutcome
    summary: str
    handoff: str


RunCommand = (
    StartRun
    | PauseRun
    | ResumeRun
    | CancelRun
    | AcknowledgeRun
    | RetryStage
    | SkipStage
    | MarkStage
    | ApproveGate
    | DenyGate
    | ReportStage
)
