"""Decides commands about a run: the resulting events, or a refusal."""

from orchestrator.core.board.new_card import clash
from orchestrator.core.commands import Decision, Rejected
from orchestrator.core.events import Event
from orchestrator.core.model import State
from orchestrator.core.requests.runs import (
    AcknowledgeRun,
    CancelRun,
    PauseRun,
    ResumeRun,
    RetryStage,
    SkipStage,
)
from orchestrator.core.workflow.commands import (
    ApproveGate,
    DenyGate,
    MarkStage,
    ReportStage,
    RunCommand,
    StartRun,
)
from orchestrator.core.workflow.events import (
    RunEnded,
    RunPaused,
    RunResumed,
    RunSeen,
    RunStarted,
    StageDone,
    StageFailed,
    StageReported,
    StageSkipped,
)
from orchestrator.core.workflow.follow import release
from orchestrator.core.workflow.gate_vote import vote
from orchestrator.core.workflow.plan import HumanGate
from orchestrator.core.workflow.progress import active, fixed_branch, stops, works
from orchestrator.core.workflow.redo import denial_of, redo, revived
from orchestrator.core.workflow.run import SETTLED, Report, Run, RunState, StageState
from orchestrator.core.workflow.voters import named
from orchestrator.core.workflow.words import reasons

OUTCOMES = ("done", "failed", "blocked")


def decide_run(state: State, command: RunCommand, now: float) -> Decision:
    """The events of `command`, or a refusal."""
    if isinstance(command, StartRun):
        return _start(state, command, now)
    if isinstance(command, ReportStage):
        return _report(state, command, now)
    run = state.runs.get(command.run)
    if run is None:
        return Rejected(f"no run named {command.run}", hint="List runs: orch run list")
    match command:
        case PauseRun():
            if not active(run) or run.paused:
                return Rejected(f"cannot pause {run.id}", f"it is {_word(run)}")
            return (RunPaused(now, run.id),)
        case ResumeRun():
            return _resume(run, now)
        case CancelRun():
            return _cancel(state, run, now)
        case AcknowledgeRun():
            if not run.unread:
                return Rejected(f"{run.id} has nothing to acknowledge", f"it is {_word(run)}")
            return (RunSeen(now, run.id),)
        case ApproveGate() | DenyGate():
            return vote(state, run, command, now)
    if command.stage not in run.stages:
        names = ", ".join(run.stages)
        return Rejected(f"{run.id} has no stage {command.stage!r}", f"its stages are {names}")
    match command:
        case RetryStage():
            return _retry(state, run, command, now)
        case SkipStage():
            return _skip(state, run, command, now)
        case MarkStage():
            return _mark(state, run, command, now)


def _start(state: State, command: StartRun, now: float) -> Decision:
    repo = command.repo
    if repo.refusal:
        return Rejected("cannot run a workflow there", repo.refusal)
    if not repo.base:
        wanted = command.workflow.base or repo.default_branch or "HEAD"
        return Rejected(
            f"the base {wanted!r} does not exist in {repo.root}",
            hint="Set `base` in the file to an existing ref.",
        )
    for stage in command.workflow.stages:
        branch = fixed_branch(stage)
        if branch and branch not in repo.branches and (other := clash(branch, repo.branches)):
            return Rejected(
                f"cannot create the branch {branch!r} of the stage {stage.name}",
                f"git does not allow it next to the branch {other!r} in {repo.root}",
                f"Rename that (git branch -m {other} NAME), or give the stage another `worktree`.",
            )
    return (
        RunStarted(
            at=now,
            run=f"r{state.next_run}",
            workflow=command.workflow,
            source=command.source,
            file=command.file,
            repo=repo.root,
            base=command.workflow.base or repo.default_branch or repo.base,
            inputs=command.inputs,
            headless=command.headless,
        ),
    )


def _resume(run: Run, now: float) -> Decision:
    if run.paused:
        return (RunResumed(now, run.id),)
    if active(run):
        return Rejected(f"{run.id} is not paused")
    hint = f"Retry a stage: orch run retry {run.id} STAGE"
    return Rejected(f"{run.id} has ended", f"it is {run.state.value}", hint)


def _cancel(state: State, run: Run, now: float) -> Decision:
    if not active(run):
        return Rejected(f"{run.id} has ended", f"it is {run.state.value}")
    events: list[Event] = []
    for name, own in run.stages.items():
        if own.state not in SETTLED:
            events.append(StageSkipped(now, run.id, name, "the run was cancelled", stopped=True))
            events += release(state, own, now, done=False)
    return (*events, RunEnded(now, run.id, "cancelled"))


