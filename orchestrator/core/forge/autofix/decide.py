"""Decides a person's commands about fixing a change request."""

from orchestrator.core.commands import Decision, Rejected
from orchestrator.core.forge.autofix.commands import QueueFixes, SetAutofix
from orchestrator.core.forge.autofix.events import AutofixSet, FixSent
from orchestrator.core.forge.autofix.problems import problems_words
from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.model import Card


def set_autofix(card: Card, command: SetAutofix, now: float) -> Decision:
    """Turns it on or off. Turned on once more, the rounds are counted again."""
    fix = card.forge.autofix
    if not command.on:
        return (AutofixSet(now, card.id, on=False),) if fix.on else ()
    if refused := not_open(card):
        return refused
    if card.run:
        return Rejected(
            f"cannot fix the pull request of {card.id} automatically",
            f"it works for the run {card.run}, which sends its prompts",
            "Fix it by hand: orch pr fix",
        )
    return (AutofixSet(now, card.id, on=True),) if not fix.on or fix.rounds or fix.waiting else ()


def fixes_sent(card: Card, command: QueueFixes, now: float) -> Decision:
    """What is noted beside the prompt."""
    if refused := not_open(card):
        return refused
    if not command.problems.keys:
        return Rejected(f"nothing to fix in the pull request of {card.id}", "none of that is open")
    words, change = problems_words(command.problems), card.forge.request
    head = change.head_commit if isinstance(change, ChangeRequest) else ""
    return (FixSent(now, card.id, command.problems.keys, command.prompt, words, head=head),)


def not_open(card: Card) -> Rejected | None:
    """Why the card has no change request that can be fixed, if it has none."""
    change = card.forge.request
    if not isinstance(change, ChangeRequest):
        return Rejected(
            f"{card.id} has no pull request", "none is known", f"Open one: orch finish {card.id} --pr"
        )
    if change.state != "open":
        return Rejected(f"the pull request of {card.id} is {change.state}")
    return None
