"""How events change a card's autofix."""

from dataclasses import replace

from orchestrator.core.forge.autofix.events import (
    AutofixEvent,
    AutofixPaused,
    AutofixSet,
    FixLooked,
    FixPushed,
    FixSent,
)
from orchestrator.core.forge.autofix.state import Autofix


def evolve_autofix(fix: Autofix, event: AutofixEvent) -> Autofix:
    """What it is after the event."""
    match event:
        case AutofixSet(on=on):
            return replace(fix, on=on, rounds=0, looked="", waiting="", waiting_since=0.0)
        case FixLooked(revision=revision):
            return replace(fix, looked=revision)
        case FixSent(revision="", keys=keys, at=at):  # a person has looked: the rounds begin again
            return replace(fix.told(keys), rounds=0, waiting="", waiting_since=0.0, pushes_since=at)
        case FixSent(revision=revision, keys=keys, at=at):
            return replace(fix.told(keys), rounds=fix.rounds + 1, looked=revision, pushes_since=at)
        case AutofixPaused(revision=revision, why=why, at=at):
            return replace(fix, looked=revision, waiting=why, waiting_since=at)
        case FixPushed(tip=tip, why=why, at=at):
            waits = "" if tip or not fix.on else why or "the session committed nothing"
            return replace(fix, pushes_since=0.0, waiting=waits, waiting_since=at if waits else 0.0)
