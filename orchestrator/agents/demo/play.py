"""Plays steps, each outwardly as the real agent works."""

import os
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.agents.demo import tools
from orchestrator.agents.demo.asking import Answer, Request, ask, request_of
from orchestrator.agents.demo.screen import DIM, OFF, RED, plain
from orchestrator.agents.demo.script import (
    Await,
    Background,
    Commit,
    Compact,
    Crash,
    Edit,
    Emit,
    Fail,
    Figures,
    Hang,
    Permission,
    Plan,
    Question,
    Retry,
    Say,
    Step,
    Subagent,
    Think,
    Tool,
)
from orchestrator.agents.demo.tools import Call

if TYPE_CHECKING:
    from orchestrator.agents.demo.session import Session

NOTIFICATION = "<task-notification>"
"""How a prompt begins that the session gives itself."""
_ATTEMPTS = 10
_SPINNER = "·✢✳✶✻✽"
_FAILURES = {
    "rate_limit": "API Error: Rate limit reached. Try again later.",
    "overloaded": "API Error: 529 Overloaded. This is a server-side issue, usually temporary.",
    "authentication_failed": "Invalid API key · Please run /login",
    "server_error": "API Error: 500 Internal server error.",
}


class RejectedError(Exception):
    """The user has refused a request, which ends the turn without a hook."""


