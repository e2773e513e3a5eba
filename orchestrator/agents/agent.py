"""The protocol by which the hub knows any agent program: its only way in.

An `Agent` is one program as it is configured. What it can do is grouped in parts; a part that the program
does not have is `None`, and the hub then does without it. Payloads and replies are the program's own JSON:
the hub keeps them and passes them back, and never looks into them. Times are seconds since the epoch, texts
of panes are what is visible. Everything blocks for a moment at most, but for `Server`, which is asynchronous.

A new agent program is a folder here and a line in `known`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from orchestrator.agents.finding import Finding
from orchestrator.agents.launch_file import LaunchSpec
from orchestrator.agents.types import (
    AskAnswer,
    Choice,
    ConnectionProblems,
    Conversation,
    EventSink,
    LaunchRecord,
    Payload,
    RegistryChanges,
    RegistryEntry,
    Reply,
    SessionAddress,
    UnfitAnswerError,
    UnfitCommandError,
)
from orchestrator.core.board.views import Question
from orchestrator.core.needs.grants import Right
from orchestrator.core.rules import RequestFacts
from orchestrator.core.sessions.dialog import Dialog
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import Began, PaneSaid, Signal, TranscriptSaid

__all__ = [
    "Agent",
    "AskAnswer",
    "Asks",
    "Choice",
    "ConnectionProblems",
    "Conversation",
    "Conversations",
    "EventSink",
    "Hooks",
    "Launch",
    "LaunchRecord",
    "LaunchSpec",
    "Payload",
    "Registry",
    "RegistryChanges",
    "RegistryEntry",
    "Reply",
    "Screen",
    "Server",
    "SessionAddress",
    "Stream",
    "UnfitAnswerError",
    "UnfitCommandError",
    "Waker",
]


class Launch(Protocol):
    """Starts the program, without touching a file of the user's or the repository's."""

    @property
    def confirms_prompts(self) -> bool:
        """Whether the program tells when it has taken up its first prompt."""

    @property
    def takes_model(self) -> bool:
        """Whether a start may choose a model and a permission mode."""

    @property
    def session_variables(self) -> Sequence[str]:
        """Variables, as names and patterns, that no session may have from whoever starts it: they mark a
        process as part of a session of the program, or lead the program to places that the hub does not
        know."""

    def in_window(self, folder: Path, spec: LaunchSpec) -> Path:
        """Writes what a start in a window needs into `folder` (0700), and returns the launch file, to be run
        as `/bin/sh FILE`. Raises `UnfitCommandError`, `OSError`."""

    def in_background(self, folder: Path, spec: LaunchSpec, *, seen_as: Path | None = None) -> Path:
        """The same for a start without a terminal. `seen_as` is the folder in which the files lie when it
        runs, where that is another. Raises `ValueError` without a prompt, `UnfitCommandError`, `OSError`."""

    def read(self, argv: Sequence[str]) -> LaunchRecord:
        """What the command of an earlier start tells of it, its `cwd` aside."""

    def allows_more(self, mode: str, than: str) -> bool:
        """Whether the permission mode `mode` may let a session do more unasked than `than` does. An empty one
        leaves the mode to the program, and may be any."""

    def tool_name(self, name: str) -> str:
        """The name by which the model knows a tool of the hub's."""

    def reports(self) -> Mapping[str, Callable[[Path], Signal | None]]:
        """The files that a session leaves in its launch folder, by name, and how each is read; `None` where
        it says nothing. Raises `OSError` or `ValueError`."""

    def install(self, program: str) -> str:
        """What to do where the program is not installed, in words without a full stop."""


class Hooks(Protocol):
    """The program posts what happens to `spec.hook_url`, and takes the reply into account."""

    def signals(self, payload: Payload, at: float) -> tuple[Signal, ...]:
        """What a post tells. Of a request (`Asked`) the reply is its answer, and may take a day.
        Raises `ValueError` for what is no report."""

    def can_notify(self, payload: Payload) -> bool:
        """Whether the reply to this post may tell the session something."""

    def notification(self, payload: Payload, words: str) -> Reply:
        """The reply that tells the session these words."""

    def continuation(self, words: str) -> Reply:
        """The reply to the end of a turn that has it continue with these words."""

    def connection_problems(
        self, command: Sequence[str], cwd: Path, main: Path, session: Session
    ) -> ConnectionProblems:
        """Why the session's posts may not reach the hub, as far as settings tell. `command` is the
        configured one, empty where that isn't known; `main` is the repository's main worktree."""

    def asked_by_tool(self, arguments: Payload) -> Payload:
        """The call of the hub's tool for permissions as a post; see `LaunchSpec.permission_tool`."""

    def answered_by_tool(self, arguments: Payload, reply: Reply) -> str:
        """What that call returns for a reply to that post. An empty one, nobody's, denies."""


class Registry(Protocol):
    """Follows the program's own list of its sessions. Remembers what it has told."""

    def track(self, sessions: Iterable[Session]) -> None:
        """These run: where they are listed is looked at from now on."""

    def find_session(self, session: Session) -> Began | None:
        """For a session that no hook tells of: finds its conversation."""

    def poll(self) -> RegistryChanges:
        """What changed since the last poll; at first, all there is. Raises `OSError`. Asked seven times a
        second, for all sessions at once."""


