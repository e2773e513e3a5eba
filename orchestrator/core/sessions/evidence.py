"""Signals as evidence: their source, their text, and whether they show activity."""

from orchestrator.core.sessions.model import Signs, Source
from orchestrator.core.sessions.signals import (
    AgentExited,
    AskAnswered,
    Asked,
    Began,
    Compacting,
    CutOffSeen,
    ForeignProcessSeen,
    HooksBlocked,
    MetersSaid,
    Noticed,
    PaneDied,
    PaneSaid,
    PaneSeen,
    PromptTaken,
    RegistrySaid,
    ServerGone,
    Signal,
    SignOfLife,
    StopWanted,
    Tick,
    ToolEnded,
    ToolStarted,
    TranscriptSaid,
    TurnEnded,
    TurnFailed,
    Unreachable,
    WindowClosed,
)


def source_of(signal: Signal) -> Source:
    """The source of such a signal."""
    match signal:
        case RegistrySaid() | ForeignProcessSeen():
            return Source.REGISTRY
        case MetersSaid():
            return Source.STATUSLINE
        case TranscriptSaid() | Began():
            return Source.TRANSCRIPT
        case PaneSaid():
            return Source.PANE
        case PaneSeen() | PaneDied() | WindowClosed() | ServerGone() | Unreachable():
            return Source.TMUX
        case StopWanted() | CutOffSeen() | Tick() | AskAnswered() | HooksBlocked():
            return Source.ORCH
        case _:
            return Source.HOOK


def said_by(signal: Signal) -> str:
    """The signal as text, as printed by `orch show --evidence`."""
    match signal:
        case RegistrySaid():
            return f"{signal.status} ({signal.waiting_for})" if signal.waiting_for else signal.status
        case PromptTaken():
            return f"prompt received: {signal.text[:80]}"
        case ToolStarted():
            return f"tool started: {signal.summary}"
        case ToolEnded():
            return "tool failed" if signal.failed else "tool ended"
        case Asked():
            return f"asking ({signal.ask.kind}): {signal.ask.summary}"
        case AskAnswered():
            return f"answered by {signal.by}"
        case TurnEnded():
            running = f", {len(signal.background)} in the background" if signal.background else ""
            return f"turn ended{running}"
        case TurnFailed():
            return f"turn failed: {signal.error}"
        case Compacting():
            return "compaction started" if signal.active else "compaction ended"
        case AgentExited():
            return f"session ended: {signal.reason}"
        case Began():
            return "conversation started"
        case HooksBlocked():
            return f"hooks do not reach the hub: {signal.hooks}" if signal.hooks else "hooks reach the hub"
        case SignOfLife() | Noticed() | Unreachable():
            return signal.said
        case MetersSaid():
            return f"cost ${signal.meters.cost_usd:.2f}, context {signal.meters.context_percent or 0:.0f} %"
        case TranscriptSaid():
            return "interrupted" if signal.interrupted else "turn open" if signal.open_turn else "turn ended"
        case PaneSaid():
            return signal.dialog or (signal.retry.said if signal.retry else "text changed")
        case PaneSeen():
            return f"process {signal.pid} is running"
        case PaneDied():
            said = f": {signal.said}" if signal.said else ""
            return f"process ended, exit code {signal.exit_code}{said}"
        case WindowClosed():
            return "no such window"
        case ServerGone():
            return "the server is gone"
        case StopWanted():
            return "stop requested"
        case CutOffSeen():
            return "marked as seen"
        case ForeignProcessSeen():
            said = f"process {signal.pid} has the conversation open" if signal.pid else "closed it"
            return f"outside its window: {said}"
        case Tick():
            return "silent for too long"


def shows_life(signal: Signal, signs: Signs) -> bool:
    """Whether the signal proves that the agent itself did something; a spinner or a pid does not."""
    match signal:
        case PaneSaid():
            return signal.digest != signs.pane_digest
        case (
            PaneSeen() | PaneDied() | WindowClosed() | ServerGone() | Unreachable() | Tick() | HooksBlocked()
        ):
            return False
        case StopWanted() | CutOffSeen() | ForeignProcessSeen():
            return False
        case _:
            return True
