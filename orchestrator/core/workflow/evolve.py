"""How an event changes a run."""

from dataclasses import replace

from orchestrator.core.workflow.events import (
    EvidenceGathered,
    GateApproved,
    GateDenied,
    GateOpened,
    GateReminded,
    RunEnded,
    RunEvent,
    RunPaused,
    RunResumed,
    RunSeen,
    RunStarted,
    ScriptEnded,
    StageAsked,
    StageBegan,
    StageBlocked,
    StageDone,
    StageFailed,
    StageHeldUp,
    StageReported,
    StageReset,
    StageSkipped,
    StageWentOn,
)
from orchestrator.core.workflow.plan import HumanGate, Script
from orchestrator.core.workflow.progress import sends_back, stops, tolerated
from orchestrator.core.workflow.run import SETTLED, Gate, Run, RunState, StageRun, StageState
from orchestrator.core.workflow.voters import voter
from orchestrator.core.workflow.words import message, reasons


def begun(event: RunStarted) -> Run:
    """The run at its start."""
    return Run(
        id=event.run,
        workflow=event.workflow,
        source=event.source,
        file=event.file,
        repo=event.repo,
        base=event.base,
        inputs=event.inputs,
        started_at=event.at,
        stages={stage.name: StageRun(since=event.at) for stage in event.workflow.stages},
        headless=event.headless,
    )


def evolve_run(run: Run, event: RunEvent) -> Run:
    """The run after one more event about it."""
    match event:
        case RunStarted():
            return run
        case RunPaused():
            return replace(run, paused=True)
        case RunResumed():
            return replace(run, paused=False)
        case RunEnded():
            ended = RunState(event.state)
            run = replace(run, state=ended, ended_at=event.at, paused=False, unread=event.unread)
            return replace(run, gates=tuple(_withdrawn(gate, event.at) for gate in run.gates))
        case RunSeen():
            return replace(run, unread=False)
        case EvidenceGathered() | GateReminded() | GateApproved() | GateDenied():
            return _gate(run, event)
        case GateOpened():
            gate = Gate(event.gate, event.stage, event.at)
            before = run.stages[event.stage]
            opened = _to(before, StageState.GATE, event.at, attempt=before.attempt + 1, began_at=event.at)
            return replace(_put(run, event.stage, opened), gates=(*run.gates, gate))
        case _:
            return _stage(run, event, run.stages[event.stage])


_OfStage = (
    StageBegan
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
)


def _stage(run: Run, event: _OfStage, before: StageRun) -> Run:
    match event:
        case StageBegan():
            after = StageRun(
                state=StageState.RUNNING,
                since=event.at,
                attempt=event.attempt,
                failures=before.failures,
                away=before.away,
                began_at=event.at,
                card=event.card,
                branch=event.branch,
                path=event.path,
                feedback=before.feedback,
                process=isinstance(run.workflow.stage(event.stage).does, Script),
            )
        case StageBlocked() | StageHeldUp() if before.state in SETTLED:
            return run  # too late: somebody has decided meanwhile
        case StageBlocked():
            after = _to(before, StageState.BLOCKED, event.at, event.why, place=event.place, process=False)
            away = before.away + 1 if event.place and event.until else before.away
            after = replace(after, report=None, until=event.until, away=away)
        case StageHeldUp():
            after = _to(before, StageState.WAITING, event.at, place=True, path=event.path)
        case StageWentOn():
            gone_on = event.limit or before.resumed_for
            after = _to(before, StageState.RUNNING, event.at, asked=False, resumed_for=gone_on)
        case StageAsked():
            after = replace(before, asked=True)
        case StageReported():
            after = replace(before, report=event.report)
        case ScriptEnded():
            same = event.attempt == before.attempt
            after = replace(before, result=event.result, process=False) if same else before
        case StageDone():
            why = f"marked done by {event.by}" if event.by else ""
            after = _to(before, StageState.DONE, event.at, why, feedback="")
            run = _goes_on(run, event.stage)
        case StageFailed():
            return _failed(run, event, before)
        case StageSkipped():
            how = {"stopped": event.stopped, "by_hand": event.by_hand}
            after = _to(before, StageState.SKIPPED, event.at, event.why, **how)
            run = run if event.stopped else _goes_on(run, event.stage)
            run = _without_gate(run, event.stage, event.at)
        case StageReset():
            after = StageRun(
                since=event.at,
                attempt=before.attempt,
                card=before.card,
                branch=before.branch,
                path=before.path,
                feedback=event.feedback,
                process=before.process,
            )
            run = _without_gate(_goes_on(run, event.stage), event.stage, event.at)
            run = replace(run, state=RunState.RUNNING, ended_at=None, unread=False)
    return _put(run, event.stage, after)


