"""The patch that is shown makes the worktree of its base, byte for byte."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.core.diff.patch import parse
from orchestrator.world.worktrees import diffs
from tests.conftest import git
from tests.core.diff.trees import SUBMODULE, Content, Files, apart, contents, names
from tests.examples import examples
from tests.world.diffs.looking import Look, look

_files = st.dictionaries(names, contents.filter(lambda content: content[0] != SUBMODULE), max_size=5)
_stages: st.SearchStrategy[tuple[Files, Files, Files]] = st.tuples(_files, _files, _files).filter(
    lambda each: all(apart({**a, **b}) for a in each for b in each)
)
"""What is committed, what is staged besides, and what is only on disk. Each replaces all before."""


def write(folder: Path, files: Files) -> None:
    for each in folder.iterdir():
        if each.name != ".git":
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
    for name, content in files.items():
        put(folder, name, content)


def put(folder: Path, name: bytes, content: Content) -> None:
    mode, data = content
    file = os.path.join(os.fsencode(folder), name)  # noqa: PTH118
    os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120
    if mode == "120000":
        os.symlink(data, file)  # noqa: PTH211
        return
    with open(file, "wb") as out:  # noqa: PTH123
        out.write(data)
    os.chmod(file, int(mode, 8) & 0o777)  # noqa: PTH101


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Look:
    folder = tmp_path_factory.mktemp("applies")
    repo = folder / "repo"
    repo.mkdir()
    git(repo, "init", "--quiet", "--initial-branch=main")
    for key, value in (("user.name", "A"), ("user.email", "a@b"), ("core.autocrlf", "false")):
        git(repo, "config", key, value)
    git(repo, "commit", "--quiet", "--allow-empty", "--message", "First")
    return look(repo, folder)


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.filter_too_much])
@given(stages=_stages)
def test_the_shown_patch_applied_to_the_base_gives_the_worktrees_tree(
    there: Look, stages: tuple[Files, Files, Files], tmp_path_factory: pytest.TempPathFactory
) -> None:
    committed, staged, on_disk = stages
    place = there.there.path
    git(place, "reset", "--quiet", "--hard", "main")
    write(place, committed)
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--allow-empty", "--message", "Work")
    write(place, staged)
    git(place, "add", "--all")
    write(place, on_disk)
    index = Path(git(place, "rev-parse", "--absolute-git-dir"), "index")
    before = index.read_bytes()

    found = there.diff()
    assert index.read_bytes() == before
    scratch = tmp_path_factory.mktemp("index")
    assert there.applied(found.old_tree, there.patch(found), scratch) == found.new_tree
    for scope in (diffs.Scope("uncommitted"), diffs.Scope("commit", commit="HEAD")):
        part = diffs.compare(there.store, there.snapshot(), scope)
        assert there.applied(part.old_tree, there.patch(part), scratch) == part.new_tree

    shown, _ = diffs.cut_patch(there.store, found.old_tree, found.new_tree, most=1 << 20)
    assert {each.path for each in parse(shown.decode(errors="replace"))} == {
        each.path for each in found.files
    }
    assert found.new_tree == everything(place, scratch)


def everything(place: Path, scratch: Path) -> str:
    """The tree that `git add --all` makes of what is on disk."""
    env = {**os.environ, "GIT_INDEX_FILE": str(scratch / "all")}
    for words in (("read-tree", "HEAD"), ("add", "--all")):
        subprocess.run(["git", *words], cwd=place, env=env, check=True, capture_output=True)
    done = subprocess.run(["git", "write-tree"], cwd=place, env=env, check=True, capture_output=True)
    return done.stdout.decode().strip()
