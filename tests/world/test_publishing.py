"""A branch is pushed to a real repository: nothing is forced, nothing is asked."""

import shutil
import subprocess
from pathlib import Path

import pytest

from orchestrator.world.worktrees.publishing import branch, remote
from tests.conftest import git


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a branch `x`, and its remote `origin` beside it."""
    folder = tmp_path_factory.mktemp("publishing")
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(folder / "far.git")], check=True)
    repo = folder / "repo"
    repo.mkdir()
    git(repo, "init", "--quiet", "--initial-branch=main")
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        git(repo, "config", name, value)
    git(repo, "commit", "--quiet", "--allow-empty", "--message=First")
    git(repo, "checkout", "--quiet", "-b", "x")
    commit(repo, "One", "Why it is one.")
    return folder


@pytest.fixture
def repo(made: Path, tmp_path: Path) -> Path:
    """A copy of it, with the branch checked out."""
    shutil.copytree(made, tmp_path / "all", symlinks=True)
    repo = tmp_path / "all" / "repo"
    git(repo, "remote", "add", "origin", f"file://{tmp_path}/all/far.git")
    git(repo, "push", "--quiet", "origin", "main")
    return repo


def commit(repo: Path, subject: str, body: str = "") -> str:
    git(repo, "commit", "--quiet", "--allow-empty", "--message", f"{subject}\n\n{body}")
    return git(repo, "rev-parse", "HEAD")


def tip(repo: Path) -> str:
    return git(repo, "rev-parse", "x")


def push(repo: Path, replaces: str = "", at: str = "") -> bool:
    return remote.push(
        repo, repo, remote="origin", branch="x", commit=at or tip(repo), replaces=replaces, env={}, limit=60.0
    )


def there(repo: Path) -> str:
    return remote.tip_there(repo, "origin", "x", {})


def test_a_branch_is_pushed_once_and_its_next_commits_after_it(repo: Path) -> None:
    assert there(repo) == ""
    assert push(repo)
    assert there(repo) == tip(repo)
    assert not push(repo)
    commit(repo, "Two")
    assert push(repo)
    assert there(repo) == tip(repo)
    assert "x" not in git(repo, "config", "--list").splitlines()


def test_only_what_orch_pushed_is_replaced(repo: Path) -> None:
    push(repo)
    first = tip(repo)
    git(repo, "commit", "--quiet", "--amend", "--allow-empty", "--message=Amended")
    with pytest.raises(
        remote.NotPushed, match=f"x, which is at {first[:10]} there, has commits that orch did not"
    ):
        push(repo)
    assert there(repo) == first
    assert push(repo, replaces=first)
    assert there(repo) == tip(repo)


def test_commits_of_somebody_else_are_left_also_if_they_came_after_orchs(repo: Path, tmp_path: Path) -> None:
    push(repo)
    first = tip(repo)
    other = tmp_path / "other"
    git(tmp_path, "clone", "--quiet", "--branch", "x", f"{tmp_path}/all/far.git", str(other))
    for name, value in (("user.name", "Bob"), ("user.email", "bob@example.org")):
        git(other, "config", name, value)
    theirs = commit(other, "Theirs")
    git(other, "push", "--quiet", "origin", "x")
    commit(repo, "Ours")
    with pytest.raises(remote.NotPushed, match="git pull --rebase origin x"):
        push(repo, replaces=first)
    assert there(repo) == theirs
    git(repo, "pull", "--quiet", "--rebase", "origin", "x")
    assert push(repo, replaces=first)


def test_a_commit_that_is_not_the_branchs_tip_any_more_is_pushed_as_it_was_asked_for(repo: Path) -> None:
    first = tip(repo)
    commit(repo, "Later")
    assert push(repo, at=first)
    assert there(repo) == first


def test_a_hook_that_refuses_is_quoted_and_nothing_is_pushed(repo: Path) -> None:
    hook = repo / ".git" / "hooks" / "pre-push"
    hook.write_text("#!/bin/sh\necho 'lint: 3 errors' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(remote.NotPushed, match="lint: 3 errors") as error:
        push(repo)
    assert not error.value.later
    assert there(repo) == ""


def test_a_push_ends_in_its_time_and_counts_as_unknown(repo: Path) -> None:
    hook = repo / ".git" / "hooks" / "pre-push"
    hook.write_text("#!/bin/sh\nsleep 60\n")
    hook.chmod(0o755)
    with pytest.raises(remote.NotPushed, match=r"longer than 0 s") as error:
        remote.push(repo, repo, remote="origin", branch="x", commit=tip(repo), replaces="", env={}, limit=0.3)
    assert error.value.maybe_done


@pytest.mark.parametrize(
    ("url", "why", "later"),
    [
        ("file:///nowhere/far.git", "not there", False),
        ("http://127.0.0.1:1/ada/shop.git", "cannot be reached", True),
    ],
)
def test_a_remote_that_is_not_there_is_said(repo: Path, url: str, why: str, later: bool) -> None:
    git(repo, "remote", "set-url", "origin", url)
    with pytest.raises(remote.NotPushed, match=why) as error:
        push(repo)
    assert error.value.later is later


def test_the_remotes_own_address_for_pushes_is_looked_at(repo: Path, tmp_path: Path) -> None:
    git(repo, "remote", "set-url", "--push", "origin", f"{tmp_path}/all/far.git")
    git(repo, "remote", "set-url", "origin", "file:///nowhere")
    assert push(repo)
    assert there(repo) == tip(repo)


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({}, "ssh -oBatchMode=yes -oConnectTimeout=20"),
        ({"GIT_SSH_COMMAND": "ssh -i key"}, "ssh -i key -oBatchMode=yes -oConnectTimeout=20"),
        ({"GIT_SSH_COMMAND": "plink -batch"}, "plink -batch"),
        ({"GIT_SSH": "/usr/bin/ssh"}, "/usr/bin/ssh -oBatchMode=yes -oConnectTimeout=20"),
        ({"GIT_SSH": "/opt/my ssh/plink"}, "'/opt/my ssh/plink'"),
    ],
)
def test_ssh_asks_nothing_and_the_persons_own_command_stays(
    repo: Path, env: dict[str, str], said: str
) -> None:
    made = remote.unattended(repo, env)
    assert made["GIT_SSH_COMMAND"] == said
    assert (made["GIT_TERMINAL_PROMPT"], made["SSH_ASKPASS"], made["GIT_ASKPASS"]) == ("0", "", "")
    assert remote.unattended(repo, {"GIT_ASKPASS": "give"})["GIT_ASKPASS"] == "give"


def test_messages_are_those_of_the_branchs_own_commits(repo: Path) -> None:
    commit(repo, "Two")
    found = branch.messages(repo, tip(repo), git(repo, "rev-parse", "main"))
    assert [(each.subject, each.body) for each in found] == [("One", "Why it is one."), ("Two", "")]
    assert branch.messages(repo, tip(repo), tip(repo)) == ()
    assert (branch.tip(repo, "x"), branch.tip(repo, "y")) == (tip(repo), "")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, ""),
        ({"pull_request_template.md": "Top"}, "Top"),
        ({".github/PULL_REQUEST_TEMPLATE.md": "Hidden", "docs/pull_request_template.md": "Docs"}, "Hidden"),
        ({"docs/Pull_Request_Template.txt": "Docs"}, "Docs"),
        ({".github/PULL_REQUEST_TEMPLATE/one.md": "One"}, "One"),
        ({".github/PULL_REQUEST_TEMPLATE/one.md": "One", ".github/PULL_REQUEST_TEMPLATE/two.md": "Two"}, ""),
        ({".github/workflows/ci.yml": "on: push"}, ""),
    ],
)
def test_the_template_is_found_in_each_of_its_places(repo: Path, files: dict[str, str], said: str) -> None:
    for name, text in files.items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(text)
    git(repo, "add", "--all")
    assert branch.template(repo, commit(repo, "Template")) == said


def test_the_branch_is_looked_at_where_it_is_pushed_to(repo: Path) -> None:
    far, other = repo.parent / "far.git", repo.parent / "other.git"
    git(repo.parent, "init", "--quiet", "--bare", str(other))
    git(repo, "config", f"url.file://{repo.parent}/other.pushInsteadOf", f"file://{repo.parent}/far")
    git(repo, "config", f"url.file://{repo.parent}/far.insteadOf", f"file://{repo.parent}/other")
    assert push(repo)
    assert not push(repo)
    assert there(repo) == tip(repo) == git(other, "rev-parse", "x")
    assert "x" not in git(far, "branch", "--list", "x")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("push.gpgSign", "true", "takes no signed pushes"),
        ("push.pushOption", "ci.skip", "takes no push options"),
        ("remote.origin.mirror", "true", "--mirror can't be combined"),
    ],
)
def test_what_the_configuration_makes_impossible_is_not_retried(
    repo: Path, key: str, value: str, said: str
) -> None:
    git(repo, "config", key, value)
    with pytest.raises(remote.NotPushed, match=said) as refused:
        push(repo)
    assert not refused.value.later
