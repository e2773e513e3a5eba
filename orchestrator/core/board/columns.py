"""A card's column and the reason for it: derived from its state, never stored."""

from dataclasses import dataclass

from orchestrator.core.effects import alive, may_type
from orchestrator.core.forge.changes.follow import remarks
from orchestrator.core.forge.changes.linking import open_change
from orchestrator.core.landing.methods import PAST
from orchestrator.core.landing.queue import lands, waits
from orchestrator.core.literals import CardState
from orchestrator.core.model import Card, Column, Ending, Step
from orchestrator.core.sessions.model import Session, Status
from orchestrator.core.sessions.prompts import offered
from orchestrator.core.sessions.states import OVER, STATES
from orchestrator.core.sessions.transitions import unexpected_end
from orchestrator.core.text.clean import one_line
from orchestrator.core.workflow.run import StageRun, StageState

_STEP_WORDS = {
    Step.QUEUED: "waiting to start",
    Step.WORKTREE: "adding its worktree",
    Step.SETUP: "setting up its worktree",
    Step.WINDOW: "opening its window",
}
_ENDING_WORDS = {
    "stop": "stopping",
    "restart": "restarting",
    "backlog": "moving to the backlog",
    "remove": "removing",
    "finish": "finishing",
    "undo": "undoing",
}


@dataclass(frozen=True, slots=True)
class Placing:
    """A card's column and the reason for it. `reason` is never empty in Blocked; `since` is in seconds since
    the epoch."""

    column: Column
    state: CardState
    """A `Status`, or `new` or `queued` without a session."""
    reason: str
    since: float


WAITS_TO_BE_TYPED = "a prompt is waiting to be typed"


def place(card: Card, stage: StageRun | None = None) -> Placing:
    """The card's column and reason. `stage` is the state of the stage of a run for which the card works."""
    session = card.session
    state: CardState = session.status.value if session else "new"
    since = session.since if session else card.created_at
    if card.finished:
        how = _with(PAST.get(card.finished, card.finished), card.notes)
        if card.failure:
            how = f"{card.failure.what}: {card.failure.why}"
        if card.ending and card.ending.then == "undo":
            how = _ending_words(card, card.ending)
        return Placing(Column.DONE, state, how, card.finished_at or since)
    if card.failure:
        why = f"{card.failure.what}: {card.failure.why}"
        return Placing(Column.BLOCKED, Status.ERROR.value, why, card.failure.at)
    if card.ending:
        column = _session_column(card) if session else Column.IN_PROGRESS
        return Placing(column, state, _ending_words(card, card.ending), since)
    if card.held is not None:
        return Placing(Column.BLOCKED, state, f"held: {card.held}" if card.held else "on hold", since)
    if card.launch:
        name: CardState = "queued" if card.launch.step is Step.QUEUED else Status.STARTING.value
        return Placing(Column.IN_PROGRESS, name, _STEP_WORDS[card.launch.step], card.launch.since)
    if card.wanted:
        return Placing(Column.BLOCKED, state, f"requested by {card.lead}; needs your approval", since)
    if session is None and card.worktree and not card.shelved and (link := open_change(card.forge)):
        said = " · ".join((f"#{link.ref.number} is open", *remarks(card)))
        return Placing(Column.REVIEW, state, said, link.as_of)
    if card.shelved or session is None:
        return Placing(Column.BACKLOG, state, "shelved by you" if card.shelved and session else "", since)
    if stage and stage.state is StageState.BLOCKED and not stage.place and may_wait(card):
        return Placing(Column.BLOCKED, state, f"stage {card.stage}: {stage.why}", stage.since)
    unheard = deaf(session)
    why = _with_prompts(card, session)
    said = " · ".join(filter(None, (why, unheard, *remarks(card))))
    return Placing(_session_column(card), state, said, since)


def _with_prompts(card: Card, session: Session) -> str:
    """Why the session is in its state, or what happened to a prompt, if that is more useful."""
    if any(prompt.state == "unconfirmed" for prompt in card.outbox):
        return "a prompt was typed but not confirmed; check its pane"
    if waiting := [prompt for prompt in card.outbox if prompt.state == "queued"]:
        if waiting[0].why and may_type(session):
            return f"{WAITS_TO_BE_TYPED}: {waiting[0].why}"
    elif found := offered(card):
        said = f"not in the conversation: {one_line(found[0].text, 80)}"
        if not alive(card):
            return f"{session.why}; a prompt is {said}"
        if may_type(session):
            return f"a prompt is {said}"
    if session.facts.stranger:
        return f"{session.why}; process {session.facts.stranger} also has the conversation open"
    return session.why


def deaf(session: Session) -> str:
    """Why the session cannot report or be answered as usual; empty if it can."""
    facts = session.facts
    if session.status in OVER:
        return ""
    if facts.no_hooks:
        return f"its hooks do not reach the hub: {facts.no_hooks}"
    return f"it has no orch tools: {facts.no_tools}" if facts.no_tools else ""


def _ending_words(card: Card, ending: Ending) -> str:
    if waits(card):
        return f"waiting to land ({ending.how})"
    words = f"landing ({ending.how})" if lands(card) else _ENDING_WORDS[ending.then]
    return _with(words, ending.progress)


def _with(words: str, more: str) -> str:
    return f"{words}; {more}" if more else words


def may_wait(card: Card) -> bool:
    """Whether nothing of the session itself is more urgent than what its stage waits for."""
    return _session_column(card) is Column.REVIEW or (
        card.session is not None and card.session.status in OVER
    )


def _session_column(card: Card) -> Column:
    assert card.session is not None
    if card.session.status is Status.EXITED and unexpected_end(card.session.facts):
        return Column.BLOCKED
    return STATES[card.session.status].column