class Screen(Protocol):
    """Reads panes, and says what may be typed into them."""

    hidden: str
    """Why nothing can be typed where there is no input box, in words."""
    interrupt: str
    """The key that interrupts a turn, as tmux names it."""

    def read(self, pane: str, at: float) -> PaneSaid:
        """What stands there that nothing else tells. The digest stays the same while nothing but spinners and
        seconds move."""

    def dialog(self, pane: str) -> Dialog | None:
        """The dialog that is open."""

    def in_the_way(self, pane: str) -> str:
        """What keeps keys from reaching the input box, as text; empty for nothing."""

    def draft(self, pane: str) -> str | None:
        """What stands in the input box; `None` where there is none. `pane` is in colour."""

    def typed(self, prompt: str) -> str:
        """The prompt as it is to be pasted, before Enter."""

    def holds(self, pane: str, prompt: str) -> bool:
        """Whether the pasted prompt is still in the input box: Enter was not taken. `pane` is in colour."""

    def is_command(self, prompt: str) -> bool:
        """Whether typing it is all there is to know of it: a command of the terminal's gives no receipt, nor
        does a program without hooks and conversations."""


class Conversations(Protocol):
    """The conversations on disk. All but `find` and `below` raise `OSError`."""

    def find(self, session_id: str, known: str = "") -> Conversation | None:
        """That conversation; `known` is the file that a session named (`Session.transcript`)."""

    def begun(self, conversation: Conversation) -> bool:
        """Whether anything was said in it, so that it can be resumed. One that is there and was not begun
        keeps its id from being used."""

    def tail(self, conversation: Conversation) -> TranscriptSaid:
        """How it stands, with its last words: the snapshot after posts may have been missed."""

    def prompts(self, conversation: Conversation, since: float) -> Iterator[tuple[float, str]]:
        """When each prompt was written down from that time on and what it said, the newest first."""

    def pattern_on_host(self, session_id: str, env: Mapping[str, str]) -> str:
        """Where its file would lie on another machine with this environment: a pattern with `*` and `~`."""


class Asks(Protocol):
    """What it asks of its user: to be read, judged and answered."""

    def choices(self, payload: Payload) -> tuple[Choice, ...]:
        """The decisions that may be given to it, in the program's own order."""

    def questions(self, payload: Payload) -> tuple[Question, ...]:
        """The questions of a request that is one; else empty."""

    def detail(self, payload: Payload) -> tuple[str, bool]:
        """(all there is to read of it, whether that is a unified diff). Reads the files it would change."""

    def allowed_by(self, payload: Payload) -> str:
        """What would have spared the request, in words."""

    def facts(self, payload: Payload, worktree: str) -> RequestFacts:
        """What rules may look at, its tool under the name that rules have for it (`core.rules`)."""

    def answer(self, payload: Payload, given: AskAnswer) -> Reply:
        """The reply that gives this answer. Raises `UnfitAnswerError`."""

    def right(self, payload: Payload, choice: int) -> Right:
        """What the choice of that number, among those that allow for longer, allows from now on."""

    def is_stored(self, right: Right) -> bool | None:
        """Whether the file into which it was written holds it still; `None` where that can't be seen."""

    def revoke(self, right: Right) -> str:
        """How the user takes back one that was written into a file, in words."""


class Waker(Protocol):
    """Wakes a session that rests, and leaves its input box and its dialogs alone."""

    def listens(self, folder: Path) -> bool:
        """Whether the session with this launch folder was started so that it can be woken."""

    def wake(self, folder: Path, words: str) -> bool:
        """Wakes it with these words. `False` where nobody listens."""


class Stream(Protocol):
    """What the program prints where it has no terminal."""

    def read(self, line: str, at: float) -> Iterable[Signal]:
        """What a line tells beside the hooks."""

    def shown(self, tail: str, width: int) -> str:
        """The end of the stream as plain lines of at most `width` cells."""


class Server(Protocol):
    """The program serves its own session, with the window as one client and the hub as another."""

    async def follow(self, link: SessionAddress, sink: EventSink) -> None:
        """Tells how the session stands now: `RegistrySaid`, open requests, and of a turn that has ended
        `TranscriptSaid`. Then tells what happens, its activity as `RegistrySaid`, and sends the replies back.
        Returns or raises `OSError` when the server is away; the hub calls again until the session has ended,
        and cancels it then."""

    async def prompt(self, link: SessionAddress, text: str) -> str:
        """Begins a turn with this text. Returns why it did not, in words; empty where it did. The receipt is
        `PromptTaken`. Raises `OSError`."""

    async def interrupt(self, link: SessionAddress) -> str:
        """Interrupts the turn. Returns why it did not; empty where it did. Raises `OSError`."""


class Agent(Protocol):
    """One agent program, as configured."""

    @property
    def title(self) -> str:
        """The program's own name, in words."""

    @property
    def launch(self) -> Launch: ...
    @property
    def screen(self) -> Screen: ...
    @property
    def stream(self) -> Stream: ...
    @property
    def hooks(self) -> Hooks | None: ...
    @property
    def asks(self) -> Asks | None: ...
    @property
    def conversations(self) -> Conversations | None: ...
    @property
    def waker(self) -> Waker | None: ...
    @property
    def server(self) -> Server | None: ...

    def registry(self) -> Registry | None:
        """A new follower of the program's own list of sessions, where it keeps one."""

    def examine(self, command: Sequence[str], cwd: Path) -> Iterator[Finding]:
        """What `orch doctor` has to say of the program, started by this command in this folder. The finding
        named `agent`, about the program itself, is shown under the agent's own name."""
