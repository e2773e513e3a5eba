"""All calls of the tmux program: with a timeout, in UTF-8, with errors as text.

libtmux's objects (`window`, `pane`, the server itself) carry out whatever is a single command. They are not
used where one command is not enough, since each of their methods is a call of its own and may read the object
again:

* opening a window or a view: its marks and settings come in the same call, or a crash leaves it without them;
* the sweep and captures: all panes in one call, with the few fields that count;
* pastes and keys: the server checks in the same call that the pane's program is alive;
* settings and key bindings: all of them in one call.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import libtmux
from libtmux.common import tmux_cmd

from orchestrator.core.trust.secrets import for_programs
from orchestrator.world.tmux.errors import NoSuchTarget, TmuxFailed, TmuxGone, TmuxMissing

Command = Sequence[str]
"""One tmux command and its arguments."""

LIMIT = 10.0
"""Seconds for a call; a healthy server answers in a few milliseconds."""
START_LIMIT = 30.0
"""Seconds for a call that may start the server, which runs the user's tmux.conf first."""

_NO_SOCKET = re.compile(r"error connecting to (.*) \(No such file or directory\)")
_GONE = re.compile(
    r"no server running|error connecting to .* \((No such file or directory|Connection refused)\)"
    r"|server exited|lost server"
)
_NO_TARGET = re.compile(r"can't find (session|window|pane|client)|no such (session|window|pane)")


class Call(tmux_cmd):
    """A finished call in libtmux's shape. Unlike libtmux's own it has a timeout, accepts a standard input,
    and keeps blank lines at the end of `stdout`."""

    def __init__(self, argv: Sequence[str], *, stdin: str | None, cwd: Path | None, limit: float) -> None:
        self.cmd = list(argv)
        self.process = subprocess.Popen(
            self.cmd,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            cwd=cwd,
            # Inside tmux these would make the caller's own pane the default target. A server started by this
            # call keeps its environment, and so would every window.
            env={
                name: value
                for name, value in for_programs(os.environ).items()
                if name not in {"TMUX", "TMUX_PANE"}
            },
        )
        with self.process:
            try:
                out, err = self.process.communicate(stdin, timeout=limit)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise
        self.returncode = self.process.returncode
        self.stdout = out.removesuffix("\n").split("\n") if out else []
        self.stderr = [line for line in err.split("\n") if line]


class Server(libtmux.Server):
    """The tmux server on the socket `-L socket`. Commands are lists of arguments, never strings."""

    def __init__(self, socket: str) -> None:
        super().__init__(socket_name=socket)
        self.socket = socket
        self.last_pid = _own_server(socket)
        """The server's last known process id; `None` until then."""

    # libtmux declares it as an attribute in a mixin and as a method in its own Server
    def cmd(self, cmd: str, *args: Any, target: str | int | None = None) -> Call:  # type: ignore[override]
        """One command as the methods of libtmux's objects give it. Raises what `run` does, before libtmux
        would raise tmux's bare words."""
        call = self.chain([cmd, *([] if target is None else ["-t", str(target)]), *map(str, args)])
        if call.returncode or call.stderr:
            self.fail(call, cmd)
        return call

    def window(self, window_id: str) -> libtmux.Window:
        """The window as libtmux's object, of which nothing is read yet."""
        return libtmux.Window(server=self, window_id=window_id)

    def pane(self, pane_id: str) -> libtmux.Pane:
        """The pane as libtmux's object, of which nothing is read yet."""
        return libtmux.Pane(server=self, pane_id=pane_id)

    def chain(
        self, *commands: Command, stdin: str | None = None, cwd: Path | None = None, limit: float = LIMIT
    ) -> Call:
        """The result of several commands in one call. The first failure ends the chain.

        `cwd` is where a window opened by this call starts. Raises `TmuxMissing`, and `TmuxFailed` if the call
        could not be made or took longer than `limit` seconds.
        """
        argv = [self.program, "-u", "-L", self.socket]
        for number, command in enumerate(commands):
            argv += [";"] if number else []
            name, *arguments = map(str, command)
            argv += [_unaliased(name), *map(_whole, arguments)]
        try:
            return Call(argv, stdin=stdin, cwd=cwd, limit=limit)
        except subprocess.TimeoutExpired:
            raise TmuxFailed(
                "tmux did not respond",
                f"{commands[0][0]} took longer than {limit:g} s",
                "If this persists, check the load of this machine and: orch doctor",
            ) from None
        except OSError as error:
            raise TmuxFailed("cannot start tmux", str(error)) from error

    def run(
        self, *commands: Command, stdin: str | None = None, cwd: Path | None = None, limit: float = LIMIT
    ) -> list[str]:
        """The lines that the commands print. Raises `TmuxGone`, `NoSuchTarget` or `TmuxFailed`."""
        call = self.chain(*commands, stdin=stdin, cwd=cwd, limit=limit)
        if call.returncode or call.stderr:
            self.fail(call, commands[0][0])
        return call.stdout

    def fail(self, call: Call, what: str) -> NoReturn:
        """Raises the error of the failed call."""
        said = " ".join(call.stderr) or f"exit code {call.returncode}"
        if (lost := _NO_SOCKET.search(said)) and self.last_pid and is_tmux(self.last_pid):
            raise TmuxFailed(
                f"the tmux server is running (process {self.last_pid}) but its socket {lost[1]} was removed",
                hint=f"Have tmux recreate it: kill -USR1 {self.last_pid}",
            )
        if _GONE.search(said):
            raise TmuxGone(f"no tmux server on the socket {self.socket}", said)
        raise (NoSuchTarget if _NO_TARGET.search(said) else TmuxFailed)(f"tmux {what} failed", said)

    @property
    def program(self) -> str:
        """The path of the tmux program. Raises `TmuxMissing`."""
        if found := shutil.which("tmux"):
            return found
        raise TmuxMissing


def _unaliased(command: str) -> str:
    """The command under a name that no alias of the user's can replace: all but its last letter, which tmux
    completes. tmux parses a call with the aliases that are set when it arrives, since 3.4 also those of a
    tmux.conf that the same call loads."""
    return command if command.startswith("-") else command[:-1]


def _whole(argument: str) -> str:
    # tmux takes a `;` at the end of an argument for the end of the command, unless a backslash precedes it.
    return f"{argument[:-1]}\\;" if argument.endswith(";") else argument


def _own_server(socket: str) -> int | None:
    # The hub runs in a window of the server that it talks to.
    path, _, rest = os.environ.get("TMUX", "").partition(",")
    pid = rest.partition(",")[0]
    return int(pid) if Path(path).name == socket and pid.isdecimal() else None


def is_tmux(pid: int) -> bool:
    """Whether that process is a running tmux."""
    import psutil  # seldom needed

    try:
        process = psutil.Process(pid)
        return process.name().startswith("tmux") and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
