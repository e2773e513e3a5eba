"""What no life of a run may break, looked at after each event, with counts of its own."""

from collections import defaultdict

from orchestrator.core.board.shown import views
from orchestrator.core.commands import Command, Decision, Rejected
from orchestrator.core.effects import alive
from orchestrator.core.events import Event, StartQueued
from orchestrator.core.evolve import evolve
from orchestrator.core.model import Card, State
from orchestrator.core.needs.ranking import needs
from orchestrator.core.requests.runs import RetryStage
from orchestrator.core.sessions.model import Status, Turn
from orchestrator.core.sessions.prompt_events import PromptQueued
from orchestrator.core.workflow.commands import ApproveGate
from orchestrator.core.workflow.effects import BeginStage, EndScript, owed_to
from orchestrator.core.workflow.events import (
    GateApproved,
    GateDenied,
    GateOpened,
    RunEnded,
    StageBegan,
    StageDone,
    StageReset,
)
from orchestrator.core.workflow.plan import Agent, HumanGate, OnFailure, Stage
from orchestrator.core.workflow.run import SETTLED, Gate, Run, RunState, StageState
from orchestrator.core.workflow.shown import gate_view, run_view

_PASSED = (StageState.DONE, StageState.SKIPPED)


class Rules:
    """Keeps who approved what and which reasons are on their way, beside the state."""

    def __init__(self) -> None:
        self.approvals: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.reasons: dict[tuple[str, str], set[str]] = defaultdict(set)
        """Every reason with which the stage was sent back."""
        self.untold: dict[tuple[str, str], set[str]] = defaultdict(set)
        """Those that no session of its has taken up yet."""
        self.prompts: dict[str, str] = {}
        self.begun: set[tuple[str, str, int]] = set()
        self.marked: set[tuple[str, str]] = set()

    def hold(self, before: State, event: Event, after: State) -> None:
        """After each event, in the midst of what follows from each other."""
        match event:
            case StageBegan() | GateOpened():
                self._begins(before, event)
            case StartQueued():
                card = before.cards[event.card]
                assert not card.launch, "no start is asked for twice"
                assert not alive(card), "one session at a time"
                self.prompts[event.card] = event.prompt
            case PromptQueued():
                self.prompts[event.card] = event.text
            case GateApproved():
                gate = _gate(before.runs[event.run], event.gate)
                self.approvals[event.run, gate.stage].add(event.vote.who)
            case GateDenied():
                run = before.runs[event.run]
                rule_of = _gate(run, event.gate).stage
                rule = run.workflow.stage(rule_of).does
                assert isinstance(rule, HumanGate)
                if rule.on_deny:
                    self.reasons[event.run, rule.on_deny].add(event.vote.note)
                    denials = [each for each in run.gates if (each.stage, each.state) == (rule_of, "denied")]
                    if len(denials) < rule.max_rework:
                        self.untold[event.run, rule.on_deny] = {event.vote.note}
            case StageDone():
                self._done(before, event)
                if event.by:
                    self.marked.add((event.run, event.stage))
            case StageReset():
                self.marked.discard((event.run, event.stage))
                self.approvals.pop((event.run, event.stage), None)
            case RunEnded():
                _holds_at_the_end(after.runs[event.run])
            case _:
                pass

    def _begins(self, state: State, event: StageBegan | GateOpened) -> None:
        run = state.runs[event.run]
        stage = run.workflow.stage(event.stage)
        assert run.state is RunState.RUNNING
        assert not run.paused
        assert not run.stopping, "nothing begins in a run that stops"
        assert run.stages[stage.name].state in (StageState.WAITING, StageState.BLOCKED)
        assert not run.stages[stage.name].process, "its last script is still there"
        assert event.at >= run.stages[stage.name].not_before, "the pause is not over"
        for name, outcomes in stage.when:
            assert run.stages[name].state.value in outcomes
        self._needs_are_there(run, stage)
        if isinstance(event, StageBegan):
            key = (run.id, stage.name, event.attempt)
            assert key not in self.begun, "no attempt begins twice"
            assert event.attempt == run.stages[stage.name].attempt + 1
            self.begun.add(key)
            _is_alone(state, event)
            if isinstance(stage.does, Agent):
                self._is_told(run, stage, event)

    def _needs_are_there(self, run: Run, stage: Stage) -> None:
        there = [name for name in stage.needs if self._there(run, name)]
        if stage.join:
            there = [name for name in there if run.stages[name].state in _PASSED]
        assert len(there) >= (stage.join or len(stage.needs)), f"{stage.name} does not wait for {stage.needs}"

    def _there(self, run: Run, name: str) -> bool:
        """Whether the stage is done, and so is all that it rests on; every gate by enough approvals. What a
        person has marked as failed is, whatever it rests on."""
        own, stage = run.stages[name], run.workflow.stage(name)
        if own.state is StageState.DONE and (run.id, name) in self.marked:
            return True
        if isinstance(stage.does, HumanGate):
            rule = stage.does
            voters = self.approvals[run.id, name]
            assert not rule.approvers or voters <= set(rule.approvers)
            if own.state is StageState.SKIPPED:
                assert stage.when, "a gate is skipped by its `when` alone"
            elif own.state is not StageState.DONE or len(voters) < rule.quorum:
                return False
        elif own.state is StageState.FAILED:
            if stage.on_failure is not OnFailure.CONTINUE:
                return False
            if not own.attempt:
                return True  # too few of what it needs can be done, which is known before the others are
        elif own.state not in _PASSED:
            return False
        before = [self._there(run, each) for each in stage.needs]
        return sum(before) >= stage.join if stage.join else all(before)

    def _is_told(self, run: Run, stage: Stage, event: StageBegan) -> None:
        """Its session gets what was left for it, and the reasons for which it is done again: its own only."""
        prompt = self.prompts[event.card]
        key = (run.id, stage.name)
        for reason in self.untold[key]:
            assert reason in prompt, f"{stage.name} is not told {reason}"
        others = {each for where, told in self.reasons.items() if where != key for each in told}
        assert not [each for each in others - self.reasons[key] if each in prompt]
        for name in stage.needs:
            own = run.stages[name]
            if own.report and own.state is StageState.DONE:
                assert own.report.summary in prompt
                assert own.report.handoff in prompt

    def takes(self, card: Card | None, prompt: str) -> None:
        """A session has begun a turn with this prompt."""
        if card:
            key = (card.run, card.stage)
            self.untold[key] = {reason for reason in self.untold[key] if reason not in prompt}

    def _done(self, state: State, event: StageDone) -> None:
        self.untold.pop((event.run, event.stage), None)
        run = state.runs[event.run]
        card = state.cards.get(run.stages[event.stage].card)
        if not event.by and card and isinstance(run.workflow.stage(event.stage).does, Agent):
            assert not card.launch
            turn = card.session.facts.turn if card.session and alive(card) else Turn.ENDED
            assert turn is not Turn.OPEN, "a stage is done when the turn has ended"

    def hold_at_rest(self, state: State, now: float) -> None:
        """When nothing more follows by itself."""
        waiting = needs(state)
        for run in state.runs.values():
            _is_shown(state, run)
            waits = [name for name, own in run.stages.items() if own.state is StageState.GATE]
            assert sorted(gate.stage for gate in run.gates if gate.state == "open") == sorted(waits)
            if run.state is not RunState.RUNNING:
                assert not [wish for wish in owed_to(run, now) if not isinstance(wish, EndScript)]
                continue
            view = run_view(state, run)
            if view.state == "gate-blocked":
                assert not [wish for wish in owed_to(run, now) if isinstance(wish, BeginStage)]
            told = {(need.kind, need.stage) for need in waiting if need.run == run.id}
            for name, own in run.stages.items():
                if isinstance(run.workflow.stage(name).does, Agent) and own.state is StageState.RUNNING:
                    assert not _stands_idle(state.cards.get(own.card)), f"nobody works on {name}"
                if own.state is StageState.GATE:
                    assert ("gate", name) in told
                if own.state is StageState.BLOCKED:
                    assert ("stage", name) in told
        assert len(views(state)) == len(state.cards)

    def hold_for(self, state: State, command: Command, decision: Decision) -> None:
        """What was decided about a command."""
        if isinstance(command, ApproveGate):
            assert isinstance(decision, Rejected) != _may_approve(state, command)
        if isinstance(command, RetryStage) and not isinstance(decision, Rejected):
            _holds_for_a_retry(state, command, decision)


