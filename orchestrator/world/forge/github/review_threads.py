"""The comments of reviews that nobody has resolved, in one GraphQL query."""

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.core.forge.autofix.problems import ReviewComment
from orchestrator.core.forge.repository import ItemRef
from orchestrator.world.forge.github.parsing import MEMBERS, login, nodes, number

_QUERY = """
query($owner: String!, $name: String!, $number: Int!) {
repository(owner: $owner, name: $name) { pullRequest(number: $number) {
  reviewThreads(last: 100) { nodes {
    isResolved isOutdated path line originalLine
    comments(first: 30) { nodes { databaseId author { login } authorAssociation body url } }
  } }
  latestReviews(first: 30) { nodes { databaseId state author { login } authorAssociation body url } }
} }
}
"""


def query(ref: ItemRef) -> tuple[str, dict[str, Any]]:
    """The query, with its variables."""
    repository = ref.repository
    return _QUERY, {"owner": repository.owner, "name": repository.name, "number": ref.number}


def found(data: Mapping[str, Any]) -> tuple[ReviewComment, ...]:
    """The comments of unresolved threads, behind the texts of reviews that ask for changes."""
    request = (data.get("repository") or {}).get("pullRequest") or {}
    reviews = [_comment(each, {}) for each in nodes(request.get("latestReviews")) if _asks(each)]
    return (*reviews, *_threads(request))


def _asks(review: Mapping[str, Any]) -> bool:
    return review.get("state") == "CHANGES_REQUESTED" and bool(str(review.get("body") or "").strip())


def _threads(request: Mapping[str, Any]) -> Iterator[ReviewComment]:
    for thread in nodes(request.get("reviewThreads")):
        if not thread.get("isResolved"):
            yield from (_comment(each, thread) for each in nodes(thread.get("comments")))


def _comment(data: Mapping[str, Any], thread: Mapping[str, Any]) -> ReviewComment:
    return ReviewComment(
        id=number(data, "databaseId") if data.get("databaseId") else 0,
        author=login(data.get("author")),
        body=str(data.get("body") or ""),
        path=str(thread.get("path") or ""),
        line=int(thread.get("line") or thread.get("originalLine") or 0),
        url=str(data.get("url") or ""),
        member=data.get("authorAssociation") in MEMBERS,
        outdated=bool(thread.get("isOutdated")),
    )
