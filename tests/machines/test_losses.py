"""What isn't looked at counts as something: whatever would go with a worktree is named, and kept."""

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.core.commands import FinishCard, Rejected
from orchestrator.core.decide import decide
from orchestrator.core.literals import Finishing
from orchestrator.core.model import Card, State, Worktree
from orchestrator.core.worktrees.rebuildable import Rebuildable
from orchestrator.core.worktrees.repo import Loss
from orchestrator.world.worktrees import (
    GitFailed,
    GitRefused,
    WouldLose,
    loss,
    remove,
    rescue,
    rescued_files,
    rescued_patch,
    rescues,
    restore,
)
from orchestrator.world.worktrees import drop as drop_rescue
from tests.conftest import git
from tests.world.plots import AT, Plot, in_commit, on_disk, plot, raw_git, refs


@pytest.fixture
def there(repo: Path) -> Plot:
    return plot(repo)


def found(there: Plot, spare: Rebuildable | None = None) -> Loss:
    return loss(there.repo, there.path, there.branch, "main", spare=spare)


def gitignore(there: Plot, name: str) -> None:
    there.commit(".gitignore", f"{name}\n")
    git(there.repo, "merge", "--quiet", "--ff-only", there.branch)


def exclude(there: Plot, name: str) -> None:
    file = there.repo / ".git" / "info" / "exclude"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{name}\n")


def global_exclude(there: Plot, name: str) -> None:
    file = there.repo.parent / "global-ignore"
    file.write_text(f"{name}\n")
    git(there.repo, "config", "core.excludesFile", str(file))


def own_gitignore(there: Plot, name: str) -> None:
    folder, _, last = name.rpartition("/")
    there.write(f"{folder}/.gitignore" if folder else ".gitignore", f"{last}\n.gitignore\n")


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "hide", [gitignore, exclude, global_exclude, own_gitignore], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("name", [".env", "notes/plan.md"])
def test_an_ignored_file_is_named_kept_and_never_removed_unasked(
    there: Plot, hide: Callable[[Plot, str], None], name: str
) -> None:
    hide(there, name)
    there.write(name, "precious\n")
    assert name in found(there).ignored
    assert name in found(there).in_words()
    with pytest.raises(WouldLose, match="ignored file"):
        there.remove()
    before = on_disk(there.path)
    ref = there.remove(rescue=True).rescue_ref
    assert ref
    assert in_commit(there.repo, ref) == before


@pytest.mark.sample(6)
@pytest.mark.parametrize(
    "name",
    [
        *("node_modules/x/y.js", "pkg/node_modules/x", "target/debug/a", ".venv/bin/python", "venv/lib/x"),
        *(
            "a/__pycache__/b.pyc",
            "b.pyc",
            ".next/x",
            ".gradle/x",
            ".tox/x",
            ".mypy_cache/x",
            ".pytest_cache/v",
        ),
        *(".ruff_cache/x", ".cache/x", ".DS_Store", ".terraform/x", "x.o", "Main.class"),
    ],
)
def test_what_can_be_made_again_is_no_loss(there: Plot, name: str) -> None:
    exclude(there, name)
    there.write(name)
    assert found(there).nothing


@pytest.mark.parametrize(("mark", "lost"), [(None, True), ("package.json", False), ("Makefile", False)])
def test_a_folder_of_builds_is_no_loss_only_beside_what_builds_it(
    there: Plot, mark: str | None, lost: bool
) -> None:
    exclude(there, "dist/")
    if mark:
        there.commit(mark)
        git(there.repo, "merge", "--quiet", "--ff-only", there.branch)
    there.write("dist/report.md")
    assert bool(found(there).ignored) == lost


@pytest.mark.parametrize("mark", ["CACHEDIR.TAG", "pyvenv.cfg"])
def test_a_folder_that_says_it_can_be_made_again_is_no_loss(there: Plot, mark: str) -> None:
    exclude(there, "anything/")
    there.write(f"anything/{mark}")
    there.write("anything/much")
    assert found(there).nothing


@pytest.mark.parametrize("pattern", ["data/", "*.bin", "data/big.bin", "**/data"])
def test_what_the_configuration_calls_rebuildable_is_no_loss(there: Plot, pattern: str) -> None:
    exclude(there, "data/")
    there.write("data/big.bin")
    assert not found(there).nothing
    assert found(there, Rebuildable((pattern,))).nothing


def test_a_file_that_was_copied_from_the_main_worktree_is_a_loss_only_once_it_was_changed(
    there: Plot,
) -> None:
    exclude(there, ".env")
    (there.repo / ".env").write_text("KEY=1\n")
    there.write(".env", "KEY=1\n")
    assert found(there).nothing
    there.write(".env", "KEY=2\n")
    assert found(there).ignored == (".env",)


