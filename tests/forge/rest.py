"""The stand-in's REST operations."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tests.forge.shapes import Shapes
from tests.forge.state import Account, Item, Pull, Repo, World


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str, errors: list[Any] | None = None, **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.errors, self.headers = status, message, errors, headers


@dataclass
class Asked:
    """A request, by whom, and what its path names."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    by: Account
    repo: Repo
    item: Item | None = None
    rest: str = ""


Answer = tuple[int, Any]


def answer(
    world: World, shapes: Shapes, method: str, path: str, query: dict[str, str], body: bytes, *, by: Account
) -> Answer:
    """The status and the JSON. Raises `Refusal`."""
    if path == "/user":
        return 200, shapes.account(by)
    found = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", path) or re.fullmatch(
        r"/repositories/(\d+)(/.*)?", path
    )
    if found is None:
        raise Refusal(404, "Not Found")
    repo = _repo(world, unquote(found[1]), found[2] or "", method, by, shapes)
    asked = Asked(method, found[2] or "", query, json.loads(body) if body else {}, by, repo)
    for kind, pattern, act in _ROUTES:
        if kind == method and (match := re.fullmatch(pattern, asked.path)):
            return act(world, shapes, _with_item(world, asked, shapes, *match.groups()))
    raise Refusal(404, "Not Found")


def _repo(world: World, name: str, rest: str, method: str, by: Account, shapes: Shapes) -> Repo:
    if name.isdecimal():
        repo = next((each for each in world.repos.values() if each.id == int(name)), None)
    elif name.lower() in world.renamed:
        repo = world.found(world.renamed[name.lower()])
        assert repo is not None
        to = f"{shapes.base}/repositories/{repo.id}{rest}"
        raise Refusal(301 if method == "GET" else 307, "Moved Permanently", Location=to)
    else:
        repo = world.found(name)
    if repo is None or (repo.private and by.login not in repo.permissions):
        raise Refusal(404, "Not Found")
    if method != "GET" and repo.archived:
        raise Refusal(403, "Repository was archived so is read-only.")
    return repo


def _with_item(world: World, asked: Asked, shapes: Shapes, number: str = "", rest: str = "") -> Asked:
    asked.rest = unquote(rest)
    if asked.path.startswith("/issues") and not asked.repo.issues_on:
        raise Refusal(410, "Issues has been disabled in this repository.")
    if not number or "/comments/" in asked.path:
        asked.rest = unquote(number)
        return asked
    item = asked.repo.items.get(int(number))
    if item is None or (asked.path.startswith("/pulls") and item.pull is None):
        raise Refusal(404, "Not Found")
    if item.moved_to:
        raise Refusal(301, "Moved Permanently", Location=f"{shapes.base}/repos/{item.moved_to}")
    if item.deleted:
        raise Refusal(410, "This issue was deleted")
    asked.item = item
    return asked


def _may(asked: Asked, right: str) -> None:
    order = ["pull", "triage", "push", "maintain", "admin"]
    if order.index(asked.repo.permissions.get(asked.by.login, "pull")) < order.index(right):
        raise Refusal(403, "Must have admin rights to Repository.")


def _list_issues(world: World, shapes: Shapes, asked: Asked) -> Answer:
    query, found = asked.query, list(asked.repo.items.values())
    state = query.get("state", "open")
    if state != "all":
        found = [each for each in found if each.open is (state == "open")]
    for label in filter(None, query.get("labels", "").split(",")):
        found = [each for each in found if label.lower() in [name.lower() for name in each.labels]]
    if query.get("assignee"):
        found = [each for each in found if query["assignee"] in each.assignees]
    if query.get("creator"):
        found = [each for each in found if query["creator"] == each.author]
    found = [each for each in found if each.updated >= query.get("since", "") and not each.deleted]
    found.sort(key=lambda each: (each.updated, each.number), reverse=query.get("direction", "desc") == "desc")
    return 200, [shapes.issue(asked.repo, each) for each in found]


def _create_issue(world: World, shapes: Shapes, asked: Asked) -> Answer:
    body = asked.body
    if not str(body.get("title") or "").strip():
        raise Refusal(
            422, "Validation Failed", [{"resource": "Issue", "field": "title", "code": "missing_field"}]
        )
    item = world.issue(asked.repo, str(body["title"]).strip(), asked.by.login, body=body.get("body"))
    for name in body.get("labels") or ():
        world.label(item, name, asked.by.login)
    return 201, shapes.issue(asked.repo, item)


def _show_issue(world: World, shapes: Shapes, asked: Asked) -> Answer:
    assert asked.item is not None
    return 200, shapes.issue(asked.repo, asked.item)


