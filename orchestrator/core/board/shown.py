"""The board as clients see it: each card's view, and the order of the cards."""

from collections.abc import Iterable
from dataclasses import replace

from orchestrator.core.board.columns import place
from orchestrator.core.board.views import CardView, in_column
from orchestrator.core.effects import has_window, over
from orchestrator.core.forge.autofix.views import autofix_view
from orchestrator.core.forge.changes.follow import remarks
from orchestrator.core.forge.changes.view import change_view
from orchestrator.core.forge.fresh import Fresh
from orchestrator.core.forge.outbox.waiting import forge_outbox
from orchestrator.core.forge.views import linked_issue
from orchestrator.core.landing import queue as landing
from orchestrator.core.model import Card, Column, State, Step
from orchestrator.core.needs.ranking import urgency
from orchestrator.core.overlaps.views import OverlapMarks
from orchestrator.core.sessions.cut_off import cut_off
from orchestrator.core.sessions.model import Source, Status
from orchestrator.core.sessions.prompts import offered
from orchestrator.core.sessions.transitions import unexpected_end
from orchestrator.core.workflow.progress import stage_of
from orchestrator.core.workflow.run import StageRun

KEPT_OFF = "notified as soon as possible: "
"""The notification state of a session into which nothing can be typed now; the reason follows."""


def view(card: Card, queue_position: int | None = None, stage: StageRun | None = None) -> CardView:
    """The card's view; `stage` is the state of the stage of a run for which it works."""
    placing = place(card, stage)
    session = card.session
    facts = session.facts if session else None
    asks = placing.column is Column.REVIEW and facts is not None and facts.ends_asking
    unread = session is not None and session.unread
    shown = session if has_window(card) else None
    return CardView(
        id=card.id,
        slug=card.slug,
        title=card.title,
        column=placing.column.value,
        state=placing.state,
        reason=placing.reason,
        since=placing.since,
        evidence=(session.evidence.source if session else Source.ORCH).value,
        unknown_since=session.signs.unreachable_since if session else None,
        asks=asks,
        unread=unread,
        attention=urgency(card, stage),
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
        typed_prompts=sum(1 for prompt in card.outbox if prompt.state in ("pasting", "pasted")),
        held=card.held,
        finished=card.finished,
        last_words=facts.last_words if facts else "",
        output=card.failure.output if card.failure else "",
        rescues=card.rescues,
        labels=card.labels,
        created_at=card.created_at,
        run=card.run,
        stage=card.stage,
        where=card.where,
        lead=card.lead,
        cut_off=cut_off(session) if session and over(card) else facts.cut_off if facts else "",
        prompts=tuple(prompt.text for prompt in offered(card)),
        unasked_end=_ended_unasked(card),
        pinned=card.pinned,
        agent=card.agent,
        drafts=len(card.review.drafts),
        comments=len(card.review.comments) + len(card.review.notes),
        review_at=card.review.changed_at,
        session_state=session_state(card),
        issue=linked_issue(card.forge),
        forge_outbox=forge_outbox(card),
        change=change_view(card.forge),
        remarks=tuple(remarks(card)),
        autofix=autofix_view(card.forge.autofix),
        landing=landing.stage_of_landing(card),
    )


def session_state(card: Card) -> str:
    """The `Status` of its session, `starting` while one is being started; empty for none."""
    if card.launch and card.launch.step is not Step.QUEUED:
        return Status.STARTING.value
    return card.session.status.value if card.session else ""


def with_mail(shown: CardView, unread: int, bell: str) -> CardView:
    """The view with its mail: the unread count, and how its session is notified. What keeps a notification
    from the session is part of the reason."""
    kept_off = bell.removeprefix(KEPT_OFF) if bell.startswith(KEPT_OFF) else ""
    reason = f"{shown.reason}; unread mail: {kept_off}" if kept_off else shown.reason
    return replace(shown, unread_mail=unread, bell=bell, reason=reason)


def with_overlaps(shown: CardView, marks: OverlapMarks) -> CardView:
    """The view with the numbers of cards that change the same files."""
    return replace(
        shown,
        overlaps=marks.overlaps,
        conflicts=marks.conflicts,
        manifest_overlaps=marks.manifests,
        manifest_conflicts=marks.manifest_conflicts,
        unknown_overlaps=marks.unknown,
    )


def with_fresh(shown: CardView, fresh: Fresh) -> CardView:
    """The view with the age of what it shows of the forge."""
    issue, change = shown.issue, shown.change
    if issue:
        issue = replace(issue, as_of=max(issue.as_of, fresh.issue), stale=fresh.stale_issue)
    if change:
        stale = fresh.stale_change if change.state == "open" else ""  # what has ended, stays as it is
        change = replace(change, as_of=max(change.as_of, fresh.change), stale=stale)
    unsent = shown.forge_outbox
    if unsent and not unsent.host:
        unsent = replace(unsent, host=fresh.host)
    return replace(shown, issue=issue, change=change, forge_outbox=unsent)


def _ended_unasked(card: Card) -> bool:
    session = card.session
    if session is None or not over(card) or card.launch or card.ending or card.wanted:
        return False
    put_aside = card.finished is not None or card.shelved or card.held is not None
    return unexpected_end(session.facts) and not put_aside


def start_queue(state: State) -> tuple[Card, ...]:
    """The cards that wait for a slot, in order."""
    waiting = [card for card in state.cards.values() if card.launch and card.launch.step is Step.QUEUED]
    return tuple(
        sorted(waiting, key=lambda card: (card.launch.since if card.launch else 0.0, card.created_at))
    )


def positions(state: State) -> dict[str, int]:
    """The places of the cards that wait, to start or to land, each in its own queue, from 1."""
    return {
        **{card.id: number for number, card in enumerate(start_queue(state), 1)},
        **landing.positions(state),
    }


def views(state: State) -> dict[str, CardView]:
    """Every card's view, by id."""
    places = positions(state)
    return {card.id: view(card, places.get(card.id), stage_of(state, card)) for card in state.cards.values()}


def in_board_order(cards: Iterable[CardView]) -> tuple[CardView, ...]:
    """By column, and in each column in the board's order."""
    columns = [column.value for column in Column]
    return tuple(sorted(cards, key=lambda card: (columns.index(card.column), *in_column(card))))
