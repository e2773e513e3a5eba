"""Workflows and their runs. A run is named by its id (`r3`), or by its workflow's name if only one of its
runs is active."""

from dataclasses import dataclass, field
from typing import Literal

from orchestrator.core.requests.request import Act, Read
from orchestrator.core.workflow.views import RunView, WorkflowFile

Outcome = Literal["done", "failed"]


@dataclass(frozen=True, slots=True)
class ListWorkflows(Read[tuple[WorkflowFile, ...]]):
    """The files in `.orch/workflows` of the repository that contains the path `repo`."""

    verb = "workflow.list"
    repo: str


@dataclass(frozen=True, slots=True)
class ListRuns(Read[tuple[RunView, ...]]):
    """All runs, newest first."""

    verb = "run.list"


@dataclass(frozen=True, slots=True)
class ShowRun(Read[RunView]):
    verb = "run.show"
    run: str


@dataclass(frozen=True, slots=True)
class RunWorkflow(Act[RunView]):
    """`file` is a path, or the name of a workflow in `.orch/workflows` of the repository that contains the
    path `repo`. Refused with the errors of the file or the inputs, with line and column."""

    verb = "run"
    file: str
    repo: str
    inputs: dict[str, str] = field(default_factory=dict)
    headless: bool = False


@dataclass(frozen=True, slots=True)
class OfRun(Act[RunView]):
    """Answered by the run after the change."""

    run: str


@dataclass(frozen=True, slots=True)
class PauseRun(OfRun):
    """Starts no further stages."""

    verb = "run.pause"


@dataclass(frozen=True, slots=True)
class ResumeRun(OfRun):
    verb = "run.resume"


@dataclass(frozen=True, slots=True)
class CancelRun(OfRun):
    """Ends the run and its sessions; cards and worktrees are kept."""

    verb = "run.cancel"


@dataclass(frozen=True, slots=True)
class AcknowledgeRun(OfRun):
    """Removes an ended run from the queue."""

    verb = "run.acknowledge"


@dataclass(frozen=True, slots=True)
class RetryStage(OfRun):
    """Retries the stage, and then the stages that need it. The session is told `note`."""

    verb = "run.retry"
    stage: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SkipStage(OfRun):
    """Treats the stage as done. Refused for a gate."""

    verb = "run.skip"
    stage: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mark(OfRun):
    """Marks a stage as done or failed; `who` is the claimed name."""

    verb = "run.done"
    stage: str
    outcome: Outcome
    note: str = ""
    who: str = ""
