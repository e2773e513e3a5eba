"""Opening a file at a line in the user's editor."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path, PurePath

from textual.app import SuspendNotSupported

from widgets.hub_app import HubApp

_DEFAULT = "vi"
_COLON = frozenset({"hx", "helix", "subl", "zed", "micro"})
"""They take `file:line`."""
_GOTO = frozenset({"code", "codium", "cursor", "windsurf"})
"""They take `--goto file:line`."""


def command(environment: Mapping[str, str], path: str, line: int) -> list[str]:
    """What opens that file there: `$VISUAL`, else `$EDITOR`, else vi. Raises `ValueError` where the variable
    has an open quote."""
    program = shlex.split(environment.get("VISUAL") or environment.get("EDITOR") or _DEFAULT) or [_DEFAULT]
    name = PurePath(program[0]).name
    if line < 1:
        return [*program, path]
    if name in _COLON:
        return [*program, f"{path}:{line}"]
    if name in _GOTO:
        wait = [] if {"-w", "--wait"} & set(program) else ["--wait"]
        return [*program, *wait, "--goto", f"{path}:{line}"]
    return [*program, f"+{line}", path]


def edit(app: HubApp, folder: str, path: str, line: int) -> bool:
    """Gives the terminal to the editor until it ends. Whether it was opened; if not, the user is told why."""
    file = Path(folder) / path
    if not file.exists() and not file.is_symlink():
        app.tell(f"{path} is no longer in the worktree.", severity="warning")
        return False
    try:
        argv = command(os.environ, str(file), line)
        with app.suspend():
            code = subprocess.run(argv, cwd=folder, check=False).returncode
    except SuspendNotSupported:
        app.tell("This terminal cannot be passed to another program.", severity="error")
    except ValueError as error:
        app.tell(
            f"{error}. Check $VISUAL and $EDITOR.", title="cannot read the editor's command", severity="error"
        )
    except OSError as error:
        app.tell(f"{error}. Set $EDITOR to your editor.", title="cannot start the editor", severity="error")
    else:
        if code:
            app.tell(
                f"It ended with exit code {code}.",
                title=f"{PurePath(argv[0]).name} failed",
                severity="warning",
            )
        app.forget_keys()
        return True
    return False
