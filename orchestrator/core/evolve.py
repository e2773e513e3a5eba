"""How an event changes the state. Replaying the journal through `evolve` restores the state.

An event for a removed card changes nothing: its effect may have been running at the removal.
"""

from dataclasses import replace

from orchestrator.core.effects import opening
from orchestrator.core.events import (
    CardAcknowledged,
    CardCreated,
    CardEvent,
    CardHeld,
    CardLabelled,
    CardPinned,
    CardReleased,
    CardRemoved,
    CardReopened,
    EndingAsked,
    EndingDone,
    EndingFailed,
    Event,
    MetersRead,
    RequestAnswered,
    SessionChanged,
    SessionClosed,
    SessionNudged,
    SetupFinished,
    StartAdmitted,
    StartCancelled,
    StartFailed,
    StartQueued,
    WindowOpened,
    WorktreeAdded,
    WorktreeMoved,
    WorktreeRemoved,
)
from orchestrator.core.forge.evolve import with_forge
from orchestrator.core.forge.issues.departed import departing, with_departed
from orchestrator.core.forge.issues.passed_over import with_passed_over
from orchestrator.core.landing.events import (
    BranchMerged,
    LandingAdmitted,
    LandingCancelled,
    LandingMade,
    LandingOutdated,
)
from orchestrator.core.landing.evolve import evolve_landing
from orchestrator.core.landing.methods import METHODS
from orchestrator.core.model import Card, Ending, Launch, State, Step
from orchestrator.core.needs.nudges import KEPT
from orchestrator.core.overlaps.events import OverlapFound, OverlapTold
from orchestrator.core.overlaps.notes import with_note
from orchestrator.core.review.evolve import with_review
from orchestrator.core.sessions.cut_off import cut_off
from orchestrator.core.sessions.model import Evidence, Facts, Meters, Session, Signs, Source, Status, Turn
from orchestrator.core.sessions.prompts import evolve_prompts, in_no_doubt, opened
from orchestrator.core.sessions.signals import AskAnswered, CutOffSeen, StopWanted, WindowClosed
from orchestrator.core.sessions.transitions import merge_meters, transition
from orchestrator.core.undo.events import ActRecorded, BaseMovedBack, UndoAsked, WorktreeRestored
from orchestrator.core.undo.evolve import with_gone, with_record, with_undo, with_undone, without_failed
from orchestrator.core.workflow.events import GateOpened, RunEnded, RunEvent, RunStarted
from orchestrator.core.workflow.evolve import begun, evolve_run
from orchestrator.core.workflow.progress import active

RUNS_KEPT = 200
"""Ended runs that are kept in the state, newest first; the journal has them all."""


def evolve(state: State, event: Event) -> State:
    """The state after one more event; `state` itself is not changed."""
    state = replace(state, seq=state.seq + 1)
    if not isinstance(event, CardEvent):
        return _evolve_runs(state, event)
    if isinstance(event, CardCreated):
        number = int(event.card.removeprefix("c"))
        return _put(replace(state, next_card=max(state.next_card, number + 1)), _created(event))
    if isinstance(event, ActRecorded):
        return with_record(state, event)
    if isinstance(event, UndoAsked):
        return with_undo(state, event)
    card = state.cards.get(event.card)
    if card is None:
        return with_departed(state, event)
    state = with_passed_over(_with_acts(state, card, event), card, event)
    if isinstance(event, CardRemoved):
        state = departing(state, card)
        return replace(state, cards={key: each for key, each in state.cards.items() if key != event.card})
    if isinstance(event, MetersRead):
        state = _count(state, card, event)
    state = _put(state, with_forge(with_review(_card(card, event), event), event))
    if isinstance(event, EndingDone) and card.ending and card.ending.then == "undo":
        return with_undone(state, state.cards[card.id], card.ending)
    return state


def _with_acts(state: State, card: Card, event: CardEvent) -> State:
    """What the event means for the act that led to it."""
    match event:
        case WorktreeRemoved():
            return with_gone(state, card, event.rescue, event.tip)
        case EndingFailed() | LandingCancelled():
            return without_failed(state, card)
        case _:
            return state


