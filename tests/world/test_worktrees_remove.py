"""Removing a worktree never takes work with it, nor anything that is not its own."""

import itertools
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.world.worktrees import GitFailed, GitRefused, Removal, WouldLose, look, removal, remove
from orchestrator.world.worktrees.rescues import saving
from tests.conftest import git
from tests.examples import examples
from tests.world.plots import AT, STAMP, Plot, in_commit, on_disk, plot, raw_git, refs


@pytest.fixture
def there(repo: Path) -> Plot:
    return plot(repo)


def test_a_clean_and_merged_worktree_goes_with_its_branch(there: Plot) -> None:
    tip = git(there.repo, "rev-parse", there.branch)
    assert there.remove() == Removal(None, branch_removed=True, tip=tip)
    assert not there.path.exists()
    assert look(there.repo).branches == {"main"}
    assert look(there.repo).checked_out == (("main", str(there.repo)),)


def test_ignored_files_that_can_be_made_again_do_not_keep_it(there: Plot) -> None:
    there.commit(".gitignore", "node_modules/\n")
    git(there.repo, "merge", "--quiet", "orch/a")
    there.write("node_modules/x/y")
    there.remove()
    assert not there.path.exists()


def test_a_dirty_worktree_is_never_removed_without_a_rescue(there: Plot) -> None:
    there.write("README.md", "changed\n")
    there.write("new")
    before = on_disk(there.path), refs(there.repo)
    with pytest.raises(WouldLose, match="1 changed file and 1 untracked file") as refused:
        there.remove()
    assert refused.value.loss.untracked == ("new",)
    assert (on_disk(there.path), refs(there.repo)) == before


def test_unmerged_commits_are_never_removed_without_a_rescue(there: Plot) -> None:
    tip = there.commit()
    with pytest.raises(WouldLose, match="1 unmerged, unpushed commit"):
        there.remove()
    assert refs(there.repo)["refs/heads/orch/a"] == tip
    assert there.path.exists()


def test_with_a_rescue_everything_goes_and_everything_is_kept(there: Plot) -> None:
    tip = there.commit()
    there.write("README.md", "changed\n")
    there.write("new")
    files = on_disk(there.path)
    assert there.remove(rescue=True) == Removal(f"refs/orch/rescue/c1/{STAMP}", branch_removed=True, tip=tip)
    assert not there.path.exists()
    assert set(refs(there.repo)) == {"refs/heads/main", f"refs/orch/rescue/c1/{STAMP}"}
    assert in_commit(there.repo, f"refs/orch/rescue/c1/{STAMP}") == files
    assert git(there.repo, "rev-parse", f"refs/orch/rescue/c1/{STAMP}^") == tip


def test_where_nothing_would_be_lost_no_rescue_is_made(there: Plot) -> None:
    assert there.remove(rescue=True).rescue_ref is None


def test_a_branch_that_orch_did_not_make_stays(there: Plot) -> None:
    tip = there.commit()
    assert there.remove(made_branch=False) == Removal(None, branch_removed=False, tip=tip)
    assert refs(there.repo)["refs/heads/orch/a"] == tip


def test_a_branch_that_is_checked_out_elsewhere_stays(there: Plot) -> None:
    git(there.path, "switch", "--quiet", "--detach")
    git(there.repo, "worktree", "add", "--quiet", str(there.repo.parent / "other"), "orch/a")
    assert not there.remove().branch_removed
    assert "orch/a" in look(there.repo).branches


def test_a_worktree_on_another_branch_leaves_that_branch(there: Plot) -> None:
    git(there.path, "switch", "--quiet", "--create", "else")
    tip = there.commit()
    there.remove(rescue=True)
    assert refs(there.repo)["refs/heads/else"] == tip


def test_the_main_worktree_is_never_removed(repo: Path) -> None:
    with pytest.raises(GitRefused, match="main worktree"):
        remove(repo, repo, "main", made_branch=True, base="", rescue_as="c1", at=AT)
    assert (repo / "README.md").exists()


def test_a_locked_worktree_is_refused_with_the_reason(there: Plot) -> None:
    git(there.repo, "worktree", "lock", "--reason", "on a stick", str(there.path))
    with pytest.raises(GitRefused, match="on a stick"):
        there.remove(rescue=True)
    assert there.path.exists()