def _failed(run: Run, event: StageFailed, before: StageRun) -> Run:
    failures = before.failures + 1
    if event.again_at is not None:
        again = _to(before, StageState.WAITING, event.at, event.why, failures=failures)
        feedback = reasons(before.feedback, event.why)
        return _put(run, event.stage, replace(again, not_before=event.again_at, feedback=feedback))
    run = _put(run, event.stage, _to(before, StageState.FAILED, event.at, event.why, failures=failures))
    if tolerated(run.workflow.stage(event.stage)):
        return run
    return replace(run, stopping=run.stopping or event.stage)


def _gate(run: Run, event: EvidenceGathered | GateReminded | GateApproved | GateDenied) -> Run:
    gate = next(each for each in run.gates if each.id == event.gate)
    rule = run.workflow.stage(gate.stage).does
    assert isinstance(rule, HumanGate)
    if isinstance(event, EvidenceGathered):
        # What was approved is not what is there now.
        votes = () if gate.version else gate.votes
        new = replace(gate, evidence=event.evidence, version=gate.version + 1, votes=votes)
        return _put_gate(run, new)
    if isinstance(event, GateReminded):
        return _put_gate(run, replace(gate, reminded_at=event.at))
    voted = replace(gate, votes=(*gate.votes, event.vote))
    stage = run.stages[gate.stage]
    said = f": {event.vote.note}" if event.vote.note else ""
    if isinstance(event, GateDenied):
        run = _put_gate(run, replace(voted, state="denied", decided_at=event.at, message=message(run, rule)))
        back = sends_back(run, gate)
        enough = f" (max_rework reached: {rule.max_rework})"
        why = f"denied by {voter(event.vote)}{said}{enough if rule.on_deny and not back else ''}"
        run = _put(run, gate.stage, _to(stage, StageState.DENIED, event.at, why))
        return run if back else replace(run, stopping=run.stopping or gate.stage)
    if len(voted.votes) < rule.quorum:
        return _put_gate(run, voted)
    run = _put_gate(run, replace(voted, state="approved", decided_at=event.at, message=message(run, rule)))
    names = ", ".join(map(voter, voted.votes))
    return _put(run, gate.stage, _to(stage, StageState.DONE, event.at, f"approved by {names}{said}"))


def _goes_on(run: Run, stage: str) -> Run:
    """The run after that stage no longer stops it; another failed one may."""
    if run.stopping != stage or not stage:
        return run
    others = [each.name for each in run.workflow.stages if each.name != stage and stops(run, each)]
    return replace(run, stopping=next(iter(others), ""), state=RunState.RUNNING, ended_at=None, unread=False)


def _without_gate(run: Run, stage: str, at: float) -> Run:
    gates = tuple(_withdrawn(gate, at) if gate.stage == stage else gate for gate in run.gates)
    return replace(run, gates=gates)


def _withdrawn(gate: Gate, at: float) -> Gate:
    return replace(gate, state="withdrawn", decided_at=at) if gate.state == "open" else gate


def _to(before: StageRun, state: StageState, at: float, why: str = "", **more: object) -> StageRun:
    calm: dict[str, object] = {"place": False, "stopped": False, "by_hand": False, "until": 0.0, **more}
    return replace(before, state=state, since=at, why=why, **calm)  # type: ignore[arg-type]


def _put(run: Run, name: str, stage: StageRun) -> Run:
    return replace(run, stages={**run.stages, name: stage})


def _put_gate(run: Run, gate: Gate) -> Run:
    return replace(run, gates=tuple(gate if each.id == gate.id else each for each in run.gates))
