"""What the session reads from settings files: hooks, status line and permissions, merged as Claude Code
merges them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.demo.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Settings:
    """`hooks` maps an event to its matchers' groups, those of all files concatenated."""

    hooks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    status_line: str = ""
    """The shell command whose first line of output is shown below the input line; empty for none."""
    allowed: tuple[str, ...] = ()
    """Tools and rules that need no permission."""


def read(config_dir: Path, given: str) -> Settings:
    """The user's, the project's and the `--settings` (a path, or JSON itself).

    Raises `Refusal` if the last cannot be read; the others are ignored then.
    """
    project = Path.cwd() / ".claude"
    files = [config_dir / "settings.json", project / "settings.json", project / "settings.local.json"]
    hooks: dict[str, list[dict[str, Any]]] = {}
    status_line = ""
    allowed: list[str] = []
    for said in [*map(_optional, files), _given(given)]:
        for event, groups in said.get("hooks", {}).items():
            hooks.setdefault(event, []).extend(groups)
        status_line = said.get("statusLine", {}).get("command", status_line)
        allowed += said.get("permissions", {}).get("allow", ())
    return Settings(hooks, status_line, tuple(allowed))


def _given(given: str) -> dict[str, Any]:
    if not given:
        return {}
    try:
        return _load(given if given.lstrip().startswith("{") else Path(given).read_text())
    except OSError as error:
        raise Refusal(f"Settings file not found: {given}") from error
    except ValueError as error:
        raise Refusal(f"Invalid settings in {given}: {error}") from error


def _optional(path: Path) -> dict[str, Any]:
    try:
        return _load(path.read_text())
    except (OSError, ValueError):
        return {}


def _load(text: str) -> dict[str, Any]:
    said = json.loads(text)
    if not isinstance(said, dict):
        raise ValueError("not an object")
    return said
