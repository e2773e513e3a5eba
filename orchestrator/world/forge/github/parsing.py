"""GitHub's JSON as values. A part that is not as described raises `ForgeError`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import unquote

from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.items import Comment, Identity, Issue, Permission, Repository
from orchestrator.core.forge.outbox.receipts import Trace
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.literals import ChangeState, ItemKind
from orchestrator.world.forge.errors import ForgeError, Trouble

T = TypeVar("T")
_METHODS = {"merge": "allow_merge_commit", "squash": "allow_squash_merge", "rebase": "allow_rebase_merge"}
MEMBERS = ("OWNER", "MEMBER", "COLLABORATOR")


class _Object(dict[str, Any]):
    def __missing__(self, key: str) -> Any:
        raise _unfit(f"it has no {key}")


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is an object. Raises `ForgeError`, as the object does for a part that it lacks."""
    if not isinstance(value, dict):
        raise _unfit("an object was expected")
    return _Object(value)


def listed(value: Any) -> list[dict[str, Any]]:
    """The objects of a list. Raises `ForgeError`."""
    if not isinstance(value, list):
        raise _unfit("a list was expected")
    return [mapping(each) for each in value]


def number(found: Mapping[str, Any], key: str) -> int:
    """A number that the object must have. Raises `ForgeError`."""
    value = found[key]
    if not isinstance(value, int):
        raise _unfit(f"its {key} is no number")
    return value


def nodes(connection: Any) -> list[dict[str, Any]]:
    """The objects of a GraphQL connection; none of one that is null."""
    found = connection.get("nodes") if isinstance(connection, dict) else None
    return [mapping(each) for each in found or () if isinstance(each, dict)]


def login(user: Any) -> str:
    """The account's name; `ghost` for one that was deleted."""
    return str(user.get("login") or "ghost") if isinstance(user, dict) else "ghost"


def labels(found: Sequence[Any]) -> tuple[str, ...]:
    """The names of labels, which are objects or, in old answers, names."""
    return tuple(str(mapping(each)["name"] if isinstance(each, dict) else each) for each in found)


def seconds(text: str) -> float:
    """A time as seconds since the epoch; 0 for none."""
    try:
        return datetime.fromisoformat(text).timestamp() if text else 0.0
    except ValueError:
        return 0.0


