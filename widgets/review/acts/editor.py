"""Opening a file at a line in the user's editor."""

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path, PurePath

from textual.app import SuspendNotSupported

from widgets.hub_app import HubApp
from widgets.screens.pass_terminal import pass_terminal

_COLON = frozenset({"hx", "helix", "subl", "zed"})
"""They take `file:line`."""
_GOTO = frozenset({"code", "code-insiders", "codium", "cursor", "windsurf"})
"""They take `--goto file:line`."""
_FOR_SHELL = re.compile(r"[$`~|&;<>()*?{}\[\]]")
_NOT_FOUND = 127
"""A shell's exit code."""


def chosen(environment: Mapping[str, str]) -> str:
    """The user's editor, with its arguments."""
    return next((said for name in ("VISUAL", "EDITOR") if (said := environment.get(name, "").strip())), "vi")


def command(environment: Mapping[str, str], path: str, line: int) -> list[str]:
    """What opens that file there: `$VISUAL`, else `$EDITOR`, else vi. As git does it, a shell reads what
    needs one. Raises `ValueError` where the variable has an open quote."""
    said = chosen(environment)
    words = shlex.split(said)
    arguments = _arguments(words, path, line)
    return (
        ["sh", "-c", f'{said} "$@"', words[0], *arguments] if _FOR_SHELL.search(said) else words + arguments
    )


def _arguments(words: list[str], path: str, line: int) -> list[str]:
    name = PurePath(words[0]).name
    if line < 1:
        return [path]
    if name in _COLON:
        return [f"{path}:{line}"]
    if name in _GOTO:
        return [*([] if {"-w", "--wait"} & set(words) else ["--wait"]), "--goto", f"{path}:{line}"]
    return [f"+{line}", path]


def edit(app: HubApp, folder: str, path: str, line: int) -> bool:
    """Gives the terminal to the editor until it ends. Whether it was opened; if not, the user is told why."""
    file = Path(folder) / path
    if not file.exists() and not file.is_symlink():
        app.tell(f"{path} is no longer in the worktree.", severity="warning")
        return False
    try:
        argv = command(os.environ, str(file), line)
        name = PurePath(shlex.split(chosen(os.environ))[0]).name
        code = pass_terminal(app, argv, folder=folder).returncode
    except SuspendNotSupported:
        app.tell("This terminal cannot be passed to another program.", severity="error")
    except ValueError as error:
        app.tell(
            f"{error}. Check $VISUAL and $EDITOR.", title="Cannot read the editor's command", severity="error"
        )
    except OSError as error:
        _missing(app, f"{chosen(os.environ)}: {error.strerror or error}")
    else:
        if code == _NOT_FOUND:
            _missing(app, f"{chosen(os.environ)}: not found")
        elif code:
            app.tell(f"Exit code {code}.", title=f"{name} failed", severity="warning")
        app.forget_keys()
        return True
    return False


def _missing(app: HubApp, why: str) -> None:
    app.tell(f"{why}. Set $EDITOR to your editor.", title="Cannot start the editor", severity="error")
