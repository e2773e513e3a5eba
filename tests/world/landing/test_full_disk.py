"""Landing on a full disk."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.world.worktrees import GitFailed, GitRefused
from orchestrator.world.worktrees.landing import place as landing
from tests.conftest import git
from tests.world.landings import land
from tests.world.plots import refs


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 4 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_full_disk_ends_a_landing_in_words_and_the_base_stays(small: Path, method: str) -> None:
    git(small, "init", "--quiet", "--initial-branch=main", "repo")
    repo = small / "repo"
    git(repo, "config", "user.name", "A Person")
    git(repo, "config", "user.email", "person@example.org")
    git(repo, "commit", "--quiet", "--allow-empty", "--message=first")
    git(repo, "switch", "--quiet", "--create", "orch/a")
    (repo / "big").write_bytes(os.urandom(700_000))
    git(repo, "add", "big")
    git(repo, "commit", "--quiet", "--message=big")
    git(repo, "switch", "--quiet", "main")
    git(repo, "commit", "--quiet", "--allow-empty", "--message=second")
    filler = small / "filler"
    filler.write_bytes(b"x" * (os.statvfs(small).f_bavail * os.statvfs(small).f_bsize - 300_000))
    before = refs(repo)
    with pytest.raises((GitFailed, GitRefused)):
        land(repo, "orch/a", method=method)
    assert refs(repo) == before
    assert git(repo, "status", "--porcelain") == ""
    assert not (repo / ".git" / landing.FOLDER).exists()
    filler.unlink()
    land(repo, "orch/a", method=method)
    assert (repo / "big").stat().st_size == 700_000
