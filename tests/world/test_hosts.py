"""Another machine, reached by a real sshd on loopback: what runs there, and git's way there and back."""

import ast
import io
import random
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from orchestrator.world import hosts, processes
from orchestrator.world.hosts import Copy, Host, HostAway, HostError, Tunnel, ask, bring_back, carry, unclean
from orchestrator.world.hosts.bundle import bundle
from orchestrator.world.hosts.ssh import command
from orchestrator.world.worktrees import GitRefused, diffs
from tests.conftest import git
from tests.poll import poll
from tests.sshd import Sshd, sshd_in
from tests.world.plots import refs
from tests.world.running import calling

pytestmark = pytest.mark.slow


BASE = "~/.orch host/test"


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    there = sshd_in(tmp_path_factory.mktemp("far") / "big")
    there.start()
    yield there
    there.stop()


@pytest.fixture
def big(sshd: Sshd) -> Host:
    return Host("big", sshd.ssh, "~/.orch host", sys.executable)


@pytest.fixture
def copy(big: Host, repo: Path) -> Copy:
    """Of a branch with a worktree here, beside the repository."""
    git(repo, "worktree", "add", "-q", "-b", "feature/x", str(repo.parent / "here"))
    base = ask(big, "hello", base=BASE, command="git", path="", seek="")["base"]
    return Copy(big, base, repo, "feature/x", "c1")


def here(copy: Copy) -> Path:
    return copy.root.parent / "here"


def commit(tree: Path, name: str, text: str = "work") -> str:
    (tree / name).write_text(text)
    git(tree, "add", name)
    git(tree, "commit", "-qm", f"Add {name}")
    return git(tree, "rev-parse", "HEAD")


# --- calls ----------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_program_is_put_there_once_and_only_for_its_owner(big: Host, sshd: Sshd) -> None:
    said = ask(big, "hello", base=BASE, command="git", path="", seek="~/nothing/*")
    assert (said["git"], said["found"]) == (True, False)
    folder = sshd.home / ".orch host"
    file = folder / bundle()[0]
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    before = file.stat().st_mtime_ns
    assert ask(big, "hello", base=BASE, command="nothing", path="", seek="~/.orch*/*.pyz")["found"]
    assert file.stat().st_mtime_ns == before


def test_the_program_is_written_in_the_python_that_is_asked_for() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle()[1])) as files:
        for name in files.namelist():
            ast.parse(files.read(name), name, feature_version=(3, 10))


def test_what_is_wrong_with_a_host_is_said_in_words(big: Host, tmp_path: Path) -> None:
    with pytest.raises(HostError, match="cannot run sessions") as no_python:
        ask(replace(big, python="python-nowhere"), "knock", port=1)
    assert "python-nowhere" in no_python.value.why
    (tmp_path / "ssh_config").write_text("Host *\n  ProxyCommand false\n")
    with pytest.raises(HostAway, match="big does not respond"):
        ask(replace(big, ssh=("ssh", "-F", str(tmp_path / "ssh_config"), "big")), "knock", port=1)
    with pytest.raises(HostError, match="cannot reach"):
        ask(replace(big, ssh=("/nowhere/ssh", "big")), "knock", port=1)
    with pytest.raises(HostAway, match="big does not respond"):
        ask(replace(big, ssh=("sh", "-c", "exec sleep 60")), "knock", port=1, limit=0.3)


@pytest.mark.long
def test_a_session_runs_once_though_those_who_start_it_are_killed(big: Host, sshd: Sshd) -> None:
    request: dict[str, Any] = {"base": BASE, "card": "c1", "run": 1, "cwd": str(sshd.home)}
    files = {"launch.sh": "echo ran >> effect; echo said; exec 2>&1; sleep 0.3; echo over; exit 7\n"}
    for _ in range(6):
        caller = subprocess.Popen(
            [
                sys.executable,
                "-c",
                _BEGINS,
                *big.ssh,
                big.folder,
                big.python,
                repr({**request, "files": files}),
            ],
            env=calling(),
            start_new_session=True,
        )
        try:
            caller.wait(random.uniform(0.2, 0.9))  # noqa: S311 (any moment will do)
        except subprocess.TimeoutExpired:
            caller.kill()
            caller.wait()
    ask(big, "begin", **request, files=files)

    def seen() -> Any:
        found = ask(big, "look", base=BASE, sessions=[["c1", 1, 0], ["c9", 1, 0]])["sessions"]
        return found if found[0]["outcome"]["state"] == "ended" else None

    first, never = poll(seen, "its end")
    assert (first["outcome"]["exit_code"], first["lines"]) == (7, ["said", "over"])
    assert never["outcome"]["state"] == "absent"
    assert (sshd.home / "effect").read_text() == "ran\n"
    assert not (sshd.home / ".orch host/test/launch/c1/launch.sh").exists()
    begun = ask(big, "begin", **request, files=files)
    assert begun["state"] == "ended"


