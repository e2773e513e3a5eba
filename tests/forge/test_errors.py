"""Every way in which GitHub can refuse is told in words, with what to do; nothing is retried unasked."""

import json
import logging
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from orchestrator.core.errors import Failed, OrchError
from orchestrator.core.forge.outbox.acts import OpenChange
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.world.forge.errors import ForgeError, Trouble, passes
from orchestrator.world.forge.forge import IssueFilter
from orchestrator.world.forge.github import problems
from orchestrator.world.forge.github.client import GitHub
from orchestrator.world.forge.github.token import Token
from tests.forge.conftest import issue, shop
from tests.forge.server import Fault, Server


def said(message: str, errors: list[object] | None = None) -> str:
    return json.dumps({"message": message, **({"errors": errors} if errors else {})})


SOON = str(int(time.time()) + 900)
TABLE = [
    pytest.param(Fault(401, said("Bad credentials")), Trouble.AUTH, "Write a new token to", False, id="401"),
    pytest.param(
        Fault(401, said("Must specify two-factor"), {"X-GitHub-OTP": "required; app"}),
        Trouble.AUTH,
        "second factor",
        False,
        id="401 otp",
    ),
    pytest.param(
        Fault(
            403,
            said("Resource not accessible"),
            {"X-OAuth-Scopes": "gist", "X-Accepted-OAuth-Scopes": "repo, public_repo"},
        ),
        Trouble.SCOPE,
        "lacks the scope repo or public_repo",
        False,
        id="403 scope",
    ),
    pytest.param(
        Fault(
            403,
            said("Resource not accessible by personal access token"),
            {"X-Accepted-GitHub-Permissions": "issues=write"},
        ),
        Trouble.SCOPE,
        "lacks the permission issues=write",
        False,
        id="403 fine-grained",
    ),
    pytest.param(
        Fault(
            403,
            said("Resource protected by SAML"),
            {"X-GitHub-SSO": "required; url=https://forge.example/sso?a=1"},
        ),
        Trouble.SSO,
        "Authorize it: https://forge.example/sso?a=1",
        False,
        id="403 sso",
    ),
    pytest.param(
        Fault(403, said("Repository was archived so is read-only.")),
        Trouble.REFUSED,
        "archived",
        False,
        id="archived",
    ),
    pytest.param(
        Fault(403, said("Unable to create comment because issue is locked.")),
        Trouble.REFUSED,
        "locked",
        False,
        id="locked",
    ),
    pytest.param(Fault(403, said("Forbidden")), Trouble.SCOPE, "orch doctor", False, id="403"),
    pytest.param(Fault(404, said("Not Found")), Trouble.MISSING, "does not know it", False, id="404"),
    pytest.param(
        Fault(404, said("Not Found"), {"X-OAuth-Scopes": "gist", "X-Accepted-OAuth-Scopes": "repo"}),
        Trouble.MISSING,
        "the token lacks the scope repo",
        False,
        id="404 private",
    ),
    pytest.param(
        Fault(410, said("Issues has been disabled in this repository.")),
        Trouble.GONE,
        "disabled",
        False,
        id="410 off",
    ),
    pytest.param(
        Fault(410, said("This issue was deleted")), Trouble.GONE, "deleted", False, id="410 deleted"
    ),
    pytest.param(
        Fault(422, said("Validation Failed", [{"field": "title", "code": "missing_field"}])),
        Trouble.INVALID,
        "Validation Failed; title missing_field",
        False,
        id="422",
    ),
    pytest.param(
        Fault(422, said("Validation Failed", ["spam"])),
        Trouble.INVALID,
        "Failed; spam",
        False,
        id="422 words",
    ),
    pytest.param(Fault(409, said("Head branch was modified")), Trouble.REFUSED, "modified", False, id="409"),
    pytest.param(Fault(405, said("Not mergeable")), Trouble.REFUSED, "Not mergeable", False, id="405"),
    pytest.param(Fault(451, said("DMCA")), Trouble.REFUSED, "legal", False, id="451"),
    pytest.param(
        Fault(
            403, said("API rate limit exceeded"), {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": SOON}
        ),
        Trouble.LIMITED,
        "continues at",
        False,
        id="primary limit",
    ),
    pytest.param(
        Fault(403, said("You have exceeded a secondary rate limit"), {"Retry-After": "30"}),
        Trouble.LIMITED,
        "asks to wait",
        False,
        id="secondary limit",
    ),
    pytest.param(
        Fault(403, said("You have exceeded a secondary rate limit. Please wait a few minutes")),
        Trouble.LIMITED,
        "asks to wait",
        False,
        id="secondary limit without a time",
    ),
    pytest.param(Fault(429, said("Too many requests")), Trouble.LIMITED, "asks to wait", False, id="429"),
    pytest.param(Fault(500, said("Server Error")), Trouble.AWAY, "answers 500", True, id="500"),
    pytest.param(Fault(502, "<html>Bad Gateway</html>"), Trouble.AWAY, "answers 502", True, id="502 page"),
    pytest.param(Fault(503, ""), Trouble.AWAY, "answers 503", True, id="503 empty"),
    pytest.param(Fault(200, "<html>Log in</html>"), Trouble.NOT_A_FORGE, "a web page", True, id="page"),
    pytest.param(Fault(403, "<html>Blocked</html>"), Trouble.NOT_A_FORGE, "a web page", True, id="403 page"),
    pytest.param(Fault(200, "{broken"), Trouble.NOT_A_FORGE, "not JSON", True, id="broken"),
    pytest.param(Fault(307, said("Moved"), {"Location": "/x"}), Trouble.MOVED, "moved", False, id="307"),
    pytest.param(Fault(0), Trouble.AWAY, "cannot connect", True, id="cut off"),
]


@pytest.mark.parametrize(("fault", "trouble", "words", "maybe_done"), TABLE)
def test_an_error_is_told_in_words_and_whether_it_may_have_been_done(
    server: Server, github: GitHub, fault: Fault, trouble: Trouble, words: str, maybe_done: bool
) -> None:
    ref = issue(server, server.world.issue(server.world.repo(), "Crash").number)
    server.fail(fault, "PATCH")
    began = time.monotonic()
    with pytest.raises(ForgeError) as raised:
        github.edit(ref, title="New")
    error = raised.value
    assert (error.trouble, error.maybe_done) == (trouble, maybe_done)
    assert words in str(error)
    assert str(error).startswith("cannot edit ada/shop#1: ")
    assert "ghp_" not in str(error)
    assert isinstance(error, Failed | OrchError)
    assert len(server.requests) == 1, "it was tried again"
    assert (error.retry_at > time.time()) is passes(error)
    assert time.monotonic() - began < 15, "PyGithub would wait for the reset"


def test_a_limit_is_not_knocked_at_until_it_ends(server: Server, github: GitHub) -> None:
    server.world.repo()
    server.fail(Fault(403, said("You have exceeded a secondary rate limit"), {"Retry-After": "60"}))
    for _ in range(3):
        with pytest.raises(ForgeError) as raised:
            github.repository(shop(server))
        assert raised.value.trouble is Trouble.LIMITED
    assert len(server.requests) == 1


def test_orch_stops_at_its_share_of_the_budget(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    server.limit = 10
    for number in range(10):
        server.world.issue(repo, f"Issue {number}")
    for number in range(1, 7):
        github.issue(issue(server, number))
    with pytest.raises(ForgeError) as raised:
        github.issue(issue(server, 7))
    assert raised.value.trouble is Trouble.LIMITED
    assert raised.value.retry_at == server.reset
    assert server.used == 6
    assert github.budgets()[0].ours == 6


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_wrong_clock_of_this_machine_changes_no_reset(
    server: Server, github: GitHub, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    server.world.repo()
    server.limit = 1
    wrong = SimpleNamespace(**{**vars(time), "time": lambda: time.time() + hours * 3600})
    monkeypatch.setattr(problems, "time", wrong)
    github.connection.clock = wrong.time
    github.repository(shop(server))
    with pytest.raises(ForgeError) as raised:
        github.identity()
    assert raised.value.trouble is Trouble.LIMITED
    assert abs(raised.value.retry_at - hours * 3600 - server.reset) < 3
    assert len(server.requests) == 1


def test_a_refusal_whose_reset_is_over_is_not_repeated_at_once(server: Server, github: GitHub) -> None:
    server.world.repo()
    past = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) - 900)}
    server.fail(Fault(403, said("API rate limit exceeded"), past), times=5)
    for _ in range(3):
        with pytest.raises(ForgeError) as raised:
            github.repository(shop(server))
        assert raised.value.retry_at > time.time()
    assert len(server.requests) == 1


