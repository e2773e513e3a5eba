"""A rescue holds every byte of the work, and making it changes nothing else."""

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from orchestrator.world.worktrees import GitFailed, GitRefused, loss, rescue, restore_branch
from orchestrator.world.worktrees.packing import pack
from orchestrator.world.worktrees.rescues import saving
from tests.conftest import git
from tests.world.plots import AT, STAMP, Plot, in_commit, on_disk, plot, raw_git, refs

ODD_NAMES = (
    b"-rf",
    b"two\nlines",
    b" lead",
    b"tab\t",
    "ü💥.txt".encode(),
    b"\xff\xfe",
    b'"q"',
    b"a*?[b]",
    b":!x",
)


@pytest.fixture
def there(repo: Path) -> Plot:
    return plot(repo)


def rescued(there: Plot) -> str:
    return rescue(there.repo, there.path, "c1", AT)


def test_the_name_holds_the_card_and_the_time_in_utc(there: Plot) -> None:
    east = datetime.fromtimestamp(AT, UTC).astimezone(timezone(timedelta(hours=9)))
    assert rescued(there) == f"refs/orch/rescue/c1/{STAMP}"
    assert rescue(there.repo, there.path, "c1", east) == f"refs/orch/rescue/c1/{STAMP}-2"
    assert rescued(there) == f"refs/orch/rescue/c1/{STAMP}-3"


@pytest.mark.sample(3)
@pytest.mark.parametrize("card", ["", "-x", "a..b", "a b", "x\n", "/", "a/../b"])
def test_a_card_that_cannot_be_in_a_refs_name_is_refused(there: Plot, card: str) -> None:
    before = refs(there.repo)
    with pytest.raises(GitRefused):
        rescue(there.repo, there.path, card, AT)
    assert refs(there.repo) == before


def test_every_kind_of_file_is_kept_byte_for_byte(there: Plot) -> None:
    there.write("README.md", b"\r\nmixed\nendings\r\n")
    there.write("binary", bytes(range(256)))
    there.write("empty", b"")
    there.write("deep/er/file")
    there.write("script").chmod(0o755)
    (there.path / "link").symlink_to("deep/er")
    (there.path / "dangling").symlink_to(os.fsdecode(b"no\xffwhere\n"))
    for name in ODD_NAMES:
        there.write(name, name)
        there.write(b"odd/" + name, name)
    assert in_commit(there.repo, rescued(there)) == on_disk(there.path)


def test_filters_and_line_ends_do_not_touch_what_is_kept(there: Plot) -> None:
    ran = there.repo.parent / "filter-ran"
    for what in ("clean", "smudge"):
        git(there.repo, "config", f"filter.odd.{what}", f"touch '{ran}'; tr a-z A-Z")
    git(there.repo, "config", "core.autocrlf", "true")
    there.write("secret.txt", b"plain\r\nmixed\n")
    there.write(".gitattributes", "*.txt filter=odd ident\n")
    assert in_commit(there.repo, rescued(there)) == on_disk(there.path)
    assert not ran.exists()


def test_files_that_became_folders_and_links_and_back_are_kept(there: Plot) -> None:
    for name in ("file", "folder/one", "folder/two", "d/f"):
        there.commit(name)
    (there.path / "file").unlink()
    there.write("file/inside")
    (there.path / "folder" / "one").unlink()
    (there.path / "folder" / "two").unlink()
    (there.path / "folder").rmdir()
    there.write("folder", "now a file")
    there.write("else/f", "not tracked")
    (there.path / "d" / "f").unlink()
    (there.path / "d").rmdir()
    (there.path / "d").symlink_to("else")
    assert in_commit(there.repo, rescued(there)) == on_disk(there.path)


def test_the_commits_are_kept_too(there: Plot) -> None:
    commit = there.commit()
    there.write("dirt")
    assert git(there.repo, "rev-parse", f"{rescued(there)}^") == commit


def test_what_is_staged_and_nowhere_else_is_kept_in_a_further_parent(there: Plot) -> None:
    there.write("only-staged", "precious")
    there.write("README.md", "staged\n")
    git(there.path, "add", ".")
    (there.path / "only-staged").unlink()
    there.write("README.md", "on disk\n")
    ref = rescued(there)
    assert in_commit(there.repo, ref) == on_disk(there.path)
    assert raw_git(there.repo, "show", f"{ref}^2:only-staged") == b"precious"
    assert raw_git(there.repo, "show", f"{ref}^2:README.md") == b"staged\n"