def test_a_folder_that_is_no_worktree_is_never_removed(there: Plot) -> None:
    stranger = there.path.parent / "stranger"
    stranger.mkdir()
    (stranger / "precious").write_text("x")
    git(there.repo.parent, "clone", "--quiet", str(there.repo), "clone")
    git(there.repo.parent / "clone", "worktree", "add", "--quiet", str(there.path.parent / "theirs"))
    for path in (
        stranger,
        there.repo.parent / "clone",
        there.path.parent / "theirs",
        there.path / "..",
        Path("/"),
    ):
        with pytest.raises(GitRefused):
            remove(there.repo, path, "orch/a", made_branch=True, base="main", rescue_as="c1", at=AT)
    assert (stranger / "precious").exists()
    assert (there.path.parent / "theirs" / "README.md").exists()
    assert "orch/a" in look(there.repo).branches


def test_a_link_to_another_worktree_is_refused(there: Plot) -> None:
    other = plot(there.repo, "b")
    there.path.rename(there.repo.parent / "moved")
    there.path.symlink_to(other.path)
    with pytest.raises(GitRefused):
        there.remove(rescue=True)
    assert (other.path / "README.md").exists()


def test_a_folder_that_is_gone_already_is_forgotten_and_only_that_one(there: Plot) -> None:
    other = plot(there.repo, "b")
    there.path.rename(there.repo.parent / "moved-a")
    other.path.rename(there.repo.parent / "moved-b")
    assert there.remove().branch_removed
    assert [branch for branch, _ in look(there.repo).checked_out] == ["main", "orch/b"]


def test_the_commits_of_a_folder_that_is_gone_are_kept(there: Plot) -> None:
    tip = there.commit()
    git(there.path, "switch", "--quiet", "--detach")
    loose = there.commit("loose")
    there.path.rename(there.repo.parent / "moved")
    with pytest.raises(WouldLose, match="2 unmerged, unpushed commits"):
        there.remove()
    ref = there.remove(rescue=True).rescue_ref
    assert ref
    assert {tip, loose} <= set(git(there.repo, "rev-list", ref).splitlines())


def test_where_folder_and_registration_are_gone_the_branch_still_goes_safely(there: Plot) -> None:
    there.commit()
    git(there.repo, "worktree", "remove", str(there.path))
    with pytest.raises(WouldLose):
        there.remove()
    removed = there.remove(rescue=True)
    assert removed.branch_removed
    assert removed.rescue_ref
    assert there.remove() == Removal(None, branch_removed=False)


def test_a_worktree_with_a_clean_submodule_goes(there: Plot, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(there.repo), "library")
    allow = ("-c", "protocol.file.allow=always")
    git(there.path, *allow, "submodule", "--quiet", "add", str(tmp_path / "library"), "lib")
    git(there.path, "commit", "--quiet", "--message=submodule")
    git(there.repo, "merge", "--quiet", "orch/a")
    there.remove()
    assert not there.path.exists()


def test_a_worktree_with_work_in_a_submodule_stays_even_with_a_rescue(there: Plot, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(there.repo), "library")
    allow = ("-c", "protocol.file.allow=always")
    git(there.path, *allow, "submodule", "--quiet", "add", str(tmp_path / "library"), "lib")
    there.write("lib/new")
    with pytest.raises(GitRefused, match="uncommitted changes in the submodule lib"):
        there.remove(rescue=True)
    assert (there.path / "lib" / "new").exists()


def test_a_worktree_inside_another_is_not_taken_along(there: Plot) -> None:
    there.commit(".gitignore", "trees/\n")
    git(there.repo, "merge", "--quiet", "orch/a")
    inner = there.path / "trees" / "inner"
    git(there.repo, "worktree", "add", "--quiet", str(inner))
    (inner / "precious").write_text("x")
    with pytest.raises(GitRefused, match="another worktree inside it"):
        there.remove(rescue=True)
    assert (inner / "precious").exists()


