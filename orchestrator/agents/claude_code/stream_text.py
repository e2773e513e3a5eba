"""The stream of a session without a terminal, as readable text: what it said, did and returned."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.agents.claude_code.headless import entry
from orchestrator.agents.claude_code.hooks import summary
from orchestrator.agents.claude_code.requests import list_of, text_of
from orchestrator.core.text.clean import clean, one_line


def shown(tail: str, width: int) -> str:
    """The end of the stream as plain lines of at most `width` characters, without control characters.

    A first line that was cut is omitted; a line that is not part of the stream is shown unchanged.
    """
    width = max(width, 20)
    lines = tail.split("\n")
    if len(lines) > 1 and not entry(lines[0]):
        del lines[0]
    return "\n".join(one for line in lines for one in _shown(line, width))


def _shown(line: str, width: int) -> Iterator[str]:
    said = entry(line)
    indent = "  " if said.get("parent_tool_use_id") else ""
    match said.get("type"), said.get("subtype"):
        case (("assistant" | "user"), _):
            message = said.get("message")
            for block in _blocks(message if isinstance(message, Mapping) else {}):
                yield from (indent + each for each in _block(said, block, width - len(indent)))
        case "system", "init":
            yield one_line(f"── {text_of(said, 'model')} in {text_of(said, 'cwd')}", width)
        case "system", "api_retry":
            attempt, of = said.get("attempt"), said.get("max_retries")
            yield one_line(f"… {text_of(said, 'error')}: attempt {attempt} of {of} failed", width)
        case "system", "permission_denied":
            yield one_line(f"✗ not allowed: {text_of(said, 'tool_name')}: {text_of(said, 'message')}", width)
        case "system", "task_notification":
            yield one_line(f"● {text_of(said, 'summary')}", width)
        case "result", _:
            yield from _result(said, width)
        case None, None:
            yield from _wrapped(line, width)


def _blocks(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = message.get("content")
    return [{"type": "text", "text": content}] if isinstance(content, str) else list_of(message, "content")


def _block(said: Mapping[str, Any], block: Mapping[str, Any], width: int) -> Iterator[str]:
    match block.get("type"):
        case "text" if said.get("type") == "user":
            yield one_line(f"> {text_of(block, 'text')}", width)
        case "text":
            yield from _wrapped(text_of(block, "text"), width)
        case "tool_use":
            call = {"tool_name": block.get("name"), "tool_input": block.get("input")}
            yield one_line(f"● {summary(call)}", width)
        case "tool_result":
            words = " · ".join(text_of(each, "text") for each in _blocks(block)).strip()
            mark = "✗" if block.get("is_error") else "└"
            yield "  " + one_line(f"{mark} {_first_line(words)}", width - 2)


def _result(said: Mapping[str, Any], width: int) -> Iterator[str]:
    cost, milliseconds = said.get("total_cost_usd"), said.get("duration_ms")
    parts = ["failed" if said.get("is_error") else "done"]
    if isinstance(milliseconds, int | float):
        parts.append(f"{milliseconds / 1000:.0f} s")
    if isinstance(cost, int | float):
        parts.append(f"${cost:.2f}")
    errors = said.get("errors")
    parts += [each for each in (errors if isinstance(errors, list) else []) if isinstance(each, str)]
    yield one_line(f"── {' · '.join(parts)}", width)


def _first_line(words: str) -> str:
    first, _, rest = words.partition("\n")
    more = rest.count("\n") + 1 if rest else 0
    return f"{first} (+{more} lines)" if more else first


def _wrapped(words: str, width: int) -> Iterator[str]:
    for line in clean(words).strip("\n").split("\n"):
        yield from textwrap.wrap(line.expandtabs(4), width, drop_whitespace=False) or [""]
