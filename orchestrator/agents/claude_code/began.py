"""What Claude Code reports at the start of a session: where it stores the conversation.

`SessionStart` accepts only command hooks (probed on 2.1.197 and 2.1.330). Ours writes its input to a file in
the launch's folder, and prints nothing.
"""

import json
import shlex
from pathlib import Path
from typing import Any

from orchestrator.agents.launch_file import write_private
from orchestrator.core.sessions.signals import Began

FILE = "began.json"
_SCRIPT = """\
#!/bin/sh
# Stores what the session reports at its start, in the folder $1.
umask 077
cat > "$1/began.json.new" && mv -f "$1/began.json.new" "$1/began.json"
"""


def hooks(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Writes the script into `folder` (0700), and returns the hook that runs it, in the form of the
    settings."""
    (folder / FILE).unlink(missing_ok=True)
    script = write_private(folder / "began.sh", _SCRIPT, 0o700)
    command = f"exec /bin/sh {shlex.quote(str(script))} {shlex.quote(str(folder))}"
    return {"SessionStart": [{"hooks": [{"type": "command", "command": command, "timeout": 10}]}]}


def read(folder: Path) -> Began | None:
    """The content of the file in the folder; `None` if it is missing or unreadable."""
    file = folder / FILE
    try:
        at = file.stat().st_mtime
        said = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(said, dict):
        return None
    session, transcript = said.get("session_id"), said.get("transcript_path")
    return (
        Began(at, session, transcript) if isinstance(session, str) and isinstance(transcript, str) else None
    )
