"""Which repositories the user trusts, as stored in `.claude.json` in the config directory."""

import json
from pathlib import Path
from typing import Any


def is_trusted(config_dir: Path, folder: Path) -> bool:
    """Trust is recorded for the main repository's root, or any folder above it, and so applies to all
    worktrees."""
    projects = _load(config_dir / ".claude.json").get("projects", {})
    return any(projects.get(str(each), {}).get("hasTrustDialogAccepted") for each in _roots(folder))


def accept(config_dir: Path, folder: Path) -> None:
    """Records trust for the main repository's root. Not safe against another writer of `.claude.json`."""
    file = config_dir / ".claude.json"
    said = _load(file)
    said.setdefault("projects", {}).setdefault(str(_roots(folder)[0]), {})["hasTrustDialogAccepted"] = True
    file.write_text(json.dumps(said))


def _roots(folder: Path) -> list[Path]:
    """The main repository's root and every folder above it."""
    for each in (folder, *folder.parents):
        git = each / ".git"
        if git.is_dir():
            return [each, *each.parents]
        if git.is_file():
            there = Path(git.read_text().removeprefix("gitdir:").strip())
            main = there.parents[2] if there.parent.name == "worktrees" else each
            return [main, *main.parents]
    return [folder, *folder.parents]


def _load(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
