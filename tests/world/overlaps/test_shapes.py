"""Two worktrees of a real repository: what both change, and what git cannot merge."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from orchestrator.core.overlaps.changes import CardChanges, contact
from orchestrator.core.overlaps.overlap import OLD_GIT, Overlap, overlap
from orchestrator.world.worktrees import diffs, overlaps
from orchestrator.world.worktrees.overlaps import merging
from tests.conftest import git
from tests.world.plots import on_disk

LINES = "".join(f"line {n}\n" for n in range(40))


@dataclass(frozen=True)
class Pair:
    """Two worktrees `a` and `b` on fresh branches of main."""

    repo: Path
    a: Path
    b: Path
    store: diffs.ObjectStore

    def changes(self, path: Path) -> CardChanges:
        now = diffs.snapshot(self.store, path)
        since = overlaps.fork(self.store, now.head, overlaps.base_tip(self.store, "main"), "")
        return overlaps.changes(self.store, now, since)

    def overlap(self) -> Overlap | None:
        one, other = self.changes(self.a), self.changes(self.b)
        where = contact(one, other)
        if not where:
            return None
        merge = overlaps.merge(self.store, one, other)
        again = overlaps.merge(self.store, other, one)
        assert (merge.outcome, merge.conflicts) == (again.outcome, again.conflicts), "in either order"
        return overlap(("c1", one), ("c2", other), where, merge)


@pytest.fixture(scope="module")
def main_repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("overlaps") / "repo"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "A Person")
    git(folder, "config", "user.email", "person@example.org")
    for name in ("a.txt", "b.txt", "room/x.txt", "room/y.txt", "go.sum"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"{name}\n{LINES}")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "First commit")
    return folder


_numbers = count(1)


@pytest.fixture
def pair(main_repo: Path) -> Iterator[Pair]:
    top = main_repo.parent / f"pair{next(_numbers)}"
    for name in "ab":
        git(main_repo, "worktree", "add", "--quiet", "-b", f"{top.name}-{name}", str(top / name), "main")
    yield Pair(main_repo, top / "a", top / "b", diffs.object_store(main_repo, top / "objects"))
    for name in "ab":
        git(main_repo, "worktree", "remove", "--force", str(top / name))


def edit(path: Path, line: int, text: str) -> None:
    lines = path.read_text().splitlines(keepends=True)
    lines[line] = f"{text}\n"
    path.write_text("".join(lines))


def commit(path: Path, said: str = "Work") -> str:
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "--message", said)
    return git(path, "rev-parse", "HEAD")


Act = Callable[[Path], object]


def edits(name: str, line: int, text: str = "mine") -> Act:
    return lambda path: edit(path / name, line, text)


def writes(name: str, text: str | bytes) -> Act:
    def act(path: Path) -> None:
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    return act


def moves(old: str, new: str) -> Act:
    def act(path: Path) -> None:
        (path / new).parent.mkdir(parents=True, exist_ok=True)
        git(path, "mv", old, new)

    return act


def both(first: Act, second: Act) -> Act:
    return lambda path: (first(path), second(path))


def removes(name: str) -> Act:
    return lambda path: (path / name).unlink()


CASES: dict[str, tuple[Act, Act, Overlap | None]] = {
    "other files": (edits("a.txt", 3), edits("b.txt", 3), None),
    "other lines": (edits("a.txt", 3), edits("a.txt", 30), Overlap("c1", "c2", ("a.txt",))),
    "the same line": (
        edits("a.txt", 3, "one"), edits("a.txt", 3, "two"), Overlap("c1", "c2", ("a.txt",), ("a.txt",)),
    ),
    "the same edit": (edits("a.txt", 3), edits("a.txt", 3), None),
    "untracked in both": (
        writes("new.txt", "one\n"), writes("new.txt", "two\n"),
        Overlap("c1", "c2", ("new.txt",), ("new.txt",)),
    ),
    "deleted and changed": (
        removes("a.txt"), edits("a.txt", 3), Overlap("c1", "c2", ("a.txt",), ("a.txt",)),
    ),
    "deleted in both": (removes("a.txt"), removes("a.txt"), None),
    "renamed to two names": (
        moves("a.txt", "one.txt"), moves("a.txt", "two.txt"),
        Overlap("c1", "c2", ("a.txt", "one.txt", "two.txt"), ("a.txt", "one.txt", "two.txt")),
    ),
    "two files renamed to one": (
        moves("a.txt", "same.txt"), moves("b.txt", "same.txt"),
        Overlap("c1", "c2", ("same.txt",), ("same.txt",)),
    ),
    "renamed and changed elsewhere": (
        moves("a.txt", "one.txt"), edits("a.txt", 3), Overlap("c1", "c2", ("a.txt",)),
    ),
    "renamed with an edit and changed there": (
        both(moves("a.txt", "one.txt"), edits("one.txt", 3, "one")),
        edits("a.txt", 3, "two"),
        Overlap("c1", "c2", ("a.txt", "one.txt"), ("one.txt",)),
    ),
    "a folder moved and a file added to it": (
        moves("room", "hall"), writes("room/new.txt", "new\n"),
        Overlap("c1", "c2", ("hall/new.txt",), ("hall/new.txt",)),
    ),
    "a file in place of a folder": (
        writes("place", "a file\n"), writes("place/in.txt", "inside\n"),
        Overlap("c1", "c2", ("place",), ("place",)),
    ),
    "binaries": (
        writes("pic", b"\0one"), writes("pic", b"\0two"), Overlap("c1", "c2", ("pic",), ("pic",)),
    ),
    "modes": (
        lambda path: (path / "a.txt").chmod(0o755), edits("a.txt", 3), Overlap("c1", "c2", ("a.txt",)),
    ),
    "links": (
        lambda path: (path / "link").symlink_to("a.txt"), lambda path: (path / "link").symlink_to("b.txt"),
        Overlap("c1", "c2", ("link",), ("link",)),
    ),
    "lock files": (
        edits("go.sum", 3, "one"), edits("go.sum", 3, "two"),
        Overlap("c1", "c2", (), (), ("go.sum",), ("go.sum",)),
    ),
    "names that are no UTF-8": (
        writes(os.fsdecode(b"b\xffd"), "one\n"), writes(os.fsdecode(b"b\xffd"), "two\n"),
        Overlap("c1", "c2", ("b\\xffd",), ("b\\xffd",)),
    ),
    "odd names": (
        writes("-x\n\t'\"", "one\n"), writes("-x\n\t'\"", "two\n"),
        Overlap("c1", "c2", ("-x\n\t'\"",), ("-x\n\t'\"",)),
    ),
    "an empty worktree beside another": (lambda _: None, edits("a.txt", 3), None),
}  # fmt: skip


@pytest.mark.sample(4)
@pytest.mark.parametrize("name", CASES)
def test_what_two_worktrees_change_is_found_uncommitted_and_untracked_files_included(
    pair: Pair, name: str
) -> None:
    one, other, expected = CASES[name]
    one(pair.a)
    other(pair.b)
    index = pair.repo / ".git/worktrees" / pair.a.name / "index"
    before = on_disk(pair.a), index.read_bytes()
    assert pair.overlap() == expected
    assert before == (on_disk(pair.a), index.read_bytes()), "the worktree and its index are as they were"
    commit(pair.b)
    assert pair.overlap() == expected, "committed or not"


def test_a_stack_is_known_by_what_it_contains_until_the_lower_card_goes_on(pair: Pair) -> None:
    edit(pair.a / "a.txt", 3, "lower")
    commit(pair.a)
    git(pair.b, "merge", "--quiet", "--ff-only", f"{pair.a.parent.name}-a")
    edit(pair.b / "a.txt", 30, "upper")
    assert pair.overlap() == Overlap("c1", "c2", holds="c2")
    edit(pair.a / "a.txt", 10, "lower goes on")
    assert pair.overlap() == Overlap("c1", "c2", ("a.txt",))


def test_a_base_that_moved_is_in_nobodys_way(pair: Pair) -> None:
    """A card conflicts with what the base has by now, and the other was rebased on it."""
    before = git(pair.repo, "rev-parse", "main")
    for name, line in (("b.txt", 3), ("a.txt", 3)):
        edit(pair.a / name, line, "a")
    try:
        edit(pair.repo / "b.txt", 3, "of the base")
        commit(pair.repo)
        git(pair.b, "rebase", "--quiet", "main")
        edit(pair.b / "a.txt", 30, "b")
        assert pair.overlap() == Overlap("c1", "c2", ("a.txt",))
        edit(pair.b / "a.txt", 3, "b")
        assert pair.overlap() == Overlap("c1", "c2", ("a.txt",), ("a.txt",))
    finally:
        git(pair.repo, "reset", "--quiet", "--hard", before)


def test_line_ends_that_git_converts_are_no_change(pair: Pair) -> None:
    for path in (pair.a, pair.b):
        (path / ".gitattributes").write_text("*.txt text eol=crlf\n")
    (pair.a / "a.txt").write_bytes((pair.a / "a.txt").read_bytes().replace(b"\n", b"\r\n"))
    edit(pair.b / "a.txt", 3, "mine")
    assert pair.overlap() is None
    (pair.a / "a.txt").write_bytes((pair.b / "a.txt").read_bytes().replace(b"mine\n", b"theirs\r\n"))
    assert pair.overlap() == Overlap("c1", "c2", ("a.txt",), ("a.txt",))


def test_branches_without_a_commit_are_compared_by_their_files(pair: Pair) -> None:
    for path, text in ((pair.a, "one\n"), (pair.b, "two\n")):
        git(path, "checkout", "--quiet", "--orphan", f"{pair.a.parent.name}-{path.name}-bare")
        git(path, "rm", "-r", "--quiet", "--force", ".")
        (path / "only.txt").write_text(text)
    found = pair.overlap()
    assert found
    assert found.conflicts == ("only.txt",)


def test_submodules_at_two_commits_conflict(pair: Pair, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet", "--initial-branch=main")
    for key, value in (("name", "A Person"), ("email", "person@example.org")):
        git(inner, "config", f"user.{key}", value)
    heads = []
    for n in range(2):
        git(inner, "checkout", "--quiet", "--orphan", f"side{n}")
        (inner / "x").write_text(f"{n}\n")
        heads.append(commit(inner))
    for path, head in ((pair.a, heads[0]), (pair.b, heads[1])):
        git(path, "update-index", "--add", "--cacheinfo", f"160000,{head},sub")
        git(path, "commit", "--quiet", "--message", "Add sub")
        (path / "sub").mkdir()
    found = pair.overlap()
    assert found
    assert found.conflicts == ("sub",)


def test_a_file_too_large_to_be_read_is_unknown(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.world.worktrees.diffs.snapshots.LARGEST", 100)
    for path in (pair.a, pair.b):
        (path / "big.bin").write_bytes(os.urandom(200))
    found = pair.overlap()
    assert found
    assert found.unknown == "big.bin is too large to be compared"


def test_any_exit_code_above_1_is_unknown_and_never_no_conflict(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(pair.a / "a.txt", 3, "one")
    there = pair.changes(pair.a)
    nothing = replace(there, commit="0" * 40)
    merge = overlaps.merge(pair.store, there, nothing)
    assert (merge.outcome, merge.gone) == ("unknown", True)
    assert merge.why.startswith("git cannot tell: ")
    monkeypatch.setattr(merging, "at_least", lambda *_: False)
    assert overlaps.merge(pair.store, nothing, nothing).why == OLD_GIT


def test_no_merge_driver_of_the_repository_runs_and_its_files_are_merged_by_lines(
    pair: Pair, tmp_path: Path
) -> None:
    """A session can write `.git/config`."""
    ran = tmp_path / "ran"
    git(pair.repo, "config", "merge.theirs.driver", f"touch {ran}; exit 0")
    attributes = pair.repo / ".git/info/attributes"
    attributes.parent.mkdir(exist_ok=True)
    attributes.write_text("*.txt merge=theirs\n")
    try:
        edit(pair.a / "a.txt", 3, "one")
        edit(pair.b / "a.txt", 30, "two")
        assert pair.overlap() == Overlap("c1", "c2", ("a.txt",))
        edit(pair.b / "a.txt", 3, "two")
        assert pair.overlap() == Overlap("c1", "c2", ("a.txt",), ("a.txt",))
        assert not ran.exists()
    finally:
        attributes.unlink()
        git(pair.repo, "config", "--remove-section", "merge.theirs")


def test_the_same_worktree_is_the_same_commit_and_its_signs_tell_that_it_changed(pair: Pair) -> None:
    edit(pair.a / "a.txt", 3, "one")
    first = pair.changes(pair.a)
    assert pair.changes(pair.a) == first
    names = ("a.txt", "new.txt")
    sign = overlaps.sign_of_worktree(str(pair.a), names)
    assert overlaps.sign_of_worktree(str(pair.a), names) == sign
    (pair.a / "new.txt").write_text("new\n")
    assert overlaps.sign_of_worktree(str(pair.a), names) != sign
    sign = overlaps.sign_of_worktree(str(pair.a), ())
    commit(pair.a)
    assert overlaps.sign_of_worktree(str(pair.a), ()) != sign
    common = git(pair.repo, "rev-parse", "--path-format=absolute", "--git-common-dir")
    base = overlaps.sign_of_base(common, "main")
    subprocess.run(["git", "pack-refs", "--all"], cwd=pair.repo, check=True)
    assert overlaps.sign_of_base(common, "main") != base
