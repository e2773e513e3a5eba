"""Reads the launch file of an earlier start."""

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from orchestrator import regular_file
from orchestrator.agents.agent import LaunchRecord

_MOST = 256 * 1024
_FOLDER = re.compile(r"^cd -- (.*) \|\| exit 1$", re.MULTILINE)
_AGENT = re.compile(r"^exec (?!\d*[<>])", re.MULTILINE)


def read(file: Path, understand: Callable[[Sequence[str]], LaunchRecord]) -> LaunchRecord:
    """What stands in a file that `write_launch_file` wrote; of one that can't be read, nothing. `understand`
    is `Launch.read` of its agent."""
    try:
        text = regular_file.read(file, _MOST).decode(errors="replace")
        folder, agent = _FOLDER.search(text), _AGENT.search(text)
        words = shlex.split(text[agent.end() :]) if agent else []
        cwd = shlex.split(folder[1])[0] if folder else ""
    except (OSError, ValueError):
        return LaunchRecord()
    return replace(understand(words), cwd=cwd)
