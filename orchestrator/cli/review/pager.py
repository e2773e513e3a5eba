"""The pager, chosen by git's own rules."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable

import click

_LIMIT = 10.0


def page(lines: Iterable[str]) -> None:
    """Writes the lines, each without its end, through the pager; to where there is no terminal, or with the
    pager `cat`, as they are."""
    program = _pager() if sys.stdout.isatty() else ""
    if program in ("", "cat"):
        for line in lines:
            click.echo(line)
        return
    colour = click.get_current_context().color is not False
    env = {"LESS": "FRX", "LV": "-c", **os.environ}
    with subprocess.Popen(program, shell=True, stdin=subprocess.PIPE, env=env) as pager:  # noqa: S602 (as git does)
        assert pager.stdin is not None
        try:
            for line in lines:
                pager.stdin.write(f"{line if colour else click.unstyle(line)}\n".encode(errors="replace"))
            pager.stdin.close()
        except BrokenPipeError:
            pass  # its reader has seen enough


def _pager() -> str:
    """`GIT_PAGER`, `core.pager`, `PAGER` or `less`. Asked outside of any repository: one whose configuration
    a session has written must not choose what runs."""
    try:
        done = subprocess.run(
            ["git", "var", "GIT_PAGER"],
            cwd="/",
            env={name: value for name, value in os.environ.items() if name not in ("GIT_DIR", "GIT_CONFIG")},
            capture_output=True,
            text=True,
            timeout=_LIMIT,
            check=False,
        )
        return done.stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return shlex.quote(os.environ.get("PAGER") or "less")
