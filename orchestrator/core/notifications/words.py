"""Notifications in words: a line for each occurrence, and a message for several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.board.views import Need
from orchestrator.core.literals import NeedKind
from orchestrator.core.model import State
from orchestrator.core.notifications.occurrence import Occurrence
from orchestrator.core.text.clean import shown_line

Content = Literal["count", "title", "full"]
"""How much a message tells that leaves this machine: only how many wait; also the titles; or everything."""
_MOST_LINES = 5
_LONGEST = 300
_ENDINGS = {"done": "is done", "failed": "failed", "denied": "was denied", "cancelled": "was cancelled"}

_WHAT: dict[NeedKind, str] = {
    "permission": "asks for a permission",
    "question": "asks a question",
    "plan": "a plan waits for approval",
    "dialog": "a dialog is open",
    "card": "requests a card",
    "pause": "mail is paused",
    "error": "a turn or a start failed",
    "exited": "the session ended unexpectedly",
    "lost": "the tmux server ended",
    "cut_off": "a turn was cut off",
    "prompt": "a prompt is not confirmed",
    "fix": "autofix has stopped",
    "forge": "a change of an issue or pull request was not sent",
    "stalled": "silent for too long",
    "rate_limited": "a rate limit was reached",
    "mail": "a message for you",
    "asks": "a turn ended with a question",
    "review": "a turn ended",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A message: `title` is one line, `body` some, for a channel that shows both."""

    title: str
    body: str


def words(state: State, told: Sequence[Occurrence], waiting: int, content: Content = "full") -> Words:
    """The message about these occurrences. `waiting` is the number of entries in the queue."""
    count = "1 waits for you" if waiting == 1 else f"{waiting} wait for you"
    if content == "count":
        return Words("orch", count)
    lines = [line(state, each) if content == "full" else heading(state, each) for each in told[:_MOST_LINES]]
    if more := len(told) - len(lines):
        lines.append(f"and {more} more")
    if len(told) == 1:
        return Words("orch", lines[0])
    return Words(f"orch: {count}", "\n".join(lines))


def line(state: State, told: Occurrence) -> str:
    """One occurrence in a line, with what it is about."""
    need = told.need
    match need.kind:
        case "gate" | "run" | "run_done":
            said = need.summary if need.kind == "run" else ""
        case _:
            said = need.summary
    return shown_line(f"{heading(state, told)}: {said}" if said else heading(state, told), _LONGEST)


def heading(state: State, told: Occurrence) -> str:
    """One occurrence in a line, without content: whose it is, and its kind."""
    need = told.need
    match need.kind:
        case "gate":
            said = f"{need.title}: {need.stage} {'still needs' if told.reminds else 'needs'} you"
        case "stage":
            said = f"{_workflow(state, need)}: {need.stage} is blocked"
        case "run" | "run_done":
            run = state.runs.get(need.run)
            said = f"{need.title}: {need.run} {_ENDINGS.get(run.state.value if run else '', 'ended')}"
        case "mail":
            said = f"from {need.slug}"
        case _:
            said = f"{need.title}: {_WHAT.get(need.kind, need.kind)}"
    return shown_line(said, _LONGEST)


def _workflow(state: State, need: Need) -> str:
    run = state.runs.get(need.run)
    return run.workflow.name if run else need.title
