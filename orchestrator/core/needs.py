"""What waits for a human, and in which order: the one ranking that queue, board and `next` share."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from orchestrator.core.board import place
from orchestrator.core.model import Ask, Card, Column, Session, Source, State, Status
from orchestrator.core.session_state import unexpected_end
from orchestrator.core.views import Need


@dataclass(frozen=True, slots=True)
class Rank:
    """What a kind of need is, and how urgent: 1 stands still until somebody answers, 5 may wait."""

    urgency: int
    what: str
    options: tuple[str, ...] = ()


RANKS: dict[str, Rank] = {
    "permission": Rank(1, "an agent asks for a permission", ("allow", "always", "deny")),
    "question": Rank(1, "an agent asks a question"),
    "plan": Rank(1, "a plan waits for approval", ("allow", "deny")),
    "dialog": Rank(1, "a dialog is open in the session (trust, API key, a menu)"),
    "error": Rank(2, "a turn failed, or a start did", ("continue", "restart")),
    "exit": Rank(2, "a session ended and nobody asked for it", ("resume",)),
    "lost": Rank(2, "the tmux server went away with the session", ("resume",)),
    "prompt": Rank(2, "a prompt was typed and no receipt came"),
    "stall": Rank(3, "a busy session has been silent for too long", ("continue", "interrupt", "restart")),
    "rate_limit": Rank(3, "a rate limit was reached", ("continue", "restart")),
    "asks": Rank(4, "a turn ended with a question in prose, unread"),
    "review": Rank(5, "a turn ended, unread"),
}
"""By urgency; among equals, who has waited longest comes first."""

_KINDS = {
    Status.SETUP: "dialog",
    Status.PERMISSION: "permission",
    Status.QUESTION: "question",
    Status.PLAN: "plan",
    Status.ERROR: "error",
    Status.RATE_LIMITED: "rate_limit",
    Status.STALLED: "stall",
    Status.LOST: "lost",
}


def needs(state: State, held: Collection[str] = ()) -> tuple[Need, ...]:
    """Everything that waits for a human, the most urgent first. `held` are the ids of the requests whose
    hooks wait for an answer from here.

    Cards that the user holds, has sent back or has finished need nobody.
    """
    found = [need for card in state.cards.values() for need in _of(card, held)]
    return tuple(sorted(found, key=lambda need: (need.urgency, need.since, need.id)))


def urgency(card: Card) -> int:
    """How urgently the card needs a human, 1 most; 0 when it does not."""
    return min((need.urgency for need in _of(card, ())), default=0)


def find(state: State, ref: str, held: Collection[str] = ()) -> tuple[Need, ...]:
    """The needs that `ref` may mean: the one with that id, else all of the card with that id or slug."""
    found = needs(state, held)
    exact = tuple(need for need in found if need.id == ref)
    return exact or tuple(need for need in found if ref in (need.card, need.slug))


def _of(card: Card, held: Collection[str]) -> list[Need]:
    column, _, reason, since = place(card)
    if column not in (Column.BLOCKED, Column.REVIEW) or card.held is not None or card.ending:
        return []
    session = card.session
    if card.failure:
        return [_need(card, "error", reason, since, options=(), hint=card.failure.hint)]
    if session is None:
        return []
    kind = _KINDS.get(session.status, "")
    if kind in ("permission", "question", "plan"):
        return _requests(card, session, kind, held)
    if any(prompt.state == "unconfirmed" for prompt in card.outbox):
        return [_need(card, "prompt", reason, since, hint="Look at its pane, and send it again if need be.")]
    if session.status is Status.EXITED and unexpected_end(session.facts):
        return [_need(card, "exit", reason, since)]
    if kind == "dialog":
        return [_need(card, kind, reason, since, hint="Answer it in the session.")]
    if kind:
        return [
            _need(card, kind, reason, since, lifts_at=_lifts_at(session) if kind == "rate_limit" else None)
        ]
    if column is Column.REVIEW and session.unread:
        return [_need(card, "asks" if session.facts.ends_asking else "review", reason, since)]
    return []


def _requests(card: Card, session: Session, kind: str, held: Collection[str]) -> list[Need]:
    if not session.facts.asks:
        hint = "The hub did not hear what it asks: answer it in the session."
        return [_need(card, kind, session.why, session.since, options=(), hint=hint)]
    return [_request(card, ask, ask.id in held) for ask in session.facts.asks]


def _request(card: Card, ask: Ask, answerable: bool) -> Need:
    options = ask.options if ask.kind == "question" else RANKS[ask.kind].options
    hint = "" if answerable else "It can only be answered in the session."
    need = _need(card, ask.kind, ask.summary, ask.at, options=options if answerable else (), hint=hint)
    return replace(need, id=ask.id or need.id, evidence=Source.HOOK.value, answerable=answerable)


def _need(
    card: Card,
    kind: str,
    summary: str,
    since: float,
    *,
    options: tuple[str, ...] | None = None,
    hint: str = "",
    lifts_at: float | None = None,
) -> Need:
    rank = RANKS[kind]
    return Need(
        id=f"{card.id}.{kind}",
        card=card.id,
        slug=card.slug,
        title=card.title,
        kind=kind,
        summary=summary,
        since=since,
        urgency=rank.urgency,
        evidence=(card.session.evidence.source if card.session else Source.ORCH).value,
        answerable=False,
        options=rank.options if options is None else options,
        hint=hint,
        lifts_at=lifts_at,
    )


def _lifts_at(session: Session) -> float | None:
    meters = session.meters
    if (meters.seven_day_percent or 0) >= 100:
        return meters.seven_day_resets_at
    return meters.five_hour_resets_at if (meters.five_hour_percent or 0) >= 100 else None
