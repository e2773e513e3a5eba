"""Signals: what a source can report about a session, for any agent program.

Every signal has `at`, the time at which it was reported or observed.
"""

from dataclasses import dataclass

from orchestrator.core.sessions.dialog import Dialog
from orchestrator.core.sessions.model import Ask, Meters, Retry, Wait

NOT_KEPT = "not kept"
"""The status of a program that tells nothing of itself: it runs, and no more is known."""


@dataclass(frozen=True, slots=True)
class RegistrySaid:
    """The agent's own registry, or its server: `status` is `busy`, `idle`, `waiting`, `shell` (idle, and a
    background shell runs) or a word unknown to orch. `waiting_for` is in the agent's words.

    `at` is when the agent wrote it, not when it was read.
    """

    at: float
    status: str
    waiting_for: str = ""
    session_id: str = ""
    pid: int = 0
    version: str = ""
    wait: Wait = ""


@dataclass(frozen=True, slots=True)
class PromptTaken:
    """The session has started a turn with this prompt."""

    at: float
    text: str
    session_id: str = ""
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class ToolStarted:
    at: float
    tool_use_id: str
    summary: str
    """As text: `Bash npm test`."""
    agent_id: str = ""


@dataclass(frozen=True, slots=True)
class ToolEnded:
    at: float
    tool_use_id: str
    failed: bool = False
    agent_id: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The agent asks its user for a permission, an answer or the approval of a plan."""

    at: float
    ask: Ask


@dataclass(frozen=True, slots=True)
class AskAnswered:
    """A request was answered from outside of its session, and the answer is on its way."""

    at: float
    request: str
    by: str


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """A turn ended normally; `background` names the tasks still running."""

    at: float
    last_words: str
    background: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnFailed:
    """A turn ended by an error. `error` is `rate_limit`, `usage_limit` or `quota` where a limit ended it,
    else the agent's own word."""

    at: float
    error: str
    said: str


@dataclass(frozen=True, slots=True)
class Compacting:
    at: float
    active: bool


@dataclass(frozen=True, slots=True)
class AgentExited:
    """The agent says that its session ends, and why, in its own words. With `cleared` the program goes on
    with a new conversation."""

    at: float
    reason: str
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """Any other sign of activity, such as a subagent's start or a notification."""

    at: float
    said: str


@dataclass(frozen=True, slots=True)
class Began:
    """The agent has started or resumed a conversation, and stores it in the file `transcript`."""

    at: float
    session_id: str
    transcript: str


@dataclass(frozen=True, slots=True)
class HooksBlocked:
    """Why its hooks do not reach the hub, and why it lacks the hub's tools; empty if they do."""

    at: float
    hooks: str
    tools: str = ""


@dataclass(frozen=True, slots=True)
class Noticed:
    """The agent has told its user why it waits."""

    at: float
    said: str


@dataclass(frozen=True, slots=True)
class MetersSaid:
    at: float
    meters: Meters
    session_id: str = ""
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class TranscriptSaid:
    """The end of the conversation on disk. Read only if hooks may have been missed."""

    at: float
    last_words: str
    interrupted: bool
    open_turn: bool
    doing: str = ""
    """The running tool call of an open turn, as text."""


@dataclass(frozen=True, slots=True)
class PaneSaid:
    """The content of the pane: a dialog as text and in detail, a retry, and a digest of the text without
    everything that changes constantly (spinner, seconds, token counts)."""

    at: float
    dialog: str = ""
    retry: Retry | None = None
    digest: str = ""
    form: Dialog | None = None


@dataclass(frozen=True, slots=True)
class PaneSeen:
    """tmux has the session's pane and its process is running."""

    at: float
    pid: int


@dataclass(frozen=True, slots=True)
class PaneDied:
    """The pane's process ended; the exit code is 128 + n for signal n, `None` if tmux does not know."""

    at: float
    exit_code: int | None
    said: str = ""
    """The last line in the pane, if the exit code reports a failure."""


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """tmux responds and has no such pane."""

    at: float


@dataclass(frozen=True, slots=True)
class ServerGone:
    """The tmux server of the pane is gone."""

    at: float


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A source did not respond: nothing is known, nothing is concluded."""

    at: float
    said: str


@dataclass(frozen=True, slots=True)
class StopWanted:
    """The user has requested the session's end."""

    at: float


@dataclass(frozen=True, slots=True)
class CutOffSeen:
    """A person has seen that a turn was cut off, and dismissed it."""

    at: float


@dataclass(frozen=True, slots=True)
class ForeignProcessSeen:
    """The process `pid`, outside of the session's window, has the same conversation open; 0 for none."""

    at: float
    pid: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed. `stall_after` and `stall_after_tool` are seconds without activity that make a
    stall."""

    at: float
    stall_after: float
    stall_after_tool: float


Signal = (
    RegistrySaid
    | PromptTaken
    | ToolStarted
    | ToolEnded
    | Asked
    | AskAnswered
    | TurnEnded
    | TurnFailed
    | Compacting
    | AgentExited
    | SignOfLife
    | MetersSaid
    | Began
    | HooksBlocked
    | Noticed
    | TranscriptSaid
    | PaneSaid
    | PaneSeen
    | PaneDied
    | WindowClosed
    | ServerGone
    | Unreachable
    | StopWanted
    | CutOffSeen
    | ForeignProcessSeen
    | Tick
)
