"""Files, indexes and configurations of unusual kinds: each is shown as what it is, and the patch applies."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from orchestrator.world.worktrees import diffs
from tests.conftest import git
from tests.world.diffs.looking import Look, look
from tests.world.diffs.test_applies import everything
from tests.world.plots import on_disk

LINES = "".join(f"line {number}\n" for number in range(20))
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{0}\nsize 12\n"

BASE: dict[str, bytes] = {
    "Case.txt": b"a name that changes its case\n",
    "moved.txt": LINES.encode(),
    "emptied.txt": b"1\n",
    "crlf.txt": b"a\r\nb\r\n",
    "folder/inside.txt": b"inside\n",
    "kept/inside.txt": b"inside too\n",
    "video.mp4": POINTER.format("1" * 64).encode(),
    "wide.txt": "grün\nrot\n".encode("utf-16-le"),
    ".gitattributes": b"wide.txt working-tree-encoding=UTF-16LE\n*.mp4 filter=lfs diff=lfs -text\n",
}

NAMES = (
    "new\nline",
    "tab\there",
    "esc\x1b[31m",
    "turn\u202eed",
    "[red]markup[/]",
    "-p",
    "--",
    'quo"te',
    "a\\b",
)

SHOWN: dict[str, tuple[str, int, int]] = {
    "case.txt": ("renamed", 0, 0),
    "new name.txt": ("renamed", 1, 1),
    "emptied.txt": ("modified", 0, 1),
    "empty.txt": ("added", 0, 0),
    "crlf.txt": ("modified", 1, 1),
    "folder": ("added", 1, 0),
    "folder/inside.txt": ("deleted", 0, 1),
    "promised.txt": ("added", 2, 0),
    "video.mp4": ("modified", 1, 1),
    "wide.txt": ("modified", 1, 1),
    **dict.fromkeys(NAMES, ("added", 1, 0)),
}


def committed(repo: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (repo / name).parent.mkdir(exist_ok=True)
        (repo / name).write_bytes(data)
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "--message", "Base")


@pytest.fixture
def there(repo: Path, tmp_path: Path) -> Look:
    committed(repo, BASE)
    return look(repo, tmp_path)


def test_each_unusual_file_is_shown_as_what_it_is_and_the_patch_makes_all_of_them(
    there: Look, tmp_path: Path
) -> None:
    place, write = there.there.path, there.there.write
    git(place, "mv", "Case.txt", "case.txt")
    (place / "moved.txt").unlink()
    write("new name.txt", LINES.replace("line 7\n", "seven\n"))
    write("emptied.txt", b"")
    write("empty.txt", b"")
    write("crlf.txt", b"a\r\nB\r\n")
    shutil.rmtree(place / "folder")
    (place / "folder").symlink_to("kept")
    write("promised.txt", "1\n2\n")
    git(place, "add", "--intent-to-add", "promised.txt")
    write("video.mp4", POINTER.format("2" * 64))
    write("wide.txt", "grün\nblau\n".encode("utf-16-le"))
    for name in NAMES:
        write(name, "1\n")
    os.mkfifo(place / "pipe")
    os.mknod(place / "socket", stat.S_IFSOCK | 0o600)

    found = there.diff()
    assert {each.path: (each.status, each.added, each.removed) for each in found.files} == SHOWN
    assert found.notes == ()
    assert there.applied(found.old_tree, there.patch(found), tmp_path) == found.new_tree
    assert found.new_tree == everything(place, tmp_path)
    for name in NAMES:
        one, _ = diffs.cut_patch(there.store, found.old_tree, found.new_tree, (name,), most=1 << 20)
        assert one.count(b"diff --git") == 1
    held = diffs.contents(there.store, found.new_tree, NAMES)
    assert held == dict.fromkeys(NAMES, b"1\n")


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    "configured",
    [
        {"core.autocrlf": "true"},
        {"core.autocrlf": "input", "core.safecrlf": "true"},
        {"diff.algorithm": "patience", "diff.renameLimit": "1", "diff.orderFile": "/dev/null"},
        {"status.showUntrackedFiles": "no", "diff.ignoreSubmodules": "all", "status.relativePaths": "false"},
        {"core.splitIndex": "true", "core.untrackedCache": "true", "index.threads": "true"},
        {"log.showSignature": "true", "log.showRoot": "false", "log.follow": "true", "log.date": "relative"},
        {"core.bigFileThreshold": "1", "diff.interHunkContext": "9", "core.whitespace": "cr-at-eol"},
    ],
    ids=lambda configured: next(iter(configured)),
)
def test_line_ends_of_the_checkout_and_settings_of_git_change_nothing(
    there: Look, tmp_path: Path, configured: dict[str, str]
) -> None:
    place = there.there.path
    there.there.commit("more.txt")
    for name, value in configured.items():
        git(place, "config", name, value)
    ends = "\r\n" if "core.autocrlf" in configured else "\n"
    there.there.write("moved.txt", LINES.replace("line 7\n", "seven\n").replace("\n", ends))
    there.there.write("emptied.txt", f"1{ends}")
    there.there.write("untracked.txt", f"1{ends}")
    common = there.there.repo / ".git"
    before = on_disk(common)
    found = there.diff()
    assert on_disk(common) == before
    assert {each.path: (each.status, each.untracked) for each in found.files} == {
        "more.txt": ("added", False),
        "moved.txt": ("modified", False),
        "untracked.txt": ("added", True),
    }
    assert [each.subject for each in found.commits] == ["Add more.txt"]
    assert there.applied(found.old_tree, there.patch(found), tmp_path) == found.new_tree


def test_attributes_of_the_user_that_call_texts_binary_leave_a_patch_that_applies(
    there: Look, tmp_path: Path
) -> None:
    (tmp_path / "attributes").write_text("*.txt -diff\n")
    git(there.there.path, "config", "core.attributesFile", str(tmp_path / "attributes"))
    there.there.write("moved.txt", "other\n")
    found = there.diff()
    assert [(each.path, each.added, each.new_size) for each in found.files] == [("moved.txt", None, 6)]
    assert there.applied(found.old_tree, there.patch(found), tmp_path) == found.new_tree


def test_a_base_without_a_commit_is_compared_as_empty(there: Look, repo: Path) -> None:
    git(repo, "checkout", "--quiet", "--orphan", "fresh")
    there.there.commit("mine.txt")
    found = there.diff(diffs.Scope(base="fresh"))
    assert {each.path for each in found.files} == {"README.md", "mine.txt", *BASE}
    assert found.notes == ("fresh has no commit yet",)
    assert [each.subject for each in found.commits] == ["Add mine.txt", "Base", "First commit"]


@pytest.mark.parametrize("sparse_index", ["", "no-"])
def test_files_outside_of_a_sparse_checkout_are_not_deleted(there: Look, sparse_index: str) -> None:
    place = there.there.path
    git(place, "sparse-checkout", "set", "--cone", f"--{sparse_index}sparse-index", "kept")
    assert not (place / "folder").exists()
    assert there.files() == {}
    there.there.write("kept/inside.txt", "changed\n")
    there.there.write("folder/inside.txt", "back\n")
    assert {path: each.status for path, each in there.files().items()} == {
        "folder/inside.txt": "modified",
        "kept/inside.txt": "modified",
    }


def test_a_file_that_one_side_of_a_merge_deleted_is_shown_as_it_is_on_disk(there: Look, repo: Path) -> None:
    git(there.there.path, "rm", "--quiet", "moved.txt")
    there.there.commit("emptied.txt", "ours\n")
    committed(repo, {"moved.txt": b"theirs\n"})
    git(repo, "rm", "--quiet", "emptied.txt")
    git(repo, "commit", "--quiet", "--message", "Remove it")
    with pytest.raises(AssertionError):
        git(there.there.path, "merge", "main")
    found = there.diff()
    assert found.unmerged == ("emptied.txt", "moved.txt")
    (there.there.path / "moved.txt").unlink()
    assert {path: each.status for path, each in there.files().items()} == {
        "emptied.txt": "modified",
        "moved.txt": "deleted",
    }


def test_what_cannot_be_read_is_noted_and_the_rest_is_shown(
    there: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.there.write("fine.txt")
    there.there.write("secret.txt").chmod(0)
    there.there.write("data/base").parent.chmod(0)
    if os.geteuid() == 0:  # who may read everything, unless that right is taken away
        shim = tmp_path / "bin" / "git"
        shim.parent.mkdir()
        real, setpriv = shutil.which("git"), shutil.which("setpriv")
        shim.write_text(
            f'#!/bin/sh\nexec {setpriv} --bounding-set -dac_override,-dac_read_search {real} "$@"\n'
        )
        shim.chmod(0o700)
        monkeypatch.setenv("PATH", f"{shim.parent}:{os.environ['PATH']}")
        monkeypatch.setattr(
            os, "access", lambda path, _: bool(Path(os.fsdecode(path)).stat().st_mode & 0o400)
        )
    found = there.diff()
    assert [each.path for each in found.files] == ["fine.txt"]
    assert found.notes == (
        "secret.txt cannot be read, and is not shown",
        "data/ cannot be read, and is not shown",
    )
    (there.there.path / "data").chmod(0o700)


def test_a_content_that_is_no_longer_stored_is_left_out(there: Look) -> None:
    there.there.write("a.txt", "one\n")
    tree = there.snapshot().tree
    (content,) = diffs.content_ids(there.store, tree, ["a.txt", "none.txt"]).values()
    found = diffs.stored(there.store, ["0" * 40, content, "", "1234567-1", "f" * 40])
    assert found == {content: b"one\n"}
