"""The merge queue of a repository, which only GraphQL knows."""

from typing import Any

from orchestrator.core.forge.repository import ItemRef, RepositoryRef

QUEUE = (
    "query($owner: String!, $name: String!, $branch: String!) {\n"
    "repository(owner: $owner, name: $name) { mergeQueue(branch: $branch) { id } }\n}"
)
PULL_REQUEST = (
    "query($owner: String!, $name: String!, $number: Int!) {\n"
    "repository(owner: $owner, name: $name) { pullRequest(number: $number) { id } }\n}"
)
ENQUEUE = (
    "mutation($id: ID!, $head: GitObjectID!) {\n"
    "enqueuePullRequest(input: {pullRequestId: $id, expectedHeadOid: $head}) { mergeQueueEntry { id } }\n}"
)


def of_branch(ref: RepositoryRef, branch: str) -> dict[str, Any]:
    """The variables of `QUEUE`."""
    return {"owner": ref.owner, "name": ref.name, "branch": branch}


def of_pull_request(ref: ItemRef) -> dict[str, Any]:
    """The variables of `PULL_REQUEST`."""
    return {"owner": ref.repository.owner, "name": ref.repository.name, "number": ref.number}


def id_in(data: Any, field: str) -> str:
    """The id of that field of the repository in an answer; empty for none."""
    repository = data.get("repository") if isinstance(data, dict) else None
    found = repository.get(field) if isinstance(repository, dict) else None
    return str(found.get("id") or "") if isinstance(found, dict) else ""
