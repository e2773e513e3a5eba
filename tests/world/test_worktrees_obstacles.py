"""What stands in the way of a stage that works and merges in a checkout that already exists."""

import os
import time
from pathlib import Path

import pytest

from orchestrator.world import worktrees
from tests.conftest import git


@pytest.fixture
def branch(repo: Path) -> str:
    """A branch that brings `kandev.yml`, `docs/plan.md` and `tool`; the repository is back on main."""
    git(repo, "checkout", "--quiet", "-b", "feature/x")
    (repo / "docs").mkdir(exist_ok=True)
    for name in ("kandev.yml", "docs/plan.md", "tool"):
        (repo / name).write_text("theirs\n")
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "--message", "Bring them")
    git(repo, "checkout", "--quiet", "main")
    return "feature/x"


def put(repo: Path, name: str) -> None:
    (repo / name).parent.mkdir(parents=True, exist_ok=True)
    (repo / name).write_text("mine\n")


@pytest.mark.parametrize(
    "name", ["flow.yml", ".orch/workflows/feature.yml", "docs/other.md", "kandev.yml.bak"]
)
def test_an_untracked_file_that_no_branch_has_is_no_obstacle(repo: Path, branch: str, name: str) -> None:
    put(repo, name)
    assert worktrees.obstacles(repo, repo, [branch]) == ""
    assert worktrees.unclean(repo, repo) == f"1 untracked file ({name})"


@pytest.mark.parametrize("name", ["kandev.yml", "docs/plan.md", "tool/inner.txt", "docs"])
def test_an_untracked_file_that_a_merge_would_overwrite_is_named(repo: Path, branch: str, name: str) -> None:
    put(repo, name)
    said = f"1 untracked file ({name}), which feature/x would overwrite"
    assert worktrees.obstacles(repo, repo, [branch]) == said
    assert worktrees.obstacles(repo, repo, ["no/such", "-bad"]) == "", "of branches that are there"


def test_a_changed_file_and_an_operation_under_way_are_obstacles_whatever_is_merged(
    repo: Path, branch: str
) -> None:
    tracked = git(repo, "ls-files").splitlines()[0]
    (repo / tracked).write_text("changed\n")
    assert worktrees.obstacles(repo, repo) == f"1 changed file ({tracked})"
    git(repo, "checkout", "--quiet", "--", tracked)
    git(repo, "merge", "--quiet", "--no-ff", "--no-commit", branch)
    assert "a merge in progress" in worktrees.obstacles(repo, repo)


def test_an_untracked_repository_within_is_no_obstacle_unless_a_branch_has_something_there(
    repo: Path, branch: str
) -> None:
    for name in ("vendored", "docs"):
        git(repo, "init", "--quiet", name)
    assert worktrees.obstacles(repo, repo) == ""
    assert (
        worktrees.obstacles(repo, repo, [branch])
        == "1 untracked file (docs/), which feature/x would overwrite"
    )


def test_what_was_untracked_before_a_time_is_not_counted_and_what_came_after_is(repo: Path) -> None:
    put(repo, "older.txt")
    since = os.lstat(repo / "older.txt").st_ctime + 0.001
    while time.time() < since + 0.001:
        pass
    put(repo, "newer.txt")
    assert worktrees.unclean(repo, repo, since) == "1 untracked file (newer.txt)"
