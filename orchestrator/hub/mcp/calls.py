"""Tool calls: each is checked, carried out with a progress message every few seconds, and ended in time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from orchestrator.core.errors import OrchError
from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.mcp.tool import Call, Tool, Toolbox

BEAT = 5.0
"""Seconds between two progress messages. Claude Code gives up a call that is silent for five minutes."""

Beat = Callable[[int, str], Awaitable[None]]
"""Reports progress to the caller: the number of the message, and the handler's text."""
Key = tuple[Caller, str | int]
"""A call: its caller, and the id that the caller gave it."""
HasSession = Callable[[str, int], Awaitable[bool]]
"""Whether this run is the card's present session."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """The result of a call, as text."""

    text: str
    failed: bool = False


CUT_OFF = CallAnswer(
    "orch was restarted during this call. Call it again, unless it may already have taken effect and must "
    "not run twice.",
    failed=True,
)
_STALE = CallAnswer(
    "orch accepts nothing from this session: its card has another one now. Tell the user, and stop.",
    failed=True,
)


class Calls:
    """The tools, and their running calls."""

    def __init__(
        self, toolboxes: Sequence[Toolbox], has_session: HasSession, beat_every: float = BEAT
    ) -> None:
        self._toolboxes = toolboxes
        self._has_session = has_session
        self._beat_every = beat_every
        self._under_way: dict[asyncio.Task[CallAnswer], Key] = {}
        self._closed = False

    def tools(self, caller: Caller) -> tuple[Tool[Any], ...]:
        """The tools that the caller may use now."""
        return tuple(tool for toolbox in self._toolboxes for tool in toolbox(caller))

    async def call(
        self, key: Key, name: str, given: Mapping[str, Any], beat: Beat, mark: str = ""
    ) -> CallAnswer:
        """Executes the call. Errors are returned in the answer; cancelling this also cancels the tool's
        handler. `mark` is an id of this call, the same if it is repeated."""
        if self._closed:
            return CUT_OFF
        said = [f"{name} is running"]
        call = Call(key[0], lambda words: said.__setitem__(0, words), mark)
        task = asyncio.ensure_future(self._carry_out(call, name, given))
        self._under_way[task] = key
        try:
            beats = 0
            while not (await asyncio.wait((task,), timeout=self._beat_every))[0]:
                beats += 1
                await beat(beats, said[0])
            return CUT_OFF if task.cancelled() else task.result()
        finally:
            task.cancel()
            del self._under_way[task]

    def cancel(self, key: Key) -> None:
        """The caller no longer waits for this call."""
        for task in [task for task, its_key in self._under_way.items() if its_key == key]:
            task.cancel()

    def close(self) -> None:
        """Ends every call, and from now on each new one at once, with a request to call again."""
        self._closed = True
        for task in self._under_way:
            task.cancel()

    async def _carry_out(self, call: Call, name: str, given: Mapping[str, Any]) -> CallAnswer:
        if not await self._has_session(call.caller.card, call.caller.run):
            return _STALE
        tools = {tool.name: tool for tool in self.tools(call.caller)}
        if name not in tools:
            others = f"It has: {', '.join(tools)}." if tools else "It has none."
            return CallAnswer(f"This session has no tool {name!r}. {others}", failed=True)
        try:
            arguments = tools[name].arguments.model_validate(given)
            return CallAnswer(await tools[name].handle(call, arguments))
        except ValidationError as error:
            return CallAnswer(
                f"{name} was not carried out: {_wrong(error)}.{_has(error, tools[name])}", failed=True
            )
        except OrchError as error:
            return CallAnswer(_sentence(error.what, error.why, error.hint), failed=True)
        except Exception as error:  # noqa: BLE001 (a border: the session is told, and the hub goes on)
            _log.exception("the tool %s failed for %s", name, call.caller.card)
            return CallAnswer(
                f"{name} failed: orch has a bug ({type(error).__name__}: {error}).", failed=True
            )


def _sentence(what: str, why: str, hint: str) -> str:
    said = f"{what}: {why}" if why else what
    return f"{said}. {hint}" if hint else f"{said}."


def _has(error: ValidationError, tool: Tool[Any]) -> str:
    """The tool's arguments, after an unknown one."""
    if not any(each["type"] in ("extra_forbidden", "missing") for each in error.errors()):
        return ""
    return f" Its arguments: {', '.join(tool.schema.get('properties', {})) or 'none'}."


def _wrong(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in each['loc']) or 'the arguments'}: {each['msg']}"
        for each in error.errors(include_url=False, include_input=False)
    )