_BEGINS = """
import ast, sys
from orchestrator.world.hosts import Host, ask
*ssh, folder, python, request = sys.argv[1:]
ask(Host("big", tuple(ssh), folder, python), "begin", **ast.literal_eval(request))
"""


def test_a_session_can_be_ended_from_here(big: Host, sshd: Sshd) -> None:
    request: dict[str, Any] = {"base": BASE, "card": "c2", "run": 1}
    ask(big, "begin", **request, cwd=str(sshd.home), files={"launch.sh": "exec sleep 100\n"})
    folder = sshd.home / ".orch host/test/launch/c2"
    ask(big, "clear", base=BASE, card="c2")
    assert folder.exists(), "it runs"
    assert ask(big, "end", **request, patience=5)["exit_code"] == -15
    ask(big, "clear", base=BASE, card="c2")
    assert not folder.exists()


# --- git ------------------------------------------------------------------------------------------


@pytest.mark.long
def test_what_is_committed_there_is_here_on_the_branch_and_in_its_worktree(copy: Copy) -> None:
    commit(here(copy), "first.txt")
    there = Path(carry(copy, ["main"]))
    assert (there / "first.txt").exists()
    assert git(there, "branch", "--show-current") == "feature/x"
    assert git(there, "rev-parse", "main") == git(copy.root, "rev-parse", "main")
    made = commit(there, "second.txt")
    assert unclean(copy) == ""
    assert bring_back(copy, rescue=True) == hosts.BroughtBranch(made)
    assert (here(copy) / "second.txt").exists()
    assert git(here(copy), "status", "--porcelain") == ""
    third = commit(here(copy), "third.txt")
    assert carry(copy, ["main"]) == str(there)
    assert git(there, "rev-parse", "HEAD") == third
    assert git(copy.root, "remote") == ""


@pytest.mark.long
def test_uncommitted_work_stays_there_and_is_kept_here(copy: Copy) -> None:
    there = Path(carry(copy, []))
    (there / "README.md").write_text("changed")
    (there / "new file.txt").write_text("loose")
    assert unclean(copy) == "1 changed file and 1 untracked file"
    kept = bring_back(copy, rescue=True).rescue
    assert git(copy.root, "show", f"{kept}:new file.txt") == "loose"
    assert bring_back(copy, rescue=True).rescue == kept
    carry(copy, [])
    assert (there / "new file.txt").exists()
    commit(here(copy), "new file.txt", "another")
    with pytest.raises(HostError, match="to the branch"):
        carry(copy, [])
    assert (there / "new file.txt").read_text() == "loose"


@pytest.mark.long
def test_a_branch_that_went_another_way_is_not_moved_and_no_commit_is_lost(copy: Copy) -> None:
    there = Path(carry(copy, []))
    first = commit(there, "there.txt")
    mine = commit(here(copy), "here.txt")
    with pytest.raises(GitRefused, match="cannot fast-forward") as refused:
        bring_back(copy, rescue=True)
    assert copy.kept_as in refused.value.hint
    assert refs(copy.root)[copy.kept_as] == first
    assert git(here(copy), "rev-parse", "HEAD") == mine
    carry(copy, [])  # done again without it: there it makes room, here it keeps its name
    assert git(there, "rev-parse", "HEAD") == mine
    second = commit(there, "again.txt")
    assert bring_back(copy, rescue=True).head == second
    assert first in refs(copy.root).values()


@pytest.mark.long
def test_a_worktree_here_that_is_in_the_way_is_not_touched(copy: Copy) -> None:
    there = Path(carry(copy, []))
    commit(there, "same.txt", "theirs")
    (here(copy) / "same.txt").write_text("mine")
    with pytest.raises(GitRefused, match="cannot fast-forward") as refused:
        bring_back(copy, rescue=True)
    assert "same.txt" in refused.value.why
    assert (here(copy) / "same.txt").read_text() == "mine"
    (here(copy) / "same.txt").unlink()
    bring_back(copy, rescue=True)
    assert (here(copy) / "same.txt").read_text() == "theirs"


