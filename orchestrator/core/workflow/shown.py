"""Runs and gates as clients see them: what each stage waits for, as text."""

from collections.abc import Iterator
from dataclasses import replace

from orchestrator.core.board.columns import place
from orchestrator.core.effects import alive
from orchestrator.core.literals import RunStateName
from orchestrator.core.model import Card, Column, State
from orchestrator.core.text.clean import last_line, shown, shown_line, unusual
from orchestrator.core.workflow.plan import Agent, HumanGate, OnFailure, Script, Stage
from orchestrator.core.workflow.progress import (
    active,
    denials,
    joined,
    open_needs,
    sends_back,
    unfit,
    workers_at,
    works,
)
from orchestrator.core.workflow.run import (
    SETTLED,
    BranchDiff,
    Evidence,
    Gate,
    Run,
    RunState,
    ScriptResult,
    StageRun,
    StageState,
)
from orchestrator.core.workflow.views import GateView, RunView, StageView
from orchestrator.core.workflow.voters import voter
from orchestrator.core.workflow.words import message

_LAST_LINES = 10
"""Lines of a failed script's output that are shown with its failure."""


def run_view(state: State, run: Run) -> RunView:
    """The run's view."""
    stages = tuple(_stage_view(state, run, stage) for stage in run.workflow.stages)
    word, reason = _standing(run, stages)
    return RunView(
        id=run.id,
        name=run.workflow.name,
        file=run.file,
        repo=run.repo,
        base=run.base,
        state=word,
        reason=reason,
        started_at=run.started_at,
        ended_at=run.ended_at,
        inputs=run.inputs,
        stages=stages,
        cost_usd=cost(state, run),
        headless=run.headless,
        unread=run.unread,
    )


def gate_view(run: Run, gate: Gate) -> GateView:
    """The gate's view."""
    stage = run.workflow.stage(gate.stage)
    rule = stage.does
    assert isinstance(rule, HumanGate)
    last = gate.votes[-1] if gate.votes and gate.state in ("approved", "denied") else None
    votes = gate.votes[:-1] if gate.state == "denied" else gate.votes
    after = tuple(each.name for each in run.workflow.stages if gate.stage in each.needs)
    asked = gate.message or message(run, rule)
    return GateView(
        id=gate.id,
        run=run.id,
        workflow=run.workflow.name,
        stage=gate.stage,
        message=shown(asked),
        state=gate.state,
        since=gate.decided_at or gate.opened_at,
        opened_at=gate.opened_at,
        version=gate.version,
        evidence=_evidence(gate.evidence),
        approvers=rule.approvers,
        quorum=rule.quorum,
        approved_by=tuple(vote.who for vote in votes),
        decided_by=last.who if last else "",
        decided_from=last.by if last else "",
        decided_at=gate.decided_at,
        note=last.note if last else "",
        on_deny=sends_back(run, gate),
        sent_back=denials(run, gate.stage, gate.id) if rule.on_deny else 0,
        max_rework=rule.max_rework,
        next=after,
        voters=tuple(map(voter, gate.votes)),
        proof=rule.proof,
        distinct=rule.distinct,
        unusual=unusual(asked, *_texts(gate.evidence)),
    )


def _texts(evidence: Evidence) -> Iterator[str]:
    for diff in evidence.diffs:
        yield from (diff.branch, diff.path, *diff.commits, *(path for path, _, _ in diff.files))
    yield from (result.tail for _, result in evidence.tests)
    yield from (said for _, said in evidence.summaries)


def _evidence(evidence: Evidence) -> Evidence:
    return replace(
        evidence,
        diffs=tuple(map(_diff, evidence.diffs)),
        tests=tuple((stage, _result(result)) for stage, result in evidence.tests),
        summaries=tuple((stage, shown(said)) for stage, said in evidence.summaries),
    )


def _diff(diff: BranchDiff) -> BranchDiff:
    return replace(
        diff,
        branch=shown(diff.branch),
        path=shown(diff.path),
        files=tuple((shown(path), added, deleted) for path, added, deleted in diff.files),
        commits=tuple(map(shown, diff.commits)),
    )


def _result(result: ScriptResult) -> ScriptResult:
    return replace(result, tail=shown(result.tail))


def shown_gates(run: Run) -> tuple[Gate, ...]:
    """Those that are open or decided, oldest first: without the withdrawn ones."""
    return tuple(gate for gate in run.gates if gate.state != "withdrawn")


def open_gates(run: Run) -> tuple[Gate, ...]:
    """Those that wait for a decision, oldest first."""
    return tuple(gate for gate in run.gates if gate.state == "open")


def cost(state: State, run: Run) -> float:
    """US dollars that the sessions of its stages have cost, by their present cards."""
    ids = {own.card for own in run.stages.values()}
    cards = [state.cards[each] for each in ids if each in state.cards]
    return round(sum(_cost(card) for card in cards), 4)


def _cost(card: Card) -> float:
    return card.spent_usd + (card.session.meters.cost_usd if card.session else 0.0)


