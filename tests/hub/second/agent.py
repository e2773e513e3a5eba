"""The program of `program.py`, as the hub knows it: by nothing but the protocol."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.agents import agent
from orchestrator.agents.agent import (
    AskAnswer,
    Choice,
    Conversation,
    EventSink,
    Payload,
    Reply,
    SessionAddress,
)
from orchestrator.agents.finding import Finding
from orchestrator.agents.launch_file import LaunchSpec, write_launch_file
from orchestrator.core.board.views import Question
from orchestrator.core.needs.grants import Right
from orchestrator.core.rules import RequestFacts
from orchestrator.core.sessions.dialog import Dialog
from orchestrator.core.sessions.model import Ask
from orchestrator.core.sessions.signals import (
    Asked,
    PaneSaid,
    PromptTaken,
    RegistrySaid,
    Signal,
    TranscriptSaid,
    TurnEnded,
)

_PROGRAM = Path(__file__).with_name("program.py")
_SCOPES = {"accept": "once", "acceptForSession": "session", "decline": "once"}


@dataclass(frozen=True)
class Second:
    """`folder` is where it keeps its conversations."""

    folder: Path
    title = "the second agent"
    hooks = waker = None

    @property
    def launch(self) -> agent.Launch:
        return Starts(self.folder)

    @property
    def screen(self) -> agent.Screen:
        return Screen()

    @property
    def stream(self) -> agent.Stream:
        return Stream()

    @property
    def asks(self) -> agent.Asks:
        return Asks()

    @property
    def conversations(self) -> agent.Conversations:
        return Conversations(self.folder)

    @property
    def server(self) -> agent.Server:
        return Server()

    def registry(self) -> None:
        return None

    def examine(self, command: Sequence[str], cwd: Path) -> Iterator[Finding]:  # noqa: ARG002
        yield Finding("second", "ok", "it is there")


@dataclass(frozen=True)
class Starts:
    folder: Path
    confirms_prompts = takes_model = True
    session_variables = ("SECOND_SESSION",)

    def in_window(self, folder: Path, spec: LaunchSpec) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / spec.session_id
        argv = [
            sys.executable,
            str(_PROGRAM),
            str(folder / "socket"),
            str(file),
            spec.session_id,
            spec.prompt,
        ]
        return write_launch_file(folder, spec.cwd, [*argv, spec.prompt], {"ORCH_TOKEN": spec.token})

    def in_background(self, folder: Path, spec: LaunchSpec, *, seen_as: Path | None = None) -> Path:  # noqa: ARG002
        raise agent.UnfitCommandError("it has no such mode", "it needs a window", "Run it in a window.")

    def read(self, argv: Sequence[str]) -> agent.LaunchRecord:
        return agent.LaunchRecord(conversation=argv[4] if len(argv) > 4 and argv[1] == str(_PROGRAM) else "")

    def allows_more(self, mode: str, than: str) -> bool:
        return mode != than

    def tool_name(self, name: str) -> str:
        return f"orch_{name}"

    def reports(self) -> Mapping[str, Callable[[Path], Signal | None]]:
        return {}

    def install(self, program: str) -> str:
        return f"Install {program}."


class Screen:
    hidden, interrupt = "", "C-c"

    def read(self, pane: str, at: float) -> PaneSaid:
        return PaneSaid(at, digest=str(hash(pane)))

    def dialog(self, pane: str) -> Dialog | None:  # noqa: ARG002
        return None

    def in_the_way(self, pane: str) -> str:  # noqa: ARG002
        return "keys are not for it"

    def draft(self, pane: str) -> str | None:  # noqa: ARG002
        return None

    def typed(self, prompt: str) -> str:
        raise AssertionError(prompt)

    def holds(self, pane: str, prompt: str) -> bool:  # noqa: ARG002
        return False

    def is_command(self, prompt: str) -> bool:  # noqa: ARG002
        return False


class Stream:
    def read(self, line: str, at: float) -> Iterable[Signal]:  # noqa: ARG002
        return ()

    def shown(self, tail: str, width: int) -> str:
        return tail[:width]


@dataclass(frozen=True)
class Conversations:
    folder: Path

    def find(self, session_id: str, known: str = "") -> Conversation | None:  # noqa: ARG002
        file = self.folder / session_id
        return Conversation(session_id, file) if session_id and file.exists() else None

    def begun(self, conversation: Conversation) -> bool:
        return conversation.file.stat().st_size > 0

    def tail(self, conversation: Conversation) -> TranscriptSaid:
        at = conversation.file.stat().st_mtime
        return TranscriptSaid(at, "", interrupted=False, open_turn=False)

    def prompts(self, conversation: Conversation, since: float) -> Iterator[tuple[float, str]]:
        at = conversation.file.stat().st_mtime
        lines = conversation.file.read_text().splitlines()
        return ((at, json.loads(line)) for line in reversed(lines) if at >= since)

    def pattern_on_host(self, session_id: str, env: Mapping[str, str]) -> str:  # noqa: ARG002
        return f"~/.second/{session_id}"


class Asks:
    def choices(self, payload: Payload) -> tuple[Choice, ...]:
        return tuple(Choice(each, each != "decline", _SCOPES[each]) for each in payload["may"])  # type: ignore[arg-type]

    def questions(self, payload: Payload) -> tuple[Question, ...]:  # noqa: ARG002
        return ()

    def detail(self, payload: Payload) -> tuple[str, bool]:
        return payload["wants"], False

    def allowed_by(self, payload: Payload) -> str:  # noqa: ARG002
        return "nothing"

    def facts(self, payload: Payload, worktree: str) -> RequestFacts:  # noqa: ARG002
        return RequestFacts("Bash", payload["wants"])

    def answer(self, payload: Payload, given: AskAnswer) -> Reply:
        lasting = [each for each in payload["may"] if _SCOPES[each] != "once"]
        if given.verdict == "always" and not 0 <= given.choice < len(lasting):
            raise agent.UnfitAnswerError("it offers no such choice")
        named = {"allow": "accept", "deny": "decline"}
        return {"decision": lasting[given.choice] if given.verdict == "always" else named[given.verdict]}

    def right(self, payload: Payload, choice: int) -> Right:  # noqa: ARG002
        return Right(f"allow {payload['wants']} for this session", "session")

    def is_stored(self, right: Right) -> bool | None:  # noqa: ARG002
        return None

    def revoke(self, right: Right) -> str:
        raise AssertionError(right)


def _standing(said: dict[str, Any], now: float) -> Iterator[Signal]:
    if said["busy"] or said["ended"]:
        yield RegistrySaid(now, "busy", session_id=said["id"])
    if not said["busy"]:
        yield RegistrySaid(now + 0.001, "idle", session_id=said["id"])
        if said["ended"]:
            interrupted = said["ended"]["interrupted"]
            yield TranscriptSaid(now, said["ended"]["words"], interrupted, open_turn=False)


class Server:
    async def follow(self, link: SessionAddress, sink: EventSink) -> None:
        reader, writer = await asyncio.open_unix_connection(link.folder / "socket")
        answered = asyncio.Event()
        asking: set[asyncio.Task[None]] = set()

        async def ask(payload: dict[str, Any]) -> None:
            request = Ask("permission", "deploy", f"deploy: {payload['wants']}", time.time())
            reply = await sink.ask(Asked(time.time(), request), payload, answered.wait())  # type: ignore[arg-type]
            if reply:
                writer.write(json.dumps({"do": "decide", **reply}).encode() + b"\n")

        def asks(payload: dict[str, Any]) -> None:
            answered.clear()
            asking.add(asyncio.create_task(ask(payload)))

        try:
            async for line in reader:
                said, now = json.loads(line), time.time()
                match said["type"]:
                    case "standing":
                        for signal in _standing(said, now):
                            sink.signal(signal)
                        if said["asked"]:
                            asks(said["asked"])
                    case "turn":
                        sink.signal(PromptTaken(now, said["text"]))
                        sink.signal(RegistrySaid(now, "busy"))
                    case "ask":
                        asks(said)
                    case "answered":
                        answered.set()
                    case "ended":
                        if not said["interrupted"]:
                            sink.signal(TurnEnded(now, said["words"]))
                        sink.signal(RegistrySaid(time.time(), "idle"))
        finally:
            writer.close()
            for task in asking:
                task.cancel()

    async def prompt(self, link: SessionAddress, text: str) -> str:
        return await self._do(link, do="prompt", text=text)

    async def interrupt(self, link: SessionAddress) -> str:
        return await self._do(link, do="interrupt")

    async def _do(self, link: SessionAddress, **what: str) -> str:
        reader, writer = await asyncio.open_unix_connection(link.folder / "socket")
        try:
            writer.write(json.dumps(what).encode() + b"\n")
            async for line in reader:
                if json.loads(line)["type"] == "taken":
                    return ""
        finally:
            writer.close()
        return "it ended before it took the prompt"
