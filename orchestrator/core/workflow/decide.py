"""Whether what a person asks of a run can be, and which events it makes."""

from orchestrator.core.commands import Decision, Rejected
from orchestrator.core.events import Event
from orchestrator.core.model import State
from orchestrator.core.workflow.commands import (
    ApproveGate,
    CancelRun,
    DenyGate,
    MarkStage,
    PauseRun,
    ReportStage,
    ResumeRun,
    RetryStage,
    RunCommand,
    SkipStage,
    StartRun,
)
from orchestrator.core.workflow.events import (
    GateApproved,
    GateDenied,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    StageDone,
    StageFailed,
    StageReported,
    StageReset,
    StageSkipped,
)
from orchestrator.core.workflow.follow import release
from orchestrator.core.workflow.plan import HumanGate
from orchestrator.core.workflow.progress import active, stops, works
from orchestrator.core.workflow.run import SETTLED, Gate, Report, Run, RunState, StageState, Vote
from orchestrator.core.workflow.voters import named, voter
from orchestrator.core.workflow.words import reasons

OUTCOMES = ("done", "failed", "blocked")


def decide_run(state: State, command: RunCommand, now: float) -> Decision:
    """The events that `command` makes, or why it can't be."""
    if isinstance(command, StartRun):
        return _start(state, command, now)
    if isinstance(command, ReportStage):
        return _report(state, command, now)
    run = state.runs.get(command.run)
    if run is None:
        return Rejected(f"there is no run {command.run}", hint="orch run list lists them all.")
    match command:
        case PauseRun():
            if not active(run) or run.paused:
                return Rejected(f"{run.id} can't be paused", f"it is {_word(run)}")
            return (RunPaused(now, run.id),)
        case ResumeRun():
            return _resume(run, now)
        case CancelRun():
            return _cancel(state, run, now)
        case ApproveGate() | DenyGate():
            return _vote(state, run, command, now)
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


def _again(state: State, run: Run, stage: str, feedback: str, now: float) -> tuple[Event, ...]:
    """The stage from the start, and all that needs it as far as that has begun. A session that waits for a
    human goes on with the reason; one that is at work is ended first."""
    first = run.stages[stage]
    events: list[Event] = [StageReset(now, run.id, stage, feedback)]
    events += release(state, first, now, done=False) if first.state is StageState.RUNNING else ()
    after = [each.name for each in run.workflow.after(stage)]
    for name in after:
        own = run.stages[name]
        if own.state is not StageState.WAITING:
            why = f"the stage {stage}, which it needs, is done again" if own.attempt else ""
            events.append(StageReset(now, run.id, name, reasons(own.feedback, why)))
            events += release(state, own, now, done=False) if works(own) else ()
    return (*events, *_revived(run, now, {stage, *after}))


def _start(state: State, command: StartRun, now: float) -> Decision:
    repo = command.repo
    if repo.refusal:
        return Rejected("no workflow can be run there", repo.refusal)
    if not repo.base:
        wanted = command.workflow.base or repo.default_branch or "HEAD"
        return Rejected(
            f"the base {wanted!r} does not exist in {repo.root}",
            hint="Set `base` in the file to one that does.",
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
    hint = f"Have a stage done again: orch run retry {run.id} STAGE"
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
            f"{command.stage} has not begun yet", hint=f"See what it waits for: orch run show {run.id}"
        )
    busy = [
        name
        for name in (command.stage, *(stage.name for stage in run.workflow.after(command.stage)))
        if run.stages[name].state is StageState.RUNNING
    ]
    if busy:
        return Rejected(
            f"{command.stage} can't be done again now",
            f"{' and '.join(busy)} {'is' if len(busy) == 1 else 'are'} running",
            f"Wait for that, or end it: orch run fail {run.id} {busy[0]}",
        )
    stage = run.workflow.stage(command.stage)
    again = {stage.name, *(each.name for each in run.workflow.after(stage.name))}
    if run.stopping and run.stopping not in again and not stops(run, stage):
        return Rejected(
            f"{stage.name} can't be done again now",
            f"the run stops at {run.stopping}: {run.stages[run.stopping].why}",
            f"Have that done again: orch run retry {run.id} {run.stopping}",
        )
    note = command.note.strip() or (own.why if own.state in (StageState.FAILED, StageState.BLOCKED) else "")
    return _again(state, run, stage.name, reasons(own.feedback, note), now)


def _skip(state: State, run: Run, command: SkipStage, now: float) -> Decision:
    own = run.stages[command.stage]
    if isinstance(run.workflow.stage(command.stage).does, HumanGate):
        return Rejected(
            f"{command.stage} is a gate and can't be skipped",
            "nothing passes it without a human's approval",
            "When it is open: orch gate approve, or orch gate deny",
        )
    if own.state in (StageState.DONE, StageState.SKIPPED) and not own.stopped:
        return Rejected(f"{command.stage} is {own.state.value} already")
    why = command.note.strip() or "skipped by hand"
    revived = _revived(run, now, {command.stage}) if run.stopping == command.stage else ()
    released = release(state, own, now, done=False) if works(own) else ()
    if over := _over_for(run, command.stage):
        return over
    return (StageSkipped(now, run.id, command.stage, why), *revived, *released)


