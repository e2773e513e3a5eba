"""Effects of a run; like a card's, derived from the state alone (see `core.effects`)."""

from dataclasses import dataclass

from orchestrator.core.workflow.begin import begins
from orchestrator.core.workflow.plan import HumanGate
from orchestrator.core.workflow.progress import active, there
from orchestrator.core.workflow.run import Run, StageState


@dataclass(frozen=True, slots=True)
class BeginStage:
    """Inspect the repository, then start the stage."""

    run: str
    stage: str
    attempt: int


@dataclass(frozen=True, slots=True)
class RunScript:
    """Start the stage's script unless this attempt's has been started, and report how it ended."""

    run: str
    stage: str
    attempt: int


@dataclass(frozen=True, slots=True)
class EndScript:
    """End the attempt's script, which is no longer needed."""

    run: str
    stage: str
    attempt: int


@dataclass(frozen=True, slots=True)
class GatherEvidence:
    run: str
    stage: str
    gate: str


RunEffect = BeginStage | RunScript | EndScript | GatherEvidence


def owed_to(run: Run, now: float) -> tuple[RunEffect, ...]:
    """The run's effects now, at most one per stage."""
    effects: list[RunEffect] = []
    unseen = {gate.stage: gate.id for gate in run.gates if gate.state == "open" and not gate.version}
    if not active(run) and not any(own.process for own in run.stages.values()):
        return ()
    is_there = there(run)
    for stage in run.workflow.stages:
        own = run.stages[stage.name]
        if own.process:
            running = own.state is StageState.RUNNING
            effects.append((RunScript if running else EndScript)(run.id, stage.name, own.attempt))
        elif isinstance(stage.does, HumanGate):
            if stage.name in unseen:
                effects.append(GatherEvidence(run.id, stage.name, unseen[stage.name]))
        elif begins(run, stage, now, is_there):
            effects.append(BeginStage(run.id, stage.name, own.attempt + 1))
    return tuple(effects)