def _is_alone(state: State, event: StageBegan) -> None:
    """Two sessions, or a session and a script, never work in one worktree."""
    for card in state.cards.values():
        if card.path == event.path and card.id != event.card:
            assert not alive(card), f"{card.id} works in {card.path}"
            assert not card.launch, f"{card.id} is to work in {card.path}"
    for run in state.runs.values():
        for name, own in run.stages.items():
            assert not (own.process and own.path == event.path), f"the script of {name} runs in {own.path}"


def _stands_idle(card: Card | None) -> bool:
    return (
        card is not None
        and card.session is not None
        and not (card.launch or card.ending or card.outbox or card.finished)
        and (bool(card.session.pane) or not alive(card))  # a process of its own ends by itself
        and card.session.status in (Status.IDLE, Status.INTERRUPTED, Status.EXITED)
    )


def _may_approve(state: State, command: ApproveGate) -> bool:
    run = state.runs.get(command.run)
    gate = next((each for each in run.gates if each.id == command.gate), None) if run else None
    if run is None or gate is None or gate.state != "open":
        return False
    rule = run.workflow.stage(gate.stage).does
    assert isinstance(rule, HumanGate)
    return (
        command.seen_version in (None, gate.version)
        and command.who not in [vote.who for vote in gate.votes]
        and (not rule.approvers or command.who in rule.approvers)
        and rule.proof in ("none", command.proof)
        and (rule.distinct == "name" or not _same_account(gate, command))
    )


