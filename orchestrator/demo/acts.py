"""Steps that call tools: the action of each, and its permission request."""

from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from orchestrator.demo import answers, gitwork, tools
from orchestrator.demo.asking import Answer, Request, ask, ask_elsewhere, request_of
from orchestrator.demo.context import Context
from orchestrator.demo.hooks import NOTIFICATION
from orchestrator.demo.ids import new_token
from orchestrator.demo.screen import OFF, RED, plain
from orchestrator.demo.steps import (
    Background,
    Commit,
    Edit,
    Mcp,
    Merge,
    Permission,
    Plan,
    Question,
    Report,
    Say,
    Subagent,
    Think,
    Tool,
)
from orchestrator.demo.tools import Call

if TYPE_CHECKING:
    from orchestrator.demo.mcp import McpTool

Act = (
    Tool | Edit | Commit | Merge | Mcp | Report | Permission | Question | Plan | Background | Subagent
)  # fmt: skip

_CALLED_AGAIN = 5
"""How often a call to a tool is repeated if its server disconnects, as a model would."""
_ASKS_FOR_ANOTHER = "Call it again"
"""Part of orch's answer to a call that its restart has interrupted."""


T = TypeVar("T")


class RejectedError(Exception):
    """The user has rejected a request, which ends the turn without a hook."""


