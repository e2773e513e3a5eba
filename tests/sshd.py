"""A real sshd on loopback, started as this user and ended by its pid, as another machine."""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.poll import PATIENCE

_SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
_UP_WITHIN = PATIENCE


@dataclass
class Sshd:
    """`ssh` is the command that leads there; whoever comes has `folder / "home"` as home."""

    folder: Path
    port: int
    ssh: tuple[str, ...]
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def start(self) -> None:
        assert _SSHD
        self._process = subprocess.Popen(
            [_SSHD, "-f", str(self.folder / "sshd_config"), "-D", "-E", str(self.folder / "log")],
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _UP_WITHIN
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                log = self.folder / "log"
                assert time.monotonic() < deadline, log.read_text() if log.exists() else "no sshd"
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Ends it and every connection that it has; what runs there goes on."""
        if self._process is None:
            return
        for pid in _connections(self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._process = None


def sshd_in(folder: Path) -> Sshd:
    """Not started yet. Skips the test where there is no sshd, unless `ORCH_TEST_REQUIRE_SSHD` says that
    there is."""
    if _SSHD is None:
        assert not os.environ.get("ORCH_TEST_REQUIRE_SSHD"), "there is no sshd"
        pytest.skip("there is no sshd (the package openssh-server)")
    folder.mkdir(mode=0o700)
    (folder / "home").mkdir()
    for name in ("host_key", "key"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(words, check=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "authorized_keys").write_text((folder / "key.pub").read_text())
    (folder / "sshd_config").write_text(
        f"""
        Port {port}
        ListenAddress 127.0.0.1
        HostKey {folder}/host_key
        AuthorizedKeysFile {folder}/authorized_keys
        PidFile {folder}/pid
        StrictModes no
        UsePAM no
        PermitRootLogin yes
        PasswordAuthentication no
        ForceCommand exec env HOME={folder}/home sh -c "$SSH_ORIGINAL_COMMAND"
        """
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # an sshd that root starts wants it
    known = (folder / "host_key.pub").read_text()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {known}")
    (folder / "ssh_config").write_text(
        f"""
        Host big
          HostName 127.0.0.1
          Port {port}
          User {getpass.getuser()}
          IdentityFile {folder}/key
          IdentitiesOnly yes
          UserKnownHostsFile {folder}/known_hosts
          StrictHostKeyChecking yes
        """
    )
    return Sshd(folder, port, ("ssh", "-F", str(folder / "ssh_config"), "big"))


def _connections(pid: int) -> list[int]:
    """The processes of sshd's own below this one: the first two below it for each connection."""
    below = [pid]
    for _ in range(2):
        found = subprocess.run(
            ["pgrep", "-P", ",".join(map(str, below)), "-x", "sshd|sshd-session"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        below += [int(each) for each in found.stdout.split() if int(each) not in below]
    return below[1:]
