"""How programs are asked for their versions."""

import re
import subprocess
from collections.abc import Sequence


def said_by(argv: Sequence[str], limit: float = 10.0) -> str | None:
    """A program's output, including errors; `None` if it is missing, fails or takes too long."""
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=limit, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (done.stdout or done.stderr).strip() if done.returncode == 0 else None


def numbers(text: str) -> tuple[int, ...]:
    """The first version number in a text: `tmux 3.3a` is (3, 3)."""
    found = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(map(int, found[0].split("."))) if found else ()