def _same_account(gate: Gate, command: ApproveGate) -> bool:
    unproven = {vote.user for vote in gate.votes if not vote.proof}
    return bool(command.user) and not command.proof and command.user in unproven


def _holds_for_a_retry(state: State, command: RetryStage, decision: tuple[Event, ...]) -> None:
    """It and what needs it wait again, and so does what the stop skipped; nothing else is touched."""
    before = state.runs[command.run]
    after = before
    for event in decision:
        state = evolve(state, event)
        after = state.runs[command.run]
    again = {command.stage, *(stage.name for stage in before.workflow.after(command.stage))}
    assert after.state is RunState.RUNNING
    for name, own in after.stages.items():
        assert not own.stopped
        if name != command.stage and before.stages[name].by_hand:
            assert own.by_hand, "what a person has skipped stays so"
        elif name in again or before.stages[name].stopped:
            assert own.state is StageState.WAITING
        else:
            assert own == before.stages[name]


def _holds_at_the_end(run: Run) -> None:
    states = {own.state for own in run.stages.values()}
    assert states <= SETTLED
    assert not [gate for gate in run.gates if gate.state == "open"]
    if run.state is RunState.DONE:
        for name, own in run.stages.items():
            assert not own.stopped
            failed = own.state is StageState.FAILED
            assert own.state in _PASSED or (
                failed and run.workflow.stage(name).on_failure is OnFailure.CONTINUE
            )
    if run.state in (RunState.FAILED, RunState.DENIED):
        assert run.stages[run.stopping].state.value == run.state.value


def _is_shown(state: State, run: Run) -> None:
    view = run_view(state, run)
    if view.state not in ("done", "cancelled"):
        assert view.reason, f"{view.state} without a reason"
    for stage in view.stages:
        if stage.state in ("waiting", "blocked", "gate-blocked", "failed", "denied", "skipped"):
            assert stage.waits, f"{stage.name} is {stage.state} without a word"
    for gate in run.gates:
        assert gate_view(run, gate).state == gate.state


def sessions_left(state: State) -> list[str]:
    """Cards of ended runs whose sessions live on."""
    ended = {run.id for run in state.runs.values() if run.state is not RunState.RUNNING}
    return [card.id for card in state.cards.values() if card.run in ended and (alive(card) or card.launch)]


def _gate(run: Run, gate: str) -> Gate:
    return next(each for each in run.gates if each.id == gate)
