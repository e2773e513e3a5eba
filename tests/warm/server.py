"""`python -m tests.warm.server ADDRESS PROGRAM`: forks a hub, its boot or a verb for each stub."""

import fcntl
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import struct
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from orchestrator import cli
from orchestrator.core.sessions.environment import DEFAULT, Environment
from orchestrator.hub import __main__ as hub
from orchestrator.hub import boot
from orchestrator.store import codec
from tests.hub import dying_hub

_LOADED_LATE = (
    "git.cmd", "orchestrator.hub.mcp.protocol", "orchestrator.store.mail.sqlite.store",
    "uvicorn.lifespan.off", "uvicorn.protocols.websockets.auto", "anyio._backends._asyncio",
)  # fmt: skip
_ENDS_WITHIN = 15.0


def main(address: str, program: str) -> None:
    _prepare()
    gc.collect()
    gc.freeze()
    woken, wakes = socket.socketpair()
    for end in (woken, wakes):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.set_wakeup_fd(wakes.fileno())
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address + ".new")
    listener.listen(64)
    Path(address + ".new").rename(address)
    children: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        for each in (listener, woken, sys.stdin):
            selector.register(each, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _ in selector.select()]
            if sys.stdin in ready:
                return  # whoever has started it is gone
            if listener in ready:
                client, _ = listener.accept()
                if (pid := os.fork()) == 0:
                    signal.set_wakeup_fd(-1)
                    selector.close()
                    for other in (listener, woken, wakes, *children.values()):
                        other.close()
                    _become(client, program)
                children[pid] = client
            if woken in ready:
                with suppress(BlockingIOError):
                    woken.recv(4096)
                _reap(children)


def _prepare() -> None:
    """Does once what each hub would do for itself in its first seconds: late imports, schemas, patterns."""
    for name in _LOADED_LATE:
        importlib.import_module(name)
    codec.shape_of_state()
    Environment(dict(os.environ)).chosen(DEFAULT)


def _reap(children: dict[int, socket.socket]) -> None:
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            client = children.pop(pid)
            with client, suppress(OSError):
                client.sendall(struct.pack("!i", os.waitstatus_to_exitcode(status)))


def _become(client: socket.socket, program: str) -> None:
    """Does not return."""
    code = 1
    try:
        os.setsid()
        asked, client = _take(client)
        for number in (signal.SIGCHLD, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        words = asked["argv"]
        module = words[words.index("-m") + 1]
        sys.argv = [module, *words[words.index("-m") + 2 :]]
        threading.Thread(target=_obey, args=(client,), daemon=True).start()
        if module == "orchestrator.hub":
            code = hub.main()
        elif module == "tests.hub.dying_hub":
            code = dying_hub.main()
        else:
            if (
                "--headless" not in words
            ):  # a command knows its own hub by the number of the process it has started
                sys.executable = program
            code = boot.main() if module == "orchestrator.hub.boot" else _verb()
    except BaseException:  # noqa: BLE001 (as the interpreter does)
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _verb() -> int:
    try:
        cli.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _take(client: socket.socket) -> tuple[dict[str, Any], socket.socket]:
    """What the stub asks for, and the connection to it, whose number is another now. This process has the
    stub's files, environment and folder from now on."""
    head, fds, _, _ = socket.recv_fds(client, 4, 16)
    (left,) = struct.unpack("!I", head)
    body = b""
    while len(body) < left:
        body += client.recv(left - len(body))
    asked: dict[str, Any] = json.loads(body)
    client = socket.socket(fileno=_moved(client.detach()))
    moved = [_moved(fd) for fd in fds]
    for fd, number in zip(moved, asked["fds"], strict=True):
        os.dup2(fd, number)
        os.close(fd)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    return asked, client


def _moved(fd: int) -> int:
    """Out of the way of the numbers that the stub's files have."""
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 200)
    os.close(fd)
    return moved


def _obey(client: socket.socket) -> None:
    """Passes signals of the stub on; when it is gone, the window is."""
    while said := client.recv(1):
        os.kill(os.getpid(), said[0])
    os.kill(os.getpid(), signal.SIGHUP)
    time.sleep(_ENDS_WITHIN)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
