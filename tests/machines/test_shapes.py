"""Repositories of every common shape: a card's worktree comes, is merged and goes, or words name a way."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.world.worktrees import GitRefused, add, look, loss, remove
from tests.conftest import git
from tests.world.landings import land
from tests.world.plots import AT

Shape = Callable[[Path, Path], Path]
"""Makes the shape of a plain repository in an empty folder; the folder from which a card is started."""

SHAPES: dict[str, Shape] = {}


def shape(make: Shape) -> Shape:
    SHAPES[make.__name__] = make
    return make


def _clone(repo: Path, place: Path, *words: str, name: str = "clone") -> Path:
    git(place, "-c", "protocol.file.allow=always", "clone", "-q", *words, f"file://{repo}", f"./{name}")
    there = place / name
    _identity(there)
    return there


def _identity(there: Path) -> None:
    git(there, "config", "user.name", "A Person")
    git(there, "config", "user.email", "person@example.org")


@shape
def bare(repo: Path, place: Path) -> Path:
    return _clone(repo, place, "--bare", name="clone.git")


@shape
def worktree_of_a_bare_clone(repo: Path, place: Path) -> Path:
    git(bare(repo, place), "worktree", "add", "-q", str(place / "main"), "main")
    return place / "main"


@shape
def bare_in_a_folder(repo: Path, place: Path) -> Path:
    there = place / "project"
    there.mkdir()
    _clone(repo, there, "--bare", name=".bare")
    (there / ".git").write_text("gitdir: ./.bare\n")
    return there


@shape
def worktree_of_a_bare_one_in_a_folder(repo: Path, place: Path) -> Path:
    there = bare_in_a_folder(repo, place)
    git(there, "worktree", "add", "-q", "-b", "mine", "mine", "main")
    return there / "mine"


@shape
def bare_with_an_unborn_head(repo: Path, place: Path) -> Path:
    there = bare(repo, place)
    git(there, "symbolic-ref", "HEAD", "refs/heads/master")
    return there


@shape
def shallow(repo: Path, place: Path) -> Path:
    git(repo, "commit", "-q", "--allow-empty", "-m", "Second")
    return _clone(repo, place, "--depth=1")


@shape
def partial(repo: Path, place: Path) -> Path:
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(repo, "config", "protocol.file.allow", "always")
    return _clone(repo, place, "--filter=blob:none")


@shape
def sparse(repo: Path, place: Path) -> Path:
    for name in ("in", "out"):
        (repo / name).mkdir()
        (repo / name / "file").write_text(name)
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "Add two folders")
    git(repo, "sparse-checkout", "set", "in")
    return repo


@shape
def detached(repo: Path, place: Path) -> Path:
    git(repo, "checkout", "-q", "--detach")
    return repo


@shape
def inside_a_submodule(repo: Path, place: Path) -> Path:
    outer = with_a_submodule(repo, place)
    _identity(outer / "inner")
    return outer / "inner"


@shape
def with_a_submodule(repo: Path, place: Path) -> Path:
    outer = place / "outer"
    git(place, "init", "-q", "-b", "main", "outer")
    _identity(outer)
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo), "inner")
    git(outer, "commit", "-q", "-m", "Add a submodule")
    return outer


def _in(name: str) -> Shape:
    def make(repo: Path, place: Path) -> Path:
        return repo.rename(place / name)

    return make


for _name in (
    "a b",
    "ünïcode ☃",
    "-dash",
    "--help",
    "$HOME",
    "a'b\"c",
    "{slug}",
    "%s",
    "a;b",
    "x.git",
):
    SHAPES[f"path {_name!r}"] = _in(_name)


@shape
def inside_a_cards_worktree(repo: Path, place: Path) -> Path:
    git(repo, "worktree", "add", "-q", "-b", "orch/other", str(place / "other"))
    (place / "other" / "deep").mkdir()
    return place / "other" / "deep"


@shape
def worktree_config(repo: Path, place: Path) -> Path:
    git(repo, "config", "extensions.worktreeConfig", "true")
    git(repo, "config", "--worktree", "core.worktree", str(repo))
    return repo


@shape
def core_worktree(repo: Path, place: Path) -> Path:
    git(repo, "config", "core.worktree", str(repo))
    return repo


@shape
def separate_git_dir(repo: Path, place: Path) -> Path:
    git(repo, "init", "-q", "--separate-git-dir", str(place / "elsewhere.git"))
    return repo


@shape
def linked_folder(repo: Path, place: Path) -> Path:
    (place / "link").symlink_to(repo)
    return place / "link"


@shape
def sha256(repo: Path, place: Path) -> Path:
    there = place / "wide"
    git(place, "init", "-q", "-b", "main", "--object-format=sha256", "wide")
    _identity(there)
    (there / "README.md").write_text("A repository.\n")
    git(there, "add", ".")
    git(there, "commit", "-q", "-m", "First")
    return there


@shape
def reftable(repo: Path, place: Path) -> Path:
    done = subprocess.run(
        ["git", "init", "-q", "-b", "main", "--ref-format=reftable", "new"],
        cwd=place,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("this git knows no reftable")
    _identity(place / "new")
    git(place / "new", "commit", "-q", "--allow-empty", "-m", "First")
    return place / "new"


@shape
def case_is_ignored(repo: Path, place: Path) -> Path:
    git(repo, "config", "core.ignoreCase", "true")
    git(repo, "branch", "ORCH")
    return repo


@shape
def renamed_default(repo: Path, place: Path) -> Path:
    """`origin/HEAD` names what is gone."""
    there = _clone(repo, place)
    git(there, "branch", "-m", "main", "trunk")
    git(there, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    git(there, "update-ref", "-d", "refs/remotes/origin/main")
    return there


@shape
def no_origin_head(repo: Path, place: Path) -> Path:
    there = _clone(repo, place)
    git(there, "remote", "set-head", "origin", "--delete")
    return there


@pytest.mark.sample(4)
@pytest.mark.parametrize("name", SHAPES)
def test_a_card_comes_is_merged_and_goes(
    name: str, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in {"COUNT": "1", "KEY_0": "protocol.file.allow", "VALUE_0": "always"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{key}", value)  # submodules and promisors are folders here
    place = tmp_path / "place"
    place.mkdir()
    where = SHAPES[name](repo, place)
    facts = look(where)
    assert not facts.refusal
    assert facts.base
    path = Path(facts.root).parent / "cards" / "a"
    assert add(Path(facts.root), path, "orch/a", facts.base, existing=False).made
    base = facts.default_branch or "main"
    (path / "work").write_text("work\n")
    git(path, "add", "--sparse", "work")
    git(path, "commit", "-q", "-m", "Work")
    assert "1 unmerged" in loss(Path(facts.root), path, "orch/a", base).in_words()
    merged = land(Path(facts.root), "orch/a", base, "Merge a", since=facts.base)
    assert merged == git(path, "rev-parse", f"refs/heads/{base}")
    assert git(path, "rev-parse", f"{merged}^2") == git(path, "rev-parse", "HEAD")
    assert loss(Path(facts.root), path, "orch/a", base, since=facts.base).nothing
    gone = remove(
        Path(facts.root), path, "orch/a", made_branch=True, base=base, rescue_as=None, at=AT, since=facts.base
    )
    assert gone.branch_removed
    assert not path.exists()
    assert look(where).checked_out == facts.checked_out
    if (where / ".git").exists() and git(where, "rev-parse", "--is-inside-work-tree") == "true":
        assert git(where, "status", "--porcelain") == ""


def test_a_repository_without_a_commit_is_refused_with_what_to_do(tmp_path: Path) -> None:
    for words in ([], ["--bare"]):
        there = tmp_path / f"new{len(words)}"
        git(tmp_path, "init", "-q", *words, there.name)
        assert "no commit yet" in look(there).refusal
        assert ("Push a branch" if words else "commit --allow-empty") in look(there).refusal


@pytest.mark.sample(3)
@pytest.mark.parametrize("base", ["v1", "HEAD", "HEAD~0", "{sha}", "only-origin", "gone"])
def test_a_merge_into_what_is_no_branch_names_a_way(base: str, repo: Path, tmp_path: Path) -> None:
    git(repo, "tag", "v1")
    git(repo, "update-ref", "refs/remotes/origin/only-origin", "HEAD")
    name = base.format(sha=git(repo, "rev-parse", "HEAD"))
    facts = look(repo, name)
    commit = facts.base or git(repo, "rev-parse", "HEAD")
    assert bool(facts.base) == (base != "gone")
    path = tmp_path / "cards" / "a"
    add(repo, path, "orch/a", commit, existing=False)
    git(path, "commit", "-q", "--allow-empty", "-m", "Work")
    with pytest.raises(GitRefused, match=r"no (local )?branch") as caught:
        land(repo, "orch/a", name, "Merge", since=commit)
    assert "--into" in caught.value.hint
    assert land(repo, "orch/a", "main", "Merge", since=commit)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user_is_refused_with_the_line_for_git(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SUDO_UID", raising=False)
    deep = repo / "a b"
    deep.mkdir()
    for each in (repo, repo / ".git", deep):
        os.chown(each, 12345, 12345)
    refusal = look(deep).refusal
    assert f"git config --global --add safe.directory {repo}" in refusal.split("run: ")[1]


def test_a_path_with_a_line_break_is_refused_with_what_to_do(repo: Path, tmp_path: Path) -> None:
    refusal = look(repo.rename(tmp_path / "a\nb")).refusal
    assert "line break" in refusal
    assert "Rename the directory" in refusal