def test_above_the_limit_the_largest_are_named_with_a_way_out(there: Plot) -> None:
    exclude(there, "data/")
    there.write("data/big", b"x" * 3000)
    there.write("data/small", b"x")
    spare = Rebuildable((), 1000)
    assert "above the limit" in found(there, spare).in_words()
    before = on_disk(there.path)
    with pytest.raises(GitRefused, match="data/big") as refused:
        remove(
            there.repo,
            there.path,
            there.branch,
            made_branch=True,
            base="main",
            rescue_as="c1",
            at=AT,
            spare=spare,
        )
    assert "rebuildable" in refused.value.hint
    assert on_disk(there.path) == before


# --- repositories inside -------------------------------------------------------------------------


@pytest.fixture
def inner(there: Plot) -> Path:
    """A clone in an ignored folder, with all of it pushed."""
    exclude(there, "vendor/")
    git(there.path, "clone", "--quiet", str(there.repo), "vendor/inner")
    folder = there.path / "vendor" / "inner"
    git(folder, "config", "user.name", "A Person")
    git(folder, "config", "user.email", "person@example.org")
    return folder


def test_a_clone_that_holds_nothing_of_its_own_is_no_loss(there: Plot, inner: Path) -> None:
    assert found(there).nothing
    there.remove()
    assert not there.path.exists()


def unpushed(inner: Path) -> None:
    git(inner, "commit", "--quiet", "--allow-empty", "--message=mine")


def on_a_branch(inner: Path) -> None:
    git(inner, "switch", "--quiet", "--create", "mine")
    unpushed(inner)
    git(inner, "switch", "--quiet", "main")


def dirty(inner: Path) -> None:
    (inner / "README.md").write_text("mine\n")


def untracked(inner: Path) -> None:
    (inner / "new").write_text("mine\n")


def stashed(inner: Path) -> None:
    dirty(inner)
    git(inner, "stash", "--quiet")


def ignored_inside(inner: Path) -> None:
    (inner / ".git" / "info" / "exclude").write_text(".env\n")
    (inner / ".env").write_text("mine\n")


def broken(inner: Path) -> None:
    (inner / ".git" / "HEAD").unlink()


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "work",
    [unpushed, on_a_branch, dirty, untracked, stashed, ignored_inside, broken],
    ids=lambda each: each.__name__,
)
def test_a_clone_in_an_ignored_folder_with_work_of_its_own_keeps_the_worktree(
    there: Plot, inner: Path, work: Callable[[Path], None]
) -> None:
    work(inner)
    assert found(there).other == ("a nested repository (vendor/inner/)",)
    before = on_disk(there.path)
    with pytest.raises(GitRefused, match="vendor/inner/"):
        there.remove(rescue=True)
    assert on_disk(there.path) == before


# --- commits that no branch holds ----------------------------------------------------------------


def test_a_stash_stays_in_the_repository_and_is_told_of(there: Plot) -> None:
    there.write("README.md", "stashed\n")
    git(there.path, "stash", "push", "--quiet", "--message", "later")
    stash = git(there.repo, "rev-parse", "refs/stash")
    assert found(there).nothing
    assert found(there).notes == ("1 stash made on orch/a stays in the repository (stash@{0})",)
    assert there.remove().notes == found(there).notes
    assert git(there.repo, "rev-parse", "refs/stash") == stash


def test_a_stash_of_another_branch_is_not_told_of(there: Plot) -> None:
    (there.repo / "README.md").write_text("stashed\n")
    git(there.repo, "stash", "--quiet")
    assert found(there).notes == ()


@pytest.mark.parametrize("how", ["--hard", "--keep"])
def test_commits_that_were_reset_away_are_named_and_kept(there: Plot, how: str) -> None:
    lost = there.commit()
    git(there.path, "reset", "--quiet", how, "HEAD~1")
    assert [words.partition(" ")[2] for words in found(there).reset] == ["Add work.txt"]
    with pytest.raises(WouldLose, match="1 commit reset away"):
        there.remove()
    ref = there.remove(rescue=True).rescue_ref
    assert ref
    assert lost in git(there.repo, "rev-list", ref).split()


def amended(there: Plot) -> None:
    there.commit()
    there.write("work.txt", "better\n")
    git(there.path, "commit", "--quiet", "--all", "--amend", "--no-edit")


