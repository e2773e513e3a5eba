"""One call of orch's program on a host over ssh. Its input is passed on stdin alone.

No password prompts (`BatchMode`), and every call has a timeout.
"""

import json
import shlex
import subprocess
import threading
from collections.abc import Sequence
from typing import Any

from orchestrator.world.hosts.bundle import bundle
from orchestrator.world.hosts.host import Host, HostAway, HostError

_OPTIONS = (
    *("-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"),
    *("-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3"),
)
_LIMIT = 90.0
_AWAY = 255
"""The exit code of a failure of ssh itself."""
_NO_PROGRAM, _NO_PYTHON = 97, 98
_ANSWER = b"orch-answer "
_AT_ONCE = 4
"""Simultaneous calls to one host; a server refuses more than ten new connections."""
_turns: dict[tuple[str, ...], threading.BoundedSemaphore] = {}
_turns_guard = threading.Lock()


def command(host: Host, *words: str) -> list[str]:
    """The ssh command with our options and then these words."""
    return [*host.ssh, *_OPTIONS, *words]


def for_git(host: Host) -> dict[str, str]:
    """The environment for git to reach the host; the name in its URL is ignored."""
    # git runs it in a shell, with the URL's host and the command after it
    return {
        "GIT_SSH_COMMAND": f'orch() {{ shift; {shlex.join(command(host))} "$@"; }}; orch',
        "GIT_SSH_VARIANT": "simple",
    }


def turn(host: Host, what: str = "call") -> threading.BoundedSemaphore:
    """Held during a call to the host. Calls do not wait for `what` takes longer."""
    with _turns_guard:
        return _turns.setdefault((what, *host.ssh), threading.BoundedSemaphore(_AT_ONCE))


def ask(host: Host, verb: str, *, limit: float = _LIMIT, **request: Any) -> dict[str, Any]:
    """The answer of our program there; it is installed first if it is missing.

    Raises `HostAway` if the host cannot be reached or does not respond within `limit` seconds, and
    `HostError` if it is unsuitable or the call fails.
    """
    told = json.dumps({"verb": verb, **request}).encode()
    done = _run(host, _ask_line(host), told, limit)
    if done.returncode == _NO_PROGRAM:
        _put_there(host)
        done = _run(host, _ask_line(host), told, limit)
    if done.returncode == _NO_PYTHON:
        hint = f"Install Python 3.10 or newer there, or set its path: hosts.{host.name}.python."
        raise HostError(f"{host.name} cannot run sessions", f"it has no {host.python}", hint)
    for line in reversed(done.stdout.split(b"\n")):
        if line.startswith(_ANSWER):
            return _answer(host, json.loads(line.removeprefix(_ANSWER)))
    why = _last_line(done.stderr) or f"exit code {done.returncode}"
    raise HostError(f"the command on {host.name} failed", why)


def _answer(host: Host, answer: dict[str, Any]) -> dict[str, Any]:
    if refused := answer.get("refused"):
        what, why, hint = refused
        raise HostError(f"{host.name}: {what}", why, hint)
    return answer


def _ask_line(host: Host) -> str:
    program = f"{_shell_path(host.folder)}/{bundle()[0]}"
    python = _shell_path(host.python)
    return (
        f"umask 077; test -f {program} || exit {_NO_PROGRAM}; "
        f"command -v {python} > /dev/null 2>&1 || exit {_NO_PYTHON}; exec {python} -I -S {program}"
    )


def _put_there(host: Host) -> None:
    name, data = bundle()
    folder = _shell_path(host.folder)
    line = (
        f"umask 077; mkdir -p {folder} && chmod 700 {folder} && cat > {folder}/new.$$ "
        f"&& mv -f {folder}/new.$$ {folder}/{name}"
    )
    done = _run(host, line, data, _LIMIT)
    if done.returncode:
        raise HostError(
            f"{host.name} cannot run sessions",
            f"cannot write to its directory {host.folder}: {_last_line(done.stderr)}",
            f"Choose another: hosts.{host.name}.folder.",
        )


def _run(host: Host, line: str, stdin: bytes, limit: float) -> "subprocess.CompletedProcess[bytes]":
    # whatever the shell there is, it can start this one
    words = command(host, "-o", "ClearAllForwardings=yes", f"exec /bin/sh -c {shlex.quote(line)}")
    try:
        with turn(host):
            done = _ended(words, stdin, limit)
    except subprocess.TimeoutExpired:
        raise _away(host, f"no answer within {limit:g} seconds") from None
    except OSError as error:
        raise HostError(f"cannot reach {host.name}", f"cannot start {host.ssh[0]}: {error}") from error
    if done.returncode == _AWAY:
        raise _away(host, _last_line(done.stderr))
    return done


def _ended(words: Sequence[str], stdin: bytes, limit: float) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        words, input=stdin, capture_output=True, timeout=limit, check=False, start_new_session=True
    )


def _away(host: Host, why: str) -> HostAway:
    hint = f"Test the connection: {shlex.join(host.ssh)} true"
    return HostAway(f"{host.name} does not respond", why, hint)


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""


def _shell_path(path: str) -> str:
    home, rest = ('"$HOME"/', path[2:]) if path.startswith("~/") else ("", path)
    return home + shlex.quote(rest)
