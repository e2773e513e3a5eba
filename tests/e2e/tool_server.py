"""The hub's loopback port without the rest of the hub, in a process that a test may kill and start again.

    python tool_server.py PORT FOLDER

It serves the hooks, `stage_done`, a tool `wait` that blocks until there is a file `go` in the folder, and
`gather`, which is the same and repeatable. What happens is written to `heard` there, one word a line.
"""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from orchestrator.agents.claude_code.agent import ClaudeCode
from orchestrator.agents.configured import Agents
from orchestrator.hub.doors.caller import Caller, Callers
from orchestrator.hub.doors.listen import Listener
from orchestrator.hub.doors.loopback import loopback
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.mcp.endpoint import Mcp
from orchestrator.hub.mcp.tool import Arguments, Call, Tool
from orchestrator.hub.mcp.tools.stages import stage_tools
from orchestrator.hub.tokens import Tokens
from orchestrator.hub.watching.pending_hooks import PendingHooks
from tests.poll import PATIENCE, poll

_REPO = Path(__file__).parents[2]
CLAUDE = Agents({"claude": ClaudeCode(Path("/nowhere"))})
_TOKENS = Tokens(b"k" * 32, "journal")
TOKEN = _TOKENS.make("c1", 1)


class ToolServer:
    """The process, from the test's side."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        self.hook_url = f"http://127.0.0.1:{self._port}/hooks"
        self.mcp_url = f"http://127.0.0.1:{self._port}/mcp"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it serves: claude waits some seconds for its tools at most.

        Who connects meanwhile waits for it, as for a hub whose supervisor keeps the socket.
        """
        serves = self._folder / "serves"
        serves.unlink(missing_ok=True)
        fd = self._listener.fileno()
        argv = [sys.executable, str(Path(__file__)), str(fd), str(self._folder)]
        self._process = subprocess.Popen(argv, cwd=_REPO, env={"PYTHONPATH": str(_REPO)}, pass_fds=[fd])
        poll(lambda: serves.exists() or (self._process and self._process.poll() is not None), "the server")

    def end(self, number: int = signal.SIGKILL) -> None:
        if self._process:
            self._process.send_signal(number)
            self._process.wait(PATIENCE)
            self._process = None

    def close(self) -> None:
        self.end()
        self._listener.close()

    def let_go(self) -> None:
        (self._folder / "go").touch()

    @property
    def heard(self) -> list[str]:
        file = self._folder / "heard"
        return file.read_text().splitlines() if file.exists() else []


class _Nothing(Arguments): ...


class _Hub:
    """What the port needs of a hub: a session that has just begun, and a stage."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        session = SimpleNamespace(started_at=time.time() + 1)
        self.state = SimpleNamespace(cards={"c1": SimpleNamespace(session=session, agent="claude")})

    def note(self, word: str) -> None:
        with (self._folder / "heard").open("a") as file:
            file.write(f"{word}\n")

    def after_change(self, _: object) -> None: ...

    def signal(self, _: str, signal: object) -> None:
        self.note(type(signal).__name__)

    async def has_session(self, _: str, run: int) -> bool:
        return run == 1

    def works_for(self, _: str) -> str:
        return "r1/review"

    async def report(self, card: str, outcome: str, summary: str, handoff: str) -> str:
        self.note(f"{card} is {outcome}: {summary}, {handoff}")
        return "Recorded."

    async def wait(self, call: Call, _: _Nothing) -> str:
        self.note("wait")
        call.progress("one of two is in")
        try:
            while not (self._folder / "go").exists():
                await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            self.note("wait was cancelled")
            raise
        return "Both are in."

    def tools(self, _: Caller) -> Iterable[Tool[Any]]:
        yield Tool("wait", "Waits until both are in.", _Nothing, self.wait)
        yield Tool("gather", "Waits until both are in.", _Nothing, self.wait, repeatable=True)


async def _serve(fd: int, folder: Path) -> None:
    listener = socket.socket(fileno=fd)
    port = listener.getsockname()[1]
    hub = _Hub(folder)
    engine = cast("Engine", hub)
    callers = Callers(_TOKENS, port)
    mcp = Mcp(callers, (stage_tools(hub), hub.tools), hub.has_session, beat_every=0.5)
    door = Listener(
        loopback(engine, PendingHooks(engine, (), CLAUDE), callers, lambda _: "", mcp, CLAUDE),
        trusts_requests=False,
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    work = [asyncio.create_task(door.serve([listener])), asyncio.create_task(mcp.serve())]
    while not door.started:
        await asyncio.sleep(0.01)
    (folder / "serves").touch()
    await stop.wait()
    mcp.close()
    door.should_exit = True
    await asyncio.gather(*work)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