class Player:
    """Plays the steps of one turn. `in_tool` says whether a tool call is open."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._began = time.monotonic()
        self.in_tool = False

    async def play(self, step: Step, *, by_prompt: bool) -> None:
        """Raises `RejectedError` where the user refuses what a step asks."""
        session = self._session
        match step:
            case Think():
                await self._busy(step.seconds, "Thinking…")
                session.status_line.use(tools.COST, tools.CONTEXT)
            case Hang() | Await():
                await self._wait(step)
            case Tool():
                await self._tool(step)
            case Edit():
                await self._edit(step)
            case Commit():
                await self._commit(step)
            case Permission():
                await self._permission(step)
            case Question():
                await self._question(step)
            case Plan():
                await self._plan(step)
            case Background():
                await self._background(step)
            case Subagent():
                await self._subagent(step)
            case Retry():
                await self._retry(step)
            case Compact():
                await self._compact(step, "auto" if by_prompt else "manual")
            case Figures():
                session.status_line.set(step)
            case Emit():
                await self._emit(step)
            case Crash():
                session.terminal.close()
                os._exit(step.code)
            case Say() | Fail():
                raise AssertionError("a turn ends with it")

    async def _busy(self, seconds: float, word: str) -> None:
        """Waits, with a spinner that moves once a second."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._spin(f"{word} ({int(time.monotonic() - self._began)}s · ↓ {self._tokens()} tokens)")
            await self._session.loop.sleep(min(1.0, left))

    def _spin(self, words: str) -> None:
        glyph = _SPINNER[int(time.monotonic()) % len(_SPINNER)]
        self._session.screen.spinner = f"{glyph} {words}"
        self._session.screen.refresh()

    def _tokens(self) -> int:
        return int((time.monotonic() - self._began) * 60)

    async def _wait(self, step: Hang | Await) -> None:
        waiting = self._session.loop.spawn(self._busy(step.seconds, "Working…"))
        try:
            if isinstance(step, Await):
                self._session.told.then(waiting.cancel)
            await waiting.result
        finally:
            waiting.cancel()

    async def speak(self, text: str) -> None:
        first, *rest = text.splitlines() or [""]
        self._session.screen.say(f"● {plain(first)}", *(f"  {plain(line)}" for line in rest))
        self._session.model_spoke([{"type": "text", "text": text}])

    async def _tool(self, step: Tool) -> None:
        call = Call(self._session, step.name, step.input)
        await self._open(call)
        await self._busy(step.seconds, "Working…")
        await self._close(call, step.output, error=step.error)

    async def _open(self, call: Call) -> None:
        self.in_tool = True
        await call.open()
        call.show()

    async def _close(self, call: Call, output: str, *, error: str = "") -> None:
        await call.close(output, error=error)
        self.in_tool = False

    async def _edit(self, step: Edit) -> None:
        call = Call(self._session, "Edit" if step.append else "Write", _path_input(step))
        await self._open(call)
        error = tools.write(step.path, step.text, append=step.append)
        await self._close(call, f"Wrote {len(step.text.splitlines())} lines to {step.path}", error=error)

    async def _commit(self, step: Commit) -> None:
        command = f"git add --all && git commit --message {step.message!r}"
        call = Call(self._session, "Bash", {"command": command, "description": "Commit the changes"})
        await self._open(call)
        output, error = await tools.commit(self._session, step.message)
        await self._close(call, output, error=error)

    async def _permission(self, step: Permission) -> None:
        call = Call(self._session, step.name, step.input)
        await self._open(call)
        if step.name not in self._session.allowed:
            answer = await self._ask(call, request_of(step, call.subject))
            if answer is None:
                return
            if answer.always:
                self._session.allowed.add(step.name)
        await self._busy(step.seconds, "Working…")
        await self._close(call, step.output)

    async def _question(self, step: Question) -> None:
        request = request_of(step)
        call = Call(self._session, request.tool, request.input)
        await self._open(call)
        if answer := await self._ask(call, request):
            said = answer.input.get("answers", {}).get(step.text, "")
            chosen = [step.options[each] for each in answer.chosen if each < len(step.options)]
            await self._close(call, f"{step.text} → {', '.join(chosen) or said}")

    async def _plan(self, step: Plan) -> None:
        request = request_of(step)
        call = Call(self._session, request.tool, request.input)
        await self._open(call)
        if await self._ask(call, request):
            await self._close(call, "User approved Claude's plan")

    async def _ask(self, call: Call, request: Request) -> Answer | None:
        """The allowance; `None` where a hook has denied it and the turn goes on."""
        self._session.screen.spinner = ""
        answer = await ask(self._session, request)
        if answer.ends_turn:
            raise RejectedError
        if answer.allowed:
            return answer
        self._session.screen.add(f"{RED}  ⎿  {plain(answer.message)}{OFF}")
        self._session.transcript.result(call.id, answer.message, failed=True)
        self.in_tool = False
        return None

    async def _background(self, step: Background) -> None:
        session = self._session
        given = {"command": step.command, "description": step.command, "run_in_background": True}
        call = Call(session, "Bash", given)
        await self._open(call)
        task = f"b{uuid.uuid4().hex[:8]}"
        await self._close(call, f"Command running in background with ID: {task}")
        session.background[task] = {
            "id": task,
            "type": "shell",
            "status": "running",
            "description": step.command,
            "command": step.command,
        }

        async def end() -> None:
            await session.loop.sleep(step.seconds)
            del session.background[task]
            summary = f'Background command "{step.command}" completed (exit code 0)'
            lines = (NOTIFICATION, f"<task-id>{task}</task-id>", "<status>completed</status>")
            notification = "\n".join([*lines, f"<summary>{summary}</summary>", "</task-notification>"])
            session.screen.say(f"● {plain(summary)}")
            session.go_on(notification, step.then or (Think(1.0), Say(f"{step.command} has ended.")))

        session.loop.spawn(end())

    async def _subagent(self, step: Subagent) -> None:
        session = self._session
        given = {"description": step.task, "prompt": step.task, "subagent_type": step.kind}
        call = Call(session, "Agent", given)
        await self._open(call)
        agent = {"agent_id": f"a{uuid.uuid4().hex[:8]}", "agent_type": step.kind}
        await session.fire("SubagentStart", step.kind, **agent)
        inner = Call(session, "Grep", {"pattern": step.task}, agent)
        await inner.open()
        await self._busy(step.seconds, "Working…")
        await inner.close("3 matches")
        await session.fire(
            "SubagentStop",
            step.kind,
            stop_hook_active=False,
            agent_transcript_path="",
            last_assistant_message="Found it.",
            background_tasks=[],
            session_crons=[],
            **agent,
        )
        await self._close(call, "Done")

    async def _retry(self, step: Retry) -> None:
        for attempt in range(1, step.times + 1):
            until = time.monotonic() + step.seconds
            while (left := until - time.monotonic()) > 0:
                self._spin(f"API error · Retrying in {left:.0f}s · attempt {attempt}/{_ATTEMPTS}")
                await self._session.loop.sleep(min(1.0, left))

    async def fail(self, step: Fail) -> None:
        said = step.said or _FAILURES.get(step.error, f"API Error: {step.error}")
        self._session.screen.say(f"{RED}● {plain(said)}{OFF}")
        self._session.model_spoke([{"type": "text", "text": said}])
        await self._session.fire("StopFailure", step.error, error=step.error, last_assistant_message=said)

    async def _compact(self, step: Compact, trigger: str) -> None:
        session = self._session
        await session.fire("PreCompact", trigger, trigger=trigger, custom_instructions=None)
        await self._busy(step.seconds, "Compacting conversation…")
        await session.fire("PostCompact", trigger, trigger=trigger, compact_summary="The work so far.")
        await session.fire("SessionStart", "compact", source="compact", model=session.model)
        session.status_line.context = 12.0
        session.status_line.touch()
        session.screen.say(f"{DIM}✻ Conversation compacted{OFF}")

    async def _emit(self, step: Emit) -> None:
        """Pairs of hook events on an even beat; each command holds its number and when it was sent, in ns."""
        began = time.monotonic()
        self._spin("Working…")
        for number in range(int(step.per_second * step.seconds / 2)):
            given: dict[str, Any] = {"command": f"emit {number} {time.time_ns()}"}
            call = Call(self._session, "Bash", given)
            await call.tell("PreToolUse")
            await self._beat(began, (2 * number + 1) / step.per_second)
            await call.tell("PostToolUse", tool_response={"stdout": "", "stderr": ""}, duration_ms=1)
            await self._beat(began, (2 * number + 2) / step.per_second)

    async def _beat(self, began: float, after: float) -> None:
        await self._session.loop.sleep(max(0.0, began + after - time.monotonic()))


def _path_input(step: Edit) -> dict[str, Any]:
    path = str(Path.cwd() / step.path)
    if step.append:
        return {"file_path": path, "old_string": "", "new_string": step.text}
    return {"file_path": path, "content": step.text}
