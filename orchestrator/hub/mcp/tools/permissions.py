"""The tool that asks a person for a permission, for a session without a terminal. The session's model does
not see it."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from orchestrator.agents.configured import Agents
from orchestrator.core.sessions.signals import Asked
from orchestrator.core.workflow.plan import LOCAL
from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.mcp.tool import Arguments, Call, Tool, Toolbox
from orchestrator.hub.watching.pending_hooks import PendingHooks

NAME = "permission"


class Request(Arguments):
    tool_name: str
    input: dict[str, Any]
    tool_use_id: str = ""


def permission_tools(engine: Engine, holds: PendingHooks, agents: Agents) -> Toolbox:
    """The tool, for cards that run without a terminal: a request is held like that of any other session."""

    async def ask(call: Call, said: Request) -> str:
        arguments = said.model_dump()
        card = engine.state.cards[call.caller.card]
        hooks = agents.of(card).hooks
        if hooks is None:
            return ""
        payload = hooks.asked_by_tool(arguments)
        for signal in hooks.signals(payload, time.time()):
            if isinstance(signal, Asked):
                reply = await holds.ask(signal, card, payload, _never())
                return hooks.answered_by_tool(arguments, reply)
        return hooks.answered_by_tool(arguments, {})

    def tools(caller: Caller) -> Iterable[Tool[Any]]:
        card = engine.state.cards.get(caller.card)
        if card and card.where != LOCAL and agents.of(card).hooks:
            yield Tool(NAME, "Asks a person whether a tool may be used.", Request, ask, repeatable=True)

    return tools


async def _never() -> None:
    """A call that is no longer waited for is cancelled; there is no other sign of it."""
    await asyncio.Event().wait()
