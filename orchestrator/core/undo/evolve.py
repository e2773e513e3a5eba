"""How acts are kept, and how undoing one changes its card."""

from dataclasses import replace

from orchestrator.core.effects import alive
from orchestrator.core.forge.issues.departed import back_on_board
from orchestrator.core.landing.methods import METHODS
from orchestrator.core.model import Act, Card, Ending, Gone, State, Step
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import StopWanted, WindowClosed
from orchestrator.core.sessions.transitions import transition
from orchestrator.core.undo.events import ActRecorded, UndoAsked

KEPT = 50
"""Acts that are kept in the state."""
LONG = frozenset({"finish", "rm", "shelve"})
"""Acts whose undoing may take effects."""


def with_record(state: State, event: ActRecorded) -> State:
    card = state.cards.get(event.card)
    if card is None:
        return state
    act = Act(event.at, event.card, event.act, event.how, event.user, event.origin, card)
    return replace(state, acts=(*state.acts, act)[-KEPT:])


def with_gone(state: State, card: Card, rescue: str, tip: str) -> State:
    """The state in which the act that removes the card's worktree knows what it takes to restore it."""
    act = _of_ending(state, card)
    if act is None or card.worktree is None:
        return state
    return _with(state, act, replace(act, gone=Gone(card.worktree, tip, rescue)))


def without_failed(state: State, card: Card) -> State:
    """The state in which the act that did not happen in the end is no act."""
    act = _of_ending(state, card)
    return replace(state, acts=tuple(each for each in state.acts if each is not act)) if act else state


def with_undo(state: State, event: UndoAsked) -> State:
    """The state in which the act is taken back, or its undoing has begun."""
    act = _act(state, event.card, event.act_at)
    card = state.cards.get(event.card)
    if act is None:
        return state
    if act.verb in LONG:
        begins = begun(card, act, event.at)
        if card is None:
            state, begins = back_on_board(state, begins)
        return _put(state, begins)
    if card is None:
        return state
    return _with(_put(state, _taken_back(card, act)), act, replace(act, undone=True))


def with_undone(state: State, card: Card, ending: Ending) -> State:
    """The state in which the undoing that `ending` was is complete."""
    act = _act(state, card.id, ending.undoes)
    if act is None:
        return state
    return _with(_put(state, _brought_back(card, act.before)), act, replace(act, undone=True))


def begun(card: Card | None, act: Act, at: float) -> Card:
    """The card with the undoing of its ending; a removed one is on the board again."""
    before = act.before
    if card is None:
        session = _over(before.session, at) if before.session else None
        tree = None if act.gone else before.worktree
        card = replace(
            before, session=session, worktree=tree, launch=None, set_up=before.set_up and tree is not None
        )
    landed = card.landed if act.verb == "finish" and act.how in METHODS else None
    moved = landed and landed.commit != landed.onto
    resumes = alive(before) and not alive(card) and not before.run and before.held is None
    ending = Ending(
        "undo",
        at,
        made=landed if moved else None,
        undoes=act.at,
        gone=act.gone if card.worktree is None else None,
        resumes=resumes and before.where == "local" and before.worktree is not None,
    )
    return replace(card, ending=ending, failure=None)


def _brought_back(card: Card, before: Card) -> Card:
    """The card where it was before the act."""
    waiting = before.launch if before.launch and before.launch.step is Step.QUEUED else None
    session = card.session
    if session and before.session and before.session.unread and session.run == before.session.run:
        session = replace(session, unread=True)
    return replace(
        card,
        finished=before.finished,
        finished_at=before.finished_at,
        landed=before.landed,
        held=before.held,
        shelved=before.shelved,
        failure=before.failure,
        notes=before.notes,
        launch=card.launch or waiting,
        outbox=card.outbox or before.outbox,
        session=session,
    )


def _taken_back(card: Card, act: Act) -> Card:
    before = act.before
    match act.verb:
        case "hold" | "release":
            return replace(card, held=before.held)
        case "pin" | "unpin":
            return replace(card, pinned=before.pinned)
        case "label":
            return replace(card, labels=before.labels)
        case "reopen":
            return replace(
                card, finished=before.finished, finished_at=before.finished_at, shelved=before.shelved
            )
        case "acknowledge":
            return _unseen(card, before)
        case _:
            return card


def _unseen(card: Card, before: Card) -> Card:
    session = card.session
    if session and before.session:
        cut_off = before.session.facts.cut_off
        old = replace(before.session, meters=session.meters, signs=session.signs)
        session = old if cut_off else replace(session, unread=before.session.unread)
    doubtful = tuple(
        each for each in before.outbox if each not in card.outbox and each.state == "unconfirmed"
    )
    return replace(card, session=session, failure=before.failure, outbox=(*doubtful, *card.outbox))


def _over(session: Session, at: float) -> Session:
    stopped = transition(transition(session, StopWanted(at)), WindowClosed(at))
    return replace(stopped, closed=True, unread=False)


def _act(state: State, card: str, at: float) -> Act | None:
    return next((act for act in reversed(state.acts) if (act.card, act.at) == (card, at)), None)


def _of_ending(state: State, card: Card) -> Act | None:
    """The act of which the card's ending is what follows."""
    return _act(state, card.id, card.ending.since) if card.ending and card.ending.then != "undo" else None


def _with(state: State, act: Act, changed: Act) -> State:
    return replace(state, acts=tuple(changed if each is act else each for each in state.acts))


def _put(state: State, card: Card) -> State:
    return replace(state, cards={**state.cards, card.id: card})
