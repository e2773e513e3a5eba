"""Reads the end of a conversation on disk, for when hooks may have been missed.

The format is internal to Claude Code (probed on 2.1.197): one JSON object per line, of which `user` and
`assistant` entries are the conversation. Unknown lines are ignored.
"""

import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestrator.agents.claude_code.hooks import summary
from orchestrator.agents.claude_code.prompt_text import as_written
from orchestrator.core.sessions.signals import TranscriptSaid
from orchestrator.core.text.clean import last_words

_INTERRUPTED = "[Request interrupted by user"
_BLOCK = 64 * 1024
_SESSION_ID = re.compile(r"[0-9A-Za-z-]+")


def find(config_dir: Path, session_id: str) -> Path | None:
    """The session's file, in whatever project folder it is; `None` if there is none.

    It may contain no conversation: then it cannot be resumed, but no session with that id can be started
    either (after `/clear`, probed on 2.1.197 and 2.1.332).
    """
    if not _SESSION_ID.fullmatch(session_id):
        return None
    return next(config_dir.glob(below(session_id)), None)


def holds_conversation(path: Path) -> bool:
    """Whether it contains any conversation. Raises `OSError`."""
    with path.open("rb") as file:
        return any(True for line in file for _ in _entries([line]))


def config_dir_of(file: str) -> Path | None:
    """The agent's own directory that contains the conversation's file."""
    folders = Path(file).parents if file else ()
    return folders[2] if len(folders) > 2 and folders[1].name == "projects" else None


def below(session_id: str) -> str:
    """The path of the conversation's file below the agent's own directory, as a pattern."""
    return f"projects/*/{session_id}.jsonl"


def tail(path: Path, max_bytes: int = 256 * 1024) -> TranscriptSaid:
    """The state of the conversation, from the last `max_bytes` of its file. Raises `OSError`.

    Esc before the model's first word leaves no trace: such a turn looks open.
    """
    with path.open("rb") as file:
        stat = os.fstat(file.fileno())
        start = max(0, stat.st_size - max_bytes)
        file.seek(start)
        lines = file.read(max_bytes).split(b"\n")
    words = doing = ""
    verdict: tuple[bool, bool] | None = None  # (interrupted, open)
    for entry in _entries(lines[1:] if start else lines):
        said, texts = entry["type"], _texts(entry)
        if verdict is None:
            if said == "assistant":
                verdict = (False, _calls_tool(entry))
                doing = _tool(entry)
            else:
                interrupted = any(text.startswith(_INTERRUPTED) for text in texts)
                verdict = (interrupted, not interrupted and not entry.get("isCompactSummary"))
        if said == "assistant" and texts:
            words = "\n".join(texts)
            break
    interrupted, is_open = verdict or (False, False)
    return TranscriptSaid(stat.st_mtime, last_words(words), interrupted, is_open, doing)


def prompts(path: Path, since: float) -> Iterator[tuple[float, str]]:
    """When each prompt since then was recorded, and its text, newest first. Raises `OSError`."""
    for line in _backwards(path):
        if b'"user"' not in line and b'"timestamp"' not in line:
            continue
        try:
            entry = json.loads(line)
            at = datetime.fromisoformat(entry["timestamp"]).timestamp()
        except (ValueError, KeyError, TypeError):  # half written, or an entry without a time
            continue
        if at < since:
            return
        said = entry.get("type") == "user" and not entry.get("isSidechain") and not entry.get("isMeta")
        if said and (texts := _texts(entry)):
            yield at, as_written("\n".join(texts))


def _backwards(path: Path) -> Iterator[bytes]:
    """The file's lines, last first."""
    with path.open("rb") as file:
        left, rest = os.fstat(file.fileno()).st_size, b""
        while left:
            size = min(left, _BLOCK)
            left -= size
            file.seek(left)
            first, *lines = (file.read(size) + rest).split(b"\n")
            yield from reversed(lines)
            rest = first
        yield rest


def _entries(lines: list[bytes]) -> Iterator[dict[str, Any]]:
    """The entries of the conversation itself, last first."""
    for line in reversed(lines):
        try:
            entry = json.loads(line)
        except ValueError:  # the line being written, or the partial first line
            continue
        if not isinstance(entry, dict) or entry.get("type") not in ("user", "assistant"):
            continue
        if entry.get("isSidechain") or entry.get("isMeta"):
            continue
        texts = _texts(entry)
        if entry["type"] == "user" and texts and all(_is_command(text) for text in texts):
            continue
        yield entry


def _is_command(text: str) -> bool:
    """A terminal command, such as `/clear`, or its output: not a turn."""
    return text.startswith(("<command-name>", "<local-command-"))


def _content(entry: dict[str, Any]) -> list[Any]:
    message = entry.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, list) else [content]


def _texts(entry: dict[str, Any]) -> list[str]:
    blocks = _content(entry)
    found = [b.get("text") if isinstance(b, dict) and b.get("type") == "text" else b for b in blocks]
    return [text for text in found if isinstance(text, str)]


def _tool(entry: dict[str, Any]) -> str:
    """The last tool that the entry calls, in words."""
    for block in reversed(_content(entry)):
        if isinstance(block, dict) and block.get("type") == "tool_use":
            return summary(
                {"tool_name": block.get("name"), "tool_input": block.get("input"), "cwd": entry.get("cwd")}
            )
    return ""


def _calls_tool(entry: dict[str, Any]) -> bool:
    return any(isinstance(block, dict) and block.get("type") == "tool_use" for block in _content(entry))
