"""The runner: locks the folder, starts the command, keeps its output, records its result.

It reads its job as JSON from stdin and returns to its caller as soon as the command has started or the folder
turned out to be taken; it continues in the background, ignoring SIGHUP and SIGTERM. It ends when the command
has ended: it does not wait for the command's background processes.
"""

import json
import os
import selectors
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from orchestrator.world.processes import record
from orchestrator.world.processes.identity import identity
from orchestrator.world.processes.output import ERRORS, OUTPUT, Log

_DEAF_TO = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
_QUIET = 0.2
"""Seconds of silence after the command's end, after which its output counts as complete."""
_PATIENCE = 3.0
"""Maximum seconds for which output is read after that, if a background process keeps writing."""


def main() -> None:
    """`runner FOLDER`; exit code 1, with an error on stderr, if it failed."""
    folder = Path(sys.argv[1])
    job = json.loads(sys.stdin.buffer.read())
    hear, say = os.pipe()
    if os.fork():
        os.close(say)
        said = b"".join(iter(lambda: os.read(hear, 4096), b""))
        os.write(2, said)
        os._exit(1 if said else 0)
    os.close(hear)
    os.setsid()
    for each in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), each)
    job["umask"] = os.umask(0o077)
    os.chdir("/")
    try:
        _run(folder, job, say)
    except OSError as why:
        os.write(say, str(why).encode(errors="replace"))
        os._exit(1)


def _run(folder: Path, job: dict[str, Any], say: int) -> None:
    for number in _DEAF_TO:
        signal.signal(number, signal.SIG_IGN)
    me = {"pid": os.getpid(), "identity": identity(os.getpid()), "at": time.time()}
    if not record.take(folder, record.BEGAN, me):
        return
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    out = os.pipe()
    err = os.pipe() if job["apart"] else out
    wait, go = os.pipe()
    child = os.fork()
    if not child:
        os.close(go)
        _become(job, wait, out[1], err[1])
    # recorded before the command starts, so that it never runs unrecorded
    command = {"pid": child, "identity": identity(child)}
    record.write(folder, record.COMMAND, command)
    os.write(go, b"!")
    os.close(say)
    logs = {out[0]: Log(folder, OUTPUT, job["kept"])}
    if err is not out:
        logs[err[0]] = Log(folder, ERRORS, job["kept"])
    for each in {wait, go, out[1], err[1]}:
        os.close(each)
    exit_code = _attend(child, logs, woken)
    _write_down(folder, {**command, "exit_code": exit_code, "ended_at": time.time()})


def _become(job: dict[str, Any], wait: int, out: int, err: int) -> NoReturn:
    """The child's part, up to the command itself."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (*_DEAF_TO, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.umask(job["umask"])
        if os.read(wait, 1):  # nothing arrives if the runner died: then nothing is started
            os.dup2(os.open(job["stdin"] or os.devnull, os.O_RDONLY), 0)
            os.chdir(job["cwd"])
            os.execvpe(job["argv"][0], job["argv"], job["env"])  # noqa: S606 (no shell is what is wanted)
    except OSError as why:
        os.write(2, f"cannot start {job['argv'][0]} in {job['cwd']}: {why}\n".encode(errors="replace"))
    finally:
        os._exit(127)


def _attend(child: int, logs: dict[int, Log], woken: int) -> int:
    """Keeps the output until the child has ended and is quiet; returns its exit code."""
    exit_code: int | None = None
    until = 0.0
    with selectors.DefaultSelector() as selector:
        for each in (*logs, woken):
            selector.register(each, selectors.EVENT_READ)
        while exit_code is None or (logs and time.monotonic() < until):
            ready = selector.select(None if exit_code is None else _QUIET)
            if exit_code is not None and not ready:
                break
            for key, _ in ready:
                text = os.read(key.fd, 65_536)
                if key.fd == woken:
                    ended, status = os.waitpid(child, os.WNOHANG) if exit_code is None else (0, 0)
                    if ended:
                        exit_code = os.waitstatus_to_exitcode(status)
                        until = time.monotonic() + _PATIENCE
                elif text:
                    logs[key.fd].write(text)
                else:
                    selector.unregister(key.fd)
                    del logs[key.fd]
    return exit_code


def _write_down(folder: Path, said: dict[str, Any]) -> None:
    for pause in (1, 1, 2, 5, 10, 30, 60):
        try:
            record.write(folder, record.ENDED, said)
        except FileNotFoundError:  # the folder was removed
            return
        except OSError:  # a full disk, perhaps not for long
            time.sleep(pause)
        else:
            return


if __name__ == "__main__":
    main()
