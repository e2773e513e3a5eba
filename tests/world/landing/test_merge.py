"""Merging a card's branch into its base, wherever that is checked out."""

from pathlib import Path
from typing import Any

import pytest

from orchestrator.world.worktrees import GitFailed, GitRefused
from orchestrator.world.worktrees.landing import proof
from tests.conftest import git
from tests.world.landings import land
from tests.world.plots import Plot, on_disk, plot, refs


@pytest.fixture
def there(repo: Path) -> Plot:
    made = plot(repo)
    made.commit()
    return made


def merged(there: Plot, **more: Any) -> str:
    return land(there.repo, there.branch, "main", "Merge it\n\nAnd say why.", **more)


def away(there: Plot) -> None:
    """Leaves `main` checked out nowhere."""
    git(there.repo, "switch", "--quiet", "--create", "elsewhere")


def in_the_way(there: Plot) -> None:
    """A commit on `main` that conflicts with the branch."""
    (there.repo / "work.txt").write_text("otherwise\n")
    git(there.repo, "add", ".")
    git(there.repo, "commit", "--quiet", "--message=otherwise")


def hook(there: Plot, name: str, script: str) -> None:
    file = there.repo / ".git" / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.mark.parametrize("checked_out", [True, False])
def test_the_base_gets_a_merge_commit_of_both(there: Plot, checked_out: bool) -> None:
    ours, theirs = refs(there.repo)["refs/heads/main"], refs(there.repo)["refs/heads/orch/a"]
    if not checked_out:
        away(there)
    commit = merged(there)
    assert refs(there.repo)["refs/heads/main"] == commit
    assert git(there.repo, "rev-parse", f"{commit}^@").splitlines() == [ours, theirs]
    assert git(there.repo, "log", "-1", "--format=%B|%an", commit) == "Merge it\n\nAnd say why.\n|A Person"
    assert (there.repo / "work.txt").exists() == checked_out


@pytest.mark.parametrize("checked_out", [True, False])
def test_what_is_merged_already_changes_nothing(there: Plot, checked_out: bool) -> None:
    if not checked_out:
        away(there)
    commit = merged(there)
    assert merged(there) == commit


@pytest.mark.parametrize("checked_out", [True, False])
def test_a_conflict_is_refused_with_the_files_and_changes_nothing(there: Plot, checked_out: bool) -> None:
    in_the_way(there)
    if not checked_out:
        away(there)
    (there.repo / "untracked").write_text("mine")
    before = refs(there.repo), on_disk(there.repo), git(there.repo, "status", "--porcelain")
    with pytest.raises(GitRefused, match=r"both changed work\.txt"):
        merged(there)
    assert (refs(there.repo), on_disk(there.repo), git(there.repo, "status", "--porcelain")) == before
    assert not (there.repo / ".git" / "MERGE_HEAD").exists()


def test_a_base_with_uncommitted_changes_is_refused_and_left_alone(there: Plot) -> None:
    (there.repo / "README.md").write_text("mine\n")
    before = refs(there.repo)
    with pytest.raises(GitRefused, match=r"uncommitted changes \(README\.md\)"):
        merged(there)
    assert (there.repo / "README.md").read_text() == "mine\n"
    assert refs(there.repo) == before


def test_untracked_files_do_not_hinder_but_are_never_overwritten(there: Plot) -> None:
    (there.repo / "untracked").write_text("mine")
    (there.repo / "work.txt").write_text("mine")
    with pytest.raises(GitRefused, match=r"work\.txt"):
        merged(there)
    assert (there.repo / "work.txt").read_text() == "mine"
    (there.repo / "work.txt").unlink()
    merged(there)
    assert (there.repo / "untracked").read_text() == "mine"


def test_an_operation_under_way_in_the_base_is_refused(there: Plot) -> None:
    git(there.repo, "bisect", "start")
    with pytest.raises(GitRefused, match="a bisect in progress"):
        merged(there)


def test_a_base_that_is_being_rebased_is_refused(there: Plot) -> None:
    git(there.repo, "switch", "--quiet", "--create", "other")
    (there.repo / "README.md").write_text("other\n")
    git(there.repo, "commit", "--quiet", "--all", "--message=other")
    git(there.repo, "switch", "--quiet", "main")
    (there.repo / "README.md").write_text("main\n")
    git(there.repo, "commit", "--quiet", "--all", "--message=main")
    with pytest.raises(AssertionError):
        git(there.repo, "rebase", "--quiet", "other")
    before = refs(there.repo)
    with pytest.raises(GitRefused, match="rebase"):
        merged(there)
    assert refs(there.repo) == before


