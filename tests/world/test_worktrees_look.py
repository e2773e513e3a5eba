"""What is seen of a repository before anything is done in it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from orchestrator.world.worktrees import (
    GitFailed,
    GitMissing,
    command,
    last_commit_at,
    look,
    loss,
    repository,
    stale,
    version,
)
from tests.conftest import git
from tests.world.plots import plot


def test_any_path_in_a_repository_or_its_worktrees_leads_to_the_main_worktree(repo: Path) -> None:
    there = plot(repo)
    (there.path / "deep" / "er").mkdir(parents=True)
    for path in (repo, repo / "README.md", repo / ".git", there.path, there.path / "deep" / "er"):
        assert look(path).root == str(repo)


def test_a_worktree_that_is_just_being_added_fails_no_look(repo: Path) -> None:
    there = plot(repo)
    lock = repo / ".git" / "worktrees" / there.path.name / "locked"
    lock.mkdir()  # git can't read it, as when the file goes between its two looks
    threading.Timer(0.1, lock.rmdir).start()
    assert dict(look(repo).checked_out)[there.branch] == str(there.path)


def test_a_commit_counts_until_the_end_of_its_second(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "1769860800 +0000")
    there = plot(repo)
    there.commit()
    assert last_commit_at(there.path) == 1_769_860_801.0
    assert last_commit_at(tmp_path) == 0.0, "no repository"


def test_the_default_branch_is_origins_and_resolves_locally_first(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(repo), "clone")
    clone = tmp_path / "clone"
    git(clone, "switch", "--quiet", "--create", "other")
    assert look(clone).default_branch == "main"
    assert look(clone).base == git(clone, "rev-parse", "refs/heads/main")
    git(clone, "branch", "-D", "main")
    assert look(clone).base == git(clone, "rev-parse", "refs/remotes/origin/main")


def test_without_origin_the_current_branch_is_the_default_one(repo: Path) -> None:
    git(repo, "switch", "--quiet", "--create", "topic")
    facts = look(repo)
    assert facts.default_branch == "topic"
    assert facts.branches == {"main", "topic"}
    assert facts.checked_out == (("topic", str(repo)),)
    git(repo, "switch", "--quiet", "--detach")
    assert look(repo).default_branch == ""
    assert look(repo).base == git(repo, "rev-parse", "HEAD")


def test_a_base_may_be_a_branch_a_tag_an_id_or_a_branch_of_origin(repo: Path, tmp_path: Path) -> None:
    head = git(repo, "rev-parse", "HEAD")
    git(repo, "tag", "--annotate", "--message=one", "v1")
    for base in ("main", "v1", head, head[:10], "HEAD"):
        assert look(repo, base).base == head
    git(repo, "branch", "far")
    git(tmp_path, "clone", "--quiet", str(repo), "clone")
    assert look(tmp_path / "clone", "far").base == head


def test_a_branch_goes_before_a_tag_of_the_same_name(repo: Path) -> None:
    git(repo, "tag", "main")
    git(repo, "commit", "--quiet", "--allow-empty", "--message=two")
    assert look(repo, "main").base == git(repo, "rev-parse", "refs/heads/main")


@pytest.mark.parametrize(
    "base",
    [
        "--upload-pack=x",
        "-h",
        "--all",
        "nowhere",
        "^main",
        "main..main",
        "a b",
        "x\0y",
        "x\ny",
        "main:README.md",
    ],
)
def test_a_base_that_is_no_commit_or_reads_as_an_option_does_not_resolve(repo: Path, base: str) -> None:
    facts = look(repo, base)
    assert facts.base == ""
    assert facts.refusal == ""


def test_what_forbids_worktrees_is_told_in_words(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "empty")
    assert "no commit" in look(tmp_path / "empty").refusal
    assert "not in a git repository" in look(tmp_path).refusal
    assert "does not exist" in look(tmp_path / "none").refusal


def test_a_path_in_a_submodule_belongs_to_the_submodule(repo: Path, tmp_path: Path) -> None:
    allow = ("-c", "protocol.file.allow=always")
    git(tmp_path, *allow, "clone", "--quiet", str(repo), "outer")
    outer = tmp_path / "outer"
    git(outer, *allow, "submodule", "--quiet", "add", str(repo), "inner")
    facts = look(outer / "inner")
    assert facts.root == str(outer / "inner")
    assert facts.checked_out == (("main", str(outer / "inner")),)
    git(outer / "inner", "worktree", "add", "--quiet", str(tmp_path / "of-inner"))
    assert look(tmp_path / "of-inner").root == str(outer / "inner")


def test_a_git_directory_kept_elsewhere_is_refused_only_where_it_hides_the_main_worktree(
    repo: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "--quiet", "--separate-git-dir", str(tmp_path / "gd"), str(repo), "apart")
    git(tmp_path / "apart", "worktree", "add", "--quiet", str(tmp_path / "linked"))
    assert look(tmp_path / "apart").root == str(tmp_path / "apart")
    assert "main worktree" in look(tmp_path / "linked").refusal


def test_names_with_dollars_and_spaces_are_taken_as_they_are(repo: Path) -> None:
    odd = repo.rename(repo.parent / "my $HOME ~ répo")
    assert look(odd).root == str(odd)


def test_what_the_hub_inherited_from_a_git_hook_leads_nowhere_else(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    facts = look(repo)
    assert facts.root == str(repo)
    there = plot(repo)
    there.write("new.txt")
    assert loss(repo, there.path, there.branch, "").untracked == ("new.txt",)
    assert not (tmp_path / "index").exists()


def test_looking_writes_nothing(repo: Path) -> None:
    there = plot(repo)
    os.utime(there.path / "README.md")  # a status that may write would refresh the index now
    before = {file: file.stat().st_mtime_ns for file in (repo / ".git").rglob("*")}
    look(there.path)
    loss(repo, there.path, there.branch, "")
    assert {file: file.stat().st_mtime_ns for file in (repo / ".git").rglob("*")} == before


def test_without_git_the_refusal_says_what_to_install(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert version().startswith("2.")
    look(repo)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitMissing, match="Install git"):
        look(repo)
    with pytest.raises(GitMissing):
        version()


def test_importing_the_room_loads_no_git_and_without_the_program_says_so() -> None:
    script = (
        "import sys, pathlib, orchestrator.world.worktrees as room\n"
        "assert 'git' not in sys.modules\n"
        "for _ in range(2):\n"
        "    try: room.look(pathlib.Path('/'))\n"
        "    except room.GitMissing as error: print(error.hint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "Install git 2.31 or newer.\n" * 2


def test_a_git_that_cannot_end_lines_by_zeros_is_understood(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = plot(repo)
    new = look(there.path)
    monkeypatch.setattr(repository, "at_least", lambda major, minor: (major, minor) < (2, 36))
    assert look(there.path) == new
    monkeypatch.setattr(repository, "at_least", lambda _major, _minor: False)
    assert "too old" in look(there.path).refusal


def test_a_git_that_hangs_is_ended_at_its_time_limit(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 1000\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(command, "TIDY_UP", 0.1)
    with pytest.raises(GitFailed, match="timed out after"):
        command.ask(str(repo), "status", limit=1.0)
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_needs_a_doctor_is_found(repo: Path) -> None:
    known, forgotten, gone = (plot(repo, name) for name in ("known", "forgotten", "gone"))
    gone.path.rename(repo.parent / "moved")
    stray = repo.parent / "repo-orch" / "stray"
    stray.mkdir()
    found = stale(repo, [known.path])
    assert found.gone == (str(gone.path),)
    assert found.unknown == (str(stray),)
    assert found.forgotten == (str(forgotten.path),)
