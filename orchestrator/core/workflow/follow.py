"""What follows automatically from the state of a run and its cards: the one place in which stages end, gates
open and runs end."""

from collections.abc import Iterable

from orchestrator.core.effects import alive
from orchestrator.core.events import EndingAsked, Event, StartCancelled, StartQueued
from orchestrator.core.literals import RunEnding
from orchestrator.core.model import Card, State, Step
from orchestrator.core.sessions.facts import rests
from orchestrator.core.sessions.model import Session, Status, Turn
from orchestrator.core.sessions.prompt_events import PromptQueued
from orchestrator.core.sessions.states import OVER
from orchestrator.core.workflow.events import (
    GateOpened,
    GateReminded,
    RunEnded,
    StageAsked,
    StageBlocked,
    StageDone,
    StageFailed,
    StageSkipped,
    StageWentOn,
)
from orchestrator.core.workflow.limits import goes_on_at, is_away, limited, next_look
from orchestrator.core.workflow.plan import HumanGate, OnFailure, Script, Stage
from orchestrator.core.workflow.progress import (
    There,
    active,
    hopeless,
    joined,
    may_begin,
    ready,
    settled,
    there,
    unfit,
    works,
)
from orchestrator.core.workflow.run import Run, StageRun, StageState
from orchestrator.core.workflow.words import asked_to_finish, limit_is_over

_QUIET = frozenset({Status.IDLE, Status.INTERRUPTED})


def due(state: State, run: Run, now: float) -> tuple[Event, ...]:
    """The next events that follow for this run; none if nothing does. Call again after each."""
    if not active(run):
        return ()
    is_there = there(run)
    for stage in run.workflow.stages:
        if events := tuple(_of_stage(state, run, stage, is_there, now)):
            return events
    if settled(run):
        return (RunEnded(now, run.id, _outcome(run), unread=True),)
    return tuple(_reminders(run, now))


def release(state: State, own: StageRun, now: float, *, done: bool) -> tuple[Event, ...]:
    """Ends the session that worked on a stage, so that its slot is free; worktree and conversation are kept.
    The card of a finished stage moves to Done."""
    card = state.cards.get(own.card)
    if card is None or card.ending or card.finished:
        return ()
    if card.launch and card.launch.step is Step.QUEUED:
        cancelled = StartCancelled(now, card.id)
        return (cancelled, EndingAsked(now, card.id, "finish", how="keep")) if done else (cancelled,)
    if done:
        return (EndingAsked(now, card.id, "finish", how="keep"),)
    return (EndingAsked(now, card.id, "stop"),) if alive(card) or card.launch else ()


def fail(run: Run, stage: Stage, why: str, now: float) -> StageFailed:
    """The failure of an attempt: the last one, or one that is retried."""
    own = run.stages[stage.name]
    if stage.on_failure is OnFailure.RETRY and own.failures < stage.retries and not run.stopping:
        return StageFailed(now, run.id, stage.name, why, now + stage.backoff * 2**own.failures)
    return StageFailed(now, run.id, stage.name, why)


def _of_stage(state: State, run: Run, stage: Stage, is_there: There, now: float) -> Iterable[Event]:
    own = run.stages[stage.name]
    if own.state is StageState.WAITING or (own.state is StageState.BLOCKED and own.place):
        yield from _before(state, run, stage, is_there, now)
    elif own.state is StageState.GATE:
        if run.stopping:
            yield _stopped(run, stage, now)
    elif works(own):
        if isinstance(stage.does, Script):
            yield from _script(run, stage, own, now)
        else:
            yield from _agent(state, run, stage, own, now)


def _before(state: State, run: Run, stage: Stage, is_there: There, now: float) -> Iterable[Event]:
    if run.stopping:
        yield _stopped(run, stage, now)
        yield from release(state, run.stages[stage.name], now, done=False)
    elif may_begin(run) and hopeless(run, stage, is_there):
        yield StageFailed(now, run.id, stage.name, "too few of the stages that it needs are done")
    elif may_begin(run) and joined(run, stage, is_there) and (why := unfit(run, stage)):
        yield StageSkipped(now, run.id, stage.name, why)
    elif isinstance(stage.does, HumanGate) and ready(run, stage, now, is_there):
        yield GateOpened(now, run.id, stage.name, f"g{state.next_gate}")


