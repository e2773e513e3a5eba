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
from orchestrator.core.sessions.prompt_events import PromptDropped, PromptQueued


def evolve_autofix(fix: Autofix, event: AutofixEvent) -> Autofix:
    """What it is after the event."""
    match event:
        case AutofixSet(on=on):
            return replace(fix, on=on, rounds=0, looked="", waiting="", waiting_since=0.0)
        case FixLooked(revision=revision):
            return replace(fix, looked=revision)
        case FixSent(revision=revision, keys=keys, at=at):
            sent = replace(fix.told(keys), pushes_since=at, prompt=event.prompt, head=event.head)
            if not revision:  # a person has looked: the rounds begin again
                return replace(sent, rounds=0, waiting="", waiting_since=0.0)
            return replace(sent, rounds=fix.rounds + 1, looked=revision)
        case AutofixPaused(revision=revision, why=why, at=at):
            return replace(fix, looked=revision, waiting=why, waiting_since=at)
        case FixPushed(tip=tip, why=why, at=at):
            waits = "" if tip or not fix.on else why or "the session committed nothing"
            return replace(fix, pushes_since=0.0, waiting=waits, waiting_since=at if waits else 0.0)


def after_prompt(fix: Autofix, event: PromptQueued | PromptDropped) -> Autofix:
    """A prompt that a person dropped lets nothing be pushed, unless it is sent again."""
    if isinstance(event, PromptDropped):
        return replace(fix, pushes_since=0.0) if event.prompt == fix.prompt else fix
    again = bool(event.again) and event.again == fix.prompt
    return replace(fix, pushes_since=event.at, prompt=event.prompt) if again else fix