def test_worktree_index_stash_and_branches_stay_as_they_are(there: Plot) -> None:
    there.write("staged")
    git(there.path, "add", "staged")
    there.write("README.md", "changed\n")
    there.write("new")
    index = (there.repo / ".git" / "worktrees" / "a" / "index").read_bytes()
    files, status, others = on_disk(there.path), git(there.path, "status", "--porcelain"), refs(there.repo)
    ref = rescued(there)
    assert on_disk(there.path) == files
    assert (there.repo / ".git" / "worktrees" / "a" / "index").read_bytes() == index
    assert git(there.path, "status", "--porcelain") == status
    assert {name: commit for name, commit in refs(there.repo).items() if name != ref} == others


def test_no_hook_runs_and_nothing_is_signed(there: Plot) -> None:
    ran = there.repo.parent / "hook-ran"
    for name in ("pre-commit", "post-commit", "commit-msg", "post-index-change", "post-rewrite"):
        hook = there.repo / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch '{ran}'\n")
        hook.chmod(0o755)
    git(there.repo, "config", "commit.gpgSign", "true")
    git(there.repo, "config", "gpg.program", "/bin/false")
    there.write("new")
    rescued(there)
    assert not ran.exists()


def test_it_needs_no_identity(there: Plot) -> None:
    git(there.repo, "config", "--unset", "user.name")
    git(there.repo, "config", "--unset", "user.email")
    git(there.repo, "config", "user.useConfigOnly", "true")
    there.write("new")
    assert git(there.repo, "log", "-1", "--format=%an %at", rescued(there)) == f"orch {int(AT)}"


def conflicting(there: Plot) -> None:
    there.commit("README.md", "ours\n")
    git(there.repo, "switch", "--quiet", "--create", "theirs", "main")
    (there.repo / "README.md").write_text("theirs\n")
    git(there.repo, "commit", "--quiet", "--all", "--message=theirs")
    git(there.repo, "switch", "--quiet", "main")


def test_a_conflicted_merge_is_kept_as_it_stands_with_both_sides(there: Plot) -> None:
    conflicting(there)
    with pytest.raises(AssertionError):
        git(there.path, "merge", "theirs")
    there.write("new")
    there.write("staged", "precious")
    git(there.path, "add", "staged")
    there.write("staged", "changed since")
    theirs = git(there.repo, "rev-parse", "theirs")
    git(there.repo, "branch", "--quiet", "-D", "theirs")
    ref = rescued(there)
    assert in_commit(there.repo, ref) == on_disk(there.path)
    assert b"<<<<<<<" in in_commit(there.repo, ref)[b"README.md"][1]
    parents = git(there.repo, "rev-parse", f"{ref}^@").splitlines()
    assert parents[0] == git(there.path, "rev-parse", "HEAD")
    assert theirs in parents
    assert raw_git(there.repo, "show", f"{parents[-1]}:staged") == b"precious"


def test_a_rebase_under_way_keeps_the_commits_it_has_not_come_to(there: Plot) -> None:
    conflicting(there)
    later = there.commit("later")
    with pytest.raises(AssertionError):
        git(there.path, "rebase", "theirs")
    ref = rescued(there)
    assert git(there.repo, "merge-base", "--is-ancestor", later, ref) == ""
    assert in_commit(there.repo, ref) == on_disk(there.path)


def test_a_branch_without_a_commit_is_kept(there: Plot) -> None:
    git(there.path, "switch", "--quiet", "--orphan", "bare")
    there.write("staged")
    git(there.path, "add", "staged")
    there.write("new")
    assert in_commit(there.repo, rescued(there)) == on_disk(there.path)


def test_a_file_that_git_was_told_not_to_look_at_is_kept(there: Plot) -> None:
    git(there.path, "update-index", "--assume-unchanged", "README.md")
    there.write("README.md", "changed\n")
    assert in_commit(there.repo, rescued(there)) == on_disk(there.path)


@pytest.mark.long
def test_many_files_are_kept(there: Plot) -> None:
    for number in range(1500):
        there.write(f"many/{'long-' * 10}{number}", str(number))
    assert in_commit(there.repo, rescued(there)) == on_disk(there.path)


