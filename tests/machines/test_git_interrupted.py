"""A merge lands whole or not at all, whatever git, hooks, people and kills do meanwhile."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.world.worktrees import GitFailed, GitRefused, Wanted, command
from orchestrator.world.worktrees.landing import checkout, signing
from orchestrator.world.worktrees.landing import place as landing
from tests.conftest import git
from tests.hub.stage import runs
from tests.poll import poll
from tests.world.kills import Killed, kills_at
from tests.world.landings import Lander
from tests.world.plots import Plot, in_commit, on_disk, plot, raw_git, refs

pytestmark = pytest.mark.slow


@pytest.fixture
def there(repo: Path) -> Plot:
    made = plot(repo)
    made.commit()
    return made


def lander(there: Plot, into: str = "main", method: str = "merge") -> Lander:
    since = git(there.repo, "rev-list", "--max-parents=0", "main")
    return Lander(there.repo, Wanted(there.branch, into, method, "Merge it", since))


def merged(there: Plot, into: str = "main") -> str:
    return lander(there, into).land()


def hook(there: Plot, name: str, script: str) -> None:
    file = there.repo / ".git" / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def commit(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text)
    git(folder, "add", "--", name)
    git(folder, "commit", "--quiet", "--no-verify", f"--message={name}")
    return git(folder, "rev-parse", "HEAD")


def whole(there: Plot) -> str:
    """Checks that nothing is half done: the base's checkout is clean, and no landing is left."""
    assert git(there.repo, "status", "--porcelain", "--untracked-files=no") == ""
    assert not (there.repo / ".git" / "MERGE_HEAD").exists()
    assert not (there.repo / ".git" / landing.FOLDER).exists()
    assert landing.FOLDER not in git(there.repo, "worktree", "list")
    assert git(there.repo, "fsck", "--connectivity-only", "--no-dangling") == ""
    return git(there.repo, "rev-parse", "main")


def holds_the_work(there: Plot, ref: str = "main") -> bool:
    return raw_git(there.repo, "ls-tree", "--name-only", ref, "work.txt") != b""


# --- what counts as merged -----------------------------------------------------------------------


def merge_without_the_content(there: Plot) -> None:
    """What a person's next commit comes to after half a merge."""
    git(there.repo, "merge", "--quiet", "--no-commit", "--no-ff", there.branch)
    git(there.repo, "rm", "--quiet", "--force", "work.txt")
    (there.repo / "mine").write_text("mine\n")
    git(there.repo, "add", "mine")
    git(there.repo, "commit", "--quiet", "--message=mine")


def merge_with_their_strategy(there: Plot) -> None:
    git(there.repo, "merge", "--quiet", "--strategy=ours", there.branch, "--message=ours")


@pytest.mark.parametrize("fake", [merge_without_the_content, merge_with_their_strategy])
def test_a_merge_commit_without_the_work_is_no_merge_and_the_work_is_brought(
    there: Plot, fake: Callable[[Plot], None]
) -> None:
    fake(there)
    before = refs(there.repo)["refs/heads/main"]
    assert not holds_the_work(there)
    assert merged(there) != before
    assert holds_the_work(there)
    assert whole(there) == merged(there)


def test_a_merge_that_took_only_a_part_is_no_merge(there: Plot) -> None:
    there.commit("second.txt")
    git(there.repo, "merge", "--quiet", "--no-commit", "--no-ff", there.branch)
    git(there.repo, "rm", "--quiet", "--force", "second.txt")
    git(there.repo, "commit", "--quiet", "--message=part")
    merged(there)
    assert {"work.txt", "second.txt"} <= {path.name for path in there.repo.iterdir()}


def test_what_was_merged_and_taken_back_is_refused_with_the_commit(there: Plot) -> None:
    landed = merged(there)
    git(there.repo, "revert", "--mainline=1", "--no-edit", "HEAD")
    before = refs(there.repo)
    with pytest.raises(GitRefused, match=f"merged it as {landed[:12]}.*reverted since"):
        merged(there)
    assert refs(there.repo) == before