def _mark(state: State, run: Run, command: MarkStage, now: float) -> Decision:
    own = run.stages[command.stage]
    stage = run.workflow.stage(command.stage)
    if isinstance(stage.does, HumanGate):
        return Rejected(f"{command.stage} is a gate", hint="Decide it: orch gate approve, or orch gate deny")
    overrules = own.state is StageState.FAILED and command.outcome == "done"
    if not works(own) and not overrules:
        return Rejected(f"{command.stage} can't be marked", f"it is {own.state.value}")
    if over := _over_for(run, command.stage):
        return over
    if command.outcome == "failed":
        why = command.note.strip() or f"marked failed by {named(command.who, command.user)}"
        return (StageFailed(now, run.id, stage.name, why), *release(state, own, now, done=False))
    report = Report("done", command.note.strip(), "", now)
    said: tuple[Event, ...] = (
        (StageReported(now, run.id, stage.name, report),) if command.note.strip() else ()
    )
    revived = _revived(run, now, {stage.name}) if run.stopping == stage.name else ()
    done = StageDone(now, run.id, stage.name, command.who, command.user)
    return (*said, done, *revived, *release(state, own, now, done=True))


def _vote(state: State, run: Run, command: ApproveGate | DenyGate, now: float) -> Decision:
    gate = next((each for each in run.gates if each.id == command.gate), None)
    if gate is None:
        return Rejected(f"there is no gate {command.gate}", hint="orch gate list lists them all.")
    rule = run.workflow.stage(gate.stage).does
    assert isinstance(rule, HumanGate)
    who = command.who.strip()
    if not who:
        return Rejected("a decision needs a name", hint="Say who decides: --as NAME")
    if gate.state != "open":
        return Rejected(f"{gate.id} is {gate.state} already", _decided(gate), "See: orch gate list --all")
    if command.seen_version is not None and command.seen_version != gate.version:
        return Rejected(
            f"{gate.id} has moved on since you looked at it",
            "what it shows has changed: there are new commits, changes or results",
            f"Look again: orch gate show {gate.id}",
        )
    if rule.approvers and who not in rule.approvers:
        return Rejected(f"{who} may not decide {gate.id}", f"that is for {', '.join(rule.approvers)}")
    if any(vote.who == who for vote in gate.votes) and isinstance(command, ApproveGate):
        return Rejected(
            f"{who} has approved {gate.id} already",
            f"it has {len(gate.votes)} of the {rule.quorum} approvals that it needs",
        )
    if no := _not_proven(gate, rule, command) or _same_person(gate, rule, command):
        return no
    note = command.note.strip()
    vote = Vote(who, now, command.by, note, command.user, command.proof)
    if isinstance(command, ApproveGate):
        return (GateApproved(now, run.id, gate.id, vote),)
    if not note:
        return Rejected("a denial needs a reason", hint="It is what the next attempt is told.")
    denied = GateDenied(now, run.id, gate.id, vote)
    return (denied, *_again(state, run, rule.on_deny, note, now)) if rule.on_deny else (denied,)


def _not_proven(gate: Gate, rule: HumanGate, command: ApproveGate | DenyGate) -> Rejected | None:
    if rule.proof != "key" or command.proof == "key":
        return None
    verb = "approve" if isinstance(command, ApproveGate) else "deny"
    return Rejected(
        f"{gate.id} takes signed decisions alone",
        f"nothing proves that this is {command.who.strip()}",
        f"Sign it: orch gate {verb} {gate.id} --as {command.who.strip()} --key ~/.ssh/id_ed25519",
    )


def _same_person(gate: Gate, rule: HumanGate, command: ApproveGate | DenyGate) -> Rejected | None:
    """One account is one person, whatever names it gives, save where a key says who it is."""
    if rule.distinct == "name" or command.proof or not command.user or isinstance(command, DenyGate):
        return None
    same = next((vote for vote in gate.votes if vote.user == command.user and not vote.proof), None)
    if same is None:
        return None
    return Rejected(
        f"{command.user} has approved {gate.id} already, as {same.who}",
        f"approvals from one account are one person's, and {gate.id} needs {rule.quorum} people",
        "Another person signs theirs (orch gate approve --key), or the workflow says `distinct: name`.",
    )


def _report(state: State, command: ReportStage, now: float) -> Decision:
    card = state.cards.get(command.card)
    run = state.runs.get(card.run) if card else None
    own = run.stages.get(card.stage) if run and card else None
    if run is None or own is None or card is None or own.card != card.id:
        return Rejected("this session works for no stage of a run", hint="There is nothing to report.")
    if not works(own) or not active(run):
        return Rejected(
            f"the stage {card.stage} is {own.state.value}", "it was decided without you", "End your turn."
        )
    if command.outcome not in OUTCOMES:
        return Rejected(f"{command.outcome!r} is no outcome", hint=f"Say one of {', '.join(OUTCOMES)}.")
    if not command.summary.strip():
        return Rejected(
            "the summary is empty", hint="Say in a few sentences what was done, or what blocks you."
        )
    report = Report(command.outcome, command.summary.strip(), command.handoff.strip(), now)
    return (StageReported(now, run.id, card.stage, report),)


def _over_for(run: Run, stage: str) -> Rejected | None:
    """A run that has ended goes on only by what stopped it."""
    if active(run) or (run.stopping == stage and run.state is not RunState.CANCELLED):
        return None
    return Rejected(f"{run.id} has ended", f"it is {run.state.value}")


def _revived(run: Run, now: float, but: set[str]) -> tuple[Event, ...]:
    """What was skipped only because the run stopped waits again."""
    return tuple(
        StageReset(now, run.id, name, own.feedback)
        for name, own in run.stages.items()
        if own.stopped and name not in but
    )


def _word(run: Run) -> str:
    return "paused" if run.paused else run.state.value


def _decided(gate: Gate) -> str:
    if gate.state == "withdrawn":
        return "the run went another way before anybody decided"
    last = gate.votes[-1]
    return f"by {voter(last)}, from the {last.by}" + (f": {last.note}" if last.note else "")
