"""A real Redis server of the tests' own: a free port of loopback, a folder of its own, ended by its pid."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.poll import PATIENCE

STARTS_WITHIN_S = PATIENCE


@contextmanager
def running(folder: Path) -> Iterator["RedisServer"]:
    """A server with an empty folder of its own there. Where no Redis is installed the test is skipped."""
    needs_redis()
    folder.mkdir()
    server = RedisServer(folder)
    yield server
    server.kill()


class RedisServer:
    """Starts at once, and can be killed and started again on the same port with what it had kept."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._options = options
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder), "--save", ""]
        words += ["--appendonly", "yes", "--appendfsync", "always", "--daemonize", "no", *self._options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(["redis-server", *words], stdout=log, stderr=log)
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            said = (self._folder / "log").read_text()
            assert self._process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.02)

    def kill(self) -> None:
        """Ends it without a chance to tidy up."""
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """It takes connections and answers nothing, until `go_on`."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                said = connection.recv(64)
        except OSError:
            return False
        return said.startswith((b"+PONG", b"-NOAUTH"))


def needs_redis() -> None:
    """Skips the test where there is no redis-server, unless the environment asks for one."""
    if shutil.which("redis-server") is None:
        assert os.environ.get("ORCH_TEST_REQUIRE_REDIS") != "1", "redis-server is not installed"
        pytest.skip("redis-server is not installed")
