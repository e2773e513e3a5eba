"""The calls in the Model Context Protocol. This file alone loads its SDK, which takes a second."""

import logging
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)

from orchestrator import __version__
from orchestrator.hub.doors.caller import CALLER, Caller
from orchestrator.hub.mcp.calls import Calls
from orchestrator.hub.mcp.resuming import MARK

Manager = StreamableHTTPSessionManager
_Context = ServerRequestContext[Any, Any]


def manager(calls: Calls, instructions: str, largest: int) -> Manager:
    """Serves independent requests whose scope names their caller, with bodies of up to `largest` bytes."""

    async def list_tools(ctx: _Context, _: PaginatedRequestParams | None) -> ListToolsResult:
        tools = calls.tools(_caller(ctx))
        return ListToolsResult(
            tools=[
                Tool(name=tool.name, description=tool.description, input_schema=tool.schema) for tool in tools
            ]
        )

    async def call_tool(ctx: _Context, asked: CallToolRequestParams) -> CallToolResult:
        async def beat(number: int, words: str) -> None:
            await ctx.session.report_progress(number, message=words)

        assert ctx.request_id is not None
        assert ctx.request is not None
        key = (_caller(ctx), ctx.request_id)
        answer = await calls.call(key, asked.name, asked.arguments or {}, beat, ctx.request.scope[MARK])
        return CallToolResult(content=[TextContent(text=answer.text)], is_error=answer.failed)

    server: Server[Any] = Server(
        "orch",
        version=__version__,
        instructions=instructions,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
    logging.getLogger("mcp").setLevel(logging.WARNING)  # it logs every request
    return Manager(server, stateless=True, max_request_body_size=largest)


def _caller(ctx: _Context) -> Caller:
    assert ctx.request is not None
    caller = ctx.request.scope[CALLER]
    assert isinstance(caller, Caller)
    return caller
