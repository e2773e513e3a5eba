"""What is to be fixed in a pull request, read from the stand-in."""

from orchestrator.core.forge.autofix.problems import FailedCheck, ReviewComment
from orchestrator.core.forge.repository import ItemRef
from orchestrator.world.forge.github.client import GitHub
from orchestrator.world.forge.github.failed_checks import log_end
from tests.forge.conftest import shop
from tests.forge.server import Fault, Server

LOG = "\n".join(
    [
        "\ufeff2026-11-29T10:00:00.1234567Z ##[group]Run pytest",
        "2026-11-29T10:00:01.1234567Z E   assert 1 == 2",
        "2026-11-29T10:00:02.1234567Z ##[error]Process completed with exit code 1.",
        *(f"2026-11-29T10:00:03.1234567Z cleaning up {n}" for n in range(50)),
    ]
)


def test_a_failed_job_has_the_end_of_its_log_which_is_fetched_without_the_token(
    server: Server, github: GitHub
) -> None:
    repo = server.world.repo()
    server.world.pull(
        repo,
        "orch/fix",
        checks=[("tests", "FAILURE"), ("lint", "FAILURE"), ("docs", "SUCCESS"), ("slow", "")],
        logs={"tests": LOG},
    )
    tests, lint = github.failed_checks(shop(server), "c0ffee")
    assert tests.name == "tests"
    assert tests.log.startswith("E   assert 1 == 2\n##[error]Process completed with exit code 1.")
    assert tests.log.count("cleaning up") == 2
    assert (lint.log, lint.no_log) == ("lint says no", "")
    assert "token" not in tests.url


def test_a_log_that_is_gone_leaves_the_check_with_the_reason(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    server.world.pull(repo, "orch/fix", checks=[("tests", "FAILURE")], logs={"tests": LOG})
    server.fail(Fault(410, '{"message": "Server Error: logs are gone"}'), path="/logs")
    (found,) = github.failed_checks(shop(server), "c0ffee")
    assert isinstance(found, FailedCheck)
    assert (found.log, bool(found.no_log)) == ("", True)


def test_comments_are_those_of_threads_that_nobody_has_resolved(server: Server, github: GitHub) -> None:
    repo = server.world.repo()
    item = server.world.pull(repo, "orch/fix")
    said = server.world.comment_on(item, "src/a.py", 12, "bob", "Use a set.\n")
    server.world.comment_on(item, "README.md", None, "eve", "Run this.", member=False)
    server.world.comment_on(item, "src/b.py", 3, "bob", "Fine now.")
    assert item.pull is not None
    item.pull.threads[2].resolved = True
    first, second = github.review_comments(ItemRef(shop(server), item.number, "change"))
    assert first == ReviewComment(said.id, "bob", "Use a set.\n", "src/a.py", 12, first.url, member=True)
    assert (second.author, second.line, second.member) == ("eve", 0, False)


def test_a_comment_is_found_behind_a_hundred_threads_that_were_resolved(
    server: Server, github: GitHub
) -> None:
    repo = server.world.repo()
    item = server.world.pull(repo, "orch/fix")
    for n in range(101):
        server.world.comment_on(item, "src/a.py", n, "bob", "Use a set.")
    assert item.pull is not None
    for each in item.pull.threads[:100]:
        each.resolved = True
    (found,) = github.review_comments(ItemRef(shop(server), item.number, "change"))
    assert found.line == 100


def test_the_end_of_a_log_without_an_error_line_is_its_last_lines() -> None:
    text = "\n".join(f"2026-11-29T10:00:03.1234567Z line {n}" for n in range(1000))
    assert log_end(text).splitlines()[-1] == "line 999"
    assert len(log_end(text).splitlines()) == 150
    assert log_end("x" * 100_000) == "x" * 16_000
    assert log_end("") == ""
