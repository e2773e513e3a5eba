"""Issues as `orch issues list` and `orch doctor` get them: by the remotes and settings of a repository."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from orchestrator.config import Config, GitHubSettings
from orchestrator.core.errors import OrchError
from orchestrator.core.forge.links import CardForge, Link
from orchestrator.core.forge.marks import Mark, marked
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import Fields, Standing
from orchestrator.core.forge.remotes import GitRemote
from orchestrator.core.forge.views import IssueDetail, IssuesView
from orchestrator.core.requests.issues import ListIssues, ShowIssue
from orchestrator.doctor.forge import forges
from orchestrator.hub.forge.accounts import Accounts
from orchestrator.hub.forge.issues.importing_rules import IssueRules
from orchestrator.hub.handlers.issues import issues
from orchestrator.hub.loop.engine import Engine
from orchestrator.world.worktrees import remotes
from tests.conftest import git
from tests.forge.conftest import issue
from tests.forge.server import Server


@pytest.fixture
def cloned(server: Server, repo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose `origin` is on the stand-in, as ada."""
    git(repo, "remote", "add", "origin", "https://github.com/ada/shop.git")
    git(repo, "config", f"url.http://127.0.0.1:{server.port}/.insteadOf", "https://github.com/")
    monkeypatch.setenv("ORCH_GITHUB__BASE_URL", server.api)
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_ada_secret")
    monkeypatch.delenv("GH_TOKEN", raising=False)
    return repo


def listed(repo: Path, linked: CardForge | None = None, **said: Any) -> IssuesView:
    state = SimpleNamespace(cards={"c7": SimpleNamespace(id="c7", forge=linked or CardForge())}, departed={})
    rules = cast("IssueRules", SimpleNamespace(imports=SimpleNamespace(accounts=Accounts())))

    def record(events: object) -> None:
        """The journal is of no interest here."""

    reads, _ = issues(cast("Engine", SimpleNamespace(state=state, record=record)), rules)
    found = asyncio.run(cast("Any", reads[ListIssues](ListIssues(str(repo), **said))))
    assert isinstance(found, IssuesView)
    return found


def test_the_issues_of_the_repository_are_listed_with_their_cards(server: Server, cloned: Path) -> None:
    shop = server.world.repo()
    server.world.issue(shop, "Crash", labels=["bug"], assignees=["bob"], milestone="1.0")
    server.world.issue(shop, "Slow", assignees=["ada"])
    server.world.turn(server.world.issue(shop, "Old"), "ada", open_=False)
    fields = Fields("Crash", "", Standing())
    linked = CardForge(issue=Link(issue(server, 1), "Crash", "", Synced(fields), 0.0))
    found = listed(cloned, linked)
    assert [(each.number, each.title, each.card) for each in found.issues] == [
        (2, "Slow", ""),
        (1, "Crash", "c7"),
    ]
    crash = found.issues[1]
    assert (crash.labels, crash.assignees, crash.milestone) == (("bug",), ("bob",), "1.0")
    assert crash.url.endswith("/ada/shop/issues/1")
    assert [each.number for each in listed(cloned, state="all", most=2).issues] == [3, 2]
    assert [each.number for each in listed(cloned, assignee="@me").issues] == [2]
    assert [each.number for each in listed(cloned, labels=("bug",)).issues] == [1]


def test_a_list_is_narrowed_by_milestone_words_and_missing_assignees(server: Server, cloned: Path) -> None:
    shop = server.world.repo()
    server.world.issue(shop, "Crash on start", labels=["bug"], assignees=["bob"], milestone="1.0")
    server.world.issue(shop, "Slow start", labels=["Speed"], milestone="2.0")

    def numbers(**said: Any) -> list[int]:
        return [each.number for each in listed(cloned, **said).issues]

    assert numbers(milestone="1.0") == [1]
    assert numbers(search="START speed") == [2]
    assert numbers(search="start") == [2, 1]
    assert numbers(search="#1") == [1]
    assert numbers(assignee="none") == [2]
    assert numbers(search="start", milestone="3.0") == []


def test_a_long_list_comes_in_parts_that_other_requests_do_not_wait_for(server: Server, cloned: Path) -> None:
    shop = server.world.repo()
    for number in range(1, 251):
        server.world.issue(shop, f"Issue {number}")
    first = listed(cloned, most=100)
    assert (len(first.issues), first.whole, first.next, first.login) == (100, False, 2, "ada")
    server.world.issue(shop, "New meanwhile")  # an issue moves to the next page, and comes twice
    rest = listed(cloned, most=1000, page=first.next)
    assert (rest.whole, rest.next) == (True, 0)
    found = [each.number for each in (*first.issues, *rest.issues)]
    assert sorted(set(found)) == list(range(1, 251))
    cut = listed(cloned, most=150)
    assert (len(cut.issues), cut.next) == (150, 2)
    with pytest.raises(OrchError, match="cannot list 0"):
        listed(cloned, most=0)


