"""GitHub's client against a server that is checked against GitHub's own description."""

import pytest

from orchestrator.core.forge.changes.change import ChangeRequest, Checks, Mergeability, NoChange, Review
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.items import Permission
from orchestrator.core.forge.outbox.acts import OpenChange
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.world.forge.errors import ForgeError
from orchestrator.world.forge.forge import Branch, IssueFilter
from orchestrator.world.forge.github.client import GitHub
from orchestrator.world.forge.github.parsing import seconds
from tests.forge.conftest import issue, shop
from tests.forge.server import Server

ALL = IssueFilter()


def test_account_and_repository_are_told(server: Server, github: GitHub) -> None:
    server.world.repo("ada/origin", archived=True)
    server.world.repo(parent="ada/origin", default_branch="master", methods=("squash",), private=True)
    me = github.identity()
    assert (me.login, me.scopes, me.token_from) == ("ada", ("repo", "read:org"), "a test")
    found = github.repository(shop(server))
    assert (found.ref.path, found.default_branch, found.merge_methods) == ("ada/shop", "master", ("squash",))
    assert (found.permission, found.private, found.archived) == (Permission.ADMIN, True, False)
    assert found.fork_of is not None
    assert found.fork_of.path == "ada/origin"
    server.world.accounts[0].scopes = None
    assert GitHub.identity(GitHub(server.api, github.connection._find)).scopes is NOT_FETCHED  # noqa: SLF001


