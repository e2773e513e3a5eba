"""Tool calls: their hooks, their lines in the pane, and what they really do."""

import os
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.agents.demo.children import run
from orchestrator.agents.demo.screen import BOLD, DIM, GREEN, OFF, RED, plain

if TYPE_CHECKING:
    from orchestrator.agents.demo.session import Session

COST, CONTEXT = 0.012, 0.6
"""What one call of the model costs, in US dollars and in percent of the context."""
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "orch demo"), ("EMAIL", "demo@example.org"))
}


class Call:
    """One tool call. `open` comes before the work, `close` after it; both tell the hooks."""

    def __init__(
        self, session: "Session", tool: str, given: dict[str, Any], agent: dict[str, str] | None = None
    ) -> None:
        self._session, self.tool, self.input, self._agent = session, tool, given, agent or {}
        self.id = f"toolu_demo_{uuid.uuid4().hex[:20]}"
        self._began = time.monotonic()

    async def open(self) -> None:
        session = self._session
        session.model_spoke([{"type": "tool_use", "id": self.id, "name": self.tool, "input": self.input}])
        await self.tell("PreToolUse")

    def show(self) -> None:
        self._session.screen.say(f"{GREEN}●{OFF} {BOLD}{self.tool}{OFF}({plain(self.subject)[:160]})")

    @property
    def subject(self) -> str:
        """What the call is about, in a line."""
        for key in ("command", "description", "file_path", "pattern"):
            if said := self.input.get(key):
                return str(said)
        return ""

    async def close(self, output: str, *, error: str = "") -> None:
        colour, words = (RED, error) if error else (DIM, output or "(No content)")
        lines = [plain(line) for line in words.splitlines()][:6]
        mark = [f"{colour}  {'⎿' if number == 0 else ' '}  {line}{OFF}" for number, line in enumerate(lines)]
        self._session.screen.add(*mark)
        self._session.transcript.result(self.id, words, failed=bool(error))
        if error:
            await self.tell("PostToolUseFailure", error=error, is_interrupt=False)
        else:
            took = int((time.monotonic() - self._began) * 1000)
            await self.tell("PostToolUse", tool_response={"stdout": output, "stderr": ""}, duration_ms=took)

    async def tell(self, event: str, **fields: Any) -> None:
        """Tells the hooks of this call."""
        given = {"tool_name": self.tool, "tool_input": self.input, "tool_use_id": self.id}
        await self._session.fire(event, self.tool, **given, **fields, **self._agent)


def write(path: str, text: str, *, append: bool) -> str:
    """Really writes the file; why it could not be in words, else nothing."""
    here = Path.cwd()
    file = (here / path).resolve()
    if not file.is_relative_to(here.resolve()):
        return f"{path} lies outside of the working directory"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text() if append and file.exists() else "") + text)
    except OSError as error:
        return str(error)
    return ""


async def commit(session: "Session", message: str) -> tuple[str, str]:
    """Really commits everything, in the demo's name where the repository has none; output and error."""
    code, said = await run(session.loop, ["git", "add", "--all"])
    if not code:
        command = ["git", "commit", "--quiet", "--message", message]
        code, said = await run(session.loop, command)
        if code == 128:
            code, said = await run(session.loop, command, env={**_IDENTITY, **os.environ})
    return (message, "") if not code else ("", said.strip() or f"git ended with exit code {code}")
