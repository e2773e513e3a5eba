"""Standing permissions as Claude Code stores them: in a session, or in one of its settings files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestrator.agents.claude_code.requests import always, list_of, rule_words, text_of
from orchestrator.core.needs.grants import Right


def right(payload: Mapping[str, Any], number: int, config_dir: Path) -> Right:
    """What the suggestion with that number allows from now on."""
    said = list_of(payload, "permission_suggestions")[number]
    place = text_of(said, "destination") or "session"
    root = Path(text_of(payload, "cwd") or ".")
    file = {
        "localSettings": root / ".claude" / "settings.local.json",
        "projectSettings": root / ".claude" / "settings.json",
        "userSettings": config_dir / "settings.json",
    }.get(place)
    folders = said.get("directories")
    return Right(
        words=always(payload)[number],
        place=place,
        file=str(file or ""),
        rules=tuple(rule_words(each) for each in list_of(said, "rules")),
        mode=text_of(said, "mode"),
        folders=tuple(each for each in folders if isinstance(each, str)) if isinstance(folders, list) else (),
    )


def stands(kept: Right) -> bool | None:
    """Whether its file still contains it; `None` if the file cannot be parsed."""
    try:
        said = json.loads(Path(kept.file).read_bytes())
        permissions = said.get("permissions", {})
        rules = [*permissions.get("allow", ()), *permissions.get("deny", ()), *permissions.get("ask", ())]
        folders = permissions.get("additionalDirectories", ())
        mode = permissions.get("defaultMode", "")
    except FileNotFoundError:
        return False
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    return (
        any(rule in rules for rule in kept.rules)
        or any(each in folders for each in kept.folders)
        or bool(kept.mode and kept.mode == mode)
    )


def revoke(kept: Right) -> str:
    """How it is taken back, in words."""
    what = ", ".join((*kept.rules, kept.mode, *kept.folders)).strip(", ")
    return f"remove {what} from permissions in {kept.file}, or use /permissions in a session"
