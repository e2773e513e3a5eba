"""What has happened in fixing a change request, as lines of the card's history."""

from orchestrator.core.forge.autofix.events import (
    AutofixEvent,
    AutofixPaused,
    AutofixSet,
    FixPushed,
    FixSent,
)


def autofix_event_text(event: AutofixEvent) -> str:
    """One line for an event; empty for those of no interest to a person."""
    match event:
        case AutofixSet():
            return f"autofix {'on' if event.on else 'off'}"
        case FixSent():
            return f"{'autofix' if event.revision else 'fix'}: sent {event.words}"
        case AutofixPaused():
            return f"autofix stopped {event.why}"
        case FixPushed(tip="", why=""):
            return "nothing was committed: nothing to push"
        case FixPushed(tip=""):
            return f"not pushed: {event.why}"
        case FixPushed():
            return f"pushed {event.tip[:10]}"
        case _:
            return ""
