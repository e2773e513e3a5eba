"""Runs on a host itself, from the bundle, with nothing installed: it may use only the standard library and
`world.processes`.

It reads one request as JSON from stdin and prints one line: `orch-answer ` and JSON.
"""

import glob
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from orchestrator.world import processes
from orchestrator.world.hosts import checkout

_MOST = 1 << 20
"""Maximum bytes of a session's stream in one answer."""
_KNOCK = 2.0
_SECRETS = ("launch.sh", "mcp.json", "settings.json", "prompt.md")


def main() -> None:
    """Reads one request, JSON on standard input, and prints its answer as one line after `orch-answer`."""
    os.umask(0o077)
    request = json.loads(sys.stdin.buffer.read())
    try:
        answer = _VERBS[request.pop("verb")](**request)
    except checkout.Refused as refused:
        answer = {"refused": [refused.what, refused.why, refused.hint]}
    except processes.NotStarted as why:
        answer = {"refused": ["cannot start the session", str(why), ""]}
    except OSError as why:
        answer = {"refused": ["cannot use a file", str(why), ""]}
    except subprocess.TimeoutExpired as late:
        answer = {"refused": ["git timed out", str(late), "Check why it is slow there."]}
    sys.stdout.write("orch-answer " + json.dumps(answer) + "\n")


def hello(base: str, command: str, path: str, seek: str) -> dict[str, Any]:
    """What exists there: the folder's full path, git, the agent's program; and whether a file like `seek`
    does."""
    program = os.path.expanduser(command)  # noqa: PTH111 (Path's own fails for an unknown user)
    return {
        "base": str(_base(base)),
        "python": ".".join(map(str, sys.version_info[:2])),
        "git": bool(shutil.which("git")),
        "command": shutil.which(program, path=path or None) or "",
        "found": bool(seek and glob.glob(os.path.expanduser(seek))),  # noqa: PTH111, PTH207 (a whole pattern)
    }


def begin(base: str, card: str, run: int, files: dict[str, str], cwd: str) -> dict[str, Any]:
    """Writes the files and runs `launch.sh` among them, unless this run of the card has had its process."""
    folder = _process(base, card, run)
    outcome = processes.look(folder)
    if outcome.state == "absent":
        for name, text in files.items():
            _write(folder.parent / name, text)
        argv = ["/bin/sh", str(folder.parent / "launch.sh")]
        outcome = processes.start(folder, argv, Path(cwd), apart=True)
    return asdict(outcome)


def look(base: str, sessions: list[tuple[str, int, int]]) -> dict[str, Any]:
    """For each (card, run, position) its state and its output since that position."""
    found = []
    for card, run, position in sessions:
        folder = _process(base, card, run)
        outcome = processes.look(folder)
        if outcome.state != "running":
            _tidy(folder)
        lines, after = processes.lines(folder, position, most=_MOST)
        found.append({"outcome": asdict(outcome), "lines": lines, "position": after})
    return {"sessions": found}


def end(base: str, card: str, run: int, patience: float) -> dict[str, Any]:
    """The result of the process; it is still running if it survived `patience` seconds and the kill."""
    folder = _process(base, card, run)
    outcome = processes.end(folder, patience)
    if outcome.state != "running":
        _tidy(folder)
    return asdict(outcome)


def clear(base: str, card: str) -> dict[str, Any]:
    """Removes the files of the card's processes, unless one is running."""
    folder = _base(base) / "launch" / card
    if all(processes.look(each).state != "running" for each in folder.glob("process.*")):
        shutil.rmtree(folder, ignore_errors=True)
    return {}


def knock(port: int) -> dict[str, Any]:
    """Whether an HTTP server responds on that port here."""
    deadline = time.monotonic() + _KNOCK
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=_KNOCK) as line:
                line.sendall(
                    f"GET /hooks HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
                )
                if line.recv(5) == b"HTTP/":
                    return {"answers": True}
        except OSError:
            pass
        time.sleep(0.1)
    return {"answers": False}


def _base(base: str) -> Path:
    return Path(os.path.expanduser(base)).absolute()  # noqa: PTH111 (as above)


def _process(base: str, card: str, run: int) -> Path:
    return _base(base) / "launch" / card / f"process.{run}"


def _tidy(folder: Path) -> None:
    """A session's instructions, including its token, are not needed after its end."""
    for name in _SECRETS:
        (folder.parent / name).unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text.encode(errors="replace"))
    new.replace(path)


def _git(verb: Any) -> Any:
    return lambda base, **request: verb(_base(base), **request)


_VERBS: dict[str, Any] = {
    "hello": hello,
    "begin": begin,
    "look": look,
    "end": end,
    "clear": clear,
    "knock": knock,
    "repository": _git(checkout.repository),
    "check_out": _git(checkout.check_out),
    "state": _git(checkout.state),
    "remove": _git(checkout.remove),
    "snapshot": _git(checkout.snapshot),
}
