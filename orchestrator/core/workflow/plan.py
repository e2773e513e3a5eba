"""A workflow in the form in which a run executes it: stages, what each needs, and what happens on failure.

It comes from a file (`orchestrator.workflows` reads and checks it), with the inputs filled in and every
fan-out expanded into its stages. A run keeps it unchanged from its start. Durations are in seconds.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from orchestrator.core.literals import GateDistinct, GateProof

LOCAL = "local"
"""Runs in a tmux window of this machine."""
HEADLESS = "headless"
"""Runs on this machine without a terminal."""


class OnFailure(StrEnum):
    """What a stage's failure means for the run."""

    STOP = "stop"
    """No further stage starts, and the run fails."""
    CONTINUE = "continue"
    """The stages that need it continue as if it were done."""
    RETRY = "retry"
    """It is retried, `retries` times; then as `stop`."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A session with a prompt. Prompt and worktree may contain `{{ stages.y.summary }}` and `{{
    stages.y.branch }}`, which are filled in when the stage starts."""

    prompt: str
    worktree: str = ""
    """The branch that it works on; empty for one of its own."""
    model: str = ""
    permission_mode: str = ""
    where: str = LOCAL
    """`local`, `headless`, or the name of a host in the configuration."""
    agent: str = ""
    """The agent program, by its name in the configuration; empty for that of cards which name none."""


@dataclass(frozen=True, slots=True)
class Script:
    """A shell command; its output and exit code are kept."""

    run: str
    worktree: str = ""
    """The branch in whose worktree it runs; empty for that of the one agent stage that it needs, or for the
    repository itself."""


@dataclass(frozen=True, slots=True)
class HumanGate:
    """Waits until people have decided."""

    message: str
    evidence: tuple[str, ...] = ("diff", "tests", "summary")
    approvers: tuple[str, ...] = ()
    """Who may decide; empty for anyone."""
    quorum: int = 1
    """How many different people must approve."""
    on_deny: str = ""
    """The stage that is retried, with the reason, after a denial; empty ends the run."""
    remind_after: float = 86_400.0
    """Seconds between two reminders; 0 for none."""
    distinct: GateDistinct = "person"
    """What makes two approvals different: `person` (another account, or a proof), or only another `name`."""
    proof: GateProof = "none"
    """`key` if each decision has to be signed by its approver."""
    max_rework: int = 3
    """How often a denial sends the work back in one run; the next one ends the run."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step. It starts when `join` of its `needs` are done and `when` holds."""

    name: str
    does: Agent | Script | HumanGate
    needs: tuple[str, ...] = ()
    join: int = 0
    """How many of `needs` must be done; 0 for all."""
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(stage, accepted outcomes); if one does not match, this stage is skipped."""
    on_failure: OnFailure = OnFailure.STOP
    retries: int = 0
    backoff: float = 0.0
    """Seconds before the first retry; doubled for each further one."""
    timeout: float = 0.0
    """Seconds after which it fails; 0 for none."""
    template: str = ""
    """Its name in the file, if it is part of a fan-out; else empty."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """Stages in the order of the file. Every name in `needs`, `when` and `on_deny` is a stage's, and no stage
    needs itself, directly or indirectly."""

    name: str
    stages: tuple[Stage, ...]
    base: str = ""
    """The base of new branches; empty for the repository's default."""

    def stage(self, name: str) -> Stage:
        """Raises `KeyError`."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(name)

    def named(self, name: str) -> tuple[Stage, ...]:
        """The stage with that name, or all stages of the fan-out with that name."""
        return tuple(stage for stage in self.stages if name in (stage.name, stage.template))

    def before(self, name: str) -> tuple[Stage, ...]:
        """Every stage that this one needs, directly or indirectly, in the order of the file."""
        found: set[str] = set()
        todo = [name]
        while todo:
            stage = self.stage(todo.pop())
            new = {*stage.needs, *(each for each, _ in stage.when)} - found
            found |= new
            todo += new
        return tuple(stage for stage in self.stages if stage.name in found)

    def after(self, name: str) -> tuple[Stage, ...]:
        """Every stage that needs this one, directly or indirectly, in the order of the file."""
        return tuple(
            stage for stage in self.stages if any(each.name == name for each in self.before(stage.name))
        )


def with_agent(workflow: Workflow, name: str) -> Workflow:
    """The workflow with that agent in the stages which name none."""

    def named(stage: Stage) -> Stage:
        does = stage.does
        if not isinstance(does, Agent) or does.agent:
            return stage
        return replace(stage, does=replace(does, agent=name))

    return replace(workflow, stages=tuple(map(named, workflow.stages)))
