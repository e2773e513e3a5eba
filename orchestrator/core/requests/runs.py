"""Workflows and their runs. A run is named by its id (`r3`), or by its workflow's name where just one run of
it is under way."""

from dataclasses import dataclass, field
from typing import Literal

from orchestrator.core.requests.request import Act, Read
from orchestrator.core.workflow.views import RunView, WorkflowFile

Outcome = Literal["done", "failed"]


@dataclass(frozen=True, slots=True)
class ListWorkflows(Read[tuple[WorkflowFile, ...]]):
    """The files in `.orch/workflows` of the repository that the path `repo` lies in."""

    verb = "workflow.list"
    repo: str


@dataclass(frozen=True, slots=True)
class ListRuns(Read[tuple[RunView, ...]]):
    """Every run, the newest first."""

    verb = "run.list"


@dataclass(frozen=True, slots=True)
class ShowRun(Read[RunView]):
    verb = "run.show"
    run: str


@dataclass(frozen=True, slots=True)
class RunWorkflow(Act[RunView]):
    """`file` is a path, or the name of a workflow in `.orch/workflows` of the repository that the path `repo`
    lies in. Refused with what is wrong with the file or the inputs, with line and column."""

    verb = "run"
    file: str
    repo: str
    inputs: dict[str, str] = field(default_factory=dict)
    headless: bool = False


@dataclass(frozen=True, slots=True)
class OfRun(Act[RunView]):
    """Answered by the run as it is then."""

    run: str


@dataclass(frozen=True, slots=True)
class PauseRun(OfRun):
    """Lets nothing further begin."""

    verb = "run.pause"


@dataclass(frozen=True, slots=True)
class ResumeRun(OfRun):
    verb = "run.resume"


@dataclass(frozen=True, slots=True)
class CancelRun(OfRun):
    """Ends the run and the sessions that work for it; cards and worktrees stay."""

    verb = "run.cancel"


@dataclass(frozen=True, slots=True)
class SeeRun(OfRun):
    """Takes a run that has ended out of the queue."""

    verb = "run.seen"


@dataclass(frozen=True, slots=True)
class RetryStage(OfRun):
    """Has the stage done again, and whatever needs it after that. The session is told `note`."""

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
    """A person says that a stage is done or has failed; `who` is whom they say they are."""

    verb = "run.done"
    stage: str
    outcome: Outcome
    note: str = ""
    who: str = ""
