"""How a signal changes the facts and the signs of activity."""

from dataclasses import replace

from orchestrator.core.sessions.evidence import said_by, shows_life, source_of
from orchestrator.core.sessions.model import Ask, Facts, Signs, Source, Turn, Window
from orchestrator.core.sessions.signals import (
    NOT_KEPT,
    AgentExited,
    AskAnswered,
    Asked,
    Compacting,
    CutOffSeen,
    ForeignProcessSeen,
    HooksBlocked,
    Noticed,
    PaneDied,
    PaneSaid,
    PaneSeen,
    PromptTaken,
    RegistrySaid,
    ServerGone,
    Signal,
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
from orchestrator.core.sessions.stall import stalled

RESTS = frozenset({"idle", "shell"})
"""Words of the registry for an empty prompt; with `shell`, a background shell runs on."""
PROMPT_KEPT = 1000
"""Characters of a prompt that are kept, to recognise it later."""


def rests(facts: Facts) -> bool:
    """Whether the agent is at an empty prompt: nothing is running in the foreground, or about to."""
    return facts.registry in RESTS and facts.turn is not Turn.OPEN and not facts.first_prompt


def unwatched(facts: Facts) -> bool:
    """Whether the program tells nothing of itself, so that its silence means nothing, and a prompt may be
    typed at any time."""
    return facts.registry == NOT_KEPT


def unheard(facts: Facts) -> bool:
    """Whether it has worked in this run without any hook."""
    return bool(facts.worked_at) and not facts.hooked


def absorb(facts: Facts, signs: Signs, signal: Signal) -> Facts:
    """The facts after that signal. `signs` are those before it."""
    if shows_life(signal, signs) and facts.stalled_since is not None:
        facts = replace(facts, stalled_since=None)
    if source_of(signal) is Source.HOOK and not (facts.hooked and not facts.no_hooks):
        facts = replace(facts, hooked=True, no_hooks="")
    match signal:
        case RegistrySaid():
            return _registry(facts, signal)
        case PromptTaken():
            return replace(
                facts, turn=Turn.OPEN, doing="", turn_at=signal.at, prompt=signal.text[:PROMPT_KEPT],
                asks=_of_agents(facts), compacting=False, retry=None, dialog="", form=None, notice="",
                failure="", failure_said="", background=(), last_words="",
                ends_asking=False, first_prompt=False, cut_off="",
            )  # fmt: skip
        case ToolStarted():
            return replace(facts, retry=None)
        case ToolEnded():
            ended = dict(signs.tools).get(signal.tool_use_id)
            asks = tuple(ask for ask in facts.asks if not _ends(signal, ended, ask))
            answered = bool(facts.asks) and not asks and facts.registry == "waiting"
            return replace(facts, retry=None, asks=asks, registry="busy" if answered else facts.registry)
        case Asked():
            return replace(facts, retry=None, asks=(*(a for a in facts.asks if a != signal.ask), signal.ask))
        case AskAnswered():
            return _answered(facts, signal.request)
        case TurnEnded():
            return replace(
                facts, turn=Turn.ENDED, asks=_of_agents(facts), compacting=False, retry=None, notice="",
                background=signal.background, last_words=signal.last_words,
                ends_asking=ends_asking(signal.last_words),
            )  # fmt: skip
        case TurnFailed():
            return replace(
                facts, turn=Turn.FAILED, asks=_of_agents(facts), compacting=False, retry=None, notice="",
                failure=signal.error or "unknown", failure_said=signal.said,
            )  # fmt: skip
        case Compacting():
            return replace(facts, compacting=signal.active)
        case AgentExited(cleared=True):
            return replace(
                facts, turn=Turn.NONE, asks=(), background=(), last_words="", ends_asking=False, cut_off=""
            )
        case TranscriptSaid():
            return _transcript(facts, signal)
        case PaneSaid():
            return replace(facts, dialog=signal.dialog, form=signal.form, retry=signal.retry)
        case HooksBlocked():
            return replace(facts, no_hooks=signal.hooks, no_tools=signal.tools)
        case Noticed():
            return replace(facts, notice=signal.said)
        case PaneDied():
            died = _ended(facts, signs, Window.DEAD)
            return replace(died, exit_code=signal.exit_code, exit_said=signal.said)
        case WindowClosed():
            return _ended(facts, signs, Window.CLOSED)
        case ServerGone():
            return _ended(facts, signs, Window.SERVER_GONE)
        case CutOffSeen():
            return replace(facts, cut_off="")
        case ForeignProcessSeen():
            return replace(facts, stranger=signal.pid)
        case StopWanted():
            return replace(facts, stop_wanted=True)
        case Tick():
            return stalled(facts, signs, signal)
        case _:
            return facts


def _ended(facts: Facts, signs: Signs, window: Window) -> Facts:
    doing = facts.doing or (signs.tools[-1][1] if signs.tools else "")
    return replace(facts, window=window, stalled_since=None, doing=doing)


def _of_agents(facts: Facts) -> tuple[Ask, ...]:
    """The requests of background subagents: a turn's end does not end those."""
    return tuple(ask for ask in facts.asks if ask.agent_id)


def _ends(signal: ToolEnded, ended: str | None, ask: Ask) -> bool:
    """Whether the tool that ended is the one that the request was for."""
    if ended is None:
        return bool(signal.agent_id) and ask.agent_id == signal.agent_id
    return ask.summary == ended


def _answered(facts: Facts, request: str) -> Facts:
    """The registry leaves `waiting` a moment after the pane's own dialog was answered."""
    shown = bool(facts.asks) and facts.asks[0].id == request
    asks = tuple(ask for ask in facts.asks if ask.id != request)
    return replace(
        facts, asks=asks, registry="busy" if shown and facts.registry == "waiting" else facts.registry
    )


def _registry(facts: Facts, signal: RegistrySaid) -> Facts:
    """Leaving `waiting` answers the request that was shown; `idle` ends everything open before it."""
    if signal.at < facts.registry_at:
        return facts
    # Idle again at a later time: it was busy in between, too briefly to be seen.
    was_busy = facts.registry in RESTS and signal.at > facts.registry_at
    asks = facts.asks
    rests = signal.status in RESTS
    if rests:
        asks = tuple(
            ask for ask in asks if ask.at > signal.at or (ask.agent_id and facts.registry != "waiting")
        )
    elif facts.registry == "waiting" and signal.status != "waiting":
        asks = asks[1:]
    turn = facts.turn
    if rests and turn is Turn.OPEN and signal.at > facts.turn_at:
        turn = Turn.INTERRUPTED
    return replace(
        facts,
        registry=signal.status,
        registry_at=signal.at,
        worked_at=facts.worked_at or (signal.at if signal.status == "busy" or was_busy else 0.0),
        waiting_for=signal.waiting_for,
        wait=signal.wait,
        asks=asks,
        turn=turn,
        dialog=facts.dialog if signal.status == "waiting" else "",
        form=facts.form if signal.status == "waiting" else None,
        notice="" if facts.registry == "waiting" and signal.status != "waiting" else facts.notice,
        retry=facts.retry if signal.status == "busy" else None,
        compacting=facts.compacting and not rests,
        first_prompt=facts.first_prompt and rests and not was_busy,
    )


def _transcript(facts: Facts, signal: TranscriptSaid) -> Facts:
    """Ends a turn whose end, or whose entire course, no hook reported."""
    if signal.open_turn:
        return replace(facts, doing=signal.doing)
    ended_after_all = facts.turn is Turn.INTERRUPTED and not signal.interrupted and signal.at >= facts.turn_at
    if facts.turn is not Turn.OPEN and signal.last_words == facts.last_words and not ended_after_all:
        return facts
    return replace(
        facts,
        turn=Turn.INTERRUPTED if signal.interrupted else Turn.ENDED,
        asks=(),
        last_words=signal.last_words,
        ends_asking=not signal.interrupted and ends_asking(signal.last_words),
    )


def watch(signs: Signs, signal: Signal) -> Signs:
    """The signs after that signal. Call it after `absorb`, which reads those before."""
    if shows_life(signal, signs):
        signs = replace(signs, last_at=max(signs.last_at, signal.at), last_said=said_by(signal))
    match signal:
        case ToolStarted():
            others = tuple(tool for tool in signs.tools if tool[0] != signal.tool_use_id)
            return replace(signs, tools=(*others, (signal.tool_use_id, signal.summary)))
        case ToolEnded():
            return replace(signs, tools=tuple(tool for tool in signs.tools if tool[0] != signal.tool_use_id))
        case TurnEnded() | TurnFailed() | PromptTaken() | RegistrySaid(status="idle" | "shell"):
            return replace(signs, tools=(), unreachable_since=None)
        case PaneSaid():
            return replace(signs, pane_digest=signal.digest)
        case PaneSeen() | RegistrySaid() | PaneDied():
            return replace(signs, unreachable_since=None)
        case Unreachable():
            return replace(signs, unreachable_since=signs.unreachable_since or signal.at)
        case _:
            return signs


def ends_asking(words: str) -> bool:
    """Whether the last words of a turn ask the user something: a question mark ends the last non-empty line,
    or its last sentence."""
    lines = [line.strip(" *_`>\"')") for line in words.strip().splitlines()]
    return next((line for line in reversed(lines) if line), "").endswith(("?", "？"))