def test_a_repository_whose_files_lie_elsewhere_too_is_not_carried(copy: Copy) -> None:
    commit(here(copy), ".gitattributes", "*.bin filter=lfs\n")
    with pytest.raises(GitRefused, match="on another machine") as refused:
        carry(copy, [])
    assert "Git LFS" in refused.value.why


@pytest.mark.long
def test_a_worktree_there_goes_only_when_it_is_clean_and_its_work_is_here(copy: Copy) -> None:
    there = Path(carry(copy, []))
    head = commit(there, "a.txt")
    hosts.forget(copy, "0" * 40)
    assert there.exists()
    (there / "loose.txt").write_text("loose")
    with pytest.raises(HostError):
        hosts.forget(copy, head)
    assert there.exists()
    (there / "loose.txt").unlink()
    hosts.forget(copy, head)
    assert not there.exists()
    with pytest.raises(HostError, match="is missing"):
        unclean(copy)


# --- the way back ---------------------------------------------------------------------------------


class _Hub(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(405)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def hub() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.mark.long
def test_the_way_back_keeps_its_port_when_it_is_opened_again(big: Host, hub: int, tmp_path: Path) -> None:
    tunnel = Tunnel(tmp_path / "big", big, hub)
    try:
        port = tunnel.open(in_use=False)
        assert ask(big, "knock", port=port)["answers"]
        assert Tunnel(tmp_path / "big", big, hub).stands()
        [running] = [folder for folder in (tmp_path / "big").glob("tunnel.*") if folder.is_dir()]
        processes.end(running, 5)
        assert not tunnel.stands()
        assert tunnel.open(in_use=True) == port
        assert (tmp_path / "big/tunnel.json").stat().st_mode & 0o777 == 0o600
    finally:
        tunnel.close()
    assert not tunnel.stands()
    assert not ask(big, "knock", port=port)["answers"]


@pytest.mark.long
def test_a_port_that_somebody_else_has_is_not_taken_for_the_way_back(
    big: Host, hub: int, tmp_path: Path
) -> None:
    tunnel = Tunnel(tmp_path / "big", big, hub)
    (tmp_path / "big").mkdir()
    # on this loopback the hub's own port is one that is taken there
    (tmp_path / "big/tunnel.json").write_text(f'{{"port": {hub}, "target": {hub}, "number": 1}}')
    try:
        with pytest.raises(HostAway, match="no connection back"):
            tunnel.open(in_use=True)
        assert tunnel.open(in_use=False) != hub
    finally:
        tunnel.close()


def test_every_call_is_forbidden_to_ask_for_a_password(big: Host) -> None:
    assert "BatchMode=yes" in command(big)


# --- what changed there ---------------------------------------------------------------------------


def test_the_changes_there_are_seen_here_and_nothing_is_changed_on_either_side(
    copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestrator.world.hosts.snapshots.LARGEST", 1000)
    there = Path(carry(copy, ()))
    commit(there, "committed.txt")
    (there / "README.md").write_text("Changed.\n")
    (there / "new\udcff.txt").write_bytes(b"caf\xe9")
    (there / "large").write_bytes(b"x" * 1001)
    git(there, "add", "README.md")
    index = Path(git(there, "rev-parse", "--absolute-git-dir"), "index").read_bytes()
    before = refs(copy.root)
    store = diffs.object_store(copy.root, tmp_path / "objects")
    for _ in range(2):
        now = hosts.snapshot(copy, store)
        assert now
        found = diffs.compare(store, now, diffs.Scope(base="main"))
    assert [(each.path, each.status, each.untracked, each.too_large) for each in found.files] == [
        ("README.md", "modified", False, False),
        ("committed.txt", "added", False, False),
        ("large", "added", True, True),
        ("new\\xff.txt", "added", True, False),
    ]
    assert [each.subject for each in found.commits] == ["Add committed.txt"]
    assert b"caf\xe9" in b"".join(diffs.patch_parts(store, found.old_tree, found.new_tree))
    assert refs(copy.root) == before
    assert Path(git(there, "rev-parse", "--absolute-git-dir"), "index").read_bytes() == index


def test_a_worktree_that_is_not_there_has_no_changes_to_see(copy: Copy, tmp_path: Path) -> None:
    assert hosts.snapshot(copy, diffs.object_store(copy.root, tmp_path / "objects")) is None