def test_a_worktree_that_is_written_to_after_the_rescue_stays(
    there: Plot, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.write("new")
    save = saving.save

    def write_late(*arguments: object) -> str:
        ref = save(*arguments)  # type: ignore[arg-type]
        there.write("late", "precious")
        return ref

    monkeypatch.setattr(removal, "save", write_late)
    with pytest.raises(GitRefused, match=f"changed while.*refs/orch/rescue/c1/{STAMP}"):
        there.remove(rescue=True)
    assert (there.path / "late").read_text() == "precious"


def test_a_branch_that_moved_meanwhile_is_kept(there: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    taking_away = removal._remove_worktree  # noqa: SLF001 (a commit between two steps of a removal)

    def move_late(*arguments: object) -> None:
        taking_away(*arguments)  # type: ignore[arg-type]
        git(
            there.repo,
            "update-ref",
            "refs/heads/orch/a",
            git(there.repo, "commit-tree", "-m", "x", "HEAD^{tree}"),
        )

    monkeypatch.setattr(removal, "_remove_worktree", move_late)
    with pytest.raises(GitFailed, match="still exists"):
        there.remove()
    assert "orch/a" in look(there.repo).branches


def test_the_users_config_is_not_touched(there: Plot) -> None:
    git(there.repo, "config", "branch.orch/a.description", "mine")
    before = (there.repo / ".git" / "config").read_text()
    there.remove()
    assert (there.repo / ".git" / "config").read_text() == before


_numbers = itertools.count(1)
NAMES = st.sampled_from(
    [
        b"a",
        b"b",
        b"d/x",
        b"d/y",
        b"-f",
        b"n\nl",
        "ü💥".encode(),
        b"\xff",
        b"README.md",
        b"skip.log",
        b"d",
        b"e/f/g",
    ]
)
TEXTS = st.binary(max_size=40)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), NAMES, TEXTS),
        st.tuples(st.just("link"), NAMES, st.sampled_from([b"README.md", b"no\xffwhere", b"/etc", b"d"])),
        st.tuples(st.just("executable"), NAMES, st.just(b"")),
        st.tuples(st.just("delete"), NAMES, st.just(b"")),
        st.tuples(st.sampled_from(["stage", "hide"]), NAMES, st.just(b"")),
        st.tuples(st.sampled_from(["commit", "detach"]), st.just(b""), st.just(b"")),
    ),
    max_size=12,
)


def take(there: Plot, step: tuple[str, bytes, bytes]) -> None:
    """Takes one step of somebody's work; one that can't be taken is left out."""
    verb, name, text = step
    file = there.path / os.fsdecode(name)
    try:
        match verb:
            case "write":
                there.write(name, text)
            case "link":
                file.parent.mkdir(parents=True, exist_ok=True)
                file.symlink_to(os.fsdecode(text))
            case "executable":
                file.chmod(0o755) if not file.is_symlink() else None
            case "delete":
                file.unlink()
            case "stage":
                raw_git(there.path, "add", "--", os.fsdecode(name))
            case "hide":
                raw_git(there.path, "update-index", "--assume-unchanged", "--", os.fsdecode(name))
            case "commit":
                raw_git(there.path, "commit", "--quiet", "--allow-empty", "--message=step")
            case "detach":
                raw_git(there.path, "switch", "--quiet", "--detach")
    except (OSError, subprocess.CalledProcessError):
        return


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_the_state_every_byte_is_in_the_rescue_or_in_the_base(
    repo: Path, steps: list[tuple[str, bytes, bytes]]
) -> None:
    (repo / ".gitignore").write_text("*.log\n")
    if git(repo, "status", "--porcelain"):
        git(repo, "add", ".")
        git(repo, "commit", "--quiet", "--message=ignore")
    there = plot(repo, f"p{next(_numbers)}")
    for step in steps:
        take(there, step)
    files = on_disk(there.path)
    staged = {
        line.split()[1].decode() for line in raw_git(there.path, "ls-files", "-sz").split(b"\0") if line
    }
    commits = set(raw_git(there.path, "rev-list", "HEAD", there.branch).decode().split())
    ref = there.remove(rescue=True).rescue_ref or "main"
    assert not there.path.exists()
    assert in_commit(repo, ref) == files
    assert commits <= set(git(repo, "rev-list", ref, "main").splitlines())
    listed = raw_git(repo, "rev-list", "--objects", "--no-object-names", ref, "main")
    kept = set(listed.decode().split())
    assert staged <= kept