def test_the_users_hooks_run_and_may_say_no(there: Plot) -> None:
    hook(there, "pre-merge-commit", "echo not on a Friday >&2; exit 1")
    before = refs(there.repo), on_disk(there.repo)
    with pytest.raises(GitFailed, match="not on a Friday"):
        merged(there)
    assert (refs(there.repo), on_disk(there.repo)) == before
    assert git(there.repo, "status", "--porcelain") == ""


def test_a_hook_that_hangs_is_ended_and_the_base_put_back(
    there: Plot, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(there, "pre-merge-commit", "exec sleep 1000")
    monkeypatch.setattr("orchestrator.world.worktrees.command.TIDY_UP", 0.2)
    before = refs(there.repo), on_disk(there.repo)
    with pytest.raises(GitFailed, match="timed out after"):
        merged(there, hooks_limit=1.0)
    assert (refs(there.repo), on_disk(there.repo)) == before
    assert git(there.repo, "status", "--porcelain") == ""


def test_settings_that_would_leave_no_merge_commit_do_not_count(there: Plot) -> None:
    git(there.repo, "config", "branch.main.mergeOptions", "--squash --no-commit")
    git(there.repo, "config", "merge.ff", "only")
    assert len(git(there.repo, "rev-parse", f"{merged(there)}^@").splitlines()) == 2


def test_a_branch_that_is_not_there_is_refused(there: Plot) -> None:
    for branch, base in (("none", "main"), ("orch/a", "none")):
        with pytest.raises(GitRefused, match=r"no (local )?branch (named )?none"):
            land(there.repo, branch, base, "m")


def test_a_symbolic_ref_is_not_landed_on_and_its_branch_is_named(there: Plot) -> None:
    git(there.repo, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    before = refs(there.repo)
    with pytest.raises(GitRefused, match=r"alias is another name for main .*--into main"):
        land(there.repo, there.branch, "alias")
    assert refs(there.repo) == before
    assert git(there.repo, "status", "--porcelain") == ""


def test_removing_a_branch_that_is_a_symbolic_ref_leaves_the_other_branch(there: Plot) -> None:
    git(there.repo, "symbolic-ref", f"refs/heads/{there.branch}", "refs/heads/main")
    git(there.repo, "switch", "--quiet", "--detach")
    main = git(there.repo, "rev-parse", "main")
    there.remove(rescue=True)
    found = refs(there.repo)
    assert found.pop("refs/heads/main") == main
    assert there.branch not in found


@pytest.mark.parametrize("name", ["-X", "--upload-pack=x", "main..x", ""])
def test_names_that_are_no_branches_are_refused(there: Plot, name: str) -> None:
    for branch, base in ((name, "main"), ("orch/a", name)):
        with pytest.raises(GitRefused, match="is not a valid"):
            land(there.repo, branch, base, "m")


def test_a_message_that_reads_as_an_option_is_a_message(there: Plot) -> None:
    commit = land(there.repo, there.branch, "main", "--abort")
    assert git(there.repo, "log", "-1", "--format=%s", commit) == "--abort"


def test_without_an_identity_gits_words_are_shown(there: Plot) -> None:
    git(there.repo, "config", "--unset", "user.name")
    git(there.repo, "config", "--unset", "user.email")
    git(there.repo, "config", "user.useConfigOnly", "true")
    before = refs(there.repo)
    with pytest.raises(GitFailed, match=r"user\.email"):
        merged(there)
    away(there)
    with pytest.raises(GitFailed, match=r"user\.email"):
        merged(there)
    assert refs(there.repo)["refs/heads/main"] == before["refs/heads/main"]
    assert not (there.repo / ".git" / "MERGE_HEAD").exists()


def test_a_git_too_old_to_merge_without_a_worktree_merges_in_one_of_its_own(
    there: Plot, monkeypatch: pytest.MonkeyPatch
) -> None:
    away(there)
    monkeypatch.setattr(proof, "at_least", lambda major, minor: (major, minor) < (2, 38))
    commit = merged(there)
    assert refs(there.repo)["refs/heads/main"] == commit
    assert merged(there) == commit
