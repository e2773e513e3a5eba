"""The stand-in's GraphQL: the two queries that orch asks, answered field by field as they were asked for."""

import re
from typing import Any

from tests.forge.state import Item, Repo, Thread, World

_REPOSITORY = re.compile(r"(r\d+): repository\(owner: \$(\w+), name: \$(\w+)\) \{\n(.*?)\n\}", re.DOTALL)
_ALIAS = re.compile(
    r"(p\d+): (pullRequest|pullRequests)\(([^)]*?)(?:, first: \d+, orderBy: \{[^}]*\})?\)(.*)"
)


def answer(world: World, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The body of the answer, errors included."""
    if "latestReviews" in query:
        return {"data": {"repository": _reviews(world, query, variables)}}
    if "Queue(" in query or "pullRequest(number: $number)" in query or query.startswith("mutation"):
        return _of_a_queue(world, query, variables)
    data: dict[str, Any] = {"rateLimit": {"cost": cost(query)}}
    errors: list[dict[str, Any]] = []
    details = query.partition("fragment request")[2]
    for repository, owner, name, fields in _REPOSITORY.findall(query):
        path = f"{variables[owner]}/{variables[name]}"
        repo = world.found(path)
        if repo is None or repo.forbidden:
            text = f"Could not resolve to a Repository with the name '{path}'."
            kind = "FORBIDDEN" if repo else "NOT_FOUND"
            data[repository] = None
            errors.append({"type": kind, "path": [repository], "message": repo.forbidden if repo else text})
            continue
        data[repository] = found = {}
        for alias, kind, argument, rest in _ALIAS.findall(fields):
            value = variables[argument.rpartition("$")[2]]
            asked = set(re.findall(r"\b[a-z]\w+\b", details if kind == "pullRequest" else rest))
            if kind == "pullRequest":
                item = repo.items.get(value)
                found[alias] = _request(repo, item, asked) if item and item.pull else None
                if found[alias] is None:
                    text = f"Could not resolve to a PullRequest with the number of {value}."
                    errors.append({"type": "NOT_FOUND", "path": [repository, alias], "message": text})
            else:
                mine = [each for each in repo.items.values() if each.pull and each.pull.head == value]
                nodes = [_request(repo, each, asked) for each in sorted(mine, key=lambda each: -each.number)]
                found[alias] = {"nodes": nodes}
    return {"data": data, **({"errors": errors} if errors else {})}


def _of_a_queue(world: World, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Whether a branch has a merge queue, a pull request's id, and a pull request added to the queue."""
    if query.startswith("mutation"):
        path, _, number = variables["id"].partition("#")
        repo = world.found(path)
        assert repo is not None
        pull = repo.items[int(number)].pull
        assert pull is not None
        if pull.sha != variables["head"] or pull.status != "CLEAN":
            text = "The head of the pull request has changed" if pull.status == "CLEAN" else "Not mergeable"
            error = {"type": "UNPROCESSABLE", "path": ["enqueuePullRequest"], "message": text}
            return {"data": {"enqueuePullRequest": None}, "errors": [error]}
        pull.queued = True
        return {"data": {"enqueuePullRequest": {"mergeQueueEntry": {"id": f"e{number}"}}}}
    repo = world.found(f"{variables['owner']}/{variables['name']}")
    assert repo is not None
    if "branch" in variables:
        found = {"id": "q1"} if variables["branch"] in repo.queues else None
        return {"data": {"repository": {"mergeQueue": found}}}
    return {"data": {"repository": {"pullRequest": {"id": f"{repo.path}#{variables['number']}"}}}}


def cost(query: str) -> int:
    """Its points by GitHub's formula: a hundredth of the requests that filling each connection takes."""
    connections = 0
    for _, _, _, fields in _REPOSITORY.findall(query):
        for _, kind, _, _ in _ALIAS.findall(fields):
            connections += 4 if kind == "pullRequest" else 1
    return max(1, round(connections / 100))


def _request(repo: Repo, item: Item, asked: set[str]) -> dict[str, Any]:
    pull = item.pull
    assert pull is not None
    made = {
        "number": item.number,
        "title": item.title,
        "body": item.body or "",
        "state": "MERGED" if pull.merged else "OPEN" if item.open else "CLOSED",
        "isDraft": pull.draft,
        "url": f"https://forge.example/{repo.path}/pull/{item.number}",
        "updatedAt": item.updated,
        "author": {"login": item.author},
        "headRefName": pull.head,
        "headRefOid": pull.sha,
        "headRepositoryOwner": {"login": pull.owner} if pull.owner else None,
        "baseRefName": pull.base,
        "labels": {"nodes": [{"name": each} for each in item.labels]},
        "mergeCommit": {"oid": pull.merged} if pull.merged else None,
        "isInMergeQueue": pull.queued,
        "mergeable": pull.mergeable,
        "mergeStateStatus": pull.status,
        "reviewDecision": pull.decision,
        "reviewThreads": {
            "nodes": [{"isResolved": False}] * pull.unresolved
            + [{"isResolved": each.resolved} for each in pull.threads]
        },
        "commits": {"nodes": [{"commit": {"statusCheckRollup": _rollup(pull.checks)}}]},
    }
    return {key: value for key, value in made.items() if key in asked}


def _reviews(world: World, query: str, variables: dict[str, Any]) -> dict[str, Any] | None:
    repo = world.found(f"{variables['owner']}/{variables['name']}")
    item = repo.items.get(variables["number"]) if repo else None
    if repo is None or item is None or item.pull is None:
        return {"pullRequest": None} if repo else None
    within = slice(-100, None) if "reviewThreads(last: 100)" in query else slice(100)
    threads = [_thread(repo, item, each) for each in item.pull.threads[within]]
    return {"pullRequest": {"reviewThreads": {"nodes": threads}, "latestReviews": {"nodes": []}}}


def _thread(repo: Repo, item: Item, thread: Thread) -> dict[str, Any]:
    at = f"https://forge.example/{repo.path}/pull/{item.number}"
    return {
        "isResolved": thread.resolved,
        "isOutdated": thread.outdated,
        "path": thread.path,
        "line": thread.line,
        "originalLine": thread.line,
        "comments": {
            "nodes": [
                {
                    "databaseId": each.id,
                    "author": {"login": each.author},
                    "authorAssociation": "MEMBER" if each.member else "NONE",
                    "body": each.body,
                    "url": f"{at}#discussion_r{each.id}",
                }
                for each in thread.said
            ]
        },
    }


def _rollup(checks: list[tuple[str, str]]) -> dict[str, Any] | None:
    if not checks:
        return None
    results = [result for _, result in checks]
    state = "FAILURE" if "FAILURE" in results else "PENDING" if "" in results else "SUCCESS"
    nodes = [
        {
            "__typename": "CheckRun",
            "name": name,
            "status": "COMPLETED" if result else "IN_PROGRESS",
            "conclusion": result or None,
        }
        for name, result in checks
    ]
    return {"state": state, "contexts": {"totalCount": len(nodes), "nodes": nodes}}
