"""Retries of a stage: what follows for the stages after it."""

from orchestrator.core.events import Event
from orchestrator.core.model import State
from orchestrator.core.workflow.events import StageReset
from orchestrator.core.workflow.follow import release
from orchestrator.core.workflow.plan import HumanGate
from orchestrator.core.workflow.progress import works
from orchestrator.core.workflow.run import Run, StageState
from orchestrator.core.workflow.words import reasons


def redo(state: State, run: Run, stage: str, feedback: str, now: float) -> tuple[Event, ...]:
    """The stage from the start, and everything that needs it as far as that has started; what a person has
    skipped stays skipped. A session that waits for a person continues with the reason; a working one is ended
    first."""
    first = run.stages[stage]
    events: list[Event] = [StageReset(now, run.id, stage, feedback)]
    events += release(state, first, now, done=False) if first.state is StageState.RUNNING else ()
    after = [each.name for each in run.workflow.after(stage)]
    for name in after:
        own = run.stages[name]
        if own.state is not StageState.WAITING and not own.by_hand:
            why = f"the stage {stage}, which it needs, is being retried" if own.attempt else ""
            events.append(StageReset(now, run.id, name, reasons(own.feedback, why)))
            events += release(state, own, now, done=False) if works(own) else ()
    return (*events, *revived(run, now, {stage, *after}))


def revived(run: Run, now: float, but: set[str]) -> tuple[Event, ...]:
    """What was skipped only because the run stopped waits again."""
    return tuple(
        StageReset(now, run.id, name, own.feedback)
        for name, own in run.stages.items()
        if own.stopped and name not in but
    )


def denial_of(run: Run, stage: str) -> str:
    """Why the gate that ended the run was denied, if it would have retried this stage."""
    rule = run.workflow.stage(run.stopping).does if run.stopping else None
    if not isinstance(rule, HumanGate) or rule.on_deny != stage:
        return ""
    return next((gate.votes[-1].note for gate in reversed(run.gates) if gate.state == "denied"), "")
