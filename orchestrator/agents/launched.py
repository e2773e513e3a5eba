"""What the launch file of an earlier start tells of it."""

import re
import shlex
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from orchestrator import regular_file

_MOST = 256 * 1024
_FOLDER = re.compile(r"^cd -- (.*) \|\| exit 1$", re.MULTILINE)
_AGENT = re.compile(r"^exec (?!\d*[<>])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Launched:
    """What it does not tell is empty."""

    cwd: str = ""
    conversation: str = ""
    slug: str = ""
    model: str = ""
    permission_mode: str = ""


def read(file: Path) -> Launched:
    """What stands in a file that `write_launch_file` wrote; of one that can't be read, nothing."""
    try:
        text = regular_file.read(file, _MOST).decode(errors="replace")
        folder, agent = _FOLDER.search(text), _AGENT.search(text)
        words = shlex.split(text[agent.end() :]) if agent else []
        cwd = shlex.split(folder[1])[0] if folder else ""
    except (OSError, ValueError):
        return Launched()
    said = dict(pairwise(words))
    return Launched(
        cwd=cwd,
        conversation=said.get("--resume", "") or said.get("--session-id", ""),
        slug=said.get("--name", ""),
        model=said.get("--model", ""),
        permission_mode=said.get("--permission-mode", ""),
    )