def written(at: float) -> str:
    """Seconds since the epoch as GitHub writes times."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def identity(data: Any, headers: Mapping[str, str], token_from: str) -> Identity:
    """The account; its scopes are told of classic tokens only."""
    scopes: tuple[str, ...] | Unfetched = NOT_FETCHED
    if "x-oauth-scopes" in headers:
        scopes = tuple(each.strip() for each in headers["x-oauth-scopes"].split(",") if each.strip())
    return Identity(str(mapping(data)["login"]), scopes, token_from)


def repository(data: Any, host: str) -> Repository:
    """The repository, by its present name."""
    found = mapping(data)
    parent = found.get("parent")
    return Repository(
        ref=_named(str(found["full_name"]), host),
        default_branch=str(found.get("default_branch") or ""),
        permission=_permission(found.get("permissions")),
        url=str(found.get("html_url") or ""),
        private=bool(found.get("private")),
        archived=bool(found.get("archived")),
        issues=bool(found.get("has_issues", True)),
        fork_of=_named(str(mapping(parent)["full_name"]), host) if isinstance(parent, dict) else None,
        merge_methods=tuple(name for name, key in _METHODS.items() if found.get(key)),
    )


def issue(data: Any, ref: RepositoryRef) -> Issue:
    """An issue; its repository is that in its own address, which differs after a transfer."""
    found = mapping(data)
    kind: ItemKind = "change" if "pull_request" in found else "issue"
    at = ItemRef(_of_address(str(found.get("repository_url") or ""), ref), number(found, "number"), kind)
    milestone = found.get("milestone")
    return Issue(
        ref=at,
        title=str(found.get("title") or ""),
        body=str(found.get("body") or ""),
        open=found.get("state") == "open",
        url=str(found.get("html_url") or ""),
        author=login(found.get("user")),
        labels=labels(found.get("labels") or ()),
        assignees=tuple(login(each) for each in found.get("assignees") or ()),
        milestone=str(mapping(milestone)["title"]) if isinstance(milestone, dict) else "",
        reason=str(found.get("state_reason") or ""),
        locked=bool(found.get("locked")),
        comments=int(found.get("comments") or 0),
        created_at=str(found.get("created_at") or ""),
        updated_at=str(found.get("updated_at") or ""),
    )


def pull_as_issue(data: Any, ref: RepositoryRef) -> Issue:
    """A pull request of a list as the list of issues would have it."""
    return replace(issue(data, ref), ref=ItemRef(ref, number(mapping(data), "number"), "change"))


def comment(data: Any) -> Comment:
    """A comment on an issue or pull request."""
    found = mapping(data)
    member = str(found.get("author_association") or "") in MEMBERS
    created = str(found.get("created_at") or "")
    return Comment(
        number(found, "id"), login(found.get("user")), str(found.get("body") or ""), created, member
    )


def trace(data: Any) -> Trace:
    """An entry of an issue's events."""
    found = mapping(data)
    kind, name = str(found.get("event") or ""), ""
    if kind in ("labeled", "unlabeled"):
        name = str(mapping(found.get("label") or {}).get("name") or "")
    elif kind in ("assigned", "unassigned"):
        name = login(found.get("assignee"))
    elif kind == "renamed":
        name = str(mapping(found.get("rename") or {}).get("to") or "")
    actor = found.get("assigner") if kind in ("assigned", "unassigned") else found.get("actor")
    return Trace(kind, name, login(actor or found.get("actor")), seconds(str(found.get("created_at") or "")))


def change(data: Any, ref: RepositoryRef, as_of: float) -> ChangeRequest:
    """A pull request as the REST API tells it: without checks, review and mergeability."""
    found = mapping(data)
    head, base = mapping(found["head"]), mapping(found["base"])
    state: ChangeState = (
        "merged" if found.get("merged_at") else "open" if found["state"] == "open" else "closed"
    )
    return ChangeRequest(
        ref=ItemRef(ref, number(found, "number"), "change"),
        title=str(found.get("title") or ""),
        body=str(found.get("body") or ""),
        state=state,
        head=str(head.get("ref") or ""),
        head_commit=str(head.get("sha") or ""),
        base=str(base.get("ref") or ""),
        url=str(found.get("html_url") or ""),
        draft=bool(found.get("draft")),
        author=login(found.get("user")),
        head_owner=login(mapping(head["repo"]).get("owner")) if head.get("repo") else "",
        labels=labels(found.get("labels") or ()),
        merge_commit=str(found.get("merge_commit_sha") or "") if state == "merged" else "",
        updated_at=str(found.get("updated_at") or ""),
        as_of=as_of,
    )


def _permission(said: Any) -> Permission:
    found = said if isinstance(said, dict) else {}
    names = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage", "pull": "read"}
    return Permission(next((ours for theirs, ours in names.items() if found.get(theirs)), "none"))


def _named(path: str, host: str) -> RepositoryRef:
    owner, _, name = path.partition("/")
    if not owner or not name:
        raise _unfit("its repository has no name")
    return RepositoryRef(host, owner, name)


def _of_address(url: str, asked: RepositoryRef) -> RepositoryRef:
    """The repository of `https://api.github.com/repos/owner/name`."""
    parts = [unquote(each) for each in url.partition("/repos/")[2].split("/")]
    return RepositoryRef(asked.host, parts[0], parts[1]) if len(parts) == 2 else asked


def _unfit(why: str) -> ForgeError:
    """What was asked for may have been done nevertheless."""
    hint = "See whether a proxy is between, and github.base_url."
    return ForgeError(Trouble.NOT_A_FORGE, "cannot understand the answer", why, hint, maybe_done=True)
