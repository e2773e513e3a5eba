"""The end of a conversation on disk, for when hooks may have been missed.

The format is Claude Code's own affair (probed on 2.1.197): one JSON object a line, of which `user` and
`assistant` entries are the conversation. Unknown lines are passed over.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestrator.core.signals import TranscriptSaid
from orchestrator.core.text import last_words

_INTERRUPTED = "[Request interrupted by user"
_SESSION_ID = re.compile(r"[0-9A-Za-z-]+")


def find(config_dir: Path, session_id: str) -> Path | None:
    """The conversation's file, in whatever project folder it lies; `None` if no prompt was ever sent.

    Such a conversation can't be resumed, and one that has a file can't be begun again.
    """
    if not _SESSION_ID.fullmatch(session_id):
        return None
    return next(config_dir.glob(below(session_id)), None)


def below(session_id: str) -> str:
    """Where the conversation's file lies below the agent's own directory, as a pattern."""
    return f"projects/*/{session_id}.jsonl"


def tail(path: Path, max_bytes: int = 256 * 1024) -> TranscriptSaid:
    """How the conversation stands, by the last `max_bytes` of its file. Raises `OSError`.

    Esc before the model's first word leaves no trace: such a turn looks open.
    """
    with path.open("rb") as file:
        stat = os.fstat(file.fileno())
        start = max(0, stat.st_size - max_bytes)
        file.seek(start)
        lines = file.read(max_bytes).split(b"\n")
    words = ""
    verdict: tuple[bool, bool] | None = None  # (interrupted, open)
    for entry in _entries(lines[1:] if start else lines):
        said, texts = entry["type"], _texts(entry)
        if verdict is None:
            if said == "assistant":
                verdict = (False, _calls_tool(entry))
            else:
                interrupted = any(text.startswith(_INTERRUPTED) for text in texts)
                verdict = (interrupted, not interrupted and not entry.get("isCompactSummary"))
        if said == "assistant" and texts:
            words = "\n".join(texts)
            break
    interrupted, is_open = verdict or (False, False)
    return TranscriptSaid(stat.st_mtime, last_words(words), interrupted, is_open)


def _entries(lines: list[bytes]) -> Iterator[dict[str, Any]]:
    """The entries of the conversation itself, the last one first."""
    for line in reversed(lines):
        try:
            entry = json.loads(line)
        except ValueError:  # the line being written, or the half at which we began
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
    """A command of the terminal's, such as `/clear`, or what it printed: no turn."""
    return text.startswith(("<command-name>", "<local-command-"))


def _content(entry: dict[str, Any]) -> list[Any]:
    message = entry.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, list) else [content]


def _texts(entry: dict[str, Any]) -> list[str]:
    blocks = _content(entry)
    found = [b.get("text") if isinstance(b, dict) and b.get("type") == "text" else b for b in blocks]
    return [text for text in found if isinstance(text, str)]


def _calls_tool(entry: dict[str, Any]) -> bool:
    return any(isinstance(block, dict) and block.get("type") == "tool_use" for block in _content(entry))
