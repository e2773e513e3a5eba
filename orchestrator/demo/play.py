"""Executes steps, with the outward behaviour of the real agent."""

import os
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from orchestrator.demo.acts import act
from orchestrator.demo.context import Context
from orchestrator.demo.figures import CONTEXT, COST
from orchestrator.demo.loop import Future
from orchestrator.demo.screen import DIM, OFF, RED, plain
from orchestrator.demo.steps import (
    Await,
    Compact,
    Crash,
    Emit,
    Fail,
    Figures,
    Hang,
    Retry,
    Say,
    Step,
    Think,
)
from orchestrator.demo.tools import Call

T = TypeVar("T")

_ATTEMPTS = 10
_SPINNER = "·✢✳✶✻✽"
_FAILURES = {
    "rate_limit": "API Error: Rate limit reached. Try again later.",
    "overloaded": "API Error: 529 Overloaded. This is a server-side issue, usually temporary.",
    "authentication_failed": "Invalid API key · Please run /login",
    "server_error": "API Error: 500 Internal server error.",
}


class Player:
    """Executes the steps of one turn. `in_tool` says whether a tool call is open, `kept` is what its steps
    have kept of the answers to their calls."""

    def __init__(self, session: Context) -> None:
        self.session = session
        self._began = time.monotonic()
        self.in_tool = False
        self.kept: dict[str, str] = {}

    async def play(self, step: Step, *, by_prompt: bool) -> None:
        """Raises `RejectedError` if the user rejects a request."""
        match step:
            case Think():
                await self.busy(step.seconds, "Thinking…")
                self.session.status_line.use(COST, CONTEXT)
            case Hang() | Await():
                await self._wait(step)
            case Retry():
                await self._retry(step)
            case Compact():
                await self._compact(step, "auto" if by_prompt else "manual")
            case Figures():
                self.session.status_line.set(step)
            case Emit():
                await self._emit(step)
            case Crash():
                self.session.terminal.close()
                os._exit(step.code)
            case Say() | Fail():
                raise AssertionError("a turn ends with it")
            case _:
                await act(self, step)

    async def open(self, tool: str, given: dict[str, Any]) -> Call:
        """The call in progress: hooks and pane report it."""
        call = Call(self.session, tool, given)
        self.in_tool = True
        await call.open()
        call.show()
        return call

    async def close(self, call: Call, output: str, *, error: str = "", response: Any = None) -> None:
        await call.close(output, error=error, response=response)
        self.in_tool = False

    async def busy(self, seconds: float, word: str) -> None:
        """Waits, with a spinner that moves once a second."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._spin(f"{word} ({int(time.monotonic() - self._began)}s · ↓ {self._tokens()} tokens)")
            await self.session.loop.sleep(min(1.0, left))

    async def spinning(self, word: str, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work, however long it takes."""
        spins = self.session.loop.spawn(self.busy(float("inf"), word))
        try:
            return await work
        finally:
            spins.cancel()

    def _spin(self, words: str) -> None:
        glyph = _SPINNER[int(time.monotonic()) % len(_SPINNER)]
        self.session.screen.spinner = f"{glyph} {words}"
        self.session.screen.refresh()

    def _tokens(self) -> int:
        return int((time.monotonic() - self._began) * 60)

    async def _wait(self, step: Hang | Await) -> None:
        waiting = self.session.loop.spawn(self.busy(step.seconds, "Working…"))
        try:
            if isinstance(step, Await):
                self.session.told.then(waiting.cancel)
            await waiting.result
        finally:
            waiting.cancel()
            if isinstance(step, Await):
                self.session.told = Future()

    async def speak(self, text: str) -> None:
        """The model's last words of a turn, in pane and transcript; no hook reports them."""
        first, *rest = text.splitlines() or [""]
        self.session.screen.say(f"● {plain(first)}", *(f"  {plain(line)}" for line in rest))
        self.session.model_spoke([{"type": "text", "text": text}])

    async def _retry(self, step: Retry) -> None:
        for attempt in range(1, step.times + 1):
            until = time.monotonic() + step.seconds
            self.session.tried_again(attempt, _ATTEMPTS, step.seconds)
            while (left := until - time.monotonic()) > 0:
                self._spin(f"API error · Retrying in {left:.0f}s · attempt {attempt}/{_ATTEMPTS}")
                await self.session.loop.sleep(min(1.0, left))

    async def fail(self, step: Fail) -> str:
        """The error message."""
        said = step.said or _FAILURES.get(step.error, f"API Error: {step.error}")
        self.session.screen.say(f"{RED}● {plain(said)}{OFF}")
        self.session.model_spoke([{"type": "text", "text": said}], error=step.error)
        await self.session.fire("StopFailure", step.error, error=step.error, last_assistant_message=said)
        return said

    async def _compact(self, step: Compact, trigger: str) -> None:
        session = self.session
        await session.fire("PreCompact", trigger, trigger=trigger, custom_instructions=None)
        await self.busy(step.seconds, "Compacting conversation…")
        await session.fire("PostCompact", trigger, trigger=trigger, compact_summary="The work so far.")
        await session.fire("SessionStart", "compact", source="compact", model=session.model)
        session.status_line.context = 12.0
        session.status_line.touch()
        session.screen.say(f"{DIM}✻ Conversation compacted{OFF}")

    async def _emit(self, step: Emit) -> None:
        """Pairs of hook events at a steady rate; each command contains its number and when it was sent, in
        ns."""
        began = time.monotonic()
        self._spin("Working…")
        for number in range(int(step.per_second * step.seconds / 2)):
            given: dict[str, Any] = {"command": f"emit {number} {time.time_ns()}"}
            call = Call(self.session, "Bash", given)
            await call.tell("PreToolUse")
            await self._beat(began, (2 * number + 1) / step.per_second)
            await call.tell("PostToolUse", tool_response={"stdout": "", "stderr": ""}, duration_ms=1)
            await self._beat(began, (2 * number + 2) / step.per_second)

    async def _beat(self, began: float, after: float) -> None:
        await self.session.loop.sleep(max(0.0, began + after - time.monotonic()))
