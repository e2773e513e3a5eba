"""Merge, squash and rebase: what each makes, with the repository's hooks, signatures and check."""

import threading
from pathlib import Path

import pytest

from orchestrator.world.worktrees import (
    CheckFailed,
    GitFailed,
    GitRefused,
    Wanted,
    command,
    loss,
    make,
    move,
    survey,
)
from orchestrator.world.worktrees.command import GitOutput
from orchestrator.world.worktrees.landing import place as landing
from tests.conftest import git
from tests.poll import poll
from tests.world.landings import Lander, land
from tests.world.plots import Plot, on_disk, plot, refs

pytestmark = pytest.mark.slow

METHODS = ("merge", "squash", "rebase")


@pytest.fixture
def there(repo: Path) -> Plot:
    """A branch of two commits, and a base that has one of its own since."""
    made = plot(repo)
    made.commit("one.txt")
    made.commit("two.txt")
    base_commit(repo, "base.txt", "base\n")
    return made


def base_commit(repo: Path, name: str, text: str) -> str:
    (repo / name).write_text(text)
    git(repo, "add", "--", name)
    git(repo, "commit", "--quiet", "--no-verify", f"--message=Change {name}")
    return git(repo, "rev-parse", "HEAD")


def hook(there: Plot, name: str, script: str) -> Path:
    file = there.repo / ".git" / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def wanted(there: Plot, method: str, **more: object) -> Wanted:
    return Wanted(there.branch, "main", method, "Land it", **more)  # type: ignore[arg-type]


def everything(there: Plot) -> tuple[object, ...]:
    """All that a failed landing must leave as it was."""
    assert landing.FOLDER not in git(there.repo, "worktree", "list")
    assert not (there.repo / ".git" / landing.FOLDER).exists()
    status = [git(where, "status", "--porcelain") for where in (there.repo, there.path)]
    return refs(there.repo), on_disk(there.repo), on_disk(there.path), status


@pytest.mark.parametrize("method", METHODS)
def test_each_method_makes_its_own_history_of_the_same_content(there: Plot, method: str) -> None:
    base = git(there.repo, "rev-parse", "main")
    branch = git(there.repo, "rev-parse", there.branch)
    commit = land(there.repo, there.branch, method=method, message="Land it")
    assert {"one.txt", "two.txt", "base.txt"} <= {path.name for path in there.repo.iterdir()}
    assert git(there.repo, "status", "--porcelain") == ""
    subjects = git(there.repo, "log", "--first-parent", "--format=%s", f"{base}..{commit}").splitlines()
    merges = git(there.repo, "rev-list", "--merges", f"{base}..{commit}").splitlines()
    assert (subjects, len(merges)) == {
        "merge": (["Land it"], 1),
        "squash": (["Land it"], 0),
        "rebase": (["Add two.txt", "Add one.txt"], 0),
    }[method]
    assert git(there.repo, "rev-parse", there.branch) == branch, "the branch itself stays"
    assert land(there.repo, there.branch, method=method) == commit, "nothing is landed twice"


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("method", "name"), [("squash", "pre-commit"), ("squash", "commit-msg"), ("rebase", "pre-rebase"),
                         ("merge", "commit-msg")],
)  # fmt: skip
def test_a_hook_that_refuses_or_hangs_leaves_all_as_it_was(
    there: Plot, monkeypatch: pytest.MonkeyPatch, method: str, name: str
) -> None:
    monkeypatch.setattr(command, "TIDY_UP", 0.1)
    before = everything(there)
    file = hook(there, name, "echo not on a Friday >&2; exit 1")
    with pytest.raises(GitFailed, match="not on a Friday"):
        land(there.repo, there.branch, method=method)
    assert everything(there) == before
    file.write_text("#!/bin/sh\nexec sleep 1000\n")
    with pytest.raises(GitFailed, match=r"timed out after 0\.5 seconds") as failed:
        land(there.repo, there.branch, method=method, hooks_limit=0.5)
    assert "hook" in failed.value.hint
    assert everything(there) == before
    file.unlink()
    land(there.repo, there.branch, method=method)


def test_what_a_hook_adds_to_a_squash_is_landed_with_it(there: Plot) -> None:
    hook(there, "pre-commit", "echo formatted > made-by-hook; git add made-by-hook")
    hook(there, "commit-msg", 'echo "Signed-off-by: A Person" >> "$1"')
    commit = land(there.repo, there.branch, method="squash", message="Land it")
    assert git(there.repo, "show", f"{commit}:made-by-hook") == "formatted"
    assert "Signed-off-by" in git(there.repo, "log", "-1", "--format=%B", commit)


# --- signing -------------------------------------------------------------------------------------


