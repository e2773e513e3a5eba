"""Worktrees of every shape, looked at."""

import os
from pathlib import Path

import pytest

from orchestrator.world.worktrees import GitRefused, diffs
from tests.conftest import git
from tests.world.diffs.looking import Look, look
from tests.world.plots import on_disk, refs


@pytest.fixture
def there(repo: Path, tmp_path: Path) -> Look:
    return look(repo, tmp_path)


def test_committed_staged_changed_and_untracked_files_are_all_shown(there: Look) -> None:
    there.there.commit("committed.txt", "1\n2\n")
    there.there.write("staged.txt")
    git(there.there.path, "add", "staged.txt")
    there.there.write("README.md", "Other.\n")
    there.there.write("new/deep.txt", "1\n2\n3\n")
    found = there.files()
    assert {path: (file.status, file.added, file.removed) for path, file in found.items()} == {
        "README.md": ("modified", 1, 1),
        "committed.txt": ("added", 2, 0),
        "new/deep.txt": ("added", 3, 0),
        "staged.txt": ("added", 1, 0),
    }
    assert [path for path, file in found.items() if file.untracked] == ["new/deep.txt"]


def test_a_look_changes_nothing_in_worktree_or_repository(there: Look) -> None:
    there.there.commit("a.txt")
    there.there.write("b.txt")
    there.there.write("a.txt", "changed\n")
    common = there.there.repo / ".git"

    def all_of_it() -> tuple[object, ...]:
        return on_disk(there.there.path), on_disk(common), refs(there.there.repo)

    before = all_of_it()
    found = there.diff()
    there.patch(found)
    assert all_of_it() == before


def test_ignored_files_are_left_out_but_for_those_that_are_tracked(there: Look) -> None:
    there.there.commit(".gitignore", "*.log\n")
    there.there.write("forced.log", "1\n")
    git(there.there.path, "add", "--force", "forced.log")
    there.there.write("other.log", "1\n")
    there.there.write("forced.log", "1\n2\n")
    assert set(there.files()) == {".gitignore", "forced.log"}
    assert there.files()["forced.log"].added == 2


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_a_flag_hides_from_git_is_shown(there: Look, flag: str) -> None:
    git(there.there.path, "update-index", flag, "README.md")
    there.there.write("README.md", "Hidden.\n")
    assert set(there.files()) == {"README.md"}


def test_a_file_changed_right_after_it_was_staged_is_seen(there: Look) -> None:
    for number in range(10):
        there.there.write("quick.txt", f"a{number}\n")
        git(there.there.path, "add", "quick.txt")
        there.there.write("quick.txt", f"b{number}\n")
        assert there.patch(there.diff()).endswith(b"+b%d\n" % number)


def test_shapes_that_are_no_plain_text_are_told_as_what_they_are(there: Look, repo: Path) -> None:
    git(repo, "checkout", "--quiet", "main")
    for name, data in (("old.txt", "same\n" * 20), ("mode.sh", "x\n"), ("link", "text\n"), ("bin", "\0old")):
        (repo / name).write_text(data)
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "--message", "Base")
    git(there.there.path, "merge", "--quiet", "main")
    place = there.there.path
    (place / "old.txt").rename(place / "new name.txt")
    (place / "mode.sh").chmod(0o755)
    (place / "link").unlink()
    (place / "link").symlink_to("mode.sh")
    (place / "bin").write_bytes(b"\0" * 1000)
    (place / "image.png").write_bytes(b"\x89PNG\0" + b"\0" * 95)
    found = there.files()
    assert (found["new name.txt"].status, found["new name.txt"].old_path) == ("renamed", "old.txt")
    assert (found["mode.sh"].mode_changed, found["mode.sh"].added) == (True, 0)
    assert (found["link"].status, found["link"].symlink) == ("type changed", True)
    assert (found["bin"].added, found["bin"].old_size, found["bin"].new_size) == (None, 4, 1000)
    assert (found["image.png"].old_size, found["image.png"].new_size) == (None, 100)


