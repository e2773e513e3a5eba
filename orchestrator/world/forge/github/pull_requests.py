"""Pull requests with their checks, reviews and mergeability: up to 25 in one GraphQL query."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from orchestrator.core.forge.changes.change import ChangeRequest, Checks, Mergeability, Review
from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.literals import ChangeState, ChecksState, MergeState, ReviewDecision
from orchestrator.world.forge.github.parsing import login, mapping, nodes, number

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
  reviewThreads(last: 100) { nodes { isResolved } }
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


def by_number(refs: Sequence[ItemRef]) -> tuple[str, dict[str, Any]]:
    """The query, with its variables, for these pull requests, of any repositories: those are fields `r0`,
    `r1`, …, and in them each request is a field `p0`, `p1`, … by its place."""
    asked: list[str] = []
    declared = ""
    given: dict[str, Any] = {}
    for at, repository in enumerate(dict.fromkeys(each.repository for each in refs)):
        fields = []
        for place, ref in enumerate(refs):
            if ref.repository == repository:
                fields.append(f"p{place}: pullRequest(number: $n{place}) {{ ...request }}")
                declared += f", $n{place}: Int!"
                given[f"n{place}"] = ref.number
        asked.append(_repository(at, fields))
        declared += f", $owner{at}: String!, $name{at}: String!"
        given |= {f"owner{at}": repository.owner, f"name{at}": repository.name}
    return _query(asked, declared, _FIELDS), given


def by_branch(ref: RepositoryRef, branches: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The same for the pull requests of a repository's branches, the latest first, without their details:
    those would cost ten times as much. One name may be in several forks."""
    fields = [
        f"p{at}: pullRequests(headRefName: $b{at}, first: 10, "
        "orderBy: {field: CREATED_AT, direction: DESC}) "
        "{ nodes { number state headRepositoryOwner { login } } }"
        for at in range(len(branches))
    ]
    declared = "".join(f", $b{at}: String!" for at in range(len(branches)))
    given = {"owner0": ref.owner, "name0": ref.name, **{f"b{at}": name for at, name in enumerate(branches)}}
    return _query([_repository(0, fields)], f", $owner0: String!, $name0: String!{declared}"), given


def found_one(
    data: Mapping[str, Any], refs: Sequence[ItemRef], place: int, as_of: float
) -> ChangeRequest | Unfetched:
    """The request at that place of what was asked for; one that is null was not fetched."""
    repositories = list(dict.fromkeys(each.repository for each in refs))
    of = data.get(f"r{repositories.index(refs[place].repository)}")
    found = of.get(f"p{place}") if isinstance(of, dict) else None
    return _parsed(mapping(found), refs[place].repository, as_of) if isinstance(found, dict) else NOT_FETCHED


def found_of_branch(data: Mapping[str, Any], place: int, owner: str) -> int | Unfetched | None:
    """The number of the latest pull request of that owner's branch, an open one first; `None` if there is
    none."""
    of = data.get("r0")
    found = of.get(f"p{place}") if isinstance(of, dict) else None
    if not isinstance(found, dict) or not isinstance(found.get("nodes"), list):
        return NOT_FETCHED
    mine = [each for each in nodes(found) if _owner(each).casefold() in ("", owner.casefold())]
    opened = [each for each in mine if each.get("state") == "OPEN"]
    return next((number(each, "number") for each in opened or mine), None)


def _repository(at: int, fields: Sequence[str]) -> str:
    inner = "\n".join(fields)
    return f"r{at}: repository(owner: $owner{at}, name: $name{at}) {{\n{inner}\n}}"


def _query(repositories: Sequence[str], declared: str, fragments: str = "") -> str:
    inner = "\n".join(repositories)
    return f"query({declared.removeprefix(', ')}) {{\nrateLimit {{ cost }}\n{inner}\n}}\n{fragments}"


def _owner(data: Mapping[str, Any]) -> str:
    """The owner of the repository that has the branch; empty where that is gone."""
    return login(data["headRepositoryOwner"]) if data.get("headRepositoryOwner") else ""


def _parsed(data: Mapping[str, Any], ref: RepositoryRef, as_of: float) -> ChangeRequest:
    merged = data.get("mergeCommit")
    return ChangeRequest(
        ref=ItemRef(ref, number(data, "number"), "change"),
        title=str(data.get("title") or ""),
        body=str(data.get("body") or ""),
        state=_STATES.get(str(data.get("state")), "open"),
        head=str(data.get("headRefName") or ""),
        head_commit=str(data.get("headRefOid") or ""),
        base=str(data.get("baseRefName") or ""),
        url=str(data.get("url") or ""),
        draft=bool(data.get("isDraft")),
        author=login(data.get("author")),
        head_owner=_owner(data),
        labels=tuple(str(each["name"]) for each in nodes(data.get("labels"))),
        merge_commit=str(merged["oid"]) if isinstance(merged, dict) else "",
        queued=bool(data.get("isInMergeQueue")),
        updated_at=str(data.get("updatedAt") or ""),
        checks=_checks(data),
        review=_review(data),
        mergeability=_mergeability(data),
        as_of=as_of,
    )


def _checks(data: Mapping[str, Any]) -> Checks | Unfetched:
    commits = nodes(data.get("commits"))
    if not commits:
        return NOT_FETCHED
    rollup = mapping(commits[0].get("commit") or {}).get("statusCheckRollup")
    if rollup is None:
        return Checks("none")
    contexts = mapping(rollup.get("contexts") or {})
    checks = nodes(contexts)
    failing = [_name(each) for each in checks if (each.get("conclusion") or each.get("state")) in _FAILED]
    running = sum(1 for each in checks if _runs(each))
    state = _ROLLUPS.get(str(rollup.get("state")), "running")
    return Checks(state, int(contexts.get("totalCount") or len(checks)), tuple(failing), running)


def _runs(node: Mapping[str, Any]) -> bool:
    if node.get("__typename") == "CheckRun":
        return node.get("status") != "COMPLETED"
    return node.get("state") in ("PENDING", "EXPECTED")


def _name(node: Mapping[str, Any]) -> str:
    return str(node.get("name") or node.get("context") or "")


def _review(data: Mapping[str, Any]) -> Review | Unfetched:
    if data.get("reviewThreads") is None:
        return NOT_FETCHED
    unresolved = sum(1 for each in nodes(data["reviewThreads"]) if not each.get("isResolved"))
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
