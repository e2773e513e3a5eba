"""Pull requests with their checks, reviews and mergeability: up to 25 in one GraphQL query."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from orchestrator.core.forge.changes import ChangeRequest, Checks, Mergeability, NoChange, Review
from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.literals import ChangeState, ChecksState, MergeState, ReviewDecision
from orchestrator.world.forge.github.parsing import login, mapping

BATCH = 25
_FIELDS = """
fragment request on PullRequest {
  number title body state isDraft url updatedAt
  author { login }
  headRefName headRefOid headRepositoryOwner { login }
  baseRefName
  labels(first: 50) { nodes { name } }
  mergeCommit { oid }
  isInMergeQueue
  mergeable mergeStateStatus reviewDecision
  reviewThreads(first: 100) { nodes { isResolved } }
  commits(last: 1) { nodes { commit { statusCheckRollup { state contexts(first: 100) {
    totalCount
    nodes {
      __typename
      ... on CheckRun { name status conclusion }
      ... on StatusContext { context state }
    }
  } } } } }
}
"""
_STATES: dict[str, ChangeState] = {"OPEN": "open", "CLOSED": "closed", "MERGED": "merged"}
_DECISIONS: dict[str, ReviewDecision] = {
    "APPROVED": "approved",
    "CHANGES_REQUESTED": "changes_requested",
    "REVIEW_REQUIRED": "required",
}
_ROLLUPS: dict[str, ChecksState] = {
    "SUCCESS": "passing",
    "FAILURE": "failing",
    "ERROR": "failing",
    "PENDING": "running",
    "EXPECTED": "running",
}
_FAILED = ("FAILURE", "TIMED_OUT", "CANCELLED", "ACTION_REQUIRED", "STARTUP_FAILURE", "ERROR", "STALE")


def batches(items: Sequence[Any]) -> list[list[Any]]:
    """The items in parts of at most 25."""
    rest = iter(items)
    return list(iter(lambda: list(islice(rest, BATCH)), []))


def by_number(ref: RepositoryRef, numbers: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """The query, with its variables, for these pull requests: each is a field `p0`, `p1`, …"""
    each = [f"p{at}: pullRequest(number: $n{at}) {{ ...request }}" for at in range(len(numbers))]
    declared = "".join(f", $n{at}: Int!" for at in range(len(numbers)))
    return _query(each, declared), {**_of(ref), **{f"n{at}": number for at, number in enumerate(numbers)}}


def by_branch(ref: RepositoryRef, branches: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The same for the pull requests of branches, the latest first. One name may be in several forks."""
    each = [
        f"p{at}: pullRequests(headRefName: $b{at}, first: 10, "
        "orderBy: {field: CREATED_AT, direction: DESC}) { nodes { ...request } }"
        for at in range(len(branches))
    ]
    declared = "".join(f", $b{at}: String!" for at in range(len(branches)))
    return _query(each, declared), {**_of(ref), **{f"b{at}": name for at, name in enumerate(branches)}}


def found_one(data: Any, ref: RepositoryRef, as_of: float) -> ChangeRequest | Unfetched:
    """A pull request of an answer; one that is null was not fetched."""
    return _parsed(data, ref, as_of) if isinstance(data, dict) else NOT_FETCHED


def found_of_branch(
    data: Any, owner: str, ref: RepositoryRef, as_of: float
) -> ChangeRequest | NoChange | Unfetched:
    """The latest pull request of that owner's branch: an open one first."""
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), list):
        return NOT_FETCHED
    found = [_parsed(each, ref, as_of) for each in data["nodes"] if each]
    mine = [each for each in found if not each.head_owner or each.head_owner.casefold() == owner.casefold()]
    opened = [each for each in mine if each.state == "open"]
    return next(iter(opened or mine), NoChange(as_of))


def _query(fields: Sequence[str], declared: str) -> str:
    inner = "\n".join(fields)
    return (
        f"query($owner: String!, $name: String!{declared}) {{\n"
        f"repository(owner: $owner, name: $name) {{\n{inner}\n}}\n}}{_FIELDS}"
    )


def _of(ref: RepositoryRef) -> dict[str, Any]:
    return {"owner": ref.owner, "name": ref.name}


def _parsed(data: Mapping[str, Any], ref: RepositoryRef, as_of: float) -> ChangeRequest:
    merged = data.get("mergeCommit")
    return ChangeRequest(
        ref=ItemRef(ref, int(data["number"]), "change"),
        title=str(data.get("title") or ""),
        body=str(data.get("body") or ""),
        state=_STATES.get(str(data.get("state")), "open"),
        head=str(data.get("headRefName") or ""),
        head_commit=str(data.get("headRefOid") or ""),
        base=str(data.get("baseRefName") or ""),
        url=str(data.get("url") or ""),
        draft=bool(data.get("isDraft")),
        author=login(data.get("author")),
        head_owner=login(data["headRepositoryOwner"]) if data.get("headRepositoryOwner") else "",
        labels=tuple(str(each["name"]) for each in _nodes(data.get("labels"))),
        merge_commit=str(merged["oid"]) if isinstance(merged, dict) else "",
        queued=bool(data.get("isInMergeQueue")),
        updated_at=str(data.get("updatedAt") or ""),
        checks=_checks(data),
        review=_review(data),
        mergeability=_mergeability(data),
        as_of=as_of,
    )


def _checks(data: Mapping[str, Any]) -> Checks | Unfetched:
    commits = _nodes(data.get("commits"))
    if not commits:
        return NOT_FETCHED
    rollup = mapping(commits[0].get("commit") or {}).get("statusCheckRollup")
    if rollup is None:
        return Checks("none")
    contexts = mapping(rollup.get("contexts") or {})
    nodes = _nodes(contexts)
    failing = [_name(each) for each in nodes if (each.get("conclusion") or each.get("state")) in _FAILED]
    running = sum(1 for each in nodes if _runs(each))
    state = _ROLLUPS.get(str(rollup.get("state")), "running")
    return Checks(state, int(contexts.get("totalCount") or len(nodes)), tuple(failing), running)


def _runs(node: Mapping[str, Any]) -> bool:
    if node.get("__typename") == "CheckRun":
        return node.get("status") != "COMPLETED"
    return node.get("state") in ("PENDING", "EXPECTED")


def _name(node: Mapping[str, Any]) -> str:
    return str(node.get("name") or node.get("context") or "")


def _review(data: Mapping[str, Any]) -> Review | Unfetched:
    if data.get("reviewThreads") is None:
        return NOT_FETCHED
    unresolved = sum(1 for each in _nodes(data["reviewThreads"]) if not each.get("isResolved"))
    return Review(_DECISIONS.get(str(data.get("reviewDecision")), "none"), unresolved)


def _mergeability(data: Mapping[str, Any]) -> Mergeability | Unfetched:
    said, status = str(data.get("mergeable") or ""), str(data.get("mergeStateStatus") or "")
    if not said:
        return NOT_FETCHED
    state: MergeState = "clean"
    if said == "CONFLICTING" or status == "DIRTY":
        state = "conflicts"
    elif said == "UNKNOWN" or status == "UNKNOWN":
        state = "computing"
    elif status == "BEHIND":
        state = "behind"
    elif status == "BLOCKED":
        state = "blocked"
    return Mergeability(state)


def _nodes(connection: Any) -> list[dict[str, Any]]:
    nodes = connection.get("nodes") if isinstance(connection, dict) else None
    return [each for each in nodes or () if isinstance(each, dict)]