def squashed(there: Plot) -> None:
    there.commit()
    there.commit("second")
    git(there.path, "reset", "--quiet", "--soft", "HEAD~2")
    git(there.path, "commit", "--quiet", "--message=both")


def rebased(there: Plot) -> None:
    there.commit()
    (there.repo / "other").write_text("other\n")
    git(there.repo, "add", "other")
    git(there.repo, "commit", "--quiet", "--message=other")
    git(there.path, "rebase", "--quiet", "main")


@pytest.mark.parametrize("replaced", [amended, squashed, rebased], ids=lambda each: each.__name__)
def test_commits_that_others_replace_are_no_loss(there: Plot, replaced: Callable[[Plot], None]) -> None:
    replaced(there)
    assert len(found(there).commits) == 1
    assert found(there).reset == ()


@pytest.mark.parametrize("name", ["refs/worktree/mine", "refs/bisect/bad", "refs/rewritten/x"])
def test_commits_that_a_ref_of_the_worktree_alone_holds_are_named_and_kept(there: Plot, name: str) -> None:
    tree = git(there.path, "rev-parse", "HEAD^{tree}")
    commit = git(there.path, "commit-tree", "-m", "mine", "-p", "HEAD", tree)
    git(there.path, "update-ref", name, commit)
    assert len(found(there).commits) == 1
    ref = there.remove(rescue=True).rescue_ref
    assert ref
    assert commit in git(there.repo, "rev-list", ref).split()


def test_a_ref_of_the_worktree_to_a_file_is_beyond_a_rescue_and_named(there: Plot) -> None:
    blob = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"],
        cwd=there.path,
        input=b"mine",
        capture_output=True,
        check=True,
    )
    git(there.path, "update-ref", "refs/worktree/mine", blob.stdout.decode().strip())
    with pytest.raises(GitRefused, match="refs/worktree/mine to a blob"):
        there.remove(rescue=True)


# --- odd files -----------------------------------------------------------------------------------


def test_sockets_and_pipes_are_told_of_and_the_rest_is_kept(there: Plot) -> None:
    exclude(there, "run/")
    there.write("run/notes")
    os.mkfifo(there.path / "run" / "pipe")
    with socket.socket(socket.AF_UNIX) as door:
        old = Path.cwd()
        os.chdir(there.path / "run")
        try:
            door.bind("door")
        finally:
            os.chdir(old)
    (there.path / "run" / "link").symlink_to("notes")
    assert found(there).ignored == ("run/notes", "run/link") or set(found(there).ignored) == {
        "run/notes",
        "run/link",
    }
    done = there.remove(rescue=True)
    assert done.notes == ("sockets and pipes cannot be saved (run/door, run/pipe)",)
    assert done.rescue_ref
    assert in_commit(there.repo, done.rescue_ref)[b"run/link"] == (0o120000, b"notes")


def test_a_pipe_in_a_tracked_files_place_does_not_keep_the_rest_from_being_kept(there: Plot) -> None:
    (there.path / "README.md").unlink()
    os.mkfifo(there.path / "README.md")
    there.write("new")
    ref = there.remove(rescue=True).rescue_ref
    assert ref
    assert b"new" in in_commit(there.repo, ref)


def test_a_file_that_is_only_intended_to_be_added_is_kept(there: Plot) -> None:
    there.write("intended", "precious\n")
    git(there.path, "add", "--intent-to-add", "intended")
    assert not found(there).nothing
    ref = there.remove(rescue=True).rescue_ref
    assert ref
    assert in_commit(there.repo, ref)[b"intended"][1] == b"precious\n"


def test_an_empty_folder_is_no_loss(there: Plot) -> None:
    (there.path / "empty" / "deeper").mkdir(parents=True)
    assert found(there).nothing


def test_notes_stay_with_the_repository(there: Plot) -> None:
    there.commit()
    git(there.path, "notes", "add", "-m", "remember")
    note = refs(there.repo)["refs/notes/commits"]
    there.remove(rescue=True)
    assert refs(there.repo)["refs/notes/commits"] == note


# --- deciding ------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["merge", "discard"])
@pytest.mark.parametrize("lost", [Loss(ignored=(".env", "notes/plan.md")), Loss(reset=("abc1234 work",))])
def test_an_ending_says_what_would_be_lost_before_it_happens(how: Finishing, lost: Loss) -> None:
    tree = Worktree("/r-orch/a", "orch/a", "0" * 40, made=True)
    card = Card("c1", "a", "A", "", "/r", "main", "orch/a", "/r-orch/a", 0.0, worktree=tree)
    state = State(cards={"c1": card})
    refused = decide(state, FinishCard("c1", how, rescue=False, loss=lost), 1.0)
    assert isinstance(refused, Rejected)
    assert (lost.ignored or ("abc1234 work",))[0] in refused.why
    assert "--rescue" in refused.hint
    assert not isinstance(decide(state, FinishCard("c1", how, rescue=True, loss=lost), 1.0), Rejected)