def squashed(there: Plot) -> None:
    git(there.repo, "merge", "--quiet", "--squash", there.branch)
    git(there.repo, "commit", "--quiet", "--message=squashed")


def rebased(there: Plot) -> None:
    commit(there.repo, "other", "other\n")
    git(there.repo, "cherry-pick", f"main..{there.branch}")


def squashed_and_gone_on(there: Plot) -> None:
    squashed(there)
    commit(there.repo, "work.txt", "work, and more of it\n")


def rebased_and_gone_on(there: Plot) -> None:
    rebased(there)
    commit(there.repo, "work.txt", "otherwise\n")


def forwarded(there: Plot) -> None:
    git(there.repo, "merge", "--quiet", "--ff-only", there.branch)


def resolved_by_hand(there: Plot) -> None:
    commit(there.repo, "work.txt", "theirs\n")
    with pytest.raises(AssertionError):
        git(there.repo, "merge", there.branch)
    (there.repo / "work.txt").write_text("both\n")
    git(there.repo, "commit", "--quiet", "--all", "--message=both")
    commit(there.repo, "work.txt", "and on\n")


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "landed",
    [squashed, rebased, squashed_and_gone_on, rebased_and_gone_on, forwarded, resolved_by_hand],
    ids=lambda each: each.__name__,
)
def test_work_that_the_base_holds_by_any_road_is_not_merged_again(
    there: Plot, landed: Callable[[Plot], None]
) -> None:
    there.commit("second.txt", "two\n")
    landed(there)
    before = refs(there.repo)
    assert merged(there) == before["refs/heads/main"]
    assert refs(there.repo) == before


# --- locks and other people's git ----------------------------------------------------------------


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", ["index.lock", "HEAD.lock", "refs/heads/main.lock", "packed-refs.lock"])
def test_a_lock_in_the_base_is_named_and_nothing_changes(
    there: Plot, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "LOCKS", 0.2)
    lock = there.repo / ".git" / name
    lock.touch()
    before = refs(there.repo), on_disk(there.repo)
    with pytest.raises(GitRefused, match=f"{name} exists.*a crashed one left it") as refused:
        merged(there)
    assert f"rm {lock}" in refused.value.hint
    assert (refs(there.repo), on_disk(there.repo)) == before
    lock.unlink()
    merged(there)
    assert holds_the_work(there, whole(there))


def test_a_lock_that_another_git_lets_go_of_is_waited_for(there: Plot) -> None:
    lock = there.repo / ".git" / "index.lock"
    lock.touch()
    threading.Timer(0.5, lock.unlink).start()
    merged(there)
    assert holds_the_work(there, whole(there))


def test_a_merge_that_a_person_is_in_the_middle_of_is_left_alone(there: Plot) -> None:
    git(there.repo, "branch", "other")
    git(there.repo, "switch", "--quiet", "other")
    commit(there.repo, "README.md", "other\n")
    git(there.repo, "switch", "--quiet", "main")
    commit(there.repo, "README.md", "main\n")
    with pytest.raises(AssertionError):
        git(there.repo, "merge", "other")
    before = refs(there.repo), on_disk(there.repo)
    with pytest.raises(GitRefused, match="a merge in progress"):
        merged(there)
    assert (refs(there.repo), on_disk(there.repo)) == before
    assert (there.repo / ".git" / "MERGE_HEAD").exists()


def test_a_base_that_moves_while_the_hook_runs_is_merged_as_it_is_then(there: Plot) -> None:
    moved = there.repo.parent / "moved"
    hook(
        there,
        "pre-merge-commit",
        f"[ -e {moved} ] || {{ touch {moved}; cd {there.repo}; unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE;"
        f" echo x > theirs; git add theirs; git commit -q --no-verify -m theirs; }}",
    )
    merged(there)
    assert holds_the_work(there, whole(there))
    assert (there.repo / "theirs").exists()