def _stage_view(state: State, run: Run, stage: Stage) -> StageView:
    own = run.stages[stage.name]
    card = state.cards.get(own.card)
    gate = next((gate.id for gate in reversed(shown_gates(run)) if gate.stage == stage.name), "")
    does = stage.does
    return StageView(
        name=stage.name,
        kind="agent" if isinstance(does, Agent) else "script" if isinstance(does, Script) else "human-gate",
        state=own.state.value,
        waits=_waits(state, run, stage, own, card),
        since=own.since,
        began_at=own.began_at,
        ended_at=own.since if own.state in SETTLED and own.began_at else None,
        attempt=own.attempt,
        needs=tuple(dict.fromkeys((*stage.needs, *(name for name, _ in stage.when)))),
        card=own.card if card else "",
        branch=own.branch,
        path=own.path,
        gate=gate,
        summary=shown(_summary(own)),
        result=_result(own.result) if own.result else None,
        where=(card.where if card else does.where) if isinstance(does, Agent) else "",
        options=options(run, stage, card),
        until=own.until or None,
        attempts=stage.retries + 1 if stage.on_failure is OnFailure.RETRY else 0,
    )


def options(run: Run, stage: Stage, card: Card | None) -> tuple[str, ...]:
    """What a person can do about the stage now."""
    own = run.stages[stage.name]
    if own.state is StageState.GATE:
        return ("approve", "deny")
    said: list[str] = []
    if works(own) and active(run):
        said += ["done", "fail"]
        if isinstance(stage.does, Agent) and card and alive(card) and card.where == "local":
            said.append("prompt")
    gate = isinstance(stage.does, HumanGate)
    revives = active(run) or (run.stopping == stage.name and run.state is not RunState.CANCELLED)
    if own.state is StageState.FAILED and not gate and revives:
        said.append("done")
    if own.state in SETTLED or own.state is StageState.BLOCKED or own.not_before:
        said.append("retry")
    if not gate and revives and own.state is not StageState.DONE:
        said += [] if own.state is StageState.SKIPPED and not own.stopped else ["skip"]
    return tuple(said)


def _waits(state: State, run: Run, stage: Stage, own: StageRun, card: Card | None) -> str:
    match own.state:
        case StageState.WAITING:
            return _why_waiting(state, run, stage, own)
        case StageState.RUNNING if card:
            placing = place(card)
            told = placing.column is Column.BLOCKED or card.launch or card.ending
            return placing.reason if told else ""
        case StageState.GATE:
            return _why_open(run, stage)
        case _:
            return why(own)


def why(own: StageRun) -> str:
    """Why the stage is in its state, with the last line of output of a failed script."""
    said = own.why
    if own.result is not None and own.result.exit_code and (last := last_line(own.result.tail)):
        return f"{said}: {shown_line(last)}" if said else shown_line(last)
    return said


def output(own: StageRun) -> str:
    """The last lines of output of the stage's failed script; else empty."""
    if own.result is None or not own.result.exit_code:
        return ""
    return shown("\n".join(own.result.tail.strip().splitlines()[-_LAST_LINES:]))


def _why_waiting(state: State, run: Run, stage: Stage, own: StageRun) -> str:
    if not active(run):
        return f"the run is {run.state.value}"
    if run.paused:
        return "the run is paused"
    if missing := open_needs(run, stage):
        few = ", ".join(missing[:-1]) + (" and " if len(missing) > 1 else "") + missing[-1]
        much = f"{stage.join} of " if stage.join and len(missing) > 1 else ""
        return f"waiting for {much}{few}"
    if own.process:
        return "ending its last script"
    if own.place and (others := workers_at(state, own.path, but=own.card)):
        works = "works" if len(others) == 1 else "work"
        return f"waiting for {' and '.join(others)}, which {works} in {own.path}"
    if own.not_before:
        return f"retried after a pause: {why(own)}"
    return "begins"


def _why_open(run: Run, stage: Stage) -> str:
    rule = stage.does
    assert isinstance(rule, HumanGate)
    gate = next((each for each in open_gates(run) if each.stage == stage.name), None)
    if gate and gate.votes:
        return f"waiting for {rule.quorum - len(gate.votes)} more of {rule.quorum} approvals"
    if rule.quorum > 1:
        whose = f", of {', '.join(rule.approvers)}" if rule.approvers else ""
        return f"waiting for {rule.quorum} approvals{whose}"
    who = f"{' or '.join(rule.approvers)}" if rule.approvers else "a human"
    return f"waiting for {who} to approve or deny it"


def _standing(run: Run, stages: tuple[StageView, ...]) -> tuple[RunStateName, str]:
    """The run's state in one word, and why."""
    word: RunStateName = run.state.value
    if run.state is not RunState.RUNNING:
        if run.stopping:
            said = why(run.stages[run.stopping])
            return word, f"{run.stopping}: {said}" if said else run.stopping
        return word, ""
    running = [stage.name for stage in stages if stage.state == "running"]
    blocked = [stage for stage in stages if stage.state == "blocked"]
    gates = [stage.name for stage in stages if stage.state == "gate-blocked"]
    if run.paused:
        return (
            "paused",
            f"still running: {', '.join(running)}" if running else "no stage starts until it is resumed",
        )
    if running:
        return "running", f"{', '.join(running)} {'is' if len(running) == 1 else 'are'} running"
    if blocked:
        return "blocked", f"{blocked[0].name}: {blocked[0].waits}"
    begins = [
        stage.name
        for stage in run.workflow.stages
        if run.stages[stage.name].state is StageState.WAITING and joined(run, stage) and not unfit(run, stage)
    ]
    if gates and not begins:
        return "gate-blocked", f"{', '.join(gates)} {'needs' if len(gates) == 1 else 'need'} a decision"
    waits = [f"{stage.name} {stage.waits}" for stage in stages if stage.name in begins]
    return "running", ", ".join(waits)


def _summary(own: StageRun) -> str:
    """What its session reported, or the last output of its script. Empty for a skipped stage."""
    if own.report:
        return own.report.summary
    return own.result.tail if own.result and own.state is not StageState.SKIPPED else ""