def _retry(state: State, run: Run, command: RetryStage, now: float) -> Decision:
    own = run.stages[command.stage]
    if own.state is StageState.WAITING and not own.not_before:
        return Rejected(
            f"{command.stage} has not started yet",
            hint=f"Show what it is waiting for: orch run show {run.id}",
        )
    busy = [
        name
        for name in (command.stage, *(stage.name for stage in run.workflow.after(command.stage)))
        if run.stages[name].state is StageState.RUNNING
    ]
    if busy:
        return Rejected(
            f"cannot retry {command.stage} now",
            f"{' and '.join(busy)} {'is' if len(busy) == 1 else 'are'} running",
            f"Wait until it has finished, or end it: orch run fail {run.id} {busy[0]}",
        )
    stage = run.workflow.stage(command.stage)
    again = {stage.name, *(each.name for each in run.workflow.after(stage.name))}
    if run.stopping and run.stopping not in again and not stops(run, stage):
        return Rejected(
            f"cannot retry {stage.name} now",
            f"the run stopped at {run.stopping}: {run.stages[run.stopping].why}",
            f"Retry that stage: orch run retry {run.id} {run.stopping}",
        )
    note = command.note.strip() or (own.why if own.state in (StageState.FAILED, StageState.BLOCKED) else "")
    return redo(state, run, stage.name, reasons(own.feedback, denial_of(run, stage.name), note), now)


def _skip(state: State, run: Run, command: SkipStage, now: float) -> Decision:
    own = run.stages[command.stage]
    if isinstance(run.workflow.stage(command.stage).does, HumanGate):
        return Rejected(
            f"{command.stage} is a gate and cannot be skipped",
            "a gate needs a person's approval",
            "When it is open: orch gate approve, or orch gate deny",
        )
    if own.state in (StageState.DONE, StageState.SKIPPED) and not own.stopped:
        return Rejected(f"{command.stage} is already {own.state.value}")
    why = command.note.strip() or "skipped by a person"
    waiting = revived(run, now, {command.stage}) if run.stopping == command.stage else ()
    released = release(state, own, now, done=False) if works(own) else ()
    if over := _over_for(run, command.stage):
        return over
    return (StageSkipped(now, run.id, command.stage, why, by_hand=True), *waiting, *released)


def _mark(state: State, run: Run, command: MarkStage, now: float) -> Decision:
    own = run.stages[command.stage]
    stage = run.workflow.stage(command.stage)
    if isinstance(stage.does, HumanGate):
        return Rejected(f"{command.stage} is a gate", hint="Decide it: orch gate approve, or orch gate deny")
    overrules = own.state is StageState.FAILED and command.outcome == "done"
    if not works(own) and not overrules:
        return Rejected(f"cannot mark {command.stage}", f"it is {own.state.value}")
    if over := _over_for(run, command.stage):
        return over
    if command.outcome == "failed":
        why = command.note.strip() or f"marked failed by {named(command.who, command.user)}"
        return (StageFailed(now, run.id, stage.name, why), *release(state, own, now, done=False))
    report = Report("done", command.note.strip(), "", now)
    said: tuple[Event, ...] = (
        (StageReported(now, run.id, stage.name, report),) if command.note.strip() else ()
    )
    waiting = revived(run, now, {stage.name}) if run.stopping == stage.name else ()
    done = StageDone(now, run.id, stage.name, command.who, command.user)
    return (*said, done, *waiting, *release(state, own, now, done=True))


def _report(state: State, command: ReportStage, now: float) -> Decision:
    card = state.cards.get(command.card)
    run = state.runs.get(card.run) if card else None
    own = run.stages.get(card.stage) if run and card else None
    if run is None or own is None or card is None or own.card != card.id:
        return Rejected("this session works on no stage of a run", hint="Nothing to report.")
    if not works(own) or not active(run):
        return Rejected(
            f"the stage {card.stage} is {own.state.value}", "it has already been decided", "End your turn."
        )
    if command.outcome not in OUTCOMES:
        return Rejected(f"{command.outcome!r} is not an outcome", hint=f"Use one of {', '.join(OUTCOMES)}.")
    if not command.summary.strip():
        return Rejected(
            "the summary is empty", hint="Summarise in a few sentences what was done, or what blocks you."
        )
    report = Report(command.outcome, command.summary.strip(), command.handoff.strip(), now)
    return (StageReported(now, run.id, card.stage, report),)


def _over_for(run: Run, stage: str) -> Rejected | None:
    """An ended run continues only by retrying what stopped it."""
    if active(run) or (run.stopping == stage and run.state is not RunState.CANCELLED):
        return None
    return Rejected(f"{run.id} has ended", f"it is {run.state.value}")


def _word(run: Run) -> str:
    return "paused" if run.paused else run.state.value
