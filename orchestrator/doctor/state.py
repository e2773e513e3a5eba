"""The hub and its files: the state directory, its permissions, the tmux server, leftover worktrees."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

from orchestrator import __version__
from orchestrator.agents.finding import Finding
from orchestrator.client import Client, OrchError
from orchestrator.core.board.views import CardView
from orchestrator.core.requests.cards import ShowBoard
from orchestrator.core.requests.hub import ShowHub
from orchestrator.paths import Home

_LITTLE_DISK = 5 * 1024**3
_NO_DISK = 300 * 1024**2


def hub(home: Home) -> Iterator[Finding]:
    """Whether it is running. Starts none."""
    try:
        found = Client(home).submit(ShowHub())
    except OrchError:
        if home.last_words.exists():
            said = home.last_words.read_text(encoding="utf-8", errors="replace").strip()
            yield Finding("hub", "fail", f"it gave up: {said}", "Fix that, then: orch hub start")
        else:
            yield Finding("hub", "ok", "not running; started by the next command that needs it")
        return
    what = f"version {found.version}, process {found.pid}, port {found.port}, {found.sessions} sessions"
    if found.version != __version__:
        yield Finding("hub", "warn", f"{what}; this is orch {__version__}", "Run: orch hub restart")
    elif found.trouble:
        verbs = "Then: orch windows adopt WINDOW, or orch windows end WINDOW"
        fix = verbs if found.foreign else "See: orch hub logs"
        yield Finding("hub", "warn", f"{what}; {found.trouble}", fix)
    else:
        yield Finding("hub", "ok", what)


def directory(home: Home) -> Iterator[Finding]:
    """Only the owner may have access."""
    if not home.root.exists():
        yield Finding("state directory", "ok", f"{home.root} will be created at the first start")
        return
    wrong = [said for path, mode in _expected_modes(home) for said in _too_open(path, mode)]
    for what, fix in wrong:
        yield Finding("state directory", "fail", what, fix)
    if not wrong:
        yield Finding("state directory", "ok", f"{home.root}, accessible only to you")


def _expected_modes(home: Home) -> Iterator[tuple[Path, int]]:
    for folder in {home.root, home.socket.parent}:
        yield folder, 0o700
    for path in (home.socket, home.key, home.journal, home.port, home.log):
        yield path, 0o600
    yield home.launches.resolve(), 0o700


def _too_open(path: Path, mode: int) -> Iterator[tuple[str, str]]:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if found.st_uid != os.getuid():
        yield f"{path} belongs to another user", "Move it away, or set ORCH_HOME to a directory of yours."
    elif (has := stat.S_IMODE(found.st_mode)) & ~mode & 0o077:
        yield f"{path} is accessible to others (mode {has:04o})", f"Run: chmod {mode:o} {path}"


def disk(home: Home) -> Iterator[Finding]:
    """The free space at the state directory, also before it exists."""
    there = next(each for each in (home.root, *home.root.parents) if each.exists())
    free = shutil.disk_usage(there).free
    what = f"{free / 1024**3:.1f} GB free at {there}"
    if free < _NO_DISK:
        yield Finding("disk", "fail", what, "Free some space: the journal cannot be written on a full disk.")
    elif free < _LITTLE_DISK:
        yield Finding(
            "disk", "warn", what, "Each worktree is a full checkout: free some space, or remove cards."
        )
    else:
        yield Finding("disk", "ok", what)


def tmux_server(home: Home) -> Iterator[Finding]:
    """Whether the server on our socket responds."""
    if shutil.which("tmux") is None:
        return
    name = f"tmux -L {home.tmux_socket}"
    argv = ["tmux", "-u", "-L", home.tmux_socket, "list-windows", "-a", "-F", "#{window_id}"]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=5, check=False, errors="replace")
    except subprocess.TimeoutExpired:
        yield Finding(
            name, "fail", "the server does not respond", f"End it if nothing is lost: {name} kill-server"
        )
        return
    if done.returncode == 0:
        yield Finding(
            name,
            "ok",
            f"the server has {len(done.stdout.split())} window{'' if len(done.stdout.split()) == 1 else 's'}",
        )
    elif "protocol version" in done.stderr:
        yield Finding(
            name,
            "fail",
            done.stderr.strip(),
            "tmux was upgraded while its server was running: end the sessions first.",
        )
    else:
        yield Finding(name, "ok", "no server running")


def cards(home: Home) -> tuple[CardView, ...] | None:
    """All cards, from the hub; `None` if none is running."""
    try:
        return Client(home).submit(ShowBoard()).cards
    except OrchError:
        return None