# --- rescues -------------------------------------------------------------------------------------


def test_many_files_become_one_pack_and_no_loose_object_each(there: Plot) -> None:
    for number in range(1200):
        there.write(f"many/{number}", f"{number}\n")
    objects = there.repo / ".git" / "objects"
    before = {path for path in objects.rglob("*") if path.is_file()}
    told: list[str] = []
    remove(
        there.repo,
        there.path,
        there.branch,
        made_branch=True,
        base="main",
        rescue_as="c1",
        at=AT,
        told=told.append,
    )
    made = {path for path in objects.rglob("*") if path.is_file()} - before
    assert len([path for path in made if path.suffix == ".pack"]) == 1
    assert len(made) < 20
    assert "rescuing file 501 of 1,200" in told
    assert not list(objects.glob("tmp_objdir-*"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder on a disk of 4 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    return folder


def test_a_full_disk_ends_a_rescue_in_words_and_loses_nothing(small: Path, tmp_path: Path) -> None:
    try:
        git(small, "init", "--quiet", "--initial-branch=main", "repo")
        repo = small / "repo"
        git(repo, "config", "user.name", "A Person")
        git(repo, "config", "user.email", "person@example.org")
        git(repo, "commit", "--quiet", "--allow-empty", "--message=first")
        path = tmp_path / "work"
        git(repo, "worktree", "add", "--quiet", "-b", "orch/a", str(path))
        there = Plot(repo, path, "orch/a")
        there.write("big", os.urandom(1024**2))
        filler = small / "filler"
        filler.write_bytes(b"x" * (os.statvfs(small).f_bavail * 4096 - 600_000))
        before = on_disk(path), refs(repo)
        with pytest.raises(GitFailed, match=r"not enough space|cannot save"):
            there.remove(rescue=True)
        assert (on_disk(path), refs(repo)) == before
        filler.unlink()
        ref = there.remove(rescue=True).rescue_ref
        assert ref
        assert set(in_commit(repo, ref)) == {b"big"}
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_rescue_is_listed_shown_restored_and_dropped_only_by_its_name(there: Plot) -> None:
    exclude(there, ".env")
    commit = there.commit()
    there.write(".env", b"KEY=\xff\r\n")
    there.write("README.md", "changed\n")
    there.write("run.sh").chmod(0o755)
    (there.path / "link").symlink_to("README.md")
    (there.path / "work.txt").unlink()
    there.write("work.txt/now-a-folder")
    files = on_disk(there.path)
    ref = there.remove(rescue=True).rescue_ref
    assert ref
    (listed,) = rescues(there.repo)
    assert (listed.ref, listed.card, listed.commit) == (ref, "c1", refs(there.repo)[ref])
    assert "1 ignored file (.env)" in listed.said
    assert ("A", ".env") in rescued_files(there.repo, ref)
    assert "+changed" in rescued_patch(there.repo, ref)
    back = there.repo.parent / "back"
    restore(there.repo, ref, back, "rescue/a")
    assert on_disk(back) == files
    assert git(back, "rev-parse", "HEAD") == commit
    assert git(back, "branch", "--show-current") == "rescue/a"
    with pytest.raises(GitRefused, match="already exists"):
        restore(there.repo, ref, back, "rescue/b")
    with pytest.raises(GitRefused, match="is not a rescue"):
        drop_rescue(there.repo, "refs/heads/main", listed.commit)
    drop_rescue(there.repo, ref, listed.commit)
    assert rescues(there.repo) == ()


def test_a_rescue_made_of_a_folder_that_holds_everything_odd_comes_back_byte_for_byte(there: Plot) -> None:
    git(there.repo, "config", "core.autocrlf", "true")
    for name in (b"-rf", b"two\nlines", b"\xff\xfe", b"a*?[b]", "ü".encode()):
        there.write(name, b"\r\nmixed\n" + name)
    there.write(".gitattributes", "* text=auto ident\n")
    there.write("README.md", "changed\n")
    files = on_disk(there.path)
    ref = rescue(there.repo, there.path, "c1", AT)
    back = there.repo.parent / "back"
    restore(there.repo, ref, back, "back")
    assert on_disk(back) == files
    assert raw_git(there.repo, "show", f"{ref}:-rf") == b"\r\nmixed\n-rf"