class Playing(Protocol):
    """Executes the steps of a turn."""

    session: Context
    in_tool: bool
    kept: dict[str, str]

    async def open(self, tool: str, given: dict[str, Any]) -> Call:
        """A tool call in progress."""

    async def close(self, call: Call, output: str, *, error: str = "", response: Any = None) -> None:
        """The end of the call."""

    async def busy(self, seconds: float, word: str) -> None:
        """Works for that many seconds."""

    async def spinning(self, word: str, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work, however long it takes."""


async def act(player: Playing, step: Act) -> None:
    """Raises `RejectedError` if the user rejects a request."""
    match step:
        case Tool():
            await _tool(player, step)
        case Edit():
            await _edit(player, step)
        case Commit():
            await _commit(player, step)
        case Merge():
            await _merge(player, step)
        case Mcp():
            await _mcp(player, step)
        case Report():
            report = {
                "outcome": type(step).__name__.lower(),
                "summary": step.summary,
                "handoff": step.handoff,
            }
            await _mcp(player, Mcp("stage_done", report))
        case Permission():
            await _permission(player, step)
        case Question():
            await _question(player, step)
        case Plan():
            await _plan(player, step)
        case Background():
            await _background(player, step)
        case Subagent():
            await _subagent(player, step)


async def _tool(player: Playing, step: Tool) -> None:
    call = await player.open(step.name, step.input)
    await player.busy(step.seconds, "Working…")
    await player.close(call, step.output, error=step.error)


async def _edit(player: Playing, step: Edit) -> None:
    path = str(Path.cwd() / step.path)
    if step.append:
        call = await player.open("Edit", {"file_path": path, "old_string": "", "new_string": step.text})
    else:
        call = await player.open("Write", {"file_path": path, "content": step.text})
    error = tools.write(step.path, step.text, append=step.append)
    await player.close(call, f"Wrote {len(step.text.splitlines())} lines to {step.path}", error=error)


async def _commit(player: Playing, step: Commit) -> None:
    loop = player.session.loop
    if step.path or await gitwork.is_clean(loop):
        path = step.path or gitwork.file_named_after(step.message)
        await _edit(player, Edit(path, f"{step.message}\n", append=True))
    command = f"git add --all && git commit --message {step.message!r}"
    call = await player.open("Bash", {"command": command, "description": "Commit the changes"})
    output, error = await gitwork.commit(loop, step.message)
    await player.close(call, output, error=error)


async def _merge(player: Playing, step: Merge) -> None:
    for branch in step.branches:
        given = {"command": f"git merge --no-edit -- {branch}", "description": f"Merge {branch}"}
        call = await player.open("Bash", given)
        output, error = await gitwork.merge(player.session.loop, branch)
        await player.close(call, output, error=error)
        if error:
            return


async def _mcp(player: Playing, step: Mcp) -> None:
    session = player.session
    tool = await player.spinning("Working…", session.mcp.find(step.tool))
    given = answers.filled_in(step.input, player.kept)
    if tool is None:
        await _no_such_tool(player, step.tool, given)
        return
    while (answer := await _answer(player, tool, given)) is not None:
        player.kept |= answers.kept(step.keep, answer)
        if step.until in answer:
            return
        await player.busy(1.0, "Thinking…")


async def _answer(player: Playing, tool: "McpTool", given: dict[str, Any]) -> str | None:
    """The tool's answer; `None` if it fails or may not be called."""
    session = player.session
    for _ in range(_CALLED_AGAIN):
        call = await player.open(tool.full_name, given)
        if not tool.is_allowed_by(session.allowed):
            request = request_of(Permission(tool.full_name, given), call.subject)
            if await _ask(player, call, request) is None:
                return None
        try:
            said = await player.spinning("Working…", session.mcp.call(tool, given, call.id))
        except OSError as error:
            await player.close(call, "", error=f"{tool.server.name}: {error}")
            if not isinstance(error, ConnectionError) or isinstance(error, ConnectionRefusedError):
                return None
            await player.busy(1.0, "Thinking…")
            continue
        failure = (said.text or "the tool has failed") if said.failed else ""
        await player.close(call, said.text, error=failure, response=said.response)
        if not failure:
            return said.text
        if _ASKS_FOR_ANOTHER not in failure:
            return None
    return None


async def _no_such_tool(player: Playing, name: str, given: dict[str, Any]) -> None:
    """The model is told, and no hook is called."""
    call = Call(player.session, name, given)
    call.make()
    call.show()
    call.refuse(f"<tool_use_error>Error: No such tool available: {name}</tool_use_error>")


async def _permission(player: Playing, step: Permission) -> None:
    session = player.session
    call = await player.open(step.name, step.input)
    if step.name not in session.allowed:
        answer = await _ask(player, call, request_of(step, call.subject))
        if answer is None:
            return
        if answer.always:
            session.allowed.add(step.name)
    await player.busy(step.seconds, "Working…")
    await player.close(call, step.output)


async def _question(player: Playing, step: Question) -> None:
    request = request_of(step)
    if not (player.session.asks or player.session.permission_tool):
        await _no_such_tool(player, request.tool, request.input)
        return
    call = await player.open(request.tool, request.input)
    if answer := await _ask(player, call, request):
        said = answer.input.get("answers", {}).get(step.text, "")
        chosen = [step.options[each] for each in answer.chosen if each < len(step.options)]
        await player.close(call, f"{step.text} → {', '.join(chosen) or said}")


async def _plan(player: Playing, step: Plan) -> None:
    request = request_of(step)
    if not (player.session.asks or player.session.permission_tool):
        await _no_such_tool(player, request.tool, request.input)
        return
    call = await player.open(request.tool, request.input)
    if await _ask(player, call, request):
        await player.close(call, "User approved Claude's plan")


async def _ask(player: Playing, call: Call, request: Request) -> Answer | None:
    """The allowance; `None` if it was denied and the turn continues."""
    session = player.session
    session.screen.spinner = ""
    if session.asks:
        answer = await ask(session, request)
    else:
        answer = await ask_elsewhere(session, request, call.id)
    if answer.ends_turn:
        raise RejectedError
    if answer.allowed:
        return answer
    if not session.asks:
        denied = {"tool_name": call.tool, "tool_use_id": call.id, "tool_input": call.input}
        session.denied.append(denied)
    session.screen.add(f"{RED}  ⎿  {plain(answer.message)}{OFF}")
    session.transcript.result(call.id, answer.message, failed=True)
    player.in_tool = False
    return None


async def _background(player: Playing, step: Background) -> None:
    session = player.session
    given = {"command": step.command, "description": step.command, "run_in_background": True}
    call = await player.open("Bash", given)
    task = f"b{new_token(8)}"
    await player.close(call, f"Command running in background with ID: {task}")
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


async def _subagent(player: Playing, step: Subagent) -> None:
    session = player.session
    given = {"description": step.task, "prompt": step.task, "subagent_type": step.kind}
    call = await player.open("Agent", given)
    agent = {"agent_id": f"a{new_token(8)}", "agent_type": step.kind}
    await session.fire("SubagentStart", step.kind, **agent)
    inner = Call(session, "Grep", {"pattern": step.task}, agent)
    await inner.open()
    await player.busy(step.seconds, "Working…")
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
    await player.close(call, "Done")