def _edit_issue(world: World, shapes: Shapes, asked: Asked) -> Answer:
    item, body, by = asked.item, asked.body, asked.by.login
    assert item is not None
    if by != item.author:
        _may(asked, "triage")
    if "title" in body and body["title"].strip() != item.title:
        before, item.title = item.title, body["title"].strip()
        world.event(item, "renamed", by, rename=(before, item.title))
    if "body" in body and body["body"] != item.body:
        item.body, item.updated = body["body"], world.tick()
    if "state" in body:
        world.turn(item, by, open_=body["state"] == "open", reason=body.get("state_reason"))
    return 200, shapes.issue(asked.repo, item)


def _comments(world: World, shapes: Shapes, asked: Asked) -> Answer:
    item = asked.item
    assert item is not None
    return 200, [shapes.comment(asked.repo, item, each) for each in item.comments]


def _add_comment(world: World, shapes: Shapes, asked: Asked) -> Answer:
    item = asked.item
    assert item is not None
    if item.locked and asked.repo.permissions.get(asked.by.login, "pull") == "pull":
        raise Refusal(403, "Unable to create comment because issue is locked.")
    said = world.say(item, asked.by.login, asked.body["body"])
    return 201, shapes.comment(asked.repo, item, said)


def _change_comment(world: World, shapes: Shapes, asked: Asked) -> Answer:
    for item in asked.repo.items.values():
        for said in item.comments:
            if said.id == int(asked.rest):
                item.updated = world.tick()
                if asked.method == "DELETE":
                    item.comments.remove(said)
                    return 204, None
                said.body = asked.body["body"]
                return 200, shapes.comment(asked.repo, item, said)
    raise Refusal(404, "Not Found")


def _add_labels(world: World, shapes: Shapes, asked: Asked) -> Answer:
    item = asked.item
    assert item is not None
    _may(asked, "triage")
    for name in asked.body["labels"]:
        world.label(item, name, asked.by.login)
    return 200, [shapes.label(asked.repo, each) for each in item.labels]


def _remove_label(world: World, shapes: Shapes, asked: Asked) -> Answer:
    item = asked.item
    assert item is not None
    if asked.rest.lower() not in [each.lower() for each in item.labels]:
        raise Refusal(404, "Label does not exist")
    world.label(item, asked.rest, asked.by.login, there=False)
    return 200, [shapes.label(asked.repo, each) for each in item.labels]


def _assignees(world: World, shapes: Shapes, asked: Asked) -> Answer:
    item, adds = asked.item, asked.method == "POST"
    assert item is not None
    for login in asked.body.get("assignees") or ():
        if login in world.logins():  # others are ignored, as on GitHub
            world.assign(item, login, asked.by.login, there=adds)
    return (201 if adds else 200), shapes.issue(asked.repo, item)


def _events(world: World, shapes: Shapes, asked: Asked) -> Answer:
    assert asked.item is not None
    return 200, [shapes.event(asked.repo, each) for each in asked.item.events]


def _labels(world: World, shapes: Shapes, asked: Asked) -> Answer:
    if asked.method == "GET":
        return 200, [shapes.label(asked.repo, each) for each in asked.repo.labels]
    name = asked.body["name"]
    if name.lower() in [each.lower() for each in asked.repo.labels]:
        taken = [{"resource": "Label", "code": "already_exists", "field": "name"}]
        raise Refusal(422, "Validation Failed", taken)
    asked.repo.labels.append(name)
    return 201, shapes.label(asked.repo, name)


def _show_repo(world: World, shapes: Shapes, asked: Asked) -> Answer:
    parent = world.found(asked.repo.parent) if asked.repo.parent else None
    return 200, shapes.repo(asked.repo, asked.by.login, parent)


def _list_pulls(world: World, shapes: Shapes, asked: Asked) -> Answer:
    state = asked.query.get("state", "open")
    found = [each for each in asked.repo.items.values() if each.pull]
    found = [each for each in found if state == "all" or each.open is (state == "open")]
    found.sort(key=lambda each: (each.updated, each.number), reverse=asked.query.get("direction") == "desc")
    whole = [shapes.pull(asked.repo, each, asked.by.login) for each in found]
    return 200, [{key: value for key, value in each.items() if key not in _WHOLE} for each in whole]


def _open_pull(world: World, shapes: Shapes, asked: Asked) -> Answer:
    body, repo = asked.body, asked.repo
    owner, _, head = body["head"].rpartition(":")
    owner = owner or repo.owner
    for each in repo.items.values():
        if each.pull and each.open and (each.pull.owner, each.pull.head) == (owner, head):
            text = f"A pull request already exists for {owner}:{head}."
            raise Refusal(
                422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": text}]
            )
    source = world.found(f"{owner}/{repo.name}") if owner != repo.owner else repo
    source = source or next((each for each in world.repos.values() if each.owner == owner), repo)
    if head not in source.branches:
        gone = [{"resource": "PullRequest", "field": "head", "code": "invalid"}]
        raise Refusal(422, "Validation Failed", gone)
    item = world.issue(repo, body["title"], asked.by.login, body=body.get("body"))
    item.pull = Pull(head, body["base"], source.branches[head], owner, bool(body.get("draft")))
    return 201, shapes.pull(repo, item, asked.by.login)


