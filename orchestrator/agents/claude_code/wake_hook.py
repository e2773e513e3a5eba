"""The wake-up hook of a session: it wakes an idle session without touching the input box or a dialog.

Claude Code runs a command hook with `asyncRewake` beside the session, and starts a turn with the hook's
stderr when it exits with 2. Probed on 2.1.197 and 2.1.330: within half a second; a draft is kept; an open
dialog delays it; a busy session gets it at its next tool call.

The hook is a shell script that blocks on a named pipe, at no cost. The session itself holds the other end of
the pipe open, so the script ends with the session in every case. Hook processes inherit none of the session's
files (also probed).
"""

import os
import shlex
from pathlib import Path
from typing import Any

from orchestrator.agents.launch_file import write_private
from orchestrator.core.text.clean import one_line

PIPE = "wake"
_FORMER_PIPE = "bell"
"""Its name in the folders of sessions that an older version started; they run on with it."""

_EVENTS = ("SessionStart", "Stop", "StopFailure")
"""After each of these the session is idle and needs a listener."""
_LISTENS_S = 2_000_000
"""Claude Code's time limit for a hook in seconds; the default is 600, and its timers hold 24 days."""
_SCRIPT = """\
#!/bin/sh
# Waits in the folder $1 for a notification, or the end of its session. There is one for each session.
exec 9>&-
cd -- "$1" || exit 0
read -r other < listener && kill -0 "$other" 2>/dev/null && exit 0
# opening a pipe read-only waits for a writer, and the session may have ended
exec 8<>wake 3<wake 8>&-
echo $$ > listener
words=
read -r words <&3
: > listener
[ -n "$words" ] || exit 0
printf '%s\\n' "$words" >&2
exit 2
"""


def prepare(folder: Path) -> Path | None:
    """Puts the hook and its pipe into `folder` (0700) for a session about to start, and returns the pipe that
    the session has to hold open; `None` if the file system does not support pipes."""
    write_private(folder / "wake.sh", _SCRIPT, 0o700)
    write_private(folder / "listener", "")
    for former in (_FORMER_PIPE, "bell.sh"):
        (folder / former).unlink(missing_ok=True)
    pipe = folder / PIPE
    pipe.unlink(missing_ok=True)
    try:
        os.mkfifo(pipe, 0o600)
    except OSError:
        return None
    return pipe


def hooks(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The hooks that listen, by event, in the form of the settings."""
    hook = {
        "type": "command",
        "command": f"exec /bin/sh {shlex.quote(str(folder / 'wake.sh'))} {shlex.quote(str(folder))}",
        "asyncRewake": True,
        "timeout": _LISTENS_S,
        # both are internal to Claude Code, and unknown keys do no harm: otherwise it reports a hook error
        "rewakeMessage": "Your mailbox at orch:",
        "rewakeSummary": "orch: new mail",
    }
    return {event: [{"hooks": [hook]}] for event in _EVENTS}


def wake(folder: Path, words: str) -> bool:
    """Wakes the session with this line of text. `False` if nothing is listening."""
    try:
        pipe = os.open(_pipe(folder), os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # no reader, or no pipe
        return False
    try:
        return os.write(pipe, f"{one_line(words)}\n".encode()) > 0
    except OSError:
        return False
    finally:
        os.close(pipe)


def listens(folder: Path) -> bool:
    """Whether the session in this folder was started with the hook."""
    return _pipe(folder).is_fifo()


def _pipe(folder: Path) -> Path:
    former = folder / _FORMER_PIPE
    return former if former.is_fifo() else folder / PIPE