def _script(run: Run, stage: Stage, own: StageRun, now: float) -> Iterable[Event]:
    if own.state is StageState.BLOCKED:
        if run.stopping:
            yield _stopped(run, stage, now)
    elif own.result is not None:
        if own.result.exit_code == 0:
            yield StageDone(now, run.id, stage.name)
        else:
            yield fail(run, stage, _ended(own.result.exit_code), now)
    elif own.began_at is not None and (late := _late(stage, own.began_at, now)):
        yield fail(run, stage, late, now)


def _agent(state: State, run: Run, stage: Stage, own: StageRun, now: float) -> Iterable[Event]:
    card = state.cards.get(own.card)
    session = card.session if card else None
    if own.report and own.report.outcome != "blocked" and _at_rest(card):
        if own.report.outcome == "done":
            yield StageDone(now, run.id, stage.name)
        else:
            yield fail(run, stage, own.report.summary or "reported by its session", now)
        yield from release(state, own, now, done=own.report.outcome == "done")
        return
    if own.state is StageState.BLOCKED:
        if run.stopping:
            yield _stopped(run, stage, now)
            yield from release(state, own, now, done=False)
        elif session and _in_a_turn(session) and session.facts.turn_at > own.since:
            yield StageWentOn(now, run.id, stage.name)
        elif card and session and own.until and now >= own.until and not run.paused and _free(card):
            yield from _goes_on(run, stage, own, card, session, now)
        return
    if late := _late(stage, _began(card, own, now), now):
        yield fail(run, stage, late, now)
        yield from release(state, own, now, done=False)
    elif own.report and card and not card.launch and session and session.status in OVER:
        yield StageBlocked(now, run.id, stage.name, own.report.summary)
    elif card and session and limited(session) and _free(card):
        until = goes_on_at(state, session, own, now)
        said = session.facts.failure_said or session.facts.failure
        yield StageBlocked(
            now, run.id, stage.name, f"its turn was ended by an API limit: {said}", until=until
        )
    elif is_away(card) and card and card.failure:
        why = f"{card.failure.what}: {card.failure.why}"
        yield StageBlocked(now, run.id, stage.name, why, place=True, until=next_look(own, now))
    elif card and session and _unasked(card, session, own):
        yield from _ask(run, stage, own, card, session, now)
    elif mishap := _mishap(card):
        if stage.on_failure is OnFailure.RETRY and own.failures < stage.retries:
            yield fail(run, stage, mishap, now)
        else:
            yield StageBlocked(now, run.id, stage.name, mishap)
    elif session and _stands_still(card, session):
        said = own.report.summary if own.report else session.facts.last_words
        ended = (
            "its turn ended" if session.facts.turn is not Turn.NONE else "its session is waiting for a prompt"
        )
        facts = session.facts
        if cause := facts.no_tools or facts.no_hooks:
            said = f"{ended}; cannot report: {cause}"
        yield StageBlocked(now, run.id, stage.name, said.strip() or f"{ended} without stage_done")


def _unasked(card: Card, session: Session, own: StageRun) -> bool:
    """Its turn ended without an outcome while the hub was away, so that no Stop hook could ask for one."""
    if own.asked or own.report or card.failure or card.finished or session.facts.turn is not Turn.ENDED:
        return False
    if session.pane:
        return _stands_still(card, session)
    return (
        session.status is Status.EXITED and session.facts.exit_code == 0 and not (card.launch or card.ending)
    )


def _ask(run: Run, stage: Stage, own: StageRun, card: Card, session: Session, now: float) -> Iterable[Event]:
    words = asked_to_finish(stage.name)
    yield StageAsked(now, run.id, stage.name)
    if session.pane:
        yield PromptQueued(now, card.id, f"{run.id}.{stage.name}.{own.attempt}", words)
    else:
        yield StartQueued(now, card.id, session.run + 1, session.session_id, resume=True, prompt=words)