def _evolve_runs(state: State, event: RunEvent) -> State:
    if isinstance(event, RunStarted):
        number = int(event.run.removeprefix("r"))
        state = replace(state, next_run=max(state.next_run, number + 1))
        return replace(state, runs={**state.runs, event.run: begun(event)})
    run = state.runs.get(event.run)
    if run is None:
        return state
    if isinstance(event, GateOpened):
        number = int(event.gate.removeprefix("g"))
        state = replace(state, next_gate=max(state.next_gate, number + 1))
    state = replace(state, runs={**state.runs, run.id: evolve_run(run, event)})
    return _without_old_runs(state) if isinstance(event, RunEnded) else state


def _without_old_runs(state: State) -> State:
    ended = sorted(
        (run for run in state.runs.values() if not active(run)), key=lambda run: (run.ended_at or 0.0, run.id)
    )
    old = {run.id for run in ended[: max(0, len(ended) - RUNS_KEPT)]}
    return replace(state, runs={key: run for key, run in state.runs.items() if key not in old})


def _put(state: State, card: Card) -> State:
    return replace(state, cards={**state.cards, card.id: card})


def _created(event: CardCreated) -> Card:
    return Card(
        id=event.card,
        slug=event.slug,
        title=event.title,
        prompt=event.prompt,
        repo=event.repo,
        base=event.base,
        branch=event.branch,
        path=event.path,
        created_at=event.at,
        model=event.model,
        permission_mode=event.permission_mode,
        existing_branch=event.existing_branch,
        labels=event.labels,
        run=event.run,
        stage=event.stage,
        where=event.where,
        lead=event.lead,
        wanted=event.wanted,
        conversation=event.conversation,
        adopted=event.adopted,
        agent=event.agent,
    )


def _card(card: Card, event: CardEvent) -> Card:
    match event:
        case StartQueued():
            launch = Launch(Step.QUEUED, event.at, event.run, event.session_id, event.resume, event.prompt)
            return replace(card, launch=launch, shelved=False, failure=None, held=None, wanted=False)
        case StartAdmitted():
            return _step(card, Step.SETUP if card.worktree else Step.WORKTREE, event.at)
        case StartCancelled():
            return replace(card, launch=None)
        case StartFailed():
            return replace(card, launch=None, failure=event.failure)
        case WorktreeAdded():
            return _step(replace(card, worktree=event.worktree, set_up=False), Step.SETUP, event.at)
        case SetupFinished():
            return _step(replace(card, set_up=True), Step.WINDOW, event.at)
        case WindowOpened():
            return _opened(card, event)
        case SessionChanged():
            return _changed(card, event.session) if _is_run(card, event.session.run) else card
        case RequestAnswered() if card.session:
            answered = AskAnswered(event.at, event.request, f"rule {event.rule}" if event.rule else event.by)
            return replace(card, session=transition(card.session, answered))
        case SessionNudged() if event.by == "rule":
            return replace(card, nudges=(*card.nudges, event.at)[-KEPT:])
        case MetersRead():
            if not card.session or not _is_run(card, event.run):
                return card
            old = card.session.meters
            earlier = old.cost_usd if event.meters.cost_usd < old.cost_usd else 0.0
            session = replace(card.session, meters=merge_meters(old, event.meters))
            return replace(card, session=session, spent_usd=card.spent_usd + earlier)
        case CardHeld():
            return replace(card, held=event.note)
        case CardReleased():
            return replace(card, held=None)
        case CardPinned():
            return replace(card, pinned=event.pinned)
        case CardLabelled():
            return replace(card, labels=event.labels)
        case CardAcknowledged():
            return _acknowledged(card, event)
        case CardReopened():
            return replace(card, finished=None, finished_at=None, shelved=card.session is None)
        case EndingAsked():
            ending = Ending(event.then, event.at, event.rescue, event.how, into=event.into)
            stops = event.how not in (*METHODS, "pr")  # a session goes on until its branch is landed
            stopping = (
                transition(card.session, StopWanted(event.at)) if card.session and stops else card.session
            )
            # A start in progress is waited for: otherwise its window would be unknown.
            starting = card.launch if card.launch and card.launch.step is not Step.QUEUED else None
            return replace(card, ending=ending, session=stopping, launch=starting, failure=None)
        case SessionClosed():
            return replace(card, session=_closed(card.session, event))
        case LandingAdmitted() | LandingMade() | LandingOutdated() | LandingCancelled() | BranchMerged():
            return evolve_landing(card, event)
        case WorktreeRemoved():
            rescues = (*card.rescues, event.rescue) if event.rescue else card.rescues
            return replace(card, worktree=None, set_up=False, rescues=rescues, notes=event.notes)
        case WorktreeRestored():
            return replace(card, worktree=event.worktree, set_up=False)
        case BaseMovedBack() if card.ending:
            return replace(card, ending=replace(card.ending, made=None))
        case WorktreeMoved():
            tree = card.worktree and replace(card.worktree, path=event.path, branch=event.branch)
            return replace(card, worktree=tree, path=event.path, branch=event.branch)
        case EndingFailed():
            return replace(card, ending=None, failure=event.failure)
        case OverlapFound() | OverlapTold():
            return replace(card, overlap_notes=with_note(card.overlap_notes, event))
        case EndingDone() if card.ending:
            return _ended(card, card.ending, event.at)
        case _:
            return evolve_prompts(card, event)


