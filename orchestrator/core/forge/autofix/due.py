"""When a session is told what its change request lacks: only while it is idle, once for each problem, and at
most a few times before a person decides."""

from orchestrator.core.effects import FixChange, may_type
from orchestrator.core.events import Event
from orchestrator.core.forge.autofix.events import AutofixPaused, FixLooked, FixSent
from orchestrator.core.forge.autofix.problems import (
    Problems,
    asks_for_changes,
    checks_failed,
    conflict_of,
    problems_words,
)
from orchestrator.core.forge.autofix.prompt import prompt_of
from orchestrator.core.forge.autofix.state import MOST_ROUNDS
from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.model import Card
from orchestrator.core.sessions.model import Turn
from orchestrator.core.sessions.prompt_events import PromptQueued


def revision(change: ChangeRequest) -> str:
    """What there is to fix as far as the listing tells; empty for nothing. It differs after every failure,
    comment or push."""
    said = []
    if checks_failed(change) and change.checks is not NOT_FETCHED:
        said.append(f"checks {','.join(sorted(change.checks.failing))}")
    if asks_for_changes(change) and change.review is not NOT_FETCHED:
        said.append(f"review {change.review.decision} {change.review.unresolved} {change.updated_at}")
    if conflict_of(change):
        said.append("conflict")
    return f"{change.number} {change.head_commit} {'; '.join(said)}" if said else ""


def due(card: Card) -> str:
    """The revision that is to be looked at now; empty for none."""
    fix, change = card.forge.autofix, card.forge.request
    if not fix.on or fix.waiting or fix.pushes_since or not _idle(card):
        return ""
    if not isinstance(change, ChangeRequest) or change.state != "open":
        return ""
    found = revision(change)
    return found if found != fix.looked else ""


def push_due(card: Card) -> bool:
    """Whether what the session committed after a prompt is to be pushed now."""
    since = card.forge.autofix.pushes_since
    if not since or not _idle(card) or card.session is None:
        return False
    facts = card.session.facts
    return facts.turn is Turn.ENDED and facts.turn_at >= since


def owed_to_autofix(card: Card) -> FixChange | None:
    """The next effect, if there is one."""
    fix = card.forge.autofix
    if push_due(card):
        return FixChange(card.id, "", push=True, round_=len(fix.sent))
    found = due(card)
    return FixChange(card.id, found, push=False, round_=fix.rounds) if found else None


def fix_events(
    card: Card, looked: str, problems: Problems, prompt: str, now: float, *, pushes: bool = True
) -> tuple[Event, ...]:
    """What follows from these problems as of that revision; `prompt` is the id of a new prompt."""
    new = problems.of_members().without(card.forge.autofix.sent)
    change = card.forge.request
    if not new.keys or not isinstance(change, ChangeRequest):
        return (FixLooked(now, card.id, looked),)
    words = problems_words(new)
    if card.forge.autofix.rounds >= MOST_ROUNDS:
        return (AutofixPaused(now, card.id, looked, f"after {MOST_ROUNDS} rounds: {words}"),)
    text = prompt_of(change, new, pushes=pushes)
    return (
        PromptQueued(now, card.id, prompt, text),
        FixSent(now, card.id, new.keys, prompt, words, looked, change.head_commit),
    )


def _idle(card: Card) -> bool:
    """Nothing is under way for the card, and its session waits for a prompt."""
    busy = card.ending or card.launch or card.finished or card.shelved or card.held is not None or card.run
    return not busy and not card.outbox and may_type(card.session)
