"""What a tool call of Claude Code would change in a file, as a unified diff that hides nothing."""

import difflib
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestrator.core.text.clean import shown

_LARGEST_FILE = 1024 * 1024
"""Maximum bytes of a file to read for a diff."""
_BOM = "\ufeff"


def change(tool: str, given: Mapping[str, Any]) -> str | None:
    """The diff of a `Write`, `Edit` or `MultiEdit`, with unusual characters made visible; `None` for any
    other call. Reads the file.

    In a text whose lines all end in CR LF, CR LF is an ordinary line end.
    """
    path = _text(given, "file_path")
    if not path:
        return None
    if tool == "Write":
        return _diff(_read(path), _text(given, "content"), path)
    edits = _edits(given)
    if tool not in ("Edit", "MultiEdit") or not all("new_string" in each for each in edits):
        return None
    before = after = _read(path)
    for edit in edits:
        old, new = _text(edit, "old_string"), _text(edit, "new_string")
        if (
            old not in after
        ):  # the file cannot be read, or differs from what the agent expects: show the edit only
            return _diff(_joined(edits, "old_string"), _joined(edits, "new_string"), path)
        after = after.replace(old, new) if edit.get("replace_all") is True else after.replace(old, new, 1)
    return _diff(before, after, path)


def _diff(before: str, after: str, path: str) -> str:
    name = shown(path).replace("\n", "⏎")
    lines = list(
        difflib.unified_diff(_lines(before), _lines(after), name, name, lineterm="", n=3),
    )
    return "\n".join(lines) or f"{name}: nothing changes"


def _lines(text: str) -> list[str]:
    return shown(text).removesuffix("\n").split("\n") if text else []


def _read(path: str) -> str:
    """The file's text, with the line ends of the agent's texts; empty if it cannot be read."""
    try:
        known = Path(path).stat()
        if not stat.S_ISREG(known.st_mode) or known.st_size > _LARGEST_FILE:
            return ""
        with Path(path).open("rb") as file:
            return file.read(_LARGEST_FILE).decode(errors="replace").removeprefix(_BOM).replace("\r\n", "\n")
    except (OSError, ValueError):
        return ""


def _edits(given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    edits = given.get("edits")
    found = [each for each in edits if isinstance(each, Mapping)] if isinstance(edits, list) else []
    return found or [given]


def _joined(edits: Sequence[Mapping[str, Any]], key: str) -> str:
    return "\n".join(_text(edit, key) for edit in edits)


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""