def test_a_list_has_every_issue_once_and_no_pull_requests(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    for number in range(230):
        server.world.issue(repo, f"Issue {number}", labels=["bug"] if number % 2 else [])
    server.world.pull(repo, "orch/fix")
    found = github.issues(shop(server), ALL, 5000)
    assert sorted(each.number for each in found.issues) == list(range(1, 231))
    assert found.whole
    bugs = github.issues(shop(server), IssueFilter(labels=("bug",)), 50)
    assert (len(bugs.issues), bugs.whole) == (50, False)
    assert all(each.labels == ("bug",) for each in bugs.issues)


def test_what_is_known_costs_nothing_lists_too(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    for number in range(150):
        server.world.issue(repo, f"Issue {number}")
    first = github.issues(shop(server), ALL, 5000)
    used = server.used
    again = github.issues(shop(server), ALL, 5000)
    assert again.issues == first.issues
    assert server.used == used
    assert github.connection.count.unchanged == 2
    server.world.label(repo.items[7], "bug", "bob")
    changed = github.issues(shop(server), ALL, 5000)
    assert {each.number: each for each in changed.issues}[7].labels == ("bug",)


def test_an_issue_is_changed_as_asked_and_not_otherwise(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    item = server.world.issue(repo, "Crash", assignees=["bob"])
    ref = issue(server, item.number)
    assert github.add_labels(ref, ["in progress", "Bug"]) == ("in progress", "Bug")
    assert repo.labels == ["bug", "enhancement", "in progress"]
    github.remove_label(ref, "in progress")
    github.remove_label(ref, "in progress")
    github.assign(ref, ["ada"])
    github.unassign(ref, ["bob"])
    edited = github.edit(ref, title="A crash")
    assert (edited.title, edited.body, edited.labels, edited.assignees) == (
        "A crash",
        "A body.",
        ("Bug",),
        ("ada",),
    )
    closed = github.edit(ref, open=False, reason="not_planned")
    assert (closed.open, closed.reason, closed.title) == (False, "not_planned", "A crash")
    assert github.edit(ref, open=True).reason == "reopened"
    kinds = [each.kind for each in github.history(ref, 0.0) or ()]
    assert kinds == [
        "labeled",
        "labeled",
        "unlabeled",
        "assigned",
        "unassigned",
        "renamed",
        "closed",
        "reopened",
    ]
    assert github.history(ref, 2e9) == ()


def test_comments_are_written_edited_and_deleted(server: Server, github: GitHub) -> None:
    item = server.world.issue(server.world.repo(), "Crash")
    ref = issue(server, item.number)
    server.world.say(item, "bob", "Seen it.", member=False)
    mine = github.add_comment(ref, "Started.")
    assert github.edit_comment(ref, mine.id, "Done.").body == "Done."
    found = [(each.author, each.body, each.member) for each in github.comments(ref)]
    assert found == [("bob", "Seen it.", False), ("ada", "Done.", True)]
    github.delete_comment(ref, mine.id)
    github.delete_comment(ref, mine.id)
    assert len(github.comments(ref)) == 1


def test_an_issue_is_created_with_labels_that_are_made(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    made = github.create_issue(shop(server), "New", "Text", ["orch"])
    assert (made.number, made.labels, repo.labels[-1]) == (1, ("orch",), "orch")


def test_pull_requests_come_in_batches_with_all_that_is_to_be_known(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    for number in range(1, 31):
        server.world.pull(repo, f"orch/fix-{number}", draft=number == 3, checks=[("lint", "SUCCESS")])
    four = repo.items[4].pull
    assert four is not None
    four.checks = [("lint", "FAILURE"), ("test", ""), ("docs", "SUCCESS")]
    four.decision, four.unresolved, four.mergeable, four.status = (
        "CHANGES_REQUESTED",
        2,
        "CONFLICTING",
        "DIRTY",
    )
    refs = [ItemRef(shop(server), number, "change") for number in range(1, 32)]
    found = github.changes(refs)
    assert [each.path for each in server.requests] == ["/api/graphql"] * 2
    three, four_ = found[refs[2]], found[refs[3]]
    assert isinstance(three, ChangeRequest)
    assert isinstance(four_, ChangeRequest)
    assert (three.draft, three.head, three.head_owner, three.checks) == (
        True, "orch/fix-3", "ada", Checks("passing", 1),
    )  # fmt: skip
    assert three.mergeability == Mergeability("clean")
    assert (four_.checks, four_.review) == (
        Checks("failing", 3, ("lint",), 1),
        Review("changes_requested", 2),
    )
    assert four_.mergeability == Mergeability("conflicts")
    assert found[refs[30]] is NOT_FETCHED, "one that GitHub does not know"


def test_the_pull_request_of_a_branch_is_the_latest_of_its_owner(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    old = server.world.pull(repo, "orch/fix")
    server.world.turn(old, "bob", open_=False)
    server.world.pull(repo, "orch/fix", author="bob")
    branches = [Branch("orch/fix", "ada"), Branch("orch/fix", "bob"), Branch("orch/none", "ada")]
    found = github.changes_of(shop(server), branches)
    mine, theirs, none = (found[each] for each in branches)
    assert isinstance(mine, ChangeRequest)
    assert isinstance(theirs, ChangeRequest)
    assert (mine.number, mine.state, theirs.number, theirs.state) == (1, "closed", 2, "open")
    assert isinstance(none, NoChange)
    gone = RepositoryRef(github.host, "ada", "nothing")
    with pytest.raises(ForgeError, match="does not know it, or not for this token"):
        github.changes_of(gone, branches[:1])


def test_pull_requests_of_several_repositories_are_one_query_and_what_is_refused_is_not_fetched(
    server: Server, github: GitHub
) -> None:
    world = server.world
    world.pull(world.repo(), "one")
    world.pull(world.repo("bob/tools"), "two")
    secret = world.repo("corp/secret")
    world.pull(secret, "three")
    secret.forbidden = "Resource protected by organization SAML enforcement."
    refs = [ItemRef(shop(server, path), 1, "change") for path in ("ada/shop", "bob/tools", "corp/secret")]
    found = github.changes(refs)
    assert [getattr(found[each], "head", found[each]) for each in refs] == ["one", "two", NOT_FETCHED]
    assert len(server.requests) == 1
    with pytest.raises(ForgeError, match="not authorized for the organization's SSO"):
        github.changes(refs[2:])


def test_what_a_query_costs_is_counted(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    for number in range(25):
        server.world.pull(repo, f"orch/fix-{number}")
    github.changes([ItemRef(shop(server), 1, "change")])
    (budget,) = github.budgets()
    branches = [Branch(f"orch/fix-{number}", "ada") for number in range(25)]
    assert all(isinstance(each, ChangeRequest) for each in github.changes_of(shop(server), branches).values())
    assert [each.ours for each in github.budgets()] == [budget.ours + 2]
    assert server.used == 3


def test_what_has_changed_is_told_of_both_kinds_and_costs_nothing_until_something_does(
    server: Server, github: GitHub
) -> None:
    world, repo = server.world, server.world.repo()
    old, late = world.issue(repo, "Old"), world.issue(repo, "Late")
    pull = world.pull(repo, "orch/fix")
    since = seconds(late.updated)
    assert [each.ref.kind for each in github.changed(shop(server), since, 100).items] == ["change", "issue"]
    used = server.used
    for _ in range(3):
        github.changed(shop(server), since, 100)
    assert server.used == used
    world.turn(old, "bob", open_=False)
    found = github.changed(shop(server), since, 100).items
    assert [(each.number, each.open) for each in found] == [(1, False), (3, True), (2, True)]
    assert server.used == used + 1
    repo.issues_on = False
    assert [each.ref for each in github.changed(shop(server), since, 100).items] == [
        ItemRef(shop(server), pull.number, "change")
    ]


def test_what_has_changed_is_cut_where_there_is_too_much(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    for number in range(210):
        server.world.issue(repo, f"Issue {number}")
    found = github.changed(shop(server), 0.0, 100)
    assert (len(found.items), found.whole, len(server.requests)) == (100, False, 1)
    assert github.changed(shop(server), 0.0, 1000).whole


def test_a_pull_request_is_opened_edited_reviewed_and_merged_at_its_tip(
    server: Server, github: GitHub
) -> None:
    repo = server.world.repo(branches={"orch/fix": "c0ffee"})
    made = github.open_change(shop(server), OpenChange("orch/fix", "main", "Fix", "Closes #1", draft=True))
    assert (made.number, made.draft, made.head_commit, made.checks) == (1, True, "c0ffee", NOT_FETCHED)
    assert github.edit_change(made.ref, title="Fix it").title == "Fix it"
    github.request_review(made.ref, ["bob"])
    assert github.merge(made.ref, "squash", "c0ffee") == "5a1ad"
    pull = repo.items[1].pull
    assert pull is not None
    assert (pull.reviewers, pull.merged, repo.items[1].open) == (["bob"], "5a1ad", False)


@pytest.mark.parametrize(("base", "closed"), [("main", [1, 2]), ("release", [])])
def test_a_merge_into_the_default_branch_closes_the_issues_that_the_request_names(
    server: Server, github: GitHub, base: str, closed: list[int]
) -> None:
    repo = server.world.repo(branches={"orch/fix": "c0ffee"})
    for title in ("Crash", "Hang", "Beside"):
        server.world.issue(repo, title)
    wanted = OpenChange("orch/fix", base, "Fix", "Beside #3.\n\nCloses #1, fixes #2, resolves #9")
    github.merge(github.open_change(shop(server), wanted).ref, "squash", "c0ffee")
    assert [number for number in (1, 2, 3) if not github.issue(issue(server, number)).open] == closed
