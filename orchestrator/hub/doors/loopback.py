"""The services on the loopback port: the sessions' hooks and their tools."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.routing import Route

from orchestrator.agents.configured import Agents
from orchestrator.hub.doors.caller import Callers
from orchestrator.hub.doors.hooks import HookReplies, NoHookReplies, reports
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.mcp.endpoint import Mcp
from orchestrator.hub.watching.pending_hooks import PendingHooks


def loopback(
    engine: Engine,
    holds: PendingHooks,
    callers: Callers,
    asks_to_finish: Callable[[str], str],
    mcp: Mcp,
    agents: Agents,
    *,
    mail: HookReplies | None = None,
) -> Starlette:
    """The application for the TCP port; `mcp.serve()` has to run alongside."""
    hooks = reports(engine, holds, callers, asks_to_finish, mcp.arrival, agents, mail=mail or NoHookReplies())
    return Starlette(routes=[hooks, Route("/mcp", mcp)])
