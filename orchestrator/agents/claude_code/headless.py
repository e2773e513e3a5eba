"""Starts Claude Code without a terminal, and reads the stream that it prints.

`claude -p` takes its prompt from stdin, does not ask about trust or keys, fires the same hooks as any
session, runs no status line, and ends with its turn and its background tasks. Its registry has little: on
2.1.197 never a status (probed on 2.1.197 and 2.1.330).
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.agents.claude_code.requests import text_of
from orchestrator.agents.claude_code.settings import HOOK_EVENTS, PARENT, environment, flags, own, settings
from orchestrator.agents.launch_file import LaunchSpec, write_launch_file, write_private
from orchestrator.core.sessions.model import Meters, Retry
from orchestrator.core.sessions.signals import MetersSaid, PaneSaid, RegistrySaid, Signal, TurnFailed
from orchestrator.core.text.clean import last_words, one_line


@dataclass(frozen=True, slots=True)
class Result:
    """How a turn ended. `cost_usd` is what the process has spent so far; a resumed conversation counts from
    its start on 2.1.330, and from the resumption on 2.1.197."""

    failed: bool
    error: str
    """`api_error`, `error_max_turns`, `error_during_execution`, …; empty on success."""
    said: str
    """The turn's last words, or the error."""
    cost_usd: float
    denied: tuple[str, ...] = ()
    """The tools that were denied."""


def prepare(
    folder: Path, spec: LaunchSpec, permission_tool: str = "", *, seen_as: Path | None = None
) -> Path:
    """Writes `settings.json`, `prompt.md` and `launch.sh` into `folder` (0700) and returns the last; with an
    `mcp_url` also `mcp.json`. Run it as two arguments, `/bin/sh` and this path, with stderr separate.

    `seen_as` is their folder at run time, if it is a different one. `permission_tool` is the MCP tool that is
    asked for permissions (`mcp__orch__permission`), see `permission_tool.py`; without one the
    `PermissionRequest` hook is asked, from 2.1.330 on, and nothing before. Raises `ValueError` without a
    prompt: there would be nothing to do.
    """
    prompt = spec.prompt.replace("\0", "")
    if not prompt.strip():
        raise ValueError("a session without a terminal needs a prompt")
    # if both were set, it would take the first answer
    events = [each for each in HOOK_EVENTS if not (permission_tool and each == "PermissionRequest")]
    own_ = own(spec, here=seen_as is None)
    argv = [
        *own_.words,
        *("-p", "--output-format", "stream-json", "--verbose"),
        *flags(folder, spec, settings(spec, events=events), own_, seen_as=seen_as),
        *(("--permission-prompt-tool", permission_tool) if permission_tool else ()),
    ]
    stdin = (seen_as or folder) / write_private(folder / "prompt.md", prompt).name
    env = environment(spec)
    return write_launch_file(
        folder, spec.cwd, argv, env, (*PARENT, *spec.unset), stdin=stdin, lock=spec.lock, umask=spec.umask
    )


def read(line: str, at: float) -> tuple[Signal, ...]:
    """The signals of one line of the stream that hooks do not report: running, retrying, idle, and cost.

    Any other line has none.
    """
    said = entry(line)
    match said.get("type"), said.get("subtype"):
        case "system", "init":
            version = one_line(text_of(said, "claude_code_version"), 40)
            return (RegistrySaid(at, "busy", session_id=text_of(said, "session_id"), version=version),)
        case "system", "api_retry":
            retry = Retry(int(_number(said, "attempt")), int(_number(said, "max_retries")), _reason(said))
            return (PaneSaid(at, retry=retry, digest=text_of(said, "uuid")),)
        case "assistant", _:
            return (PaneSaid(at, digest=text_of(said, "uuid")),)
        case "result", _:
            return tuple(_ended(said, at))
        case _:
            return ()


def result(lines: Iterable[str]) -> Result | None:
    """The last result among these lines of the stream; `None` if no turn has ended."""
    found = None
    for line in lines:
        said = entry(line)
        if said.get("type") == "result":
            found = _result(said)
    return found


def entry(line: str) -> dict[str, Any]:
    """The object in a line of the stream; empty if there is none."""
    if not line.startswith("{"):
        return {}
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _ended(said: dict[str, Any], at: float) -> Iterable[Signal]:
    how, session = _result(said), text_of(said, "session_id")
    # the hook StopFailure reports an API error, in more detail
    if how.failed and how.error != "api_error":
        yield TurnFailed(at, how.error, how.said)
    models = said.get("modelUsage")
    model = one_line(next(iter(models)), 80) if isinstance(models, dict) and models else ""
    yield MetersSaid(at, Meters(cost_usd=how.cost_usd, model=model), session)
    yield RegistrySaid(at, "idle", session_id=session)


def _result(said: Mapping[str, Any]) -> Result:
    failed = said.get("is_error") is True
    subtype = one_line(text_of(said, "subtype"), 80)
    errors = said.get("errors")
    words = text_of(said, "result") or "\n".join(
        each for each in (errors if isinstance(errors, list) else []) if isinstance(each, str)
    )
    denials = said.get("permission_denials")
    return Result(
        failed=failed,
        error=("api_error" if subtype == "success" else subtype or "unknown") if failed else "",
        said=last_words(words),
        cost_usd=_number(said, "total_cost_usd"),
        denied=tuple(
            one_line(text_of(each, "tool_name"), 80)
            for each in (denials if isinstance(denials, list) else [])
            if isinstance(each, Mapping)
        ),
    )


def _reason(said: Mapping[str, Any]) -> str:
    error, status = text_of(said, "error"), said.get("error_status")
    return one_line(f"API error {status} {error}" if isinstance(status, int) else f"API error {error}", 80)


def _number(said: Mapping[str, Any], key: str) -> float:
    value = said.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return min(max(float(value), 0.0), 1e15)