def _edit_pull(world: World, shapes: Shapes, asked: Asked) -> Answer:
    assert asked.item is not None
    _edit_issue(world, shapes, asked)
    return 200, shapes.pull(asked.repo, asked.item, asked.by.login)


def _merge(world: World, shapes: Shapes, asked: Asked) -> Answer:
    item, body = asked.item, asked.body
    assert item is not None
    assert item.pull is not None
    if (
        item.pull.mergeable != "MERGEABLE"
        or not item.open
        or body.get("merge_method") not in asked.repo.methods
    ):
        raise Refusal(405, "Pull Request is not mergeable")
    if body.get("sha") not in (None, item.pull.sha):
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    world.merge(asked.repo, item, asked.by.login)
    return 200, {"sha": item.pull.merged, "merged": True, "message": "Pull Request successfully merged"}


def _reviewers(world: World, shapes: Shapes, asked: Asked) -> Answer:
    item = asked.item
    assert item is not None
    assert item.pull is not None
    item.pull.reviewers += [*asked.body.get("reviewers", ()), *asked.body.get("team_reviewers", ())]
    world.event(item, "review_requested", asked.by.login)
    made = shapes.pull(asked.repo, item, asked.by.login)
    left_out = [
        "additions",
        "deletions",
        "changed_files",
        "commits",
        "review_comments",
        "comments",
        "merged",
        "merged_by",
    ]
    left_out += ["mergeable", "mergeable_state", "maintainer_can_modify"]
    return 201, {key: each for key, each in made.items() if key not in left_out}


def _check_runs(world: World, shapes: Shapes, asked: Asked) -> Answer:
    sha = unquote(asked.path.split("/")[2])
    found = [(each, n) for each, pull in _pulls_at(asked.repo, sha) for n in range(len(pull.checks))]
    runs = [shapes.check_run(asked.repo, item, n) for item, n in found]
    return 200, {"total_count": len(runs), "check_runs": runs}


def _status(world: World, shapes: Shapes, asked: Asked) -> Answer:
    return 200, shapes.status(asked.repo, unquote(asked.path.split("/")[2]))


def _job_log(world: World, shapes: Shapes, asked: Asked) -> Answer:
    number, at = divmod(int(asked.path.split("/")[3]), 1000)
    item = asked.repo.items.get(number)
    if item is None or item.pull is None or item.pull.checks[at][0] not in item.pull.logs:
        raise Refusal(410, "Server Error: logs for this job are gone")
    raise Refusal(302, "", Location=f"{shapes.elsewhere}/{asked.repo.path}/{number}/{at}")


def _pulls_at(repo: Repo, sha: str) -> list[tuple[Item, Pull]]:
    return [(each, each.pull) for each in repo.items.values() if each.pull and each.pull.sha == sha]


_WHOLE = {
    "additions", "deletions", "changed_files", "commits", "review_comments", "comments", "merged",
    "merged_by", "mergeable", "mergeable_state", "maintainer_can_modify",
}  # fmt: skip
"""What lists of pull requests do not have."""
_ISSUE, _PULL = r"/issues/(\d+)", r"/pulls/(\d+)"
_Act = Callable[[World, Shapes, Asked], Answer]
_ROUTES: list[tuple[str, str, _Act]] = [
    ("GET", "", _show_repo),
    ("GET", "/issues", _list_issues),
    ("POST", "/issues", _create_issue),
    ("PATCH", r"/issues/comments/(\d+)", _change_comment),
    ("DELETE", r"/issues/comments/(\d+)", _change_comment),
    ("GET", _ISSUE, _show_issue),
    ("PATCH", _ISSUE, _edit_issue),
    ("GET", f"{_ISSUE}/comments", _comments),
    ("POST", f"{_ISSUE}/comments", _add_comment),
    ("POST", f"{_ISSUE}/labels", _add_labels),
    ("DELETE", f"{_ISSUE}/labels/([^/]+)", _remove_label),
    ("POST", f"{_ISSUE}/assignees", _assignees),
    ("DELETE", f"{_ISSUE}/assignees", _assignees),
    ("GET", f"{_ISSUE}/events", _events),
    ("GET", "/labels", _labels),
    ("POST", "/labels", _labels),
    ("GET", "/pulls", _list_pulls),
    ("GET", "/commits/[^/]+/check-runs", _check_runs),
    ("GET", "/commits/[^/]+/status", _status),
    ("GET", r"/actions/jobs/\d+/logs", _job_log),
    ("POST", "/pulls", _open_pull),
    ("PATCH", _PULL, _edit_pull),
    ("PUT", f"{_PULL}/merge", _merge),
    ("POST", f"{_PULL}/requested_reviewers", _reviewers),
]