def gpg(there: Plot, script: str) -> None:
    program = there.repo.parent / "gpg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    git(there.repo, "config", "commit.gpgSign", "true")
    git(there.repo, "config", "gpg.program", str(program))


@pytest.mark.parametrize("method", METHODS)
def test_a_signature_that_needs_no_terminal_is_made(there: Plot, method: str) -> None:
    gpg(there, "cat >/dev/null; echo '[GNUPG:] SIG_CREATED ' >&2; echo SIGNED-BY-US")
    commit = land(there.repo, there.branch, method=method)
    assert "SIGNED-BY-US" in git(there.repo, "cat-file", "commit", commit)


@pytest.mark.parametrize("method", METHODS)
def test_a_signature_that_fails_is_refused_in_gits_words(there: Plot, method: str) -> None:
    before = everything(there)
    gpg(there, "echo 'gpg: signing failed: Inappropriate ioctl for device' >&2; exit 2")
    with pytest.raises(GitRefused, match=r"commit\.gpgSign.*gpg failed to sign") as refused:
        land(there.repo, there.branch, method=method)
    assert "Unlock the key" in refused.value.hint
    assert everything(there) == before


# --- the check -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_the_check_sees_the_result_and_its_output_is_kept(there: Plot, method: str) -> None:
    check = "ls; echo on $ORCH_LANDING_BASE; echo changed > one.txt; touch litter"
    lander = Lander(there.repo, wanted(there, method, check=check))
    lander.land()
    assert lander.made is not None
    assert lander.made.check == check
    assert lander.made.output.split() == ["README.md", "base.txt", "one.txt", "two.txt", "on", "main"]
    assert (there.repo / "one.txt").read_text() == "work\n"
    assert not (there.repo / "litter").exists()


@pytest.mark.parametrize("stream", [1, 2])
def test_a_hook_that_prints_megabytes_is_quoted_from_its_end(there: Plot, stream: int) -> None:
    hook(there, "pre-commit", f"(head -c 3000000 /dev/zero | tr '\\0' x; echo the end) >&{stream}; exit 1")
    with pytest.raises(GitFailed, match="the end") as failed:
        land(there.repo, there.branch, method="squash")
    assert len(str(failed.value)) < 5000


