"""Looking at a repository runs none of the programs that its own configuration names."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.world import worktrees
from tests.conftest import git


@pytest.fixture
def alarm(tmp_path: Path) -> Path:
    """A program that leaves a file where it was run, and otherwise passes on what it reads."""
    program = tmp_path / "alarm.sh"
    program.write_text(f'#!/bin/sh\ntouch "{tmp_path}/rang"\ncat\n')
    program.chmod(0o755)
    return program


def setting(key: str) -> Callable[[Path, Path], None]:
    def plant(repo: Path, alarm: Path) -> None:
        git(repo, "config", key, str(alarm))

    return plant


def hook(name: str) -> Callable[[Path, Path], None]:
    def plant(repo: Path, alarm: Path) -> None:
        (repo / ".git" / "hooks" / name).symlink_to(alarm)

    return plant


def hooks_path(repo: Path, alarm: Path) -> None:
    folder = repo / "hooks"
    folder.mkdir()
    for name in ("post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        (folder / name).symlink_to(alarm)
    git(repo, "config", "core.hooksPath", "hooks")


def included(repo: Path, alarm: Path) -> None:
    (repo / ".git" / "more").write_text(f'[filter "x"]\n\tclean = {alarm}\n')
    git(repo, "config", "include.path", "more")


def filtered(name: str, program: str) -> Callable[[Path, Path], None]:
    def plant(repo: Path, alarm: Path) -> None:
        attributes = repo / ".git" / "info" / "attributes"
        attributes.parent.mkdir(exist_ok=True)
        attributes.write_text(f"* filter={name}\n")
        git(repo, "config", f"filter.{name}.{program}", str(alarm))
        git(repo, "config", f"filter.{name}.required", "true")

    return plant


PLANTS: dict[str, Callable[[Path, Path], None]] = {
    "core.fsmonitor": setting("core.fsmonitor"),
    "core.hooksPath": hooks_path,
    "a hook": hook("post-index-change"),
    "a reference hook": hook("reference-transaction"),
    "a garbage collection hook": hook("pre-auto-gc"),
    "diff.external": setting("diff.external"),
    "a textconv": setting("diff.x.textconv"),
    "a diff driver": setting("diff.x.command"),
    "a clean filter": filtered("x", "clean"),
    "a process filter": filtered("x", "process"),
    "a smudge filter": filtered("x", "smudge"),
    "a filter with an odd name": filtered("a=b.c", "clean"),
    "a filter in an included file": included,
    "core.pager": setting("core.pager"),
    "pager.log": setting("pager.log"),
    "core.editor": setting("core.editor"),
    "core.sshCommand": setting("core.sshCommand"),
    "core.askPass": setting("core.askPass"),
    "credential.helper": setting("credential.helper"),
    "gpg.program": setting("gpg.program"),
    "an alias": lambda repo, alarm: setting("alias.status")(repo, Path(f"!{alarm}")),
    "a merge driver": setting("merge.x.driver"),
}


def look_at_everything(repo: Path) -> None:
    tree = repo.parent / "tree"
    facts = worktrees.look(repo)
    worktrees.loss(repo, tree, "work", "main")
    worktrees.unclean(repo, tree)
    worktrees.differing(repo, tree, "work", facts.base)
    worktrees.stale(repo, [tree])
    worktrees.last_commit_at(tree)
    head = git(tree, "rev-parse", "HEAD")
    worktrees.file_at(tree, head, "README.md")
    worktrees.diff_at(tree, facts.base, head, "README.md")
    with pytest.raises(worktrees.GitRefused):
        worktrees.committed(tree, "README.md")  # it has been changed


@pytest.mark.sample(4)
@pytest.mark.parametrize("kind", PLANTS)
def test_no_program_of_a_repositorys_configuration_runs_by_looking_at_it(
    repo: Path, alarm: Path, kind: str
) -> None:
    git(repo, "worktree", "add", "--quiet", "-b", "work", str(repo.parent / "tree"))
    tree = repo.parent / "tree"
    (tree / "README.md").write_text("Another text.\n")
    git(tree, "commit", "--quiet", "--all", "--message", "Second commit")
    (tree / "README.md").write_text("Not committed.\n")
    (tree / "new").write_text("Untracked.\n")
    PLANTS[kind](repo, alarm)
    if kind.startswith("a ") and "filter" not in kind:
        (repo / ".git" / "info").mkdir(exist_ok=True)
        (repo / ".git" / "info" / "attributes").write_text("* diff=x merge=x\n")
    if kind == "a filter in an included file":
        (repo / ".git" / "info").mkdir(exist_ok=True)
        (repo / ".git" / "info" / "attributes").write_text("* filter=x\n")
    look_at_everything(repo)
    assert not (alarm.parent / "rang").exists()


def test_a_filter_of_the_users_own_configuration_is_still_used(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    git(repo, "config", "--global", "filter.upper.clean", "tr a-z A-Z")
    (repo / ".gitattributes").write_text("*.txt filter=upper\n")
    (repo / "a.txt").write_text("text\n")
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "--message", "A filter")
    (repo / "a.txt").write_text("TEXT\n")  # the same, once it is cleaned
    assert worktrees.unclean(repo, repo) == ""


def test_a_partial_clone_fetches_nothing_by_being_looked_at(repo: Path, alarm: Path) -> None:
    git(repo, "config", "uploadpack.allowFilter", "true")
    clone = repo.parent / "clone"
    git(repo, "clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{repo}", str(clone))
    git(clone, "config", "remote.origin.uploadpack", str(alarm))
    head = git(clone, "rev-parse", "HEAD")
    assert worktrees.look(clone).base == head
    with pytest.raises(worktrees.WorktreeError):
        worktrees.file_at(clone, head, "README.md")
    assert not (alarm.parent / "rang").exists()
