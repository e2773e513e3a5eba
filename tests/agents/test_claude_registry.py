"""The registry of running sessions, read while others write it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.agents.claude_code.registry import Registry
from orchestrator.core.sessions.signals import RegistrySaid

ENTRY = json.loads((Path(__file__).parent / "recorded/registry.json").read_text())
LINUX = sys.platform == "linux"


def start_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19] if LINUX else "then"


class Sessions:
    """A config directory, and the hand that writes its registry as Claude Code does: in place."""

    def __init__(self, config_dir: Path) -> None:
        self.folder = config_dir / "sessions"
        self.folder.mkdir()

    def file(self, pid: int) -> Path:
        return self.folder / f"{pid}.json"

    def write(self, status: str, pid: int | None = None, **fields: object) -> None:
        pid = os.getpid() if pid is None else pid
        said = {**ENTRY, "pid": pid, "procStart": start_of(pid), "status": status, **fields}
        self.file(pid).write_text(json.dumps(said))


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path)


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "100"]) as child:
        yield child
        child.kill()


def test_an_entry_says_what_claude_code_wrote(tmp_path: Path, sessions: Sessions) -> None:
    sessions.write("waiting", waitingFor="permission prompt", statusUpdatedAt=1795342439303)
    (entry,) = Registry(tmp_path).poll().entries
    session = ENTRY["sessionId"]
    expected = RegistrySaid(
        1795342439.303, "waiting", "permission prompt", session, os.getpid(), ENTRY["version"], "permission"
    )
    assert entry.said() == expected
    assert entry.cwd == "/home/ada/shop"


def test_only_what_changed_is_told_again(tmp_path: Path, sessions: Sessions) -> None:
    registry = Registry(tmp_path)
    sessions.write("busy")
    assert [each.status for each in registry.poll().entries] == ["busy"]
    assert registry.poll().entries == ()
    sessions.write("idle")
    assert [each.status for each in registry.poll().entries] == ["idle"]


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path, sessions: Sessions) -> None:
    registry = Registry(tmp_path)
    sessions.write("busy")
    file = sessions.file(os.getpid())
    before = file.stat()
    registry.poll()
    sessions.write("idle")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert [each.status for each in registry.poll().entries] == ["idle"]


def test_a_file_that_has_long_been_still_is_not_read_again(
    tmp_path: Path, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry(tmp_path)
    sessions.write("idle")
    file = sessions.file(os.getpid())
    os.utime(file, (1_000_000_000, 1_000_000_000))
    registry.poll()

    def no_reading(path: Path) -> bytes:
        raise AssertionError(f"{path} was read again")

    monkeypatch.setattr(Path, "read_bytes", no_reading)
    registry.poll()


def test_a_half_written_file_changes_nothing_and_is_read_again(tmp_path: Path, sessions: Sessions) -> None:
    registry = Registry(tmp_path)
    sessions.write("busy")
    registry.poll()
    file = sessions.file(os.getpid())
    whole = file.read_text()
    for torn in ("", whole[:40], whole + "}"):
        file.write_text(torn)
        assert registry.poll() == type(registry.poll())((), ())
    sessions.write("idle")
    assert [each.status for each in registry.poll().entries] == ["idle"]


def test_a_session_without_a_status_yet_is_not_told(tmp_path: Path, sessions: Sessions) -> None:
    registry = Registry(tmp_path)
    file = sessions.file(os.getpid())
    file.write_text(json.dumps({"pid": os.getpid(), "sessionId": "s", "procStart": start_of(os.getpid())}))
    assert registry.poll().entries == ()
    sessions.write("idle")
    assert len(registry.poll().entries) == 1


def test_a_word_unknown_to_us_is_kept(tmp_path: Path, sessions: Sessions) -> None:
    sessions.write("dreaming", waitingFor=7, version=None)
    (entry,) = Registry(tmp_path).poll().entries
    assert (entry.status, entry.waiting_for, entry.version) == ("dreaming", "", "")


def test_a_session_that_left_is_gone_once(tmp_path: Path, sessions: Sessions) -> None:
    registry = Registry(tmp_path)
    sessions.write("idle")
    registry.poll()
    sessions.file(os.getpid()).unlink()
    assert registry.poll().gone == (os.getpid(),)
    assert registry.poll().gone == ()


def test_a_killed_session_is_gone_though_its_file_stays(
    tmp_path: Path, sessions: Sessions, process: subprocess.Popen[bytes]
) -> None:
    registry = Registry(tmp_path)
    sessions.write("busy", process.pid)
    assert len(registry.poll().entries) == 1
    process.kill()
    process.wait()
    assert sessions.file(process.pid).exists()
    assert registry.poll().gone == (process.pid,)
    assert registry.poll() == type(registry.poll())((), ())


@pytest.mark.skipif(not LINUX, reason="elsewhere an ended process lives until its parent has noticed")
def test_a_killed_session_is_gone_before_its_parent_has_noticed(
    tmp_path: Path, sessions: Sessions, process: subprocess.Popen[bytes]
) -> None:
    registry = Registry(tmp_path)
    sessions.write("busy", process.pid)
    registry.poll()
    process.kill()
    stat = Path(f"/proc/{process.pid}/stat")
    while stat.read_text().rpartition(")")[2].split()[0] != "Z":
        pass
    assert registry.poll().gone == (process.pid,)


@pytest.mark.skipif(not LINUX, reason="only Linux tells when a process started in the registry's own words")
def test_a_file_left_by_another_process_of_that_pid_is_ignored(tmp_path: Path, sessions: Sessions) -> None:
    registry = Registry(tmp_path)
    sessions.write("busy", procStart="1")
    assert registry.poll().entries == ()
    sessions.write("idle")
    assert [each.status for each in registry.poll().entries] == ["idle"]


def test_other_files_are_not_looked_at(tmp_path: Path, sessions: Sessions) -> None:
    for name in ("12.json.tmp", "x.json", f"{os.getpid()}.abc.key", "0.json", "99999999999999999999.json"):
        (sessions.folder / name).write_text("{}")
    assert Registry(tmp_path).poll().entries == ()


def test_a_machine_where_claude_code_never_ran_has_no_sessions(tmp_path: Path) -> None:
    assert Registry(tmp_path / "nothing").poll().entries == ()
