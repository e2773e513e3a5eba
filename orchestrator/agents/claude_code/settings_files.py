"""The settings files that apply where a session works: read, never edited."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def holding(
    config_dir: Path, project: Path, main: Path | None = None
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each file with its content, lowest precedence first. Settings outside the repository's history lie in
    its `main` worktree, and do not apply to a new one."""
    folder = project / ".claude"
    files = [config_dir / "settings.json", folder / "settings.json"]
    files += [main / ".claude/settings.local.json"] if main else []
    for file in dict.fromkeys((*files, folder / "settings.local.json")):
        yield file, read(file)


def read(file: Path) -> dict[str, Any]:
    """Empty if it is absent or broken: Claude Code skips it then, too."""
    try:
        said = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