def _is_run(card: Card, run: int) -> bool:
    return card.session is not None and card.session.run == run


def _changed(card: Card, session: Session) -> Card:
    taken = card.prompt_taken or session.facts.turn is not Turn.NONE or bool(session.facts.turn_at)
    return replace(card, session=session, prompt_taken=taken)


def _acknowledged(card: Card, event: CardAcknowledged) -> Card:
    seen = replace(card.session, unread=False) if card.session else None
    if event.attached:
        return replace(card, session=seen, failure=None)
    if seen and seen.facts.cut_off:
        seen = transition(seen, CutOffSeen(event.at))
    return replace(card, session=seen, failure=None, outbox=in_no_doubt(card.outbox))


def _step(card: Card, step: Step, at: float) -> Card:
    if card.ending:
        return replace(card, launch=None)
    return replace(card, launch=replace(card.launch, step=step, since=at)) if card.launch else card


def _opened(card: Card, event: WindowOpened) -> Card:
    launch = card.launch
    if launch is None or launch.run != event.run:
        return card
    said = Evidence(Source.ORCH, f"opened window {event.window}", event.at)
    before = card.session
    session = Session(
        run=event.run,
        session_id=event.session_id or launch.session_id,
        started_at=event.at,
        status=Status.STARTING,
        since=event.at,
        why="waiting for the agent to start",
        evidence=said,
        window=event.window,
        pane=event.pane,
        pid=event.pid,
        server=event.server,
        transcript=before.transcript if before and event.resumed else "",
        facts=Facts(
            first_prompt=bool(opening(card, launch, found=event.resumed)),
            cut_off=cut_off(before) if before and event.resumed else "",
        ),
        signs=Signs(last_at=event.at, last_said=said.said),
    )
    earlier = before.meters if before else Meters()
    card = replace(opened(card, event), prompt_taken=card.prompt_taken or event.resumed)
    if event.resumed:  # the agent counts on from there, or from zero if it was killed
        return replace(card, session=replace(session, meters=earlier), launch=None)
    return replace(card, session=session, launch=None, spent_usd=card.spent_usd + earlier.cost_usd)


def _closed(session: Session | None, event: SessionClosed) -> Session | None:
    if session is None or session.run != event.run:
        return session
    stopped = transition(transition(session, StopWanted(event.at)), WindowClosed(event.at))
    return replace(stopped, closed=True, unread=False)


def _ended(card: Card, ending: Ending, at: float) -> Card:
    card = replace(card, ending=None)
    match ending.then:
        case "backlog":
            return replace(card, shelved=True, held=None)
        case "finish":
            return replace(card, finished=ending.how, finished_at=at, held=None, outbox=())
        case _:
            return card


def _count(state: State, card: Card, event: MetersRead) -> State:
    """A session's cost only grows; a lower figure means that the agent has restarted its count."""
    if not card.session or not _is_run(card, event.run):
        return state
    before = card.session.meters.cost_usd
    now = event.meters.cost_usd
    more = now - before if now >= before else now
    if not more:
        return state
    return replace(
        state, cost_by_day={**state.cost_by_day, event.day: state.cost_by_day.get(event.day, 0.0) + more}
    )