def shown(repo: Path, number: int) -> IssueDetail:
    rules = cast("IssueRules", SimpleNamespace(imports=SimpleNamespace(accounts=Accounts())))
    reads, _ = issues(cast("Engine", SimpleNamespace(state=SimpleNamespace(cards={}))), rules)
    found = asyncio.run(cast("Any", reads[ShowIssue](ShowIssue(str(repo), number))))
    assert isinstance(found, IssueDetail)
    return found


def test_an_issue_is_shown_with_what_people_say_and_not_with_claims(server: Server, cloned: Path) -> None:
    shop = server.world.repo()
    crash = server.world.issue(shop, "Crash", body="It crashes.", locked=True)
    server.world.say(crash, "bob", "On Linux, too.", member=False)
    server.world.say(crash, "ada", marked("Mine.", Mark("b0ard", "c9")))
    server.world.pull(shop, "orch/fix")
    found = shown(cloned, 1)
    assert (found.body, found.issue.locked, found.omitted) == ("It crashes.", True, 0)
    assert [(each.author, each.body, each.member) for each in found.comments] == [
        ("bob", "On Linux, too.", False)
    ]
    with pytest.raises(OrchError, match="it is a pull request"):
        shown(cloned, 2)
    with pytest.raises(OrchError):
        shown(cloned, 77)
    crash.deleted = True
    with pytest.raises(OrchError):
        shown(cloned, 1)


def test_a_renamed_repository_is_listed_with_what_was_asked_for(server: Server, cloned: Path) -> None:
    shop = server.world.repo()
    server.world.issue(shop, "Crash", labels=["bug"])
    server.world.issue(shop, "Slow")
    server.world.rename(shop, "ada/store")
    found = listed(cloned, labels=("bug",))
    assert (found.repository, [each.number for each in found.issues]) == ("ada/store", [1])


def test_why_there_is_nothing_to_list_is_told(
    server: Server, cloned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> str:
        with pytest.raises(OrchError) as raised:
            listed(cloned)
        return str(raised.value)

    assert "127.0.0.1" in refused()
    server.world.repo(issues_on=False)
    assert "ada/shop has no issues: issues are disabled" in refused()
    monkeypatch.setenv("GITHUB_TOKEN", "")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert "no token for 127.0.0.1" in refused()
    git(cloned, "remote", "set-url", "origin", "git@elsewhere.example:ada/shop.git")
    assert "no remote leads to" in refused()
    git(cloned, "remote", "remove", "origin")
    assert "the repository has no remote. Add one" in refused()


def test_remotes_are_read_as_git_would_use_them(repo: Path) -> None:
    git(repo, "remote", "add", "origin", "gh:ada/shop")
    git(repo, "remote", "add", "mine", "/srv/my shop.git")
    git(repo, "remote", "set-url", "--push", "mine", "https://forge.example/ada/mine")
    git(repo, "config", "url.git@forge.example:.insteadOf", "gh:")
    git(repo, "config", "url.ssh://git@forge.example/.pushInsteadOf", "gh:")
    assert remotes(repo) == (
        GitRemote("mine", "/srv/my shop.git", "https://forge.example/ada/mine"),
        GitRemote("origin", "git@forge.example:ada/shop", "ssh://git@forge.example/ada/shop"),
    )


def checked(settings: GitHubSettings, here: Path | None) -> list[tuple[str, str]]:
    return [(each.status, each.what) for each in forges(Config(github=settings), here)]


def test_doctor_tells_the_account_its_rights_and_the_repository(server: Server, cloned: Path) -> None:
    shop, ada = server.world.repo(), server.world.accounts[0]
    settings = GitHubSettings(base_url=server.api)
    host = f"127.0.0.1:{server.port}"
    assert checked(settings, cloned) == [
        ("ok", f"ada on {host}, token from GITHUB_TOKEN"),
        ("ok", "scopes: repo, read:org"),
        ("ok", "ada/shop: you may write; default branch main"),
    ]
    ada.scopes, shop.permissions["ada"] = "gist", "pull"
    found = checked(settings, cloned)
    assert found[1] == ("warn", "scopes: gist; nothing can be changed without repo")
    assert "you may read" in found[2][1]
    ada.scopes, shop.archived = None, True
    assert "does not tell" in checked(settings, cloned)[1][1]
    assert checked(settings, cloned)[2] == ("warn", "ada/shop is archived: nothing can be changed")
    ada.token = "ghp_renewed"
    assert checked(settings, cloned)[0][0] == "warn"
    assert checked(settings, None) == []


def test_doctor_asks_nothing_without_a_token_or_a_remote(
    server: Server, cloned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = GitHubSettings(base_url=server.api)
    monkeypatch.setenv("GITHUB_TOKEN", "")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert [each[0] for each in checked(settings, cloned)] == ["ok"]
    assert "issues and pull requests are off: no token" in checked(settings, cloned)[0][1]
    git(cloned, "remote", "remove", "origin")
    assert checked(settings, cloned) == [("ok", "not used here: the repository has no remote")]
    assert server.requests == []