def test_a_file_that_becomes_dirty_while_the_hook_runs_is_not_touched(there: Plot) -> None:
    hook(there, "pre-merge-commit", f"echo mine > {there.repo}/README.md")
    before = refs(there.repo)
    with pytest.raises(GitRefused, match=r"uncommitted changes \(README\.md\)"):
        merged(there)
    assert (there.repo / "README.md").read_text() == "mine\n"
    assert refs(there.repo) == before
    assert not (there.repo / "work.txt").exists()


def test_an_ignored_file_in_the_way_is_never_overwritten(there: Plot) -> None:
    (there.repo / ".git" / "info" / "exclude").write_text("work.txt\n")
    (there.repo / "work.txt").write_text("my own secret\n")
    before = refs(there.repo)
    with pytest.raises(GitRefused, match=r"work\.txt"):
        merged(there)
    assert (there.repo / "work.txt").read_text() == "my own secret\n"
    assert refs(there.repo) == before
    assert not (there.repo / ".git" / landing.FOLDER).exists()


# --- hooks and signing ---------------------------------------------------------------------------


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "name", ["pre-merge-commit", "commit-msg", "prepare-commit-msg", "reference-transaction"]
)
def test_a_hook_that_says_no_changes_nothing_and_is_shown(there: Plot, name: str) -> None:
    only = '[ "$1" = prepared ] && grep -q refs/heads/main || exit 0; ' if name.startswith("ref") else ""
    hook(there, name, f"{only}echo not on a Friday >&2; exit 1")
    before = refs(there.repo), on_disk(there.repo)
    with pytest.raises(GitFailed, match="not on a Friday"):
        merged(there)
    assert (refs(there.repo), on_disk(there.repo)) == before
    (there.repo / ".git" / "hooks" / name).unlink()
    merged(there)
    assert holds_the_work(there, whole(there))


