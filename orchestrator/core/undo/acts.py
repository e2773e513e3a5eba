"""Acts as they are recorded: which commands are acts, and what they are called."""

from orchestrator.core.commands import (
    Command,
    Decision,
    FinishCard,
    Rejected,
    RemoveCard,
    ResumeCard,
    SendPrompt,
    StartCard,
)
from orchestrator.core.events import subject
from orchestrator.core.landing.methods import METHODS
from orchestrator.core.model import Act
from orchestrator.core.requests.cards import (
    Acknowledge,
    Hold,
    Label,
    Pin,
    Release,
    Reopen,
    Restart,
    Shelve,
    Stop,
    Unpin,
)
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.undo.events import ActRecorded

_NAMES = {
    "acknowledge": "acknowledgement of {card}",
    "hold": "hold of {card}",
    "label": "change of the labels of {card}",
    "pin": "pin of {card}",
    "release": "release of {card}",
    "reopen": "reopening of {card}",
    "restart": "restart of {card}",
    "resume": "resumption of {card}",
    "rm": "removal of {card}",
    "send": "prompt to {card}",
    "shelve": "shelving of {card}",
    "start": "start of {card}",
    "stop": "stop of {card}",
    "unpin": "unpinning of {card}",
    "finish merge": "merge of {card}",
    "finish squash": "squash of {card}",
    "finish rebase": "rebase of {card}",
    "finish keep": "finishing of {card}",
    "finish discard": "discard of {card}",
}
UNDOABLE = frozenset(
    {"acknowledge", "finish", "hold", "label", "pin", "release", "reopen", "rm", "shelve", "unpin"}
)  # fmt: skip
"""The verbs of acts that can be undone."""


def with_act(command: Command, decision: Decision, by: Speaker | None, now: float) -> Decision:
    """What was decided, with the record of the act in front of it if it is one and changes anything. `by` is
    whoever asked for it; `None` for orch itself."""
    if by is None or isinstance(decision, Rejected) or not decision:
        return decision
    verb, how = _verb(command)
    if not verb:
        return decision
    place = by.place("") if by.device else ""
    return (ActRecorded(now, subject(decision[0]), verb, how, by.user, by.origin, place), *decision)


def named(act: Act) -> str:
    """The act as a noun: `merge of c3`."""
    name = _NAMES.get(f"{act.verb} {act.how}".rstrip(), _NAMES.get(act.verb, f"{act.verb} of {{card}}"))
    return name.format(card=act.card)


def lands(act: Act) -> bool:
    """Whether it landed the card's branch."""
    return act.verb == "finish" and act.how in METHODS


def _verb(command: Command) -> tuple[str, str]:
    """The act's verb and its choice; empty for what is not recorded."""
    match command:
        case Acknowledge(attached=True):
            return "", ""  # by looking at it
        case FinishCard():
            return "finish", command.how
        case RemoveCard():
            return "rm", "keep" if command.keep else ""
        case StartCard():
            return "start", ""
        case ResumeCard():
            return "resume", ""
        case SendPrompt():
            return "send", ""
        case Acknowledge() | Hold() | Label() | Pin() | Release() | Reopen():
            return command.verb, ""
        case Restart() | Shelve() | Stop() | Unpin():
            return command.verb, ""
        case _:
            return "", ""