def test_in_a_repository_with_longer_ids_it_works_the_same(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--object-format=sha256", "--initial-branch=main", "repo")
    repo = tmp_path / "repo"
    who = ("-c", "user.name=x", "-c", "user.email=x@x")
    git(repo, *who, "commit", "--quiet", "--allow-empty", "--message=one")
    there = plot(repo)
    there.write("new")
    assert in_commit(repo, rescued(there)) == on_disk(there.path)


def test_ignored_files_are_kept_save_those_that_can_be_made_again(there: Plot) -> None:
    there.write(".gitignore", "*.log\n*.pyc\n.env\n")
    for name in ("big.log", ".env", "a.pyc"):
        there.write(name)
    held = in_commit(there.repo, rescued(there))
    assert {b"big.log", b".env"} <= set(held)
    assert b"a.pyc" not in held


def test_a_submodule_is_kept_as_the_commit_it_stands_at(there: Plot, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(there.repo), "library")
    allow = ("-c", "protocol.file.allow=always")
    git(there.path, *allow, "submodule", "--quiet", "add", str(tmp_path / "library"), "lib")
    commit = git(there.path / "lib", "rev-parse", "HEAD")
    assert in_commit(there.repo, rescued(there))[b"lib"] == (0o160000, commit.encode())


def test_what_a_rescue_cannot_hold_is_refused_by_name(there: Plot) -> None:
    git(there.path, "init", "--quiet", "inner")
    git(
        there.path / "inner",
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@x",
        "commit",
        "-qm",
        "x",
        "--allow-empty",
    )
    before = refs(there.repo)
    with pytest.raises(GitRefused, match="inner/"):
        rescued(there)
    assert refs(there.repo) == before


def test_a_repository_inside_without_a_commit_loses_no_file(there: Plot) -> None:
    git(there.path, "init", "--quiet", "inner")
    there.write("inner/precious")
    assert not loss(there.repo, there.path, there.branch, "").nothing
    try:
        ref = rescued(there)
    except GitRefused:
        return
    assert b"inner/precious" in in_commit(there.repo, ref)


def test_a_file_above_the_limit_is_refused_by_name(there: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "LARGEST", 1000)
    there.write("huge", b"x" * 1001)
    with pytest.raises(GitRefused, match="huge"):
        rescued(there)


def test_a_full_disk_is_a_failure_before_anything_is_written(
    there: Plot, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.write("new", b"x" * 1000)
    full = type("Usage", (), {"free": 999})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: full)
    with pytest.raises(GitFailed, match="not enough space"):
        rescued(there)


def test_a_worktree_that_is_written_to_meanwhile_is_not_called_rescued(
    there: Plot, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.write("new", "before")

    def write_late(*arguments: object) -> list[str]:
        blobs = pack(*arguments)  # type: ignore[arg-type]
        there.write("new", "after!")
        return blobs

    monkeypatch.setattr(saving, "pack", write_late)
    before = refs(there.repo)
    with pytest.raises(GitFailed, match="changed while"):
        rescued(there)
    assert refs(there.repo) == before


def test_a_tree_that_lacks_a_file_is_not_called_rescued(there: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    there.write("new")
    writing = saving._write_tree  # noqa: SLF001 (a fault between two steps of a rescue)

    def lose(*arguments: object) -> object:
        _, expected = writing(*arguments)  # type: ignore[arg-type]
        return git(there.repo, "rev-parse", "HEAD^{tree}"), expected

    monkeypatch.setattr(saving, "_write_tree", lose)
    with pytest.raises(GitFailed, match="new differs"):
        rescued(there)


def test_a_rescue_becomes_a_branch_that_holds_its_files_and_takes_no_name_in_use(there: Plot) -> None:
    there.write("new.txt", "new\n")
    ref = rescued(there)
    restore_branch(there.repo, ref, "back/again")
    assert in_commit(there.repo, "back/again") == on_disk(there.path)
    before = refs(there.repo)
    assert before[ref], "the rescue is kept"
    for name, words in (("back/again", "already exists"), ("-x", "is not a valid")):
        with pytest.raises(GitRefused, match=words):
            restore_branch(there.repo, ref, name)
    with pytest.raises(GitRefused, match="is not a rescue"):
        restore_branch(there.repo, "main", "other")
    assert refs(there.repo) == before
