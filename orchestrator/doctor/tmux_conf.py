"""Conflicts between the user's tmux.conf and orch's settings in its own tmux server."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from orchestrator.agents.finding import Finding

_BOUND = re.compile(r"^\s*bind(?:-key)?\s+(?:-[rN]+\s+)*(?:-r?n|-T\s*root)\s+(?:-\w\s+)*['\"]?([^\s'\"]+)")


def keys(given: Mapping[str, str]) -> Iterator[Finding]:
    """Keys of orch, by setting, that the user's file binds to something else."""
    taken = [(setting, key, where) for setting, key in given.items() for where in _bound(key)]
    for setting, key, where in taken:
        what = f"{key} is bound at {where}; in orch's tmux server it is used by orch ({setting})"
        yield Finding("tmux keys", "warn", what, f"To keep your binding there, set {setting} to another key.")
    if not taken:
        yield Finding("tmux keys", "ok", ", ".join(f"{key} ({setting})" for setting, key in given.items()))


def _bound(key: str) -> Iterator[str]:
    for file in _files():
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for number, line in enumerate(lines, 1):
            if (found := _BOUND.match(line)) and found[1].lower() == key.lower():
                yield f"{file}:{number}"


def _files() -> list[Path]:
    """The files that tmux reads."""
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    names = ("/etc/tmux.conf", "~/.tmux.conf", f"{config}/tmux/tmux.conf", "~/.config/tmux/tmux.conf")
    return list(dict.fromkeys(Path(name).expanduser() for name in names))