@pytest.mark.parametrize("script", ["echo 1 test failed; exit 3", "echo 1 test failed; exec sleep 1000"])
def test_a_check_that_fails_or_hangs_leaves_all_as_it_was(
    there: Plot, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr("orchestrator.world.worktrees.setup._TIDY_UP", 0.1)
    before = everything(there)
    with pytest.raises(CheckFailed, match=r"ended with exit code 3|timed out") as failed:
        make(there.repo, wanted(there, "merge", check=script, check_limit=0.7))
    assert "1 test failed" in failed.value.output
    assert everything(there) == before


def test_a_check_that_the_end_of_the_hub_breaks_off_is_made_again(there: Plot) -> None:
    began, stop = there.repo.parent / "began", threading.Event()
    found: list[object] = []
    asked = wanted(there, "merge", check=f"[ -e {began} ] || {{ touch {began}; exec sleep 1000; }}")
    thread = threading.Thread(target=lambda: found.append(make(there.repo, asked, stop=stop)))
    thread.start()
    poll(began.exists)
    stop.set()
    thread.join()
    assert found == [None]
    assert Lander(there.repo, asked).land() == git(there.repo, "rev-parse", "main")


# --- moving the base -----------------------------------------------------------------------------


@pytest.mark.parametrize("checked_out", [True, False])
def test_a_base_that_moved_since_is_not_moved_and_the_landing_is_made_again(
    there: Plot, checked_out: bool
) -> None:
    made = make(there.repo, wanted(there, "squash"))
    assert made is not None
    newer = base_commit(there.repo, "newer.txt", "newer\n")
    if not checked_out:
        git(there.repo, "switch", "--quiet", "--detach")
    assert move(there.repo, made) == ""
    assert git(there.repo, "rev-parse", "main") == newer
    commit = land(there.repo, there.branch, method="squash")
    assert git(there.repo, "rev-parse", f"{commit}^") == newer


def test_what_was_made_and_is_gone_from_the_repository_is_made_again(there: Plot) -> None:
    made = make(there.repo, wanted(there, "squash"))
    assert made is not None
    git(there.repo, "reflog", "expire", "--expire=now", "--all")
    git(there.repo, "gc", "--quiet", "--prune=now")
    assert move(there.repo, made) == ""
    land(there.repo, there.branch, method="squash")


def test_a_checkout_in_which_somebody_works_is_left_alone(there: Plot) -> None:
    made = make(there.repo, wanted(there, "merge"))
    assert made is not None
    before = everything(there)
    with pytest.raises(GitRefused, match="where c7 is working") as refused:
        move(there.repo, made, {str(there.repo): "c7"})
    assert "orch stop c7" in refused.value.hint
    assert everything(there) == before
    assert move(there.repo, made, {str(there.path): "c7"}) == made.commit


def test_a_checkout_that_is_gone_is_named(there: Plot) -> None:
    git(there.repo, "switch", "--quiet", "--detach")
    away = there.repo.parent / "away"
    git(there.repo, "worktree", "add", "--quiet", str(away), "main")
    made = make(there.repo, wanted(there, "merge"))
    assert made is not None
    away.rename(there.repo.parent / "elsewhere")
    before = refs(there.repo)
    with pytest.raises(GitRefused, match=r"which is gone.*git worktree prune"):
        move(there.repo, made)
    assert refs(there.repo) == before


def test_a_worktree_of_the_base_elsewhere_follows_when_it_is_clean_and_is_left_when_not(there: Plot) -> None:
    git(there.repo, "switch", "--quiet", "--detach")
    away = there.repo.parent / "away"
    git(there.repo, "worktree", "add", "--quiet", str(away), "main")
    (away / "README.md").write_text("mine\n")
    before = refs(there.repo)
    with pytest.raises(GitRefused, match=r"away has uncommitted changes \(README\.md\)"):
        land(there.repo, there.branch)
    assert refs(there.repo) == before
    git(away, "restore", "README.md")
    land(there.repo, there.branch)
    assert (away / "one.txt").exists()
    assert git(away, "status", "--porcelain") == ""


# --- what rebasing must not lose -----------------------------------------------------------------


def test_a_rebase_that_would_lose_what_a_merge_commit_resolved_is_refused(there: Plot) -> None:
    git(there.path, "switch", "--quiet", "--create", "side", "HEAD~1")
    there.commit("side.txt")
    git(there.path, "switch", "--quiet", there.branch)
    git(there.path, "merge", "--quiet", "--no-commit", "--no-ff", "side")
    there.write("evil.txt", "only in the merge\n")
    git(there.path, "add", ".")
    git(there.path, "commit", "--quiet", "--message=Merge side")
    before = everything(there)
    with pytest.raises(GitRefused, match=r"content differs from that of a merge.*--squash"):
        land(there.repo, there.branch, method="rebase")
    assert everything(there) == before
    land(there.repo, there.branch, method="squash")
    assert (there.repo / "evil.txt").exists()


def test_a_rebase_of_which_one_commit_conflicts_names_the_file_and_another_method(there: Plot) -> None:
    there.commit("base.txt", "otherwise\n")
    there.commit("base.txt", "base\n")
    before = everything(there)
    with pytest.raises(GitRefused, match=r"both changed base\.txt.*--squash"):
        land(there.repo, there.branch, method="rebase")
    assert everything(there) == before
    land(there.repo, there.branch, method="squash")


# --- a squash counts as merged -------------------------------------------------------------------


def test_a_squash_that_is_recorded_is_no_loss_however_the_base_goes_on(there: Plot) -> None:
    lander = Lander(there.repo, wanted(there, "squash"))
    lander.land()
    for name in ("one.txt", "two.txt"):
        base_commit(there.repo, name, "rewritten\n")

    def lost(recorded: object) -> tuple[str, ...]:
        found = loss(there.repo, there.path, there.branch, "main", landed=recorded)  # type: ignore[arg-type]
        return found.commits

    assert lost(lander.made) == ()
    there.commit("three.txt")
    assert [each.partition(" ")[2] for each in lost(lander.made)] == ["Add three.txt"]
    git(there.repo, "reset", "--quiet", "--hard", "main~3")
    assert len(lost(lander.made)) == 3, "a base that was reset does not have it any more"


def test_a_branch_that_goes_on_after_its_squash_lands_only_the_rest(there: Plot) -> None:
    first = Lander(there.repo, wanted(there, "squash"))
    first.land()
    there.commit("one.txt", "work\nand more\n")
    assert survey(there.repo, there.branch, "main").conflicts == ("one.txt",)
    assert survey(there.repo, there.branch, "main", before=first.made).conflicts == ()
    commit = Lander(there.repo, wanted(there, "squash", before=first.made)).land()
    assert git(there.repo, "show", "--format=", "--name-only", commit) == "one.txt"
    assert (there.repo / "one.txt").read_text() == "work\nand more\n"


def test_the_advice_of_git_is_not_passed_on() -> None:
    advice = "Not committing merge; use 'git commit' to complete the merge."
    said = f"lint failed\nerror: a.py\nhint: Use --force\n{advice}"
    assert GitOutput(1, b"", said).last_words == "lint failed\na.py"
    assert GitOutput(1, b"", "hint: only this").last_words == "hint: only this"
