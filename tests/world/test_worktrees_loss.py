"""Every kind of work that a removal would lose is seen, and nothing else is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.core.worktrees.repo import Loss
from orchestrator.world.worktrees import GitFailed, GitRefused, loss
from tests.conftest import git
from tests.world.plots import Plot, plot

ALLOW = ("-c", "protocol.file.allow=always")


@pytest.fixture
def there(repo: Path) -> Plot:
    (repo / ".gitignore").write_text("ignored/\n*.log\n")
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "--message=ignore")
    return plot(repo)


def found(there: Plot, *, branch_stays: bool = False) -> Loss:
    return loss(there.repo, there.path, there.branch, "main", branch_stays=branch_stays)


def test_a_fresh_worktree_holds_nothing_to_lose(there: Plot) -> None:
    assert found(there).nothing


def test_ignored_files_that_cannot_be_made_again_are_named(there: Plot) -> None:
    there.write("ignored/a", "longer\n")
    there.write("b.log")
    there.write("ignored/node_modules/x/y")
    assert found(there) == Loss(ignored=("ignored/a", "b.log"))


def test_changed_files_are_named_whether_staged_or_not(there: Plot) -> None:
    there.write("README.md", "changed\n")
    there.write("staged.txt")
    git(there.path, "add", "staged.txt")
    (there.path / ".gitignore").unlink()
    assert found(there) == Loss(changed=(".gitignore", "README.md", "staged.txt"))


def test_untracked_files_are_named_one_by_one_whatever_the_settings_say(there: Plot) -> None:
    git(there.repo, "config", "status.showUntrackedFiles", "no")
    there.write("deep/er/one")
    there.write("deep/two\nlines")
    there.write(b"\xff")
    assert found(there) == Loss(untracked=("deep/er/one", "deep/two\nlines", "\\xff"))


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_git_was_told_not_to_look_at_is_seen(there: Plot, flag: str) -> None:
    git(there.path, "update-index", flag, "README.md")
    there.write("README.md", "changed\n")
    assert git(there.path, "status", "--porcelain") == ""
    assert found(there) == Loss(changed=("README.md",))


def test_a_file_that_a_sparse_checkout_left_out_is_no_loss(there: Plot) -> None:
    git(there.path, "update-index", "--skip-worktree", "README.md")
    (there.path / "README.md").unlink()
    assert found(there).nothing


def test_commits_count_until_the_base_or_a_remote_has_them(there: Plot) -> None:
    commit = there.commit()
    assert found(there).commits == (f"{git(there.repo, 'rev-parse', '--short', commit)} Add work.txt",)
    git(there.repo, "update-ref", "refs/remotes/origin/any", commit)
    assert found(there).nothing
    git(there.repo, "update-ref", "-d", "refs/remotes/origin/any")
    git(there.repo, "merge", "--quiet", "--ff-only", "orch/a")
    assert found(there).nothing


def test_commits_on_another_local_branch_still_count(there: Plot) -> None:
    commit = there.commit()
    git(there.repo, "branch", "other", commit)
    assert len(found(there).commits) == 1


def test_a_squash_merged_branch_is_no_loss(there: Plot) -> None:
    there.commit()
    there.commit("second")
    git(there.repo, "merge", "--quiet", "--squash", "orch/a")
    git(there.repo, "commit", "--quiet", "--message=squashed")
    assert found(there).nothing


def test_a_squash_of_a_part_of_a_branch_still_counts(there: Plot) -> None:
    there.commit()
    git(there.repo, "merge", "--quiet", "--squash", "orch/a")
    git(there.repo, "commit", "--quiet", "--message=squashed")
    there.commit("second")
    assert len(found(there).commits) == 2


def test_a_branch_that_is_the_default_one_does_not_vouch_for_itself(there: Plot) -> None:
    there.commit()
    git(there.repo, "switch", "--quiet", "--ignore-other-worktrees", "orch/a")
    assert not loss(there.repo, there.path, "orch/a", "").nothing


def test_a_base_that_is_no_more_vouches_for_nothing(there: Plot) -> None:
    there.commit()
    assert len(loss(there.repo, there.path, "orch/a", "gone").commits) == 1
    assert len(loss(there.repo, there.path, "orch/a", "--all").commits) == 1


@pytest.mark.sample(2)
@pytest.mark.parametrize("base", ["refs/heads/orch/a", "orch/a~0", "orch/a", "HEAD~0"])
def test_a_base_that_only_the_branch_holds_does_not_vouch_for_it(there: Plot, base: str) -> None:
    there.commit()
    assert len(loss(there.repo, there.path, "orch/a", base).commits) == 1
    tip = git(there.path, "rev-parse", "HEAD")
    assert len(loss(there.repo, there.path, "orch/a", tip).commits) == 1
    git(there.repo, "tag", "kept", tip)
    assert loss(there.repo, there.path, "orch/a", "kept").nothing


def test_commits_of_a_branch_that_stays_are_no_loss(there: Plot) -> None:
    there.commit()
    assert found(there, branch_stays=True).nothing


def test_a_detached_head_with_commits_is_seen(there: Plot) -> None:
    git(there.path, "switch", "--quiet", "--detach")
    assert found(there).nothing
    there.commit()
    assert found(there, branch_stays=True).other == ("a detached HEAD with commits of its own",)
    assert len(found(there, branch_stays=True).commits) == 1


def test_another_branch_with_commits_is_named(there: Plot) -> None:
    git(there.path, "switch", "--quiet", "--create", "else")
    assert found(there).nothing
    there.commit()
    assert found(there).other == ("another branch (else) checked out, with commits of its own",)


def test_a_branch_without_a_commit_yet_is_dirty_and_no_error(there: Plot) -> None:
    git(there.path, "switch", "--quiet", "--orphan", "bare")
    there.write("new.txt")
    git(there.path, "add", "new.txt")
    assert found(there).changed == ("new.txt",)


def conflict(there: Plot) -> None:
    there.commit("README.md", "ours\n")
    git(there.repo, "switch", "--quiet", "--create", "theirs", "main")
    (there.repo / "README.md").write_text("theirs\n")
    git(there.repo, "commit", "--quiet", "--all", "--message=theirs")
    git(there.repo, "switch", "--quiet", "main")


def fails(there: Plot, *words: str) -> None:
    with pytest.raises(AssertionError):
        git(there.path, *words)


def merging(there: Plot) -> None:
    conflict(there)
    fails(there, "merge", "--quiet", "theirs")


def rebasing(there: Plot) -> None:
    conflict(there)
    fails(there, "rebase", "--quiet", "theirs")


def picking(there: Plot) -> None:
    conflict(there)
    fails(there, "cherry-pick", "theirs")


def reverting(there: Plot) -> None:
    first = there.commit("README.md", "one\n")
    there.commit("README.md", "two\n")
    fails(there, "revert", "--no-edit", first)


def bisecting(there: Plot) -> None:
    git(there.path, "bisect", "start")


def applying(there: Plot) -> None:
    conflict(there)
    (there.repo.parent / "mail").write_text(
        git(there.repo, "format-patch", "--stdout", "main..theirs") + "\n"
    )
    fails(there, "am", str(there.repo.parent / "mail"))


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("begin", "words"),
    [
        (merging, "a merge in progress"),
        (rebasing, "a rebase in progress"),
        (picking, "a cherry-pick in progress"),
        (reverting, "a revert in progress"),
        (bisecting, "a bisect in progress"),
        (applying, "a git am in progress"),
    ],
)
def test_an_operation_under_way_is_named(there: Plot, begin: Callable[[Plot], None], words: str) -> None:
    begin(there)
    assert words in found(there).other


def test_a_repository_inside_is_named(there: Plot) -> None:
    git(there.path, "init", "--quiet", "inner")
    there.write("inner/precious")
    git(there.path / "inner", "add", ".")
    git(there.path / "inner", "-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "--message=x")
    assert found(there).untracked == ("inner/",)
    assert found(there).other == ("a nested repository (inner/)",)


def test_a_worktree_inside_even_an_ignored_one_is_named(there: Plot) -> None:
    inner = there.path / "ignored" / "inner"
    git(there.repo, "worktree", "add", "--quiet", str(inner))
    assert found(there).other == (f"another worktree inside it ({inner})",)


@pytest.fixture
def lib(there: Plot, tmp_path: Path) -> Path:
    """A submodule that is checked out in the worktree and unchanged."""
    git(tmp_path, "clone", "--quiet", str(there.repo), "library")
    git(there.path, *ALLOW, "submodule", "--quiet", "add", str(tmp_path / "library"), "lib")
    git(there.path, "commit", "--quiet", "--message=submodule")
    git(there.repo, "merge", "--quiet", "--ff-only", "orch/a")
    folder = there.path / "lib"
    git(folder, "config", "user.name", "A Person")
    git(folder, "config", "user.email", "person@example.org")
    return folder


def test_a_clean_submodule_is_no_loss(there: Plot, lib: Path) -> None:
    assert found(there).nothing


def test_a_dirty_submodule_is_named_even_where_settings_ignore_it(there: Plot, lib: Path) -> None:
    git(there.repo, "config", "submodule.lib.ignore", "all")
    (lib / "new").write_text("x")
    assert found(there).other == ("uncommitted changes in the submodule lib",)


def test_a_submodule_at_another_commit_is_a_change_even_where_settings_ignore_it(
    there: Plot, lib: Path
) -> None:
    git(there.repo, "config", "submodule.lib.ignore", "all")
    git(lib, "switch", "--quiet", "--detach", "HEAD~1")
    assert found(there) == Loss(changed=("lib",))


def test_an_unpushed_commit_in_a_submodule_is_named(there: Plot, lib: Path) -> None:
    git(lib, "commit", "--quiet", "--allow-empty", "--message=mine")
    git(lib, "switch", "--quiet", "--detach", "HEAD~1")  # only a branch of the submodule has it now
    assert found(there).other == ("unpushed commits in the submodule lib",)


def test_a_stash_in_a_submodule_is_named(there: Plot, lib: Path) -> None:
    (lib / "README.md").write_text("changed\n")
    git(lib, "stash", "--quiet")
    assert found(there).other == ("unpushed commits in the submodule lib",)


def test_work_in_a_submodule_that_is_no_longer_checked_out_is_named(there: Plot, lib: Path) -> None:
    git(lib, "commit", "--quiet", "--allow-empty", "--message=mine")
    git(there.path, "submodule", "--quiet", "deinit", "--force", "lib")
    assert found(there).other == ("unpushed commits in the submodule lib",)


def test_files_in_a_submodule_that_is_not_initialised_are_named(there: Plot, lib: Path) -> None:
    git(there.path, "submodule", "--quiet", "deinit", "--force", "lib")
    there.write("lib/precious")
    assert git(there.path, "status", "--porcelain") == ""
    assert found(there).other == ("files in the submodule lib, which is not initialised",)


def test_a_repository_that_was_added_as_if_a_submodule_is_looked_into(there: Plot) -> None:
    git(there.path, "clone", "--quiet", str(there.repo), "inner")
    inner = there.path / "inner"
    git(inner, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "--allow-empty", "-m", "x")
    git(there.path, "-c", "advice.addEmbeddedRepo=false", "add", "inner")
    assert "unpushed commits in the submodule inner" in found(there).other


def test_of_a_folder_that_is_gone_only_commits_count(there: Plot) -> None:
    there.commit()
    there.write("dirt")
    there.path.rename(there.repo.parent / "moved")
    assert found(there).untracked == ()
    assert len(found(there).commits) == 1


def test_a_folder_that_is_no_worktree_of_ours_is_refused(there: Plot) -> None:
    git(there.repo.parent, "clone", "--quiet", str(there.repo), "clone")
    with pytest.raises(GitRefused, match="not a worktree"):
        loss(there.repo, there.repo.parent / "clone", "main", "")
    with pytest.raises(GitRefused, match="not a worktree"):
        loss(there.repo, there.path / "..", "main", "")


def test_a_worktree_whose_git_file_was_lost_is_refused_and_not_taken_for_its_parent(repo: Path) -> None:
    inside = Plot(repo, repo / "trees" / "a", "orch/a")
    git(repo, "worktree", "add", "--quiet", "-b", "orch/a", str(inside.path))
    (inside.path / ".git").unlink()
    inside.write("precious")
    with pytest.raises(GitRefused, match="no longer a worktree"):
        found(inside)


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_a_folder_that_cannot_be_read_is_a_failure_not_an_empty_answer(there: Plot) -> None:
    there.write("closed/precious").parent.chmod(0)
    try:
        with pytest.raises(GitFailed, match="cannot read all"):
            found(there)
    finally:
        (there.path / "closed").chmod(0o700)