def _goes_on(
    run: Run, stage: Stage, own: StageRun, card: Card, session: Session, now: float
) -> Iterable[Event]:
    """The limit has ended: its session is told so, in its window or by being resumed."""
    yield StageWentOn(now, run.id, stage.name, own.until)
    if session.pane and alive(card):
        yield PromptQueued(now, card.id, f"{run.id}.{stage.name}.{own.until:.0f}", limit_is_over(stage.name))
    else:
        words = limit_is_over(stage.name)
        yield StartQueued(now, card.id, session.run + 1, session.session_id, resume=True, prompt=words)


def _free(card: Card) -> bool:
    """Whether the card is not busy and not on hold."""
    return (
        not (card.launch or card.ending or card.outbox or card.failure or card.finished) and card.held is None
    )


def _mishap(card: Card | None) -> str:
    """Why no session works on the stage any more, as text; empty while one does."""
    if card is None:
        return "its card was removed"
    if card.finished:
        return f"its card was finished by a person ({card.finished})"
    if card.failure and not alive(card):
        return f"{card.failure.what}: {card.failure.why}"
    if card.launch or card.ending:
        return ""
    session = card.session
    if session is None:
        return "its start was cancelled"
    if session.status in OVER:
        return f"its session ended without stage_done: {session.why}"
    return ""


def _stands_still(card: Card | None, session: Session) -> bool:
    """Its turn has ended, no background task is running, and no prompt is on its way. Without a terminal a
    session's end is its process's end."""
    return (
        card is not None
        and bool(session.pane)
        and not card.launch
        and not card.ending
        and all(prompt.state == "unconfirmed" for prompt in card.outbox)
        and session.status in _QUIET
        and rests(session.facts)
    )


def _in_a_turn(session: Session) -> bool:
    return session.status not in OVER and session.facts.turn is Turn.OPEN


def _at_rest(card: Card | None) -> bool:
    if card is None:
        return True
    if card.launch or any(prompt.state != "unconfirmed" for prompt in card.outbox if alive(card)):
        return False
    session = card.session
    if session is None:
        return True
    if session.status in OVER:
        return True
    facts = session.facts
    # A dialog after the turn, such as an offer of another mode, blocks nothing.
    over = rests(facts) or (facts.registry == "waiting" and facts.turn is Turn.ENDED)
    return bool(session.pane) and over and not facts.asks


def _began(card: Card | None, own: StageRun, now: float) -> float:
    """Since when the session could work: the wait for a slot does not count."""
    if card is None or card.launch or card.session is None:
        return now
    return max(own.began_at or 0.0, card.session.started_at)


def _late(stage: Stage, began_at: float, now: float) -> str:
    if stage.timeout and now - began_at >= stage.timeout:
        return f"it took longer than {_span(stage.timeout)}"
    return ""


def _reminders(run: Run, now: float) -> Iterable[Event]:
    for gate in run.gates:
        rule = run.workflow.stage(gate.stage).does
        assert isinstance(rule, HumanGate)
        last = gate.reminded_at or gate.opened_at
        if gate.state == "open" and rule.remind_after and now - last >= rule.remind_after:
            yield GateReminded(now, run.id, gate.id)


def _stopped(run: Run, stage: Stage, now: float) -> StageSkipped:
    how = "was denied" if run.stages[run.stopping].state is StageState.DENIED else "failed"
    return StageSkipped(now, run.id, stage.name, f"the run stops: {run.stopping} {how}", stopped=True)


def _outcome(run: Run) -> RunEnding:
    if not run.stopping:
        return "done"
    return "denied" if run.stages[run.stopping].state is StageState.DENIED else "failed"


def _ended(exit_code: int) -> str:
    return (
        f"it ended with exit code {exit_code}" if exit_code >= 0 else f"it was ended by signal {-exit_code}"
    )


def _span(seconds: float) -> str:
    for unit, name in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit and seconds % unit == 0:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:g} s"
