"""A card's column and why: derived from its state, never stored."""

from collections.abc import Iterable

from orchestrator.core.attention import attention
from orchestrator.core.effects import has_window, may_type
from orchestrator.core.model import Card, Column, Source, State, Status, Step
from orchestrator.core.session_state import unexpected_end
from orchestrator.core.views import CardView

COLUMN_OF = {
    Status.STARTING: Column.IN_PROGRESS,
    Status.WORKING: Column.IN_PROGRESS,
    Status.BACKGROUND: Column.IN_PROGRESS,
    Status.COMPACTING: Column.IN_PROGRESS,
    Status.RETRYING: Column.IN_PROGRESS,
    Status.SETUP: Column.BLOCKED,
    Status.PERMISSION: Column.BLOCKED,
    Status.QUESTION: Column.BLOCKED,
    Status.PLAN: Column.BLOCKED,
    Status.RATE_LIMITED: Column.BLOCKED,
    Status.ERROR: Column.BLOCKED,
    Status.STALLED: Column.BLOCKED,
    Status.LOST: Column.BLOCKED,
    Status.IDLE: Column.REVIEW,
    Status.INTERRUPTED: Column.REVIEW,
    Status.EXITED: Column.REVIEW,
}
"""The column of a session's state; an `exited` that nobody asked for is Blocked instead."""

_STEP_WORDS = {
    Step.QUEUED: "waits for a free place",
    Step.WORKTREE: "adding its worktree",
    Step.SETUP: "setting up its worktree",
    Step.WINDOW: "opening its window",
}
_ENDING_WORDS = {
    "stop": "stopping",
    "restart": "restarting",
    "backlog": "going back to the backlog",
    "remove": "being removed",
    "finish": "being finished",
}


def place(card: Card) -> tuple[Column, str, str, float]:
    """(column, state, reason, since) of a card; the reason is never empty in Blocked."""
    session = card.session
    state = session.status.value if session else "new"
    since = session.since if session else card.created_at
    why = session.why if session else ""
    if card.finished:
        return (
            Column.DONE,
            state,
            _FINISHED_WORDS.get(card.finished, card.finished),
            card.finished_at or since,
        )
    if card.failure:
        return Column.BLOCKED, Status.ERROR.value, f"{card.failure.what}: {card.failure.why}", card.failure.at
    if card.ending:
        column = _session_column(card) if session else Column.IN_PROGRESS
        return column, state, _ENDING_WORDS[card.ending.then], since
    if card.held is not None:
        return Column.BLOCKED, state, f"held: {card.held}" if card.held else "held by you", since
    if card.launch:
        name = "queued" if card.launch.step is Step.QUEUED else Status.STARTING.value
        return Column.IN_PROGRESS, name, _STEP_WORDS[card.launch.step], card.launch.since
    if card.shelved or session is None:
        return Column.BACKLOG, state, "sent back by you" if card.shelved and session else "", since
    if any(prompt.state == "unconfirmed" for prompt in card.outbox):
        return _session_column(card), state, "a prompt was typed and no receipt came; look at its pane", since
    if card.outbox and card.outbox[0].why and may_type(session):
        why = f"a prompt waits to be typed: {card.outbox[0].why}"
    return _session_column(card), state, why, since


_FINISHED_WORDS = {"merge": "merged", "keep": "branch kept", "discard": "discarded"}


def _session_column(card: Card) -> Column:
    assert card.session is not None
    if card.session.status is Status.EXITED and unexpected_end(card.session.facts):
        return Column.BLOCKED
    return COLUMN_OF[card.session.status]


def view(card: Card, queue_position: int | None = None) -> CardView:
    """The card as every client shows it."""
    column, state, reason, since = place(card)
    session = card.session
    facts = session.facts if session else None
    asks = column is Column.REVIEW and facts is not None and facts.ends_asking
    unread = session is not None and session.unread
    shown = session if has_window(card) else None
    return CardView(
        id=card.id,
        slug=card.slug,
        title=card.title,
        column=column.value,
        state=state,
        reason=reason,
        since=since,
        evidence=(session.evidence.source if session else Source.ORCH).value,
        unknown_since=session.signs.unreachable_since if session else None,
        asks=asks,
        unread=unread,
        attention=attention(column, state, held=card.held is not None, unread=unread, asks=asks),
        repo=card.repo,
        base=card.base,
        branch=card.branch,
        worktree=card.worktree.path if card.worktree else None,
        window=shown.window if shown else None,
        pane=shown.pane if shown else None,
        pid=shown.pid if shown else None,
        session_id=session.session_id if session else None,
        model=(session.meters.model if session else "") or card.model,
        permission_mode=card.permission_mode,
        context_percent=session.meters.context_percent if session else None,
        cost_usd=round(card.spent_usd + (session.meters.cost_usd if session else 0.0), 4),
        queue_position=queue_position,
        queued_prompts=sum(1 for prompt in card.outbox if prompt.state == "queued"),
        held=card.held,
        finished=card.finished,
        last_words=facts.last_words if facts else "",
        output=card.failure.output if card.failure else "",
        rescues=card.rescues,
        created_at=card.created_at,
    )


def queue(state: State) -> tuple[Card, ...]:
    """The cards that wait for a free place, the first to start first."""
    waiting = [card for card in state.cards.values() if card.launch and card.launch.step is Step.QUEUED]
    return tuple(
        sorted(waiting, key=lambda card: (card.launch.since if card.launch else 0.0, card.created_at))
    )


def views(state: State) -> dict[str, CardView]:
    """Every card's view, by id."""
    positions = {card.id: number for number, card in enumerate(queue(state), 1)}
    return {card.id: view(card, positions.get(card.id)) for card in state.cards.values()}


def in_board_order(cards: Iterable[CardView]) -> tuple[CardView, ...]:
    """By column; in a column the most urgent first, then what changed last."""
    columns = [column.value for column in Column]
    return tuple(
        sorted(cards, key=lambda card: (columns.index(card.column), card.attention or 9, *_within(card)))
    )


def _within(card: CardView) -> tuple[float, int]:
    """Who waits longest stands first; of the others, who changed last."""
    since = card.since if card.attention or card.queue_position else -card.since
    return since, int(card.id.removeprefix("c"))