def test_a_renamed_repository_and_a_transferred_issue_are_followed(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    item = server.world.issue(repo, "Crash")
    other = server.world.repo("ada/tools")
    server.world.issue(other, "Crash")
    server.world.rename(repo, "ada/store")
    assert github.repository(shop(server)).ref.path == "ada/store"
    assert github.issue(issue(server, 1)).ref.repository.path == "ada/store"
    item.moved_to = "ada/tools/issues/1"
    found = github.issue(ItemRef(shop(server, "ada/store"), 1)).ref
    assert (found.repository.path, found.number) == ("ada/tools", 1)
    with pytest.raises(ForgeError) as raised:
        github.create_issue(shop(server), "New", "", ())
    assert raised.value.trouble is Trouble.MOVED


def test_the_account_of_a_deleted_login_is_a_ghost(server: Server, github: GitHub) -> None:
    server.world.issue(server.world.repo(), "Crash", "ghost", body=None)
    found = github.issue(issue(server, 1))
    assert (found.author, found.body) == ("ghost", "")


def test_no_server_is_told_as_such() -> None:
    github = GitHub("http://127.0.0.1:9", lambda: Token("ghp_x", "a test"))
    with pytest.raises(ForgeError) as raised:
        github.issues(RepositoryRef("127.0.0.1:9", "a", "b"), IssueFilter(), 10)
    assert (raised.value.trouble, raised.value.maybe_done) == (Trouble.AWAY, False)
    assert "cannot connect to 127.0.0.1:9" in str(raised.value)


def test_the_token_is_in_no_error_log_or_repr(
    server: Server, github: GitHub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.world.issue(server.world.repo(), "Crash")
    github.issue(issue(server, 1))
    server.fail(Fault(422, said("You sent ghp_ada_secret")), "PATCH")
    with pytest.raises(ForgeError) as raised:
        github.edit(issue(server, 1), title="New")
    assert "You sent •••" in str(raised.value)
    token = Token("ghp_ada_secret", "a test")
    texts = [
        repr(token),
        str(token),
        repr(vars(github.connection)["_token"]),
        caplog.text,
        repr(raised.value),
    ]
    assert not [each for each in texts if "ghp_ada_secret" in each]


def test_a_renewed_token_is_found_after_a_refusal(server: Server) -> None:
    server.world.repo()
    tokens = iter(["ghp_old", "ghp_ada_secret", "ghp_bob_secret"])
    github = GitHub(server.api, lambda: Token(next(tokens), "a test"))
    with pytest.raises(ForgeError):
        github.repository(shop(server))
    assert github.repository(shop(server)).ref.path == "ada/shop"
    assert github.identity().login == "ada"
    server.world.accounts[0].token = "ghp_gone"
    with pytest.raises(ForgeError):
        github.repository(shop(server))
    assert github.identity().login == "bob", "the renewed token is of another account"
    github.close()


READS: dict[str, Callable[[GitHub, RepositoryRef], object]] = {
    "issue": lambda github, at: github.issue(ItemRef(at, 1)),
    "repository": lambda github, at: github.repository(at),
    "identity": lambda github, _: github.identity(),
    "check": lambda github, at: github.failed_checks(at, "c0ffee"),
}
WRITES: dict[str, Callable[[GitHub, RepositoryRef], object]] = {
    "merge": lambda github, at: github.merge(ItemRef(at, 1, "change"), "squash", "c0ffee"),
    "open": lambda github, at: github.open_change(at, OpenChange("fix", "main", "Fix", "")),
    "create": lambda github, at: github.create_issue(at, "Crash", "", ()),
    "comment": lambda github, at: github.add_comment(ItemRef(at, 1), "Done."),
}
FAILED_RUN = '{"check_runs": [{"conclusion": "failure", "app": {"slug": "github-actions"}}]}'


UNFIT = ["{}", "[]", '{"number": "x", "full_name": "/"}', "[" * 100_000]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("check", FAILED_RUN),
        *((name, body) for name in {**READS, **WRITES} if name != "check" for body in UNFIT),
    ],
)
def test_an_answer_without_what_is_asked_for_is_none_of_a_forge(
    server: Server, github: GitHub, name: str, body: str
) -> None:
    server.world.repo()
    server.fail(Fault(200, body))
    with pytest.raises(ForgeError) as caught:
        {**READS, **WRITES}[name](github, shop(server))
    assert (caught.value.trouble, caught.value.maybe_done) == (Trouble.NOT_A_FORGE, True)