def test_a_hook_that_hangs_after_the_base_has_moved_is_ended_and_the_merge_stands(
    there: Plot, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(there, "post-merge", f'[ "$(pwd)" = {there.repo} ] && exec sleep 1000 || exit 0')
    monkeypatch.setattr(checkout, "LONG", 2.0)
    monkeypatch.setattr(command, "TIDY_UP", 0.2)
    merged(there)
    assert holds_the_work(there, whole(there))


def test_a_signature_that_asks_for_a_terminal_ends_in_words(
    there: Plot, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = there.repo.parent / "gpg"
    program.write_text("#!/bin/sh\nexec sleep 1000\n")
    program.chmod(0o755)
    git(there.repo, "config", "commit.gpgSign", "true")
    git(there.repo, "config", "gpg.program", str(program))
    monkeypatch.setattr(signing, "SIGNING", 1.0)
    monkeypatch.setattr(command, "TIDY_UP", 0.2)
    before = refs(there.repo), on_disk(there.repo)
    with pytest.raises(GitRefused, match=r"took more than 1 seconds.*passphrase.*gpg --sign"):
        merged(there)
    assert (refs(there.repo), on_disk(there.repo)) == before
    git(there.repo, "config", "commit.gpgSign", "false")
    merged(there)
    assert holds_the_work(there, whole(there))


# --- bases that can't be merged into -------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "words"),
    [("gone", "no branch named gone"), ("v1", "is a tag or a commit"), ("unborn", "has no commit yet")],
)
def test_a_base_that_is_no_branch_is_refused_and_the_way_out_is_named(
    there: Plot, base: str, words: str
) -> None:
    git(there.repo, "tag", "v1")
    if base == "unborn":
        git(there.repo, "switch", "--quiet", "--orphan", "unborn")
    with pytest.raises(GitRefused, match=words) as refused:
        merged(there, base)
    assert "--into" in refused.value.hint
    git(there.repo, "switch", "--quiet", "main")
    merged(there)
    assert holds_the_work(there, whole(there))


def test_a_commit_as_base_is_refused_and_the_way_out_is_named(there: Plot) -> None:
    with pytest.raises(GitRefused, match="is a tag or a commit") as refused:
        merged(there, git(there.repo, "rev-parse", "main"))
    assert "--into" in refused.value.hint


def test_with_a_detached_head_in_the_main_checkout_the_base_moves_and_the_checkout_stays(there: Plot) -> None:
    git(there.repo, "switch", "--quiet", "--detach")
    head = git(there.repo, "rev-parse", "HEAD")
    assert merged(there) != head
    assert git(there.repo, "rev-parse", "HEAD") == head
    assert holds_the_work(there)


# --- killed --------------------------------------------------------------------------------------


def test_the_git_of_a_hub_that_was_killed_is_ended_and_the_landing_is_made_again(there: Plot) -> None:
    ran = there.repo.parent / "ran"
    hook(there, "pre-merge-commit", f"echo $$ >> {ran}; [ $(wc -l < {ran}) -gt 1 ] || exec sleep 1000")
    script = (
        "from pathlib import Path; from orchestrator.world.worktrees import Wanted, make; "
        f"make(Path({str(there.repo)!r}), Wanted({there.branch!r}, 'main', 'merge', 'Merge it'))"
    )
    hub = subprocess.Popen([sys.executable, "-c", script])
    poll(lambda: ran.exists() and ran.read_text())
    hub.send_signal(signal.SIGKILL)
    hub.wait()
    assert git(there.repo, "status", "--porcelain") == ""
    merged(there)
    assert holds_the_work(there, whole(there))
    first, second = ran.read_text().split()
    assert first != second
    assert not runs(int(first))


@pytest.mark.sample(2)
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("method", "checked_out"), [("merge", True), ("merge", False), ("squash", True), ("rebase", False)]
)
def test_killed_between_any_two_steps_a_landing_is_whole_once_it_is_asked_for_again(
    there: Plot, monkeypatch: pytest.MonkeyPatch, *, after: bool, method: str, checked_out: bool
) -> None:
    if not checked_out:
        git(there.repo, "switch", "--quiet", "--create", "elsewhere")
    base = refs(there.repo)["refs/heads/main"]
    number = 1
    while True:
        git(there.repo, "update-ref", "refs/heads/main", base)
        git(there.repo, "reset", "--quiet", "--hard")
        with monkeypatch.context() as patched:
            steps = kills_at(patched, number, after=after)
            asked = lander(there, method=method)
            with suppress(Killed):
                asked.land()
            if steps() < number:
                break
        status = git(there.repo, "status", "--porcelain")
        assert status == "", f"half of it stands after step {number}"
        landed = asked.land()
        assert whole(there) == landed
        assert holds_the_work(there)
        assert git(there.repo, "rev-list", "--first-parent", f"{base}..{landed}").count("\n") == 0
        number += 1
    assert number > 3


@pytest.mark.long
@pytest.mark.parametrize("after", [False, True])
def test_killed_between_any_two_steps_of_a_removal_all_work_is_there_or_rescued(
    repo: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    exclude = repo / ".git" / "info" / "exclude"
    exclude.write_text(".env\n")
    number = 1
    while True:
        there = plot(repo, f"n{number}")
        tip = there.commit()
        there.write(".env", f"KEY={number}\n")
        there.write("new", f"{number}\n")
        files = on_disk(there.path)
        with monkeypatch.context() as patched:
            steps = kills_at(patched, number, after=after)
            with suppress(Killed):
                there.remove(rescue=True)
            if steps() < number:
                break
        if there.path.exists():
            assert on_disk(there.path) == files
        there.remove(rescue=True)
        assert not there.path.exists()
        kept = {ref: commit for ref, commit in refs(repo).items() if ref.startswith("refs/orch/rescue/")}
        assert any(in_commit(repo, commit) == files for commit in kept.values())
        assert tip in raw_git(repo, "rev-list", *kept).decode().split()
        assert there.branch not in git(repo, "branch", "--list")
        number += 1
    assert number > 4
