"""The settings that hold where a session works: read, never edited."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def holding(
    config_dir: Path, project: Path, main: Path | None = None
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each file and what it says, the ones that go before others last. Settings that are no part of the
    repository lie in its `main` worktree, and are none of a new one's."""
    folder = project / ".claude"
    files = [config_dir / "settings.json", folder / "settings.json"]
    files += [main / ".claude/settings.local.json"] if main else []
    for file in dict.fromkeys((*files, folder / "settings.local.json")):
        yield file, read(file)


def read(file: Path) -> dict[str, Any]:
    """Empty where it is absent or broken: Claude Code skips it then, too."""
    try:
        said = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
