"""A landing is taken back as long as nobody has built on it; else base and checkouts stay as they are."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.core.model import Gone, Landed, Worktree
from orchestrator.world.worktrees import GitRefused, Wanted, check_back, check_restorable, move_back
from tests.conftest import git
from tests.world.landings import Lander
from tests.world.plots import Plot, plot, refs


@pytest.fixture
def there(repo: Path) -> Plot:
    made = plot(repo)
    made.commit()
    return made


def landed(there: Plot, method: str = "merge") -> Landed:
    lander = Lander(there.repo, Wanted(there.branch, "main", method, "Land it"))
    lander.land()
    assert lander.made is not None
    return lander.made


def commit(repo: Path, name: str = "more.txt") -> None:
    (repo / name).write_text("more\n")
    git(repo, "add", name)
    git(repo, "commit", "--quiet", "--message=more")


def pushed(there: Plot) -> None:
    remote = there.repo.parent / "remote.git"
    git(there.repo, "init", "--quiet", "--bare", str(remote))
    git(there.repo, "remote", "add", "origin", str(remote))
    git(there.repo, "push", "--quiet", "origin", "main")


def moved(there: Plot) -> None:
    commit(there.repo)


def reset(there: Plot) -> None:
    git(there.repo, "switch", "--quiet", "--orphan", "other")
    commit(there.repo)
    git(there.repo, "branch", "--force", "main", "other")


def dirty(there: Plot) -> None:
    (there.repo / "README.md").write_text("mine\n")


def staged(there: Plot) -> None:
    (there.repo / "staged.txt").write_text("mine\n")
    git(there.repo, "add", "staged.txt")


def merging(there: Plot) -> None:
    (there.repo / ".git" / "MERGE_HEAD").write_text(git(there.repo, "rev-parse", "HEAD") + "\n")


def away(there: Plot) -> None:
    git(there.repo, "switch", "--quiet", "--create", "elsewhere")


@pytest.mark.parametrize(
    ("method", "checked_out"),
    [
        ("merge", True),
        ("rebase", False),
        *(pytest.param(*each, marks=pytest.mark.long) for each in (("squash", True), ("rebase", True))),
        *(pytest.param(each, False, marks=pytest.mark.long) for each in ("merge", "squash")),
    ],
)
def test_the_base_and_its_checkout_are_back_and_once_more_changes_nothing(
    there: Plot, method: str, checked_out: bool
) -> None:
    before = refs(there.repo)
    (there.repo / "untracked.txt").write_text("mine\n")
    commit(there.path, "more-work.txt")
    tip = git(there.path, "rev-parse", "HEAD")
    if not checked_out:
        away(there)
    made = landed(there, method)
    for _ in range(2):
        check_back(there.repo, made, {})
        assert move_back(there.repo, made, {}) == before["refs/heads/main"]
    assert refs(there.repo)["refs/heads/main"] == before["refs/heads/main"]
    assert refs(there.repo)["refs/heads/orch/a"] == tip
    assert git(there.repo, "status", "--porcelain") == "?? untracked.txt"
    assert not (there.repo / "work.txt").exists()
    assert "undo " + method in git(there.repo, "reflog", "show", "-1", "main")


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("method", "changed", "why", "hint"),
    [
        ("merge", moved, "main has 1 commit since", "git revert -m 1 {commit}"),
        ("squash", moved, "main has 1 commit since", "git revert {commit}"),
        ("rebase", moved, "main has 1 commit since", "git revert {onto}..{commit}"),
        ("merge", pushed, "origin/main has it: it was pushed", "git revert -m 1 {commit}"),
        ("merge", reset, "main does not have {commit} any more", "git revert"),
        ("merge", dirty, "uncommitted changes (README.md)", "Commit them"),
        ("merge", staged, "uncommitted changes (staged.txt)", "Commit them"),
        ("merge", merging, "a merge in progress", "Finish or abort"),
    ],
)
def test_what_others_have_built_on_or_work_on_is_not_moved(
    there: Plot, method: str, changed: Callable[[Plot], None], why: str, hint: str
) -> None:
    made = landed(there, method)
    changed(there)
    before = refs(there.repo), git(there.repo, "status", "--porcelain")
    for ask in (check_back, move_back):
        with pytest.raises(GitRefused) as refused:
            ask(there.repo, made, {})
        said = refused.value
        words = {"commit": made.commit[:12], "onto": made.onto[:12]}
        assert said.what == "main was not moved back"
        assert why.format(**{**words, "commit": made.commit[:10]}) in said.why
        assert hint.format(**words) in said.hint
    assert (refs(there.repo), git(there.repo, "status", "--porcelain")) == before


def test_a_checkout_in_which_a_session_works_is_left_alone(there: Plot) -> None:
    made = landed(there)
    before = refs(there.repo)
    with pytest.raises(GitRefused, match="where c7 is working"):
        move_back(there.repo, made, {str(there.repo): "c7"})
    assert refs(there.repo) == before


def test_a_file_in_the_way_of_one_that_comes_back_is_not_overwritten(there: Plot) -> None:
    git(there.path, "rm", "--quiet", "README.md")
    git(there.path, "commit", "--quiet", "--message=drop it")
    made = landed(there)
    (there.repo / "README.md").write_text("mine, untracked\n")
    with pytest.raises(GitRefused, match=r"untracked files in the way \(README\.md\)"):
        move_back(there.repo, made, {})
    assert (there.repo / "README.md").read_text() == "mine, untracked\n"


@pytest.mark.parametrize("ignored", [True, False])
def test_a_file_in_place_of_a_folder_that_comes_back_is_not_overwritten(there: Plot, ignored: bool) -> None:
    (there.path / "folder").mkdir()
    there.commit("folder/file.txt")
    landed(there)
    git(there.path, "rm", "--quiet", "folder/file.txt")
    git(there.path, "commit", "--quiet", "--message=Remove it")
    made = landed(there)
    if ignored:
        (there.repo / ".git" / "info" / "exclude").write_text("folder\n")
    (there.repo / "folder").write_text("mine\n")
    with pytest.raises(GitRefused, match=r"untracked files in the way \(folder/file.txt\)"):
        move_back(there.repo, made, {})
    assert (there.repo / "folder").read_text() == "mine\n"
    assert git(there.repo, "rev-parse", "main") == made.commit


def test_a_file_that_the_landing_made_a_folder_comes_back(there: Plot) -> None:
    there.commit("thing", "a file\n")
    landed(there)
    git(there.path, "rm", "--quiet", "thing")
    there.commit("thing/inside.txt")
    made = landed(there)
    move_back(there.repo, made, {})
    assert (there.repo / "thing").read_text() == "a file\n"
    assert git(there.repo, "status", "--porcelain") == ""


def test_what_a_hook_commits_on_top_of_a_landing_is_not_undone_with_it(there: Plot) -> None:
    commit(there.repo)
    hook = there.repo / ".git" / "hooks" / "post-merge"
    hook.parent.mkdir(exist_ok=True)
    bump = "echo 1 > version; git add version; git commit --quiet --message=bump"
    hook.write_text(f"#!/bin/sh\n[ -d .git ] || exit 0\n{bump}\n")
    hook.chmod(0o755)
    made = landed(there)
    assert made.commit != made.onto, "it is known what the landing brought"
    with pytest.raises(GitRefused, match="main has 1 commit since"):
        check_back(there.repo, made, {})


def test_a_remote_branch_whose_name_is_not_utf_8_counts_as_pushed(there: Plot) -> None:
    made = landed(there)
    folder = there.repo / ".git" / "refs" / "remotes" / "origin"
    folder.mkdir(parents=True)
    (folder / "caf\udce9").write_text(f"{made.commit}\n")
    with pytest.raises(GitRefused, match=r"origin/caf\\xe9 has it: it was pushed"):
        check_back(there.repo, made, {})


def test_what_a_killed_git_left_half_done_in_the_checkout_is_completed(there: Plot) -> None:
    (there.path / "README.md").write_text("changed by the branch\n")
    commit(there.path, "second.txt")
    git(there.path, "commit", "--quiet", "--all", "--message=both")
    made = landed(there)
    git(there.repo, "update-ref", "refs/heads/main", made.onto, made.commit)
    (there.repo / "README.md").write_text(git(there.repo, "show", f"{made.onto}:README.md") + "\n")
    (there.repo / "second.txt").unlink()
    move_back(there.repo, made, {})
    assert git(there.repo, "status", "--porcelain") == ""


def test_what_a_person_wrote_there_after_such_a_kill_is_kept(there: Plot) -> None:
    made = landed(there)
    git(there.repo, "update-ref", "refs/heads/main", made.onto, made.commit)
    (there.repo / "work.txt").write_text("mine\n")
    move_back(there.repo, made, {})
    assert (there.repo / "work.txt").read_text() == "mine\n"


def removed(there: Plot) -> Gone:
    """The worktree removed, and its branch with it."""
    tree = Worktree(str(there.path), there.branch, git(there.repo, "rev-parse", "main"), made=True)
    tip = git(there.path, "rev-parse", "HEAD")
    git(there.repo, "worktree", "remove", "--force", str(there.path))
    git(there.repo, "branch", "--quiet", "-D", there.branch)
    return Gone(tree, tip)


def _folder(there: Plot, _gone: Gone) -> None:
    there.path.mkdir()


def _branch(there: Plot, _gone: Gone) -> None:
    git(there.repo, "branch", there.branch, "main")


def _branch_elsewhere(there: Plot, gone: Gone) -> None:
    git(there.repo, "worktree", "add", "--quiet", "-b", there.branch, str(there.path.parent / "x"), gone.tip)


def _commits(there: Plot, _gone: Gone) -> None:
    git(there.repo, "reflog", "expire", "--expire=now", "--all")
    git(there.repo, "gc", "--quiet", "--prune=now")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (_folder, "something else is there by now"),
        (_branch, "by now"),
        (_branch_elsewhere, "is checked out in"),
        (_commits, "the commits of orch/a are gone"),
    ],
)
def test_a_worktree_whose_place_is_taken_is_not_restored(
    there: Plot, changed: Callable[[Plot, Gone], None], why: str
) -> None:
    gone = removed(there)
    check_restorable(there.repo, gone)
    changed(there, gone)
    before = refs(there.repo)
    with pytest.raises(GitRefused) as refused:
        check_restorable(there.repo, gone)
    assert why in refused.value.why
    assert refs(there.repo) == before


def test_a_dropped_rescue_is_not_passed_over(there: Plot) -> None:
    gone = removed(there)
    with pytest.raises(GitRefused, match="was dropped"):
        check_restorable(there.repo, Gone(gone.worktree, gone.tip, "refs/orch/rescue/c1/now"))
