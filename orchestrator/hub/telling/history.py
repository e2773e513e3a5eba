"""A card's history: the journal's events as text."""

from orchestrator.core.events import (
    CardAcknowledged,
    CardCreated,
    CardHeld,
    CardLabelled,
    CardPinned,
    CardReleased,
    CardReopened,
    DeviceActed,
    DialogAnswered,
    EndingAsked,
    EndingDone,
    EndingFailed,
    Event,
    RequestAnswered,
    SessionActed,
    SessionChanged,
    SessionClosed,
    SessionNudged,
    SetupFinished,
    StartAdmitted,
    StartCancelled,
    StartFailed,
    StartQueued,
    WindowOpened,
    WorktreeAdded,
    WorktreeMoved,
    WorktreeRemoved,
)
from orchestrator.core.forge.events import ForgeEvent
from orchestrator.core.forge.history import forge_event_text
from orchestrator.core.landing.events import BranchMerged, LandingCancelled, LandingMade, LandingOutdated
from orchestrator.core.overlaps.events import OverlapTold
from orchestrator.core.sessions.prompt_events import (
    PromptConfirmed,
    PromptPasted,
    PromptPutBack,
    PromptQueued,
    PromptUnconfirmed,
)
from orchestrator.core.undo.events import BaseMovedBack, UndoAsked, WorktreeRestored


def event_text(event: Event) -> str:
    """One line for an event; empty for those of no interest to a person."""
    match event:
        case CardCreated() if event.adopted:
            return f"adopted from window {event.adopted} of another journal"
        case CardCreated():
            return f"created: {event.title}"
        case StartQueued():
            return f"{'resume' if event.resume else 'start'} requested (run {event.run})"
        case StartAdmitted():
            return "starting: a slot is free"
        case StartCancelled():
            return "start cancelled"
        case StartFailed() | EndingFailed():
            return f"{event.failure.what}: {event.failure.why}"
        case WorktreeAdded():
            return f"worktree added at {event.worktree.path} on {event.worktree.branch}"
        case SetupFinished():
            return "worktree set up"
        case WindowOpened() if not event.window:
            return f"process {event.pid} started, without a terminal"
        case WindowOpened():
            return f"window {event.window} opened, process {event.pid}"
        case SessionChanged():
            session = event.session
            said = session.evidence
            return f"{session.status.value}: {session.why} (by {said.source.value}: {said.said})"
        case RequestAnswered():
            who = f"the rule {event.rule}" if event.rule else _whom(event.by, event.user)
            words = f": {_short(event.said)}" if event.said else ""
            return f"{event.summary}: {event.verdict} by {who} after {event.waited:.0f} s{words}"
        case DialogAnswered():
            return f"{event.title}: {event.option!r} chosen by {event.by} ({event.keys})"
        case SessionNudged():
            return f"nudged by {_whom(event.by, event.user)}: {event.how}"
        case SessionActed():
            refused = ": refused, for people only" if event.refused else ""
            return f"from {event.origin}: {_verb(event.act, event.about)}{refused}"
        case DeviceActed() if event.act not in ("answer", "nudge"):
            return f"from {event.by}: {_verb(event.act)}"
        case PromptQueued():
            return f"prompt queued: {_short(event.text)}"
        case PromptPasted():
            return "prompt typed"
        case PromptPutBack():
            return f"prompt put back: {event.why}"
        case PromptConfirmed():
            return "prompt taken up"
        case PromptUnconfirmed():
            return "the prompt was not confirmed"
        case CardHeld():
            return f"held: {event.note}" if event.note else "held"
        case CardPinned():
            return "pinned" if event.pinned else "unpinned"
        case CardLabelled():
            return f"labels: {', '.join(event.labels)}" if event.labels else "labels removed"
        case CardAcknowledged() | CardReleased() | CardReopened():
            return {CardAcknowledged: "seen", CardReleased: "released"}.get(type(event), "reopened")
        case EndingAsked():
            return f"{event.then} requested" + (f" ({event.how})" if event.how else "")
        case SessionClosed():
            return "session ended and its window closed"
        case LandingMade():
            made = event.made
            passed = f"; {made.check} passed" if made.check else ""
            return f"{made.method} of {made.tip[:10]} made on {made.into} at {made.onto[:10]}{passed}"
        case LandingOutdated():
            return "the base has moved: landing it again"
        case LandingCancelled():
            return "taken out of the queue of landings"
        case BranchMerged():
            return f"branch landed: its base is {event.commit[:10]}"
        case WorktreeRemoved():
            saved = f"; rescued as {event.rescue}" if event.rescue else ""
            return f"worktree removed{saved}" + (f"; {event.notes}" if event.notes else "")
        case WorktreeMoved():
            return f"worktree found at {event.path} on {event.branch}"
        case OverlapTold():
            return f"session told of its {event.kind} with {event.other}"
        case EndingDone():
            return "done"
        case UndoAsked():
            return "undo requested"
        case WorktreeRestored():
            return f"worktree restored at {event.worktree.path} on {event.worktree.branch}"
        case BaseMovedBack():
            return f"landing taken back: its base is {event.commit[:10]}"
        case _:
            return forge_event_text(event) if isinstance(event, ForgeEvent) else ""


def _whom(by: str, user: str) -> str:
    return f"{by} ({user})" if user else by


def _verb(act: str, about: str = "") -> str:
    return f"orch {act.replace('.', ' ')}" + (f" {_short(about)}" if about else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"
