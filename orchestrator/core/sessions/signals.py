"""What a source can say about a session, whatever program the agent is.

Every signal has `at`, the time at which it was said or seen.
"""

from dataclasses import dataclass

from orchestrator.core.model import Ask, Meters, Retry, Wait
from orchestrator.core.sessions.dialog import Dialog


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
    """The session has begun a turn with this prompt."""

    at: float
    text: str
    session_id: str = ""
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class ToolStarted:
    at: float
    tool_use_id: str
    summary: str
    """In words: `Bash npm test`."""
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
    """A turn ended as it should; `background` names the tasks that still run."""

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
    """Anything else that shows the session lives, such as a subagent's start or a notification."""

    at: float
    said: str


@dataclass(frozen=True, slots=True)
class Began:
    """The agent has begun or resumed a conversation, and keeps it in the file `transcript`."""

    at: float
    session_id: str
    transcript: str


@dataclass(frozen=True, slots=True)
class HooksBlocked:
    """Why its hooks don't reach the hub, and why it has no tools of the hub's; empty where they do."""

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
    """The end of the conversation on disk. Asked only when hooks may have been missed."""

    at: float
    last_words: str
    interrupted: bool
    open_turn: bool
    doing: str = ""
    """The tool call that an open turn has under way, in words."""


@dataclass(frozen=True, slots=True)
class PaneSaid:
    """What stands in the pane: a dialog in words and as it stands there, a retry, and a digest of the
    text less everything that moves by itself (spinner, seconds, token counts)."""

    at: float
    dialog: str = ""
    retry: Retry | None = None
    digest: str = ""
    form: Dialog | None = None


@dataclass(frozen=True, slots=True)
class PaneSeen:
    """tmux has the session's pane and its process runs."""

    at: float
    pid: int


@dataclass(frozen=True, slots=True)
class PaneDied:
    """The pane's process ended; the exit code is 128 + n for signal n, `None` where tmux can't say."""

    at: float
    exit_code: int | None
    said: str = ""
    """The last line in the pane, where the exit code tells of a failure."""


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """tmux answers and has no such pane."""

    at: float


@dataclass(frozen=True, slots=True)
class ServerGone:
    """The tmux server that held the pane is no more."""

    at: float


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A source did not answer: nothing is known, nothing is concluded."""

    at: float
    said: str


@dataclass(frozen=True, slots=True)
class StopWanted:
    """The user has asked for the session's end."""

    at: float


@dataclass(frozen=True, slots=True)
class CutOffSeen:
    """A person has seen that a turn was cut off, and leaves it at that."""

    at: float


@dataclass(frozen=True, slots=True)
class ForeignProcessSeen:
    """The process `pid`, outside of the session's window, has the same conversation open; 0 when none has."""

    at: float
    pid: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed. `stall_after` and `stall_after_tool` are seconds of silence that make a stall."""

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
