"""The stand-in cannot become a convenient fiction: what GitHub does not describe is found."""

import json

import pytest

from tests.forge import graphql
from tests.forge.description import NotDescribed, check_answer, check_request
from tests.forge.extract_graphql import queries
from tests.forge.graphql_schema import check
from tests.forge.state import World


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", "/repos/a/b/nothing", "", b""),
        ("GET", "/repos/a/b/issues", "status=open", b""),
        ("GET", "/repos/a/b/issues", "state=merged", b""),
        ("GET", "/repos/a/b/issues", "per_page=many", b""),
        ("POST", "/repos/a/b/issues", "", b"{}"),
        ("POST", "/repos/a/b/issues", "", b'{"title": "A", "text": "B"}'),
        ("PATCH", "/repos/a/b/issues/1", "", b'{"state": "merged"}'),
        ("DELETE", "/repos/a/b/issues/comments/1", "", b'{"why": ""}'),
        ("PUT", "/repos/a/b/pulls/1/merge", "", b'{"merge_method": "octopus"}'),
    ],
)
def test_a_request_that_github_does_not_describe_is_found(
    method: str, path: str, query: str, body: bytes
) -> None:
    with pytest.raises(NotDescribed):
        check_request(method, path, query, body)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {}), (200, [{"number": 1}]), (218, []), (404, {"message": 3})],
)
def test_an_answer_that_github_does_not_describe_is_found(status: int, body: object) -> None:
    with pytest.raises(NotDescribed):
        check_answer("GET", "/repos/a/b/issues", status, json.dumps(body).encode())


def test_every_query_and_its_answer_fit_githubs_schema() -> None:
    world = World()
    repo = world.repo()
    world.pull(repo, "one", checks=[("lint", "SUCCESS"), ("test", "")], decision="APPROVED", unresolved=1)
    world.pull(repo, "two", mergeable="CONFLICTING", status="DIRTY", draft=True)
    for query in queries():
        variables = {"owner0": "ada", "name0": "shop", "n0": 1, "n1": 9, "b0": "one", "b1": "two"}
        variables |= {"owner": "ada", "name": "shop", "number": 1, "id": "ada/shop#1", "head": "c0ffee"}
        variables |= {"branch": "main"} if "$branch" in query else {}
        check(query, graphql.answer(world, query, variables)["data"])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("isDraft", "draft"),
        ("mergeStateStatus", "mergeStatus"),
        ("labels(first: 50)", "labels(count: 50)"),
        ("statusCheckRollup { state", "checks { state"),
        ("... on CheckRun { name", "... on CheckRun { context"),
    ],
)
def test_a_query_that_github_does_not_describe_is_found(right: str, wrong: str) -> None:
    world = World()
    world.pull(world.repo(), "one", checks=[("lint", "SUCCESS")])
    query = queries()[0]
    assert right in query
    answer = graphql.answer(world, query, {"owner0": "ada", "name0": "shop", "n0": 1, "n1": 1})["data"]
    with pytest.raises(NotDescribed):
        check(query.replace(right, wrong), answer)
