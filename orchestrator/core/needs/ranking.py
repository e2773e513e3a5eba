"""What needs a person, ranked: the one order that queue, board and `next` share."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from orchestrator.core.board.columns import place
from orchestrator.core.board.views import Need
from orchestrator.core.effects import alive, may_type
from orchestrator.core.forge.outbox.waiting import forge_outbox
from orchestrator.core.literals import AskKind, NeedKind
from orchestrator.core.model import Card, Column, State
from orchestrator.core.sessions.dialog import Dialog
from orchestrator.core.sessions.model import Ask, Session, Source, Status
from orchestrator.core.sessions.prompts import offered
from orchestrator.core.sessions.states import STATES
from orchestrator.core.sessions.transitions import unexpected_end
from orchestrator.core.text.clean import shown_line, unusual
from orchestrator.core.workflow.limits import lifts_at
from orchestrator.core.workflow.plan import HumanGate
from orchestrator.core.workflow.progress import active, stage_of
from orchestrator.core.workflow.run import Run, StageRun, StageState
from orchestrator.core.workflow.shown import gate_view, open_gates, options, run_view, why
from orchestrator.core.workflow.words import message


@dataclass(frozen=True, slots=True)
class Rank:
    """The meaning of a kind of need, and its urgency: 1 blocks until it is answered, 5 may wait."""

    urgency: int
    what: str
    options: tuple[str, ...] = ()


RANKS: dict[NeedKind, Rank] = {
    "permission": Rank(1, "an agent asks for a permission", ("allow", "always", "deny")),
    "question": Rank(1, "an agent asks a question"),
    "plan": Rank(1, "a plan waits for approval", ("allow", "deny")),
    "gate": Rank(1, "a gate of a workflow's run is waiting for approval", ("approve", "deny")),
    "dialog": Rank(
        1, "a dialog is open in the session (trust, API key, a menu); answer it with its own options"
    ),
    "card": Rank(1, "a session requests a card", ("allow", "deny")),
    "pause": Rank(2, "the mail between two sessions was paused because of a loop", ("continue",)),
    "run": Rank(2, "a run failed or was denied", ("done", "retry", "skip")),
    "stage": Rank(2, "a stage of a run cannot continue", ("done", "fail", "prompt", "retry", "skip")),
    "error": Rank(2, "a turn or a start failed", ("continue", "restart")),
    "exited": Rank(2, "a session ended unexpectedly", ("resume",)),
    "lost": Rank(2, "the tmux server ended, and the session with it", ("resume",)),
    "cut_off": Rank(
        2, "a turn was cut off when its session ended; the session has been resumed", ("continue",)
    ),
    "prompt": Rank(2, "a prompt was typed but not confirmed, or cannot be typed", ("again", "drop")),
    "fix": Rank(3, "autofix has stopped, and the pull request is not ready"),
    "stalled": Rank(
        3, "a working session has been silent for too long", ("continue", "interrupt", "restart")
    ),
    "rate_limited": Rank(3, "a rate limit was reached", ("continue", "restart")),
    "forge": Rank(4, "a change of an issue or pull request was refused, or somebody else changed the same"),
    "mail": Rank(4, "a message for you", ("reply", "read")),
    "asks": Rank(4, "a turn ended with a question in its text, unread"),
    "review": Rank(5, "a turn ended, unread"),
    "run_done": Rank(5, "a run is done, unread"),
}
"""By urgency; among equals, longest waiting first."""

LETTER_THAT_ASKS = 2
"""The urgency of a message that asks something, or is marked urgent: a session may be waiting for the
answer."""

_BY_KEYS = frozenset({"dialog", "permission", "question", "plan"})
"""Waiting states of a session without a hook: its dialog is answered by keys."""


def needs(state: State, held: Collection[str] = (), mail: Iterable[Need] = ()) -> tuple[Need, ...]:
    """Everything that needs a person, most urgent first. `held` are the ids of the requests whose hooks wait
    for an answer from here; `mail` are the needs from mail.

    Cards on hold, in the backlog or finished do not need anyone.
    """
    found = [need for card in state.cards.values() for need in _of(card, stage_of(state, card), held)]
    found += [need for card in state.cards.values() for need in _of_forge(card)]
    found += [need for run in state.runs.values() if active(run) for need in _of_run(state, run)]
    found += [_ended(state, run) for run in state.runs.values() if run.unread]
    return tuple(sorted((*found, *mail), key=lambda need: (need.urgency, need.since, need.id)))


def urgency(card: Card, stage: StageRun | None = None) -> int:
    """How urgently the card needs a person, 1 most; 0 if it does not. `stage` is the state of its stage in a
    run."""
    of_stage = [RANKS["stage"].urgency] if stage and waits_for_human(stage) else []
    return min((*(need.urgency for need in _of(card, stage, ())), *of_stage), default=0)


def find(found: Iterable[Need], ref: str) -> tuple[Need, ...]:
    """The needs that `ref` may mean: the one with that id, else all of that card or run, by id or slug."""
    found = tuple(found)
    exact = tuple(need for need in found if need.id == ref)
    named = tuple(need for need in found if ref in (need.card, need.slug, need.run))
    # a message of the session, or a change for the forge, does not hide what else it waits for
    return exact or tuple(need for need in named if need.kind not in ("mail", "forge")) or named


def waits_for_human(stage: StageRun) -> bool:
    """Whether the stage continues only after a decision."""
    return stage.state is StageState.BLOCKED


def _of_run(state: State, run: Run) -> list[Need]:
    found = []
    for gate in open_gates(run):
        rule = run.workflow.stage(gate.stage).does
        assert isinstance(rule, HumanGate)
        said = shown_line(message(run, rule))
        need = _of_stage(run, gate.stage, "gate", said, gate.opened_at)
        found.append(replace(need, id=gate.id, answerable=True, unusual=gate_view(run, gate).unusual))
    for stage in run.workflow.stages:
        own = run.stages[stage.name]
        if waits_for_human(own):
            card = state.cards.get(own.card)
            need = _of_stage(run, stage.name, "stage", why(own), own.since)
            hint = _by_itself(own)
            ways = () if own.place else options(run, stage, card)
            found.append(
                replace(
                    need, card=card.id if card else "", slug=card.slug if card else run.id,
                    title=card.title if card else need.title, options=ways, hint=hint,
                    lifts_at=own.until or None,
                )
            )  # fmt: skip
    return found


def _by_itself(own: StageRun) -> str:
    """Why no action is needed; empty if one is."""
    if own.until:
        return "It is retried automatically." if own.place else "It resumes automatically after the reset."
    return "It resumes automatically when the obstacle is gone." if own.place else ""


def _ended(state: State, run: Run) -> Need:
    """The need of an ended run; for a failed one, about the stage that ended it."""
    said = shown_line(run_view(state, run).reason or f"it is {run.state.value}")
    need = _of_stage(run, run.stopping, "run" if run.stopping else "run_done", said, run.ended_at or 0.0)
    stage = run.workflow.stage(run.stopping) if run.stopping else None
    ways = options(run, stage, state.cards.get(run.stages[run.stopping].card)) if stage else ()
    return replace(
        need, id=run.id, options=ways, hint=f"Remove it from the queue: orch run acknowledge {run.id}"
    )


def _of_stage(run: Run, stage: str, kind: NeedKind, summary: str, since: float) -> Need:
    rank = RANKS[kind]
    return Need(
        id=f"{run.id}.{stage}", card="", slug=run.id, title=run.workflow.name, kind=kind, summary=summary,
        since=since, urgency=rank.urgency, evidence=Source.ORCH.value, answerable=False, options=rank.options,
        hint="", run=run.id, stage=stage,
    )  # fmt: skip


def _of(card: Card, stage: StageRun | None, held: Collection[str]) -> list[Need]:
    found = _of_card(card, stage, held)
    if stage is None:
        return found
    # The run handles a turn that has ended, and what blocks it is reported for the stage.
    works = stage.state is StageState.RUNNING
    return [need for need in found if need.urgency == 1 or (works and need.kind not in ("review", "asks"))]


def _of_card(card: Card, stage: StageRun | None, held: Collection[str]) -> list[Need]:
    placing = place(card, stage)
    column, reason, since = placing.column, placing.reason, placing.since
    if column not in (Column.BLOCKED, Column.REVIEW) or card.held is not None or card.ending:
        return []
    session = card.session
    if card.wanted:
        odd = unusual(card.title, card.prompt, card.base, card.model, *card.labels)
        return [replace(_need(card, "card", _wanted(card), since), answerable=True, unusual=odd)]
    if card.failure:
        return [_need(card, "error", reason, since, options=(), hint=card.failure.hint)]
    if session is None:
        return []
    kind = STATES[session.status].need
    if session.facts.form and not session.facts.asks and kind in _BY_KEYS:
        return [_dialog(card, session.facts.form, reason, since)]
    if kind in ("permission", "question", "plan"):
        return _requests(card, session, kind, held)
    if session.status is Status.EXITED and unexpected_end(session.facts):
        return [_need(card, "exited", reason, since)]
    if alive(card) and (prompt := _prompt(card, reason, since)):
        return [prompt]
    if kind == "dialog":
        return [_need(card, kind, reason, since, hint="Answer it in its terminal.")]
    if kind:
        return [
            _need(
                card,
                kind,
                reason,
                since,
                lifts_at=lifts_at(session.meters) if kind == "rate_limited" else None,
            )
        ]
    if session.facts.cut_off and session.status is Status.INTERRUPTED:
        return [_need(card, "cut_off", reason, since)]
    if (fix := card.forge.autofix).waiting:
        hint = f"Look at it: orch pr show {card.id}. Let it continue: orch pr autofix {card.id} on"
        return [_need(card, "fix", f"autofix stopped: {fix.waiting}", fix.waiting_since, hint=hint)]
    if column is Column.REVIEW and session.unread:
        return [_need(card, "asks" if session.facts.ends_asking else "review", reason, since)]
    return []


def _of_forge(card: Card) -> list[Need]:
    """What was not sent to the forge, and is not without a decision."""
    outbox = forge_outbox(card)
    if outbox is None or not outbox.needs_you:
        return []
    said = [f"{each.what}: {each.why}" for each in outbox.failed]
    said += [f"{each.item} was changed by somebody else: {each.why}" for each in outbox.conflicts]
    since = outbox.undecided_since or card.created_at
    hint = f"Decide it: orch forge list {card.id}"
    need = _need(card, "forge", shown_line("; ".join(said)), since, hint=hint)
    return [replace(need, id=f"{card.id}.forge", evidence=Source.ORCH.value)]


def _prompt(card: Card, reason: str, since: float) -> Need | None:
    """The prompt that needs a person: one that may be resent, or one that cannot be typed."""
    if found := offered(card):
        hint = "Check its pane first: the text may be there. Then resend or drop it."
        return _need(card, "prompt", reason, found[0].at or since, hint=hint)
    stuck = [each for each in card.outbox if each.stuck and each.state == "queued"]
    if not stuck or not may_type(card.session):
        return None
    hint = "Clear its input box to have it typed, or drop it."
    return _need(card, "prompt", reason, stuck[0].at, options=("drop",), hint=hint)


def _wanted(card: Card) -> str:
    return shown_line(f"{card.lead} requests a card: {card.title}")


def _requests(card: Card, session: Session, kind: AskKind, held: Collection[str]) -> list[Need]:
    if not session.facts.asks:
        hint = "The hub did not receive the request: answer it in the session."
        return [_need(card, kind, session.why, session.since, options=(), hint=hint)]
    return [_request(card, ask, ask.id in held) for ask in session.facts.asks]


def _dialog(card: Card, form: Dialog, reason: str, since: float) -> Need:
    options = tuple(option.label for option in form.options)
    hint = "" if options else "It offers no keys: answer it in its terminal."
    need = _need(card, "dialog", reason, since, options=options, hint=hint)
    return replace(need, answerable=bool(options))


def _request(card: Card, ask: Ask, answerable: bool) -> Need:
    options = ask.options if ask.kind == "question" else RANKS[ask.kind].options
    hint = "" if answerable else "It can only be answered in the session."
    need = _need(card, ask.kind, ask.summary, ask.at, options=options if answerable else (), hint=hint)
    return replace(
        need, id=ask.id or need.id, evidence=Source.HOOK.value, answerable=answerable, unusual=ask.unusual
    )


def _need(
    card: Card,
    kind: NeedKind,
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
