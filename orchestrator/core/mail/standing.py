"""The state of a card, for those who write to it."""

from orchestrator.core.board.columns import place
from orchestrator.core.mail.addressing import Peer
from orchestrator.core.model import Card, State, Step
from orchestrator.core.sessions.model import Session, Status
from orchestrator.core.sessions.states import OVER
from orchestrator.core.workflow.progress import stage_of
from orchestrator.core.workflow.run import StageRun, StageState


def standing(card: Card, stage: StageRun | None = None) -> str:
    """The card's state for gathers: a `Status`, or `new`, `queued`, `wanted` (not approved yet), `gate` (its
    stage waits for a person) or `being removed`. A session that is being restarted has not ended; for a card
    that is being removed, the removal counts."""
    if card.finished:
        return Status.EXITED.value
    if card.wanted:
        return "wanted"
    if card.launch:
        return "queued" if card.launch.step is Step.QUEUED else Status.STARTING.value
    if card.ending and card.ending.then == "remove":
        return "removing"
    if card.ending and card.ending.then == "restart":
        return Status.STARTING.value
    if card.session is None:
        return "new"
    if card.session.status not in OVER and stage and stage.state is StageState.BLOCKED and not stage.place:
        return "gate"
    return card.session.status.value


def peer(state: State, card: Card) -> Peer:
    """The card as a possible recipient."""
    return Peer(
        name=card.slug,
        card=card.id,
        labels=card.labels,
        run=card.run,
        lead=card.lead,
        state=place(card, stage_of(state, card)).state,
        branch=card.branch,
        over=card.finished is not None,
    )


def session_name(card: str, run: int) -> str:
    """A session as the mail store knows it: leases belong to it."""
    return f"{card}.{run}"


def is_over(session: Session | None) -> bool:
    """Whether there is no session that could continue with its leased messages."""
    return session is None or session.closed or session.status in OVER
