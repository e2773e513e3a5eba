"""A rescue as a patch: applied to the commit that it names, it gives all that the rescue holds."""

from pathlib import Path

import pytest

from orchestrator.world.worktrees import GitRefused, compared_with, rescue, whole_patch
from tests.conftest import git
from tests.world.plots import AT, Plot, in_commit, plot
from tests.world.test_worktrees_rescue import ODD_NAMES


@pytest.fixture
def there(repo: Path) -> Plot:
    made = plot(repo)
    made.commit()
    made.write("README.md", b"\r\nmixed\nendings\r\n")
    made.write("binary", bytes(range(256)) * 40)
    made.write("empty", b"")
    made.write("no-newline", b"end")
    made.write("script").chmod(0o755)
    (made.path / "link").symlink_to("deep/er")
    for name in ODD_NAMES:
        made.write(name, name)
    return made


def applied(there: Plot, against: str, patch: bytes) -> str:
    """The commit that the patch makes of another."""
    file, place = there.repo.parent / "it.patch", there.repo.parent / "applied"
    file.write_bytes(b"Rescue: it\nApplies to: it\n\n" + patch)
    git(there.repo, "worktree", "add", "--quiet", "--detach", str(place), against)
    git(place, "apply", "--index", "--whitespace=nowarn", str(file))
    git(place, "commit", "--quiet", "--message=applied")
    return git(place, "rev-parse", "HEAD")


@pytest.mark.sample(1)
@pytest.mark.parametrize("base", ["", "HEAD~0", "orch/a"])
def test_the_patch_holds_commits_changed_untracked_and_binary_files(there: Plot, base: str) -> None:
    ref = rescue(there.repo, there.path, "c1", AT)
    (there.repo / "later.txt").write_text("later\n")
    git(there.repo, "add", ".")
    fork = git(there.repo, "rev-parse", "main")
    git(there.repo, "commit", "--quiet", "--message=the base moves on")
    against, commit = compared_with(there.repo, ref, base)
    assert against == (git(there.repo, "rev-parse", "orch/a") if base == "orch/a" else fork)
    patch = b"".join(whole_patch(there.repo, against, commit))
    assert in_commit(there.repo, applied(there, against, patch)) == in_commit(there.repo, ref)


def test_a_base_that_does_not_exist_is_refused(there: Plot) -> None:
    ref = rescue(there.repo, there.path, "c1", AT)
    for base in ("nowhere", "-x", "--output=/tmp/x"):
        with pytest.raises(GitRefused, match="no branch or commit"):
            compared_with(there.repo, ref, base)
