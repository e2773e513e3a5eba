"""Adding worktrees: whole or not at all, and never over something that is there."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.core.model import Worktree
from orchestrator.world.worktrees import GitFailed, GitRefused, add, look
from orchestrator.world.worktrees.repository import open_repository
from tests.conftest import git
from tests.poll import PATIENCE
from tests.world.plots import on_disk, plot, refs


def adding(repo: Path, name: str, *, existing: bool = False, began: bool = False) -> Worktree:
    path = repo.parent / "repo-orch" / name
    return add(repo, path, f"orch/{name}", look(repo).base, existing=existing, began=began)


def test_a_new_branch_starts_at_the_base_and_tracks_nothing(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(repo), "clone")
    clone = tmp_path / "clone"
    git(clone, "config", "branch.autoSetupMerge", "always")
    before = (clone / ".git" / "config").read_text()
    made = adding(clone, "a")
    assert made == Worktree(str(tmp_path / "repo-orch" / "a"), "orch/a", look(clone).base, True, True)
    assert git(Path(made.path), "symbolic-ref", "HEAD") == "refs/heads/orch/a"
    assert on_disk(Path(made.path)) == on_disk(repo)
    assert (clone / ".git" / "config").read_text() == before


def test_forty_at_once_all_succeed(repo: Path) -> None:
    with ThreadPoolExecutor(40) as pool:
        made = list(pool.map(lambda number: adding(repo, f"n{number}"), range(40)))
    assert len({each.path for each in made}) == 40
    assert all(on_disk(Path(each.path)) == on_disk(repo) for each in made)
    assert len(look(repo).checked_out) == 41


def test_one_change_at_a_time_whichever_worktree_it_comes_from(repo: Path) -> None:
    there = plot(repo)
    entered = threading.Event()

    def change() -> None:
        with open_repository(there.path).lock():
            entered.set()

    with ThreadPoolExecutor(1) as pool:
        with open_repository(repo).lock():
            done = pool.submit(change)
            assert not entered.wait(0.3)
        done.result(timeout=PATIENCE)
    assert entered.is_set()


def test_an_existing_branch_is_checked_out_as_it_is(repo: Path) -> None:
    git(repo, "branch", "orch/a")
    git(repo, "commit", "--quiet", "--allow-empty", "--message=two")
    tip = git(repo, "rev-parse", "orch/a")
    made = adding(repo, "a", existing=True)
    assert made.made
    assert not made.made_branch
    assert git(Path(made.path), "rev-parse", "HEAD") == tip


def test_an_existing_branch_and_a_tag_of_its_name_do_not_mix_up(repo: Path) -> None:
    git(repo, "tag", "orch/a")
    git(repo, "commit", "--quiet", "--allow-empty", "--message=two")
    git(repo, "branch", "orch/a")
    path = Path(adding(repo, "a", existing=True).path)
    assert git(path, "symbolic-ref", "HEAD") == "refs/heads/orch/a"
    assert git(path, "rev-parse", "HEAD") == git(repo, "rev-parse", "refs/heads/orch/a")


def test_a_path_that_exists_is_refused_and_left_alone(repo: Path) -> None:
    path = repo.parent / "repo-orch" / "a"
    path.mkdir(parents=True)
    (path / "mine").write_text("precious")
    with pytest.raises(GitRefused, match="already exists"):
        adding(repo, "a")
    assert (path / "mine").read_text() == "precious"
    assert look(repo).branches == {"main"}


def test_a_link_at_the_path_is_refused_even_when_it_dangles(repo: Path) -> None:
    path = repo.parent / "repo-orch" / "a"
    path.parent.mkdir()
    path.symlink_to("nowhere")
    with pytest.raises(GitRefused, match="already exists"):
        adding(repo, "a")


def test_a_branch_that_is_checked_out_is_refused_with_the_place(repo: Path) -> None:
    with pytest.raises(GitRefused, match=str(repo)):
        add(repo, repo.parent / "new", "main", look(repo).base, existing=True)
    assert not (repo.parent / "new").exists()


def test_a_branch_that_is_or_is_not_there_is_refused_where_the_other_was_meant(repo: Path) -> None:
    git(repo, "branch", "orch/a")
    with pytest.raises(GitRefused, match="already exists"):
        adding(repo, "a")
    with pytest.raises(GitRefused, match="no branch named orch/b"):
        adding(repo, "b", existing=True)


def test_a_branch_that_another_ones_name_stands_in_the_way_of_is_refused(repo: Path) -> None:
    git(repo, "branch", "orch")
    with pytest.raises(GitRefused, match="next to the branch orch"):
        adding(repo, "a")
    git(repo, "branch", "-m", "orch", "orch/a/b")
    with pytest.raises(GitRefused, match="next to the branch orch/a/b"):
        adding(repo, "a")


@pytest.mark.parametrize(
    "branch",
    [
        "",
        "-b",
        "--force",
        "--upload-pack=x",
        "a..b",
        "a b",
        "a~1",
        "HEAD",
        "@{-1}",
        "x.lock",
        "a\nb",
        "/a",
        "a\0",
    ],
)
def test_a_branch_name_that_git_forbids_is_refused(repo: Path, branch: str) -> None:
    with pytest.raises(GitRefused, match="is not a valid"):
        add(repo, repo.parent / "new", branch, look(repo).base, existing=False)


@pytest.mark.parametrize("base", ["", "main", "--upload-pack=x", "-h", "abc123", "f" * 39])
def test_a_base_that_is_no_full_commit_id_is_refused(repo: Path, base: str) -> None:
    with pytest.raises(GitRefused, match="full commit id"):
        add(repo, repo.parent / "new", "orch/a", base, existing=False)


def test_a_failed_add_leaves_nothing(repo: Path) -> None:
    before = refs(repo)
    with pytest.raises(GitFailed):
        add(repo, repo.parent / "deep" / "er" / "a", "orch/a", "f" * 40, existing=False)
    assert refs(repo) == before
    assert not (repo.parent / "deep").exists()
    assert look(repo).checked_out == (("main", str(repo)),)


def test_a_failed_add_keeps_a_branch_and_folders_that_were_there(repo: Path) -> None:
    git(repo, "branch", "orch/a")
    (repo.parent / "repo-orch").mkdir(mode=0o500)
    (repo / ".git" / "worktrees").write_text("in the way")
    with pytest.raises(GitFailed):
        adding(repo, "a", existing=True)
    assert "orch/a" in look(repo).branches
    assert (repo.parent / "repo-orch").exists()


def test_an_add_that_is_ended_at_its_time_limit_leaves_nothing(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repo, "config", "filter.slow.smudge", "sleep 1000; cat")
    (repo / ".gitattributes").write_text("*.md filter=slow\n")
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "--message=slow")
    monkeypatch.setattr("orchestrator.world.worktrees.adding.LONG", 1.0)
    monkeypatch.setattr("orchestrator.world.worktrees.command.TIDY_UP", 1.0)
    before = refs(repo)
    with pytest.raises(GitFailed, match="timed out after"):
        adding(repo, "a")
    assert refs(repo) == before
    assert look(repo).checked_out == (("main", str(repo)),)
    assert not (repo.parent / "repo-orch").exists()


def test_after_a_crash_the_same_worktree_is_taken_up_again(repo: Path) -> None:
    made = adding(repo, "a")
    assert adding(repo, "a", began=True) == made
    assert adding(repo, "a") == Worktree(made.path, made.branch, made.base_commit, False, False)


def test_after_a_crash_between_branch_and_worktree_the_branch_is_taken_up(repo: Path) -> None:
    git(repo, "branch", "orch/a")
    assert adding(repo, "a", began=True).made_branch


def test_a_branch_that_went_on_since_is_not_taken_for_a_half_made_one(repo: Path) -> None:
    git(repo, "switch", "--quiet", "--create", "orch/a")
    git(repo, "commit", "--quiet", "--allow-empty", "--message=mine")
    git(repo, "switch", "--quiet", "main")
    with pytest.raises(GitRefused, match="already exists"):
        adding(repo, "a", began=True)


def test_a_worktree_whose_folder_was_deleted_by_hand_is_made_anew_with_its_commits(repo: Path) -> None:
    there = plot(repo)
    tip = there.commit()
    there.path.rename(repo.parent / "moved")
    made = adding(repo, "a", began=True)
    assert git(Path(made.path), "rev-parse", "HEAD") == tip
    assert made.made_branch


def test_another_branch_at_the_path_is_refused(repo: Path) -> None:
    there = plot(repo)
    git(there.path, "switch", "--quiet", "--create", "else")
    with pytest.raises(GitRefused, match="with the branch else checked out"):
        adding(repo, "a", began=True)


def test_a_git_that_outlived_its_hub_is_waited_for(repo: Path) -> None:
    there = plot(repo)
    lock = repo / ".git" / "worktrees" / "a" / "locked"
    lock.write_text("initializing")
    timer = threading.Timer(0.5, lock.unlink)
    timer.start()
    assert adding(repo, "a", began=True).path == str(there.path)
    assert not lock.exists()
    timer.join()


def test_a_worktree_that_stays_half_made_is_told(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plot(repo)
    (repo / ".git" / "worktrees" / "a" / "locked").write_text("initializing")
    monkeypatch.setattr("orchestrator.world.worktrees.adding._WAIT", 0.2)
    with pytest.raises(GitFailed, match="incomplete"):
        adding(repo, "a", began=True)


def test_a_hook_that_fails_leaves_the_worktree_and_says_so(repo: Path) -> None:
    hook = repo / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no licence >&2\nexit 3\n")
    hook.chmod(0o755)
    with pytest.raises(GitFailed, match="no licence") as failed:
        adding(repo, "a")
    assert failed.value.worktree is not None
    assert adding(repo, "a", began=True) == failed.value.worktree


def test_what_a_hook_leaves_running_is_not_waited_for(repo: Path) -> None:
    hook = repo / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nsleep 120 &\necho $! > {repo.parent}/pid\n")
    hook.chmod(0o755)
    adding(repo, "a")
    os.kill(int((repo.parent / "pid").read_text()), signal.SIGKILL)  # raises if it was waited for


def with_submodule(repo: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "--quiet", str(repo), "library")
    git(
        repo,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        str(tmp_path / "library"),
        "lib",
    )
    git(repo, "commit", "--quiet", "--message=submodule")
    return repo


def test_submodules_are_checked_out(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_submodule(repo, tmp_path)
    for name, value in {"COUNT": "1", "KEY_0": "protocol.file.allow", "VALUE_0": "always"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    path = Path(adding(repo, "a").path)
    assert (path / "lib" / "README.md").exists()


def test_submodules_that_fail_leave_the_worktree_and_say_why(repo: Path, tmp_path: Path) -> None:
    with_submodule(repo, tmp_path)
    with pytest.raises(GitFailed, match="transport 'file' not allowed") as failed:
        adding(repo, "a")
    assert failed.value.worktree is not None
    assert Path(failed.value.worktree.path, "README.md").exists()
