"""What a new worktree is given: copies of untracked files, and the user's set-up commands."""

import os
import time
from pathlib import Path

import pytest

from orchestrator.world.worktrees import GitFailed, GitRefused, SetupResult, copy_files, run_setup
from tests.conftest import git
from tests.poll import PATIENCE
from tests.world.plots import plot

ENV = {"WHO": "a person"}


def test_untracked_and_ignored_files_that_match_are_copied_with_their_modes(repo: Path) -> None:
    (repo / ".gitignore").write_text(".env*\n")
    (repo / ".env").write_bytes(b"KEY=\xff\n")
    (repo / ".env").chmod(0o600)
    (repo / ".env.local").write_text("x")
    (repo / "config").mkdir()
    (repo / "config" / "db.local").write_text("db")
    (repo / "config" / "db.local").chmod(0o755)
    (repo / "config" / "other").write_text("not asked for")
    there = plot(repo)
    copied = copy_files(repo, there.path, [".env*", "config/*.local", "none*"])
    assert copied == (".env", ".env.local", "config/db.local")
    assert (there.path / ".env").read_bytes() == b"KEY=\xff\n"
    assert (there.path / ".env").stat().st_mode & 0o777 == 0o600
    assert (there.path / "config" / "db.local").stat().st_mode & 0o777 == 0o755
    assert not (there.path / "config" / "other").exists()


def test_odd_names_are_copied(repo: Path) -> None:
    for name in ("-x.env", "ü\n.env", ":(top).env"):
        (repo / name).write_text(name)
    there = plot(repo)
    copy_files(repo, there.path, ["*.env"])
    assert sorted(each.name for each in there.path.glob("*.env")) == ["-x.env", ":(top).env", "ü\n.env"]


def test_nothing_that_exists_is_overwritten(repo: Path) -> None:
    (repo / ".env").write_text("theirs")
    there = plot(repo)
    there.write(".env", "mine")
    assert copy_files(repo, there.path, [".env", "README.md"]) == ()
    assert (there.path / ".env").read_text() == "mine"


@pytest.mark.parametrize("pattern", ["/etc/passwd", "../secret", "a/../../secret", "", "x\0"])
def test_a_pattern_that_leaves_the_repository_is_refused(repo: Path, pattern: str) -> None:
    (repo.parent / "secret").write_text("secret")
    there = plot(repo)
    with pytest.raises(GitRefused, match="points outside"):
        copy_files(repo, there.path, [pattern])


def test_links_are_copied_as_links_and_only_inside_the_repository(repo: Path) -> None:
    (repo.parent / "secret").write_text("secret")
    (repo / "in.env").symlink_to("README.md")
    (repo / "out.env").symlink_to("../secret")
    (repo / "far.env").symlink_to(repo.parent / "secret")
    (repo / "folder").symlink_to(repo.parent)
    there = plot(repo)
    assert copy_files(repo, there.path, ["*.env", "folder/secret", "folder"]) == ("in.env",)
    assert (there.path / "in.env").readlink() == Path("README.md")


def test_a_link_in_the_worktree_does_not_lead_a_copy_out_of_it(repo: Path) -> None:
    (repo / "config").mkdir()
    (repo / "config" / "x.local").write_text("x")
    there = plot(repo)
    outside = repo.parent / "outside"
    outside.mkdir()
    (there.path / "config").symlink_to(outside)
    assert copy_files(repo, there.path, ["config/*"]) == ()
    assert list(outside.iterdir()) == []


def test_other_worktrees_inside_the_repository_are_not_copied_from(repo: Path) -> None:
    git(repo, "worktree", "add", "--quiet", str(repo / ".trees" / "other"))
    (repo / ".trees" / "other" / ".env").write_text("theirs")
    (repo / ".env").write_text("x")
    there = plot(repo)
    assert copy_files(repo, there.path, ["**/.env", ".trees", ".git/*", "**/config"]) == (".env",)


def test_commands_run_in_order_in_the_worktree_with_the_given_environment(repo: Path) -> None:
    result = run_setup(repo, ["pwd > out", 'echo "$WHO" >> out; echo fine'], timeout_s=20, env=ENV)
    assert result == SetupResult(True, output="fine\n")
    assert (repo / "out").read_text() == f"{repo}\na person\n"


def test_the_first_failure_ends_the_set_up_and_shows_its_output(repo: Path) -> None:
    result = run_setup(repo, ["true", "echo out; echo err >&2; exit 3", "touch never"], timeout_s=20, env=ENV)
    assert result == SetupResult(False, "echo out; echo err >&2; exit 3", 3, "out\nerr\n")
    assert not (repo / "never").exists()


def test_output_is_plain_text_and_only_its_end_is_kept(repo: Path) -> None:
    colours = r"printf '\033[31mred\033[0m \033]0;title\007ok\r\n10%%\r100%%\n\033[2J\377'"
    assert run_setup(repo, [colours], timeout_s=20, env=ENV).output == "red ok\n100%\n\ufffd"
    many = run_setup(
        repo, ["i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done"], timeout_s=60, env=ENV
    )
    assert many.output.endswith("line 4999\n")
    assert len(many.output) <= 8 * 1024


def test_there_is_nothing_to_read_from(repo: Path) -> None:
    assert run_setup(repo, ["cat; echo end"], timeout_s=20, env=ENV).output == "end\n"


def test_a_command_past_its_time_limit_is_ended_with_all_it_started(repo: Path) -> None:
    script = "sh -c 'trap \"\" TERM; echo $$ > pid; echo waiting; while :; do sleep 1; done' & wait"
    result = run_setup(repo, [script], timeout_s=1, env=ENV)
    assert (result.ok, result.exit_code) == (False, None)
    assert result.output == "waiting\n(ended after 1 seconds)"
    pid = int((repo / "pid").read_text())
    deadline = time.monotonic() + PATIENCE
    while Path("/proc", str(pid)).exists() and "Z" not in Path("/proc", str(pid), "stat").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_a_command_leaves_running_is_not_waited_for(repo: Path) -> None:
    assert run_setup(repo, ["sleep 60 & echo $! > pid; echo done"], timeout_s=50, env=ENV).output == "done\n"
    os.kill(int((repo / "pid").read_text()), 9)


def test_a_set_up_sees_no_git_variables_of_the_hub(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    result = run_setup(repo, ["git rev-parse --show-toplevel"], timeout_s=20, env=ENV)
    assert result.output == f"{repo}\n"


def test_a_worktree_that_is_gone_is_a_failure_in_words(repo: Path) -> None:
    with pytest.raises(GitFailed, match="cannot start the set-up"):
        run_setup(repo / "none", ["true"], timeout_s=5, env=ENV)
