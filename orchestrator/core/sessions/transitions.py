"""The transition table: what a signal changes in the facts, and which facts make which state.

`transition` is the only way in which a session's state changes. It first adds the signal to the facts, then
the first row of `TABLE` that holds gives the state. The rows are in order of reliability: tmux knows whether
there is a process at all, the agent's registry whether it is busy, waiting or idle, hooks why; the pane
counts only if the registry is silent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from orchestrator.core.sessions.cut_off import cut_off, in_a_turn, words
from orchestrator.core.sessions.evidence import said_by, source_of
from orchestrator.core.sessions.facts import RESTS, absorb, rests, unwatched, watch
from orchestrator.core.sessions.model import (
    Ask,
    Evidence,
    Facts,
    Meters,
    Session,
    Signs,
    Status,
    Turn,
    Wait,
    Window,
)
from orchestrator.core.sessions.signals import Began, MetersSaid, PaneSeen, PromptTaken, RegistrySaid, Signal
from orchestrator.core.sessions.states import OVER

RATE_LIMITS = frozenset({"rate_limit", "usage_limit", "quota"})


@dataclass(frozen=True, slots=True)
class Row:
    """`status` applies if `test` holds and no earlier row does; `why` is the text on the card."""

    status: Status
    when: str
    test: Callable[[Facts], bool]
    why: Callable[[Facts, Signs], str]


def _first_ask(facts: Facts, kind: str) -> bool:
    return bool(facts.asks) and facts.asks[0].kind == kind


def _active(facts: Facts) -> bool:
    """A turn opened by a hook counts before the registry reports `busy`."""
    return facts.registry not in RESTS or facts.turn is Turn.OPEN


def _asked(fallback: str) -> Callable[[Facts, Signs], str]:
    return lambda facts, _: facts.asks[0].summary if facts.asks else f"{fallback}; check its pane"


def _exit_words(facts: Facts, _: Signs) -> str:
    if facts.stop_wanted:
        return "stopped by you"
    if facts.window is Window.CLOSED:
        return "its window was closed"
    if not facts.exit_code:
        return "the agent has exited"
    if facts.exit_code > 128:
        return f"killed by signal {facts.exit_code - 128}"
    said = f": {facts.exit_said}" if facts.exit_said else ""
    return f"the agent exited with code {facts.exit_code}{said}"


def _busy_words(facts: Facts, signs: Signs) -> str:
    if unwatched(facts):
        return "running"
    if facts.registry != "busy" and facts.registry not in RESTS:
        return f"running; details unavailable (its registry says {facts.registry!r})"
    if signs.tools:
        more = f" and {len(signs.tools) - 1} more" if len(signs.tools) > 1 else ""
        return signs.tools[-1][1] + more
    return "thinking"


def _idle_words(facts: Facts, _: Signs) -> str:
    if facts.turn is Turn.NONE:
        return "ready for a prompt"
    return facts.last_words or "turn ended"


def _waits(facts: Facts, wait: Wait) -> bool:
    return facts.registry == "waiting" and facts.wait == wait


def _at_start(facts: Facts) -> bool:
    """Whether a dialog blocks a session that its registry does not know yet."""
    return not facts.registry and bool(facts.dialog)


def _dialog_words(facts: Facts, otherwise: str) -> str:
    """Why the agent waits as it reported it, what its pane shows, or `fallback`."""
    return facts.notice or facts.dialog or otherwise


TABLE: tuple[Row, ...] = (
    Row(
        Status.EXITED,
        "the session was stopped by the user and its process has ended",
        lambda f: f.stop_wanted and f.window is not Window.OPEN,
        _exit_words,
    ),
    Row(
        Status.LOST,
        "the tmux server that held its window has ended",
        lambda f: f.window is Window.SERVER_GONE,
        lambda *_: "the tmux server has ended; resume restores the conversation",
    ),
    Row(Status.EXITED, "tmux has closed its window", lambda f: f.window is Window.CLOSED, _exit_words),
    Row(Status.EXITED, "its process has ended", lambda f: f.window is Window.DEAD, _exit_words),
    Row(
        Status.STALLED,
        "busy or starting, and silent for longer than `stall_after`",
        lambda f: (
            f.stalled_since is not None
            and not (rests(f) or unwatched(f) or f.registry == "waiting" or _at_start(f))
        ),
        lambda f, s: f"no activity; last: {s.last_said}" if s.last_said else "no activity",
    ),
    Row(
        Status.SETUP,
        "the registry is silent and the pane shows a dialog",
        _at_start,
        lambda f, _: f.dialog,
    ),
    Row(
        Status.STARTING,
        "the registry has not reported yet, or the first prompt was not taken up",
        lambda f: not f.registry or (f.first_prompt and f.registry in RESTS),
        lambda *_: "waiting for the agent to start",
    ),
    Row(
        Status.QUESTION,
        "a hook reports a question",
        lambda f: _first_ask(f, "question"),
        _asked("a question"),
    ),
    Row(
        Status.PLAN,
        "a hook reports a plan to approve",
        lambda f: _first_ask(f, "plan"),
        _asked("a plan to approve"),
    ),
    Row(
        Status.PERMISSION,
        "a hook reports a permission request",
        lambda f: _first_ask(f, "permission"),
        _asked("a permission"),
    ),
    Row(
        Status.PERMISSION,
        "the registry reports a permission request, and no hook named it",
        lambda f: _waits(f, "permission"),
        lambda f, _: _dialog_words(f, f"{f.waiting_for}; check its pane"),
    ),
    Row(
        Status.SETUP,
        "the registry reports an open dialog",
        lambda f: _waits(f, "dialog"),
        lambda f, _: _dialog_words(f, "a dialog is open; answer it in the session"),
    ),
    Row(
        Status.QUESTION,
        "the registry reports any other wait",
        lambda f: f.registry == "waiting",
        lambda f, _: _dialog_words(f, f"{f.waiting_for or 'waiting'}; check its pane"),
    ),
    Row(
        Status.COMPACTING,
        "busy, between the start and end hooks of a compaction",
        lambda f: _active(f) and f.compacting,
        lambda *_: "compacting its context",
    ),
    Row(
        Status.RETRYING,
        "busy, and the pane shows that an API call is being retried",
        lambda f: _active(f) and f.retry is not None,
        lambda f, _: f"{f.retry.said} · attempt {f.retry.attempt} of {f.retry.of}" if f.retry else "",
    ),
    Row(
        Status.WORKING,
        "a turn is open, or the registry does not report the session as idle",
        _active,
        _busy_words,
    ),
    Row(
        Status.RATE_LIMITED,
        "idle, and the turn failed because of a rate limit",
        lambda f: f.turn is Turn.FAILED and f.failure in RATE_LIMITS,
        lambda f, _: f.failure_said or f.failure,
    ),
    Row(
        Status.ERROR,
        "idle, and the turn failed",
        lambda f: f.turn is Turn.FAILED,
        lambda f, _: f.failure_said or f.failure,
    ),
    Row(
        Status.INTERRUPTED,
        "idle, and the turn ended without its end hook (Esc, a rejected permission)",
        lambda f: f.turn is Turn.INTERRUPTED,
        lambda *_: "interrupted",
    ),
    Row(
        Status.INTERRUPTED,
        'idle after a resume, and the previous turn was cut off; it waits for "continue"',
        lambda f: f.turn is Turn.NONE and bool(f.cut_off),
        lambda f, _: words(f.cut_off),
    ),
    Row(
        Status.BACKGROUND,
        "idle, and background tasks are running",
        lambda f: f.registry == "shell" or bool(f.background),
        lambda f, _: "running: " + (", ".join(f.background) or "a background task"),
    ),
    Row(
        Status.IDLE,
        "idle: no turn yet, or the turn ended and nothing is running",
        lambda _: True,
        _idle_words,
    ),
)


def transition(session: Session, signal: Signal) -> Session:
    """The session after `signal`. Any session and any signal give a valid session.

    A session that has ended stays ended: it is resumed as a new run.
    """
    if session.status in OVER and not isinstance(signal, MetersSaid):
        return session
    session = _identify(session, signal)
    facts = absorb(session.facts, session.signs, signal)
    signs = watch(session.signs, signal)
    row = next(row for row in TABLE if row.test(facts))
    why = row.why(facts, signs)
    if row.status in OVER and in_a_turn(facts):
        why += f"; {words(cut_off(replace(session, facts=facts)))}"
    entered = row.status is not session.status or _shown(facts.asks) != _shown(session.facts.asks)
    ended = row.status is not session.status and _ends_unseen(row.status, facts)
    began = isinstance(signal, PromptTaken) and signal.at > session.facts.turn_at
    return replace(
        session,
        status=row.status,
        since=signal.at if entered else session.since,
        why=why,
        evidence=Evidence(source_of(signal), said_by(signal), signal.at) if entered else session.evidence,
        unread=(session.unread and not began) or ended,
        facts=facts,
        signs=signs,
        meters=merge_meters(session.meters, signal.meters)
        if isinstance(signal, MetersSaid)
        else session.meters,
    )


def unexpected_end(facts: Facts) -> bool:
    """Whether a session ended unexpectedly."""
    return not facts.stop_wanted and (
        facts.window is not Window.DEAD or facts.exit_code != 0 or facts.turn is Turn.OPEN
    )


def merge_meters(old: Meters, new: Meters) -> Meters:
    """`new`, with `old` for what `new` does not know."""
    return replace(
        new,
        context_percent=_or(new.context_percent, old.context_percent),
        model=new.model or old.model,
        five_hour_percent=_or(new.five_hour_percent, old.five_hour_percent),
        five_hour_resets_at=_or(new.five_hour_resets_at, old.five_hour_resets_at),
        seven_day_percent=_or(new.seven_day_percent, old.seven_day_percent),
        seven_day_resets_at=_or(new.seven_day_resets_at, old.seven_day_resets_at),
    )


def worth_remembering(old: Session, new: Session) -> bool:
    """Whether the step from `old` to `new` belongs in the journal: signs of activity and meters do not."""
    return _vital(old) != _vital(new)


def _identify(session: Session, signal: Signal) -> Session:
    """`/clear` and `/resume` change the id of a running session; the newest report counts, by the time it was
    made: a status line may be read long after, even after the session's end."""
    match signal:
        case RegistrySaid():
            named = _named(session, signal.session_id, session.transcript, signal.at)
            return replace(
                named,
                pid=signal.pid or session.pid,
                agent_version=signal.version or session.agent_version,
            )
        case PromptTaken() | MetersSaid() | Began():
            return _named(session, signal.session_id, signal.transcript, signal.at)
        case PaneSeen():
            return replace(session, pid=session.pid or signal.pid)
        case _:
            return session


def _named(session: Session, session_id: str, transcript: str, at: float) -> Session:
    if session_id in ("", session.session_id):
        return replace(session, transcript=transcript or session.transcript)
    if at < session.named_at or session.status in OVER:
        return session
    return replace(session, session_id=session_id, transcript=transcript or session.transcript, named_at=at)


def _ends_unseen(status: Status, facts: Facts) -> bool:
    if status is Status.IDLE:
        return facts.turn is Turn.ENDED
    if status is Status.EXITED:
        return unexpected_end(facts)
    return status in (Status.ERROR, Status.RATE_LIMITED, Status.LOST)


def _shown(asks: tuple[Ask, ...]) -> Ask | None:
    return asks[0] if asks else None


def _or(new: float | None, old: float | None) -> float | None:
    return old if new is None else new


def _vital(session: Session) -> Session:
    return replace(session, signs=Signs(), meters=Meters(), why="")