def test_a_large_file_is_listed_and_not_read(there: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.world.worktrees.diffs.snapshots.LARGEST", 1000)
    there.there.write("large.bin", b"x" * 1001)
    there.there.write("README.md", b"y" * 2000)
    there.there.write("small.bin", b"x" * 1000)
    found = there.diff()
    files = {each.path: each for each in found.files}
    assert (files["large.bin"].too_large, files["large.bin"].new_size) == (True, 1001)
    assert (files["README.md"].too_large, files["README.md"].status) == (True, "modified")
    assert not files["small.bin"].too_large
    assert b"large.bin" not in there.patch(found)
    assert any("large.bin is too large" in note for note in found.notes)
    marked = files["large.bin"].new_id
    there.there.write("large.bin", b"z" * 1002)
    assert there.files()["large.bin"].new_id != marked


def test_many_untracked_files_are_listed(there: Look) -> None:
    for number in range(2000):
        there.there.write(f"many/{number}.txt", f"{number}\n")
    found = there.diff().files
    assert len(found) == 2000
    assert all(each.untracked and each.added == 1 for each in found)


def test_a_repository_inside_and_a_file_that_cannot_be_read_are_noted(there: Look) -> None:
    inner = there.there.path / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet")
    (inner / "file").write_text("1\n")
    found = there.diff()
    assert found.files == ()
    assert found.notes == ("inner/ is a repository of its own, and is not shown",)


def test_a_pipe_and_a_folder_in_a_files_place_do_no_harm(there: Look) -> None:
    there.there.commit("a", "1\n")
    there.there.commit("folder/b", "1\n")
    place = there.there.path
    (place / "a").unlink()
    there.there.write("a/inside", "2\n")
    (place / "folder" / "b").unlink()
    (place / "folder").rmdir()
    there.there.write("folder", "2\n")
    os.mkfifo(place / "pipe")
    assert {path: file.status for path, file in there.files().items()} == {
        "a/inside": "added",
        "folder": "added",
    }


def test_a_submodule_shows_its_commit_and_notes_what_is_not_committed_in_it(
    there: Look, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet", "--initial-branch=main")
    git(other, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "1")
    place = there.there.path
    git(place, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    found = there.files()
    assert found["sub"].submodule
    assert (place / "sub").is_dir()
    git(place, "commit", "--quiet", "--message", "Add sub")
    git(
        place / "sub",
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@b",
        "commit",
        "--quiet",
        "--allow-empty",
        "-m",
        "2",
    )
    (place / "sub" / "dirt").write_text("1\n")
    uncommitted = there.diff(diffs.Scope("uncommitted"))
    assert [each.path for each in uncommitted.files] == ["sub"]
    assert uncommitted.files[0].new_id == git(place / "sub", "rev-parse", "HEAD")
    assert uncommitted.notes == ("uncommitted changes inside the submodule sub are not shown",)


@pytest.mark.parametrize("operation", ["merge", "rebase"])
def test_a_conflict_is_shown_with_its_markers(there: Look, repo: Path, operation: str) -> None:
    there.there.commit("README.md", "Mine.\n")
    there.there.commit("more.txt", "1\n")
    (repo / "README.md").write_text("Theirs.\n")
    git(repo, "commit", "--quiet", "--all", "--message", "Theirs")
    with pytest.raises(AssertionError):
        git(there.there.path, operation, "main")
    found = there.diff()
    assert found.unmerged == ("README.md",)
    assert found.notes == (f"a {operation} in progress",)
    assert b"+<<<<<<<" in there.patch(found)


def test_a_branch_without_a_commit_shows_all_that_it_would_change(there: Look) -> None:
    git(there.there.path, "checkout", "--quiet", "--orphan", "fresh")
    there.there.write("new.txt")
    found = there.diff()
    assert (found.head, found.branch) == ("", "fresh")
    assert [each.path for each in found.files] == ["new.txt"]
    assert there.diff(diffs.Scope("uncommitted")).old_tree == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def test_a_detached_head_is_compared_like_a_branch(there: Look) -> None:
    there.there.commit("a.txt")
    git(there.there.path, "checkout", "--quiet", "--detach")
    found = there.diff()
    assert (found.branch, [each.path for each in found.files]) == ("", ["a.txt"])


def test_only_what_the_branch_did_is_shown_when_the_base_has_moved(there: Look, repo: Path) -> None:
    there.there.commit("mine.txt")
    (repo / "theirs.txt").write_text("1\n")
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "--message", "Theirs")
    assert set(there.files()) == {"mine.txt"}
    git(there.there.path, "merge", "--quiet", "--no-edit", "main")
    found = there.diff()
    assert [each.path for each in found.files] == ["mine.txt"]
    assert [each.subject for each in found.commits] == ["Merge branch 'main' into orch/a", "Add mine.txt"]


def test_a_base_that_is_gone_is_replaced_by_where_the_branch_began(there: Look, repo: Path) -> None:
    began = git(repo, "rev-parse", "main")
    git(repo, "checkout", "--quiet", "-b", "other")
    git(repo, "branch", "--quiet", "--delete", "--force", "main")
    there.there.commit("a.txt")
    found = there.diff(diffs.Scope(base="main", began_at=began))
    assert [each.path for each in found.files] == ["a.txt"]
    assert found.notes == ("main does not exist: compared with the commit where the branch began",)
    with pytest.raises(GitRefused, match="cannot compare with 'main'"):
        there.diff(diffs.Scope(base="main"))


@pytest.mark.parametrize("base", ["nonsense", "HEAD~99", "--all", "no such"])
def test_a_base_that_the_user_names_and_that_does_not_exist_is_refused(there: Look, base: str) -> None:
    began = there.snapshot().head
    with pytest.raises(GitRefused, match="there is no such branch or commit"):
        there.diff(diffs.Scope(base=base, began_at=began, asked=True))


def test_a_shallow_clone_is_compared_with_what_it_has(repo: Path, tmp_path: Path) -> None:
    (repo / "second.txt").write_text("1\n")
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "--message", "Second")
    git(repo, "branch", "old", "HEAD^")
    clone = tmp_path / "clones" / "repo"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{repo}", str(clone))
    git(clone, "config", "user.name", "A")
    git(clone, "config", "user.email", "a@b")
    there = look(clone, tmp_path)
    there.there.commit("a.txt")
    assert [each.path for each in there.diff().files] == ["a.txt"]
    found = there.diff(diffs.Scope(base="origin/old"))
    assert [each.path for each in found.files] == ["a.txt", "second.txt"]
    assert found.notes == ("compared with origin/old: the history is cut short (a shallow clone)",)


def test_a_single_commit_and_what_was_not_seen_are_shown_alone(there: Look) -> None:
    first = there.there.commit("a.txt")
    seen = there.snapshot().tree
    there.there.write("b.txt")
    assert [each.path for each in there.diff(diffs.Scope("commit", commit=first[:10])).files] == ["a.txt"]
    assert [each.path for each in there.diff(diffs.Scope("unseen", seen=seen)).files] == ["b.txt"]
    for gone, why in (("", "you have not seen it before"), ("1" * 40, "what you saw last is no longer")):
        found = there.diff(diffs.Scope("unseen", seen=gone, base="main"))
        assert [each.path for each in found.files] == ["a.txt", "b.txt"]
        assert found.notes[0].startswith(why)
    with pytest.raises(GitRefused, match="no commit '--all'"):
        there.diff(diffs.Scope("commit", commit="--all"))


def test_a_change_of_spaces_alone_has_no_lines_when_spaces_are_ignored(there: Look) -> None:
    there.there.write("README.md", "A   repository.\n")
    assert there.files()["README.md"].added == 1
    found = there.diff(ignore_space=True)
    assert [(each.path, each.added) for each in found.files] == [("README.md", 0)]


def test_nothing_that_the_repository_configures_is_run_or_changes_the_patch(
    there: Look, tmp_path: Path
) -> None:
    place = there.there.path
    ran = tmp_path / "ran"
    spy = f"touch {ran}; cat"
    for key, value in (
        *(("diff.external", spy), ("diff.spy.textconv", spy), ("diff.spy.command", spy)),
        *(("filter.spy.clean", spy), ("core.fsmonitor", spy), ("diff.noprefix", "true")),
        *(("color.ui", "always"), ("diff.mnemonicPrefix", "true"), ("diff.renames", "false")),
        *(("diff.context", "0"), ("core.quotePath", "false"), ("diff.suppressBlankEmpty", "true")),
    ):
        git(place, "config", key, value)
    there.there.write(".gitattributes", "*.spied diff=spy filter=spy\n")
    there.there.write("a.spied", "1\n")
    (place / "README.md").rename(place / "OTHER.md")
    found = there.diff()
    assert "renamed" in {each.status for each in found.files}
    patch = there.patch(found)
    assert not ran.exists()
    assert there.applied(found.old_tree, patch, tmp_path) == found.new_tree


def test_a_patch_is_cut_at_a_line_and_says_so(there: Look) -> None:
    there.there.write("long.txt", "line\n" * 10_000)
    found = there.diff()
    shown, cut = diffs.cut_patch(there.store, found.old_tree, found.new_tree, most=2_003)
    assert cut
    assert len(shown) <= 2_003
    assert shown.endswith(b"+line\n")
    whole, cut = diffs.cut_patch(there.store, found.old_tree, found.new_tree, most=1 << 20)
    assert not cut
    assert whole.count(b"\n+line") == 10_000


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", [b"plain.txt", b"\xff.txt", b":(glob)*", b"back\\xff", b"-p", "ü".encode()])
def test_the_patch_of_one_file_is_had_by_the_name_that_is_shown(there: Look, name: bytes) -> None:
    there.there.write(name, "1\n")
    there.there.write("other.txt", "1\n")
    found = there.diff()
    (path,) = {each.path for each in found.files} - {"other.txt"}
    shown, _ = diffs.cut_patch(there.store, found.old_tree, found.new_tree, (path,), most=1 << 20)
    assert shown.count(b"diff --git") == 1
    assert b"other.txt" not in shown


def test_objects_that_nobody_needed_for_long_are_removed(there: Look) -> None:
    there.there.write("a.txt")
    found = there.diff()
    assert any(there.store.folder.glob("??/*"))
    diffs.prune(there.store.folder)
    assert there.patch(found)
    diffs.prune(there.store.folder, found.at + 30 * 86_400)
    assert not any(there.store.folder.glob("??/*"))
    assert there.patch(there.diff())


def test_a_branch_whose_worktree_is_gone_is_shown_as_committed(there: Look) -> None:
    there.there.commit("a.txt")
    git(there.there.repo, "worktree", "remove", str(there.there.path))
    found = diffs.compare(there.store, diffs.of_branch(there.store, "orch/a"), diffs.Scope(base="main"))
    assert [each.path for each in found.files] == ["a.txt"]
    with pytest.raises(GitRefused, match="is missing"):
        there.snapshot()
