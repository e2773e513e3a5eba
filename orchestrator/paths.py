"""Paths of orch: one state directory, one tmux socket, one user config file."""

import fcntl
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

# A Unix socket's address has 108 bytes on Linux and 104 on macOS, including the terminating zero.
_SOCKET_PATH_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Home:
    """The state directory of one hub, and the names of the files in it.

    Reading paths creates nothing; `make()` creates the directory with mode 0700.
    """

    root: Path
    tmux_socket: str
    """The name given to `tmux -L`."""

    @classmethod
    def from_environment(cls) -> "Home":
        """`ORCH_HOME` and `ORCH_TMUX_SOCKET`, else the platform's state directory and `orch`."""
        if given := os.environ.get("ORCH_HOME"):
            root = Path(given).expanduser().absolute()
        else:
            import platformdirs  # 20 ms that most calls in a test or a container need not spend

            root = Path(platformdirs.user_state_dir("orch"))
        return cls(root, os.environ.get("ORCH_TMUX_SOCKET") or "orch")

    def make(self) -> None:
        """Creates the directory for its owner alone; closes one that others could read.

        Raises `PermissionError` for a directory that another user may have written to.
        """
        for folder in dict.fromkeys((self.root, self.socket.parent)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            check(folder)
            if stat.S_IMODE(folder.stat().st_mode) != 0o700:
                folder.chmod(0o700)

    def check(self) -> None:
        """Raises `PermissionError` as `make` does; creates and changes nothing."""
        for folder in dict.fromkeys((self.root, self.socket.parent)):
            if os.path.lexists(folder):
                check(folder)

    def holder(self) -> int:
        """The process that holds the hub's lock; 0 if none does, or its id is not written yet."""
        try:
            with self.lock.open() as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return int(file.read().strip() or 0)
        except (OSError, ValueError):
            pass
        return 0

    @property
    def socket(self) -> Path:
        """The API's Unix socket. In the temporary folder if the path would be too long."""
        wanted = self.root / "hub.sock"
        if len(os.fsencode(wanted)) <= _SOCKET_PATH_LIMIT:
            return wanted
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path("/tmp") / f"orch-{os.getuid()}-{name}" / "hub.sock"  # noqa: S108 (0700, owner checked)

    @property
    def lock(self) -> Path:
        """Locked by the hub as long as it runs."""
        return self.root / "hub.lock"

    @property
    def stopped(self) -> Path:
        """There after `orch hub stop`, until the hub is started again: open boards leave it stopped."""
        return self.root / "hub.stopped"

    @property
    def key(self) -> Path:
        """The key for the cards' tokens."""
        return self.root / "hub.key"

    @property
    def mail_key(self) -> Path:
        """The key with which the hubs of a shared mail store sign messages."""
        return self.root / "mail.key"

    @property
    def port(self) -> Path:
        """The TCP port that the hub chose at its first start."""
        return self.root / "port"

    @property
    def settings(self) -> Path:
        """The settings from the environment in which the hub was started, as JSON; they may contain
        passwords."""
        return self.root / "hub.settings"

    @property
    def log(self) -> Path:
        """The hub's log; `orch hub logs` prints it."""
        return self.root / "hub.log"

    @property
    def last_words(self) -> Path:
        """Why the hub gave up, as text; exists only if it has."""
        return self.root / "hub.failed"

    @property
    def journal(self) -> Path:
        """The events of all cards and runs, in SQLite."""
        return self.root / "journal.db"

    @property
    def notifications(self) -> Path:
        """What was told to people, in SQLite."""
        return self.root / "notifications.db"

    @property
    def push_key(self) -> Path:
        """The private key with which the hub signs for push services."""
        return self.root / "push.pem"

    @property
    def trust(self) -> Path:
        """What a person has allowed repositories to run."""
        return self.root / "trust.json"

    @property
    def phone(self) -> Path:
        """The paired phones, with the hashes of their secrets, and whether the page is on."""
        return self.root / "phone.json"

    @property
    def launches(self) -> Path:
        """Launch files, settings and status line reports: one folder per card. A symlink to the folder of the
        present journal: sessions of another one keep theirs, and are told the path behind the symlink."""
        return self.root / "launch"

    def process(self, card: str, run: int) -> Path:
        """The state of the process of a session without a terminal."""
        return (self.launches / card).resolve() / f"process.{run}"

    def worktree_lock(self, worktree: str) -> Path:
        """Locked by the agent that works in a worktree."""
        name = hashlib.sha256(os.fsencode(os.path.realpath(worktree))).hexdigest()[:16]
        return self.root / "locks" / name

    @property
    def environment(self) -> Path:
        """The last client's environment, for starts that no client requests."""
        return self.root / "environment.json"

    @property
    def ssh_agent(self) -> Path:
        """The symlink to the last client's SSH agent."""
        return self.socket.with_name("ssh-agent.sock")

    @property
    def runs(self) -> Path:
        """The output and the results of the scripts of runs: one folder per run."""
        return self.root / "runs"

    @property
    def letters(self) -> Path:
        """Content of messages that does not fit into an answer, for sessions to read."""
        return self.root / "letters"

    @property
    def diffs(self) -> Path:
        """What git writes when a worktree is compared: one folder of objects for each card."""
        return self.root / "diffs"

    def overlaps(self, repo: str) -> Path:
        """What git writes when the cards of a repository are compared with each other."""
        return self.diffs / f"overlaps-{hashlib.sha256(os.fsencode(repo)).hexdigest()[:16]}"

    @property
    def hosts(self) -> Path:
        """The tunnels from other machines: one folder each."""
        return self.root / "hosts"


def check(folder: Path) -> None:
    """Raises `PermissionError` for a folder that another user may have written to."""
    above = folder.parent.stat()
    shared = bool(above.st_mode & stat.S_IWOTH)
    if folder.is_symlink() and (shared or folder.lstat().st_uid != os.getuid()):
        raise PermissionError(
            f"{folder} is a symbolic link in a folder that others can write to. Remove it, or set ORCH_HOME."
        )
    if shared and not above.st_mode & stat.S_ISVTX:
        raise PermissionError(
            f"{folder.parent} can be written to by every user, who could put another {folder.name} in its "
            f"place. Close it (chmod o-w {folder.parent}), or set ORCH_HOME."
        )
    said = folder.stat()
    if not stat.S_ISDIR(said.st_mode):
        raise PermissionError(f"{folder} is not a directory. Remove it, or set ORCH_HOME.")
    if said.st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to another user. Set ORCH_HOME to a folder of your own.")
    if said.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        for each in folder.iterdir():
            if each.lstat().st_uid != os.getuid():
                raise PermissionError(
                    f"{folder} was open to other users, and {each.name} in it belongs to one. "
                    f"Look at what is in it, then close it (chmod 700 {folder}), or set ORCH_HOME."
                )


def user_config() -> Path:
    """The user's config file: `ORCH_CONFIG`, else `orch/config.toml` in the platform's config directory."""
    if given := os.environ.get("ORCH_CONFIG"):
        return Path(given).expanduser().absolute()
    import platformdirs  # as above

    return Path(platformdirs.user_config_dir("orch")) / "config.toml"


def from_worktree(path: str, cwd: str, worktree: str) -> str:
    """The path relative to the worktree, with `~`, symlinks and `..` resolved; absolute if it is outside, and
    unchanged if there can be no such file."""
    try:
        there = os.path.realpath(Path(cwd) / Path(path).expanduser())
        root = os.path.realpath(worktree)
    except (OSError, RuntimeError, ValueError):
        return path
    for folder in Path(there).parents:
        if str(folder) == root or (str(folder).casefold() == root.casefold() and _same(folder, root)):
            return str(Path(there).relative_to(folder))
    return there


def _same(one: Path, other: str) -> bool:
    """Whether both are one folder, on a case-insensitive file system."""
    try:
        return one.samefile(other)
    except OSError:
        return False
