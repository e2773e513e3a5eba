"""The stand-in's answers as JSON: what GitHub's description requires, and what orch reads."""

import re
from typing import Any

from tests.forge.state import Account, Item, Repo, Said

_USER_URLS = [
    "followers",
    "following",
    "gists",
    "starred",
    "subscriptions",
    "organizations",
    "repos",
    "events",
    "received_events",
]
_REPO_URLS = [
    "archive",
    "assignees",
    "blobs",
    "branches",
    "collaborators",
    "comments",
    "commits",
    "compare",
    "contents",
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "git_commits",
    "git_refs",
    "git_tags",
    "hooks",
    "issue_comment",
    "issue_events",
    "issues",
    "keys",
    "labels",
    "languages",
    "merges",
    "milestones",
    "notifications",
    "pulls",
    "releases",
    "stargazers",
    "statuses",
    "subscribers",
    "subscription",
    "tags",
    "teams",
    "trees",
    "clone",
    "git",
    "ssh",
    "svn",
]


class Shapes:
    """For a server at that address."""

    def __init__(self, api: str) -> None:
        self.base = self._api = api
        self._web = re.sub(r"/api/v3$", "", api)
        self.elsewhere = f"{self._web.replace('127.0.0.1', 'localhost')}/logs"
        """Where texts are kept, on what is another host."""

    def user(self, login: str) -> dict[str, Any]:
        at = f"{self._api}/users/{login}"
        urls = {f"{name}_url": f"{at}/{name}" for name in _USER_URLS}
        return {
            **urls,
            "login": login,
            "id": _id(login),
            "node_id": f"U_{login}",
            "avatar_url": f"{self._web}/{login}.png",
            "gravatar_id": "",
            "html_url": f"{self._web}/{login}",
            "url": at,
            "type": "User",
            "site_admin": False,
        }

    def account(self, account: Account) -> dict[str, Any]:
        nothing: dict[str, Any] = dict.fromkeys(
            ("bio", "blog", "company", "email", "hireable", "location", "name")
        )
        counts = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
        return {
            **self.user(account.login),
            **nothing,
            **counts,
            "created_at": "2020-01-01T00:00:00Z",
            "updated_at": "2020-01-01T00:00:00Z",
        }

    def repo(
        self, repo: Repo, login: str = "", parent: Repo | None = None, *, full: bool = True
    ) -> dict[str, Any]:
        at = f"{self._api}/repos/{repo.path}"
        urls = {f"{name}_url": f"{at}/{name}" for name in _REPO_URLS}
        counts = dict.fromkeys(
            ["forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count"], 0
        )
        counts |= dict.fromkeys(["watchers", "watchers_count"], 0)
        has = dict.fromkeys(
            ["has_projects", "has_wiki", "has_pages", "has_discussions", "has_downloads"], False
        )
        nothing: dict[str, Any] = dict.fromkeys(
            ["description", "homepage", "language", "mirror_url", "license"]
        )
        order = ["pull", "triage", "push", "maintain", "admin"]
        rank = order.index(repo.permissions.get(login, "pull"))
        made = {
            **urls,
            **counts,
            **has,
            **nothing,
            "id": repo.id,
            "node_id": f"R_{repo.id}",
            "name": repo.name,
            "full_name": repo.path,
            "owner": self.user(repo.owner),
            "private": repo.private,
            "html_url": f"{self._web}/{repo.path}",
            "url": at,
            "fork": bool(repo.parent),
            "default_branch": repo.default_branch,
            "has_issues": repo.issues_on,
            "archived": repo.archived,
            "disabled": False,
            "pushed_at": "2026-01-01T00:00:00Z",
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "permissions": {name: at <= rank for at, name in enumerate(order)},
        }
        if full:
            made |= {"network_count": 0, "subscribers_count": 0}
            made |= {f"allow_{name}": name.partition("_")[0] in repo.methods
                     for name in ("merge_commit", "squash_merge", "rebase_merge")}  # fmt: skip
            if parent:
                made["parent"] = self.repo(parent, login, full=False)
        return made

    def issue(self, repo: Repo, item: Item) -> dict[str, Any]:
        at = f"{self._api}/repos/{repo.path}/issues/{item.number}"
        page = f"{self._web}/{repo.path}/{'pull' if item.pull else 'issues'}/{item.number}"
        urls = {f"{name}_url": f"{at}/{name}" for name in ("comments", "events", "labels", "timeline")}
        assignees = [self.user(each) for each in item.assignees]
        made = {
            **urls,
            "id": item.number + repo.id * 10_000,
            "node_id": f"I_{item.number}",
            "url": at,
            "repository_url": f"{self._api}/repos/{repo.path}",
            "html_url": page,
            "number": item.number,
            "title": item.title,
            "body": item.body,
            "user": None if item.author == "ghost" else self.user(item.author),
            "labels": [self.label(repo, each) for each in item.labels],
            "state": "open" if item.open else "closed",
            "state_reason": item.reason,
            "locked": item.locked,
            "assignee": assignees[0] if assignees else None,
            "assignees": assignees,
            "milestone": self.milestone(repo, item.milestone) if item.milestone else None,
            "comments": len(item.comments),
            "created_at": item.at,
            "updated_at": item.updated,
            "closed_at": item.closed_at,
            "author_association": "OWNER",
        }
        if item.pull:
            made["pull_request"] = dict.fromkeys(("url", "html_url", "diff_url", "patch_url"), page)
        return made

    def label(self, repo: Repo, name: str) -> dict[str, Any]:
        return {
            "id": _id(name),
            "node_id": f"L_{_id(name)}",
            "url": f"{self._api}/repos/{repo.path}/labels/{_id(name)}",
            "name": name,
            "description": None,
            "color": "5319e7",
            "default": False,
        }

    def milestone(self, repo: Repo, title: str) -> dict[str, Any]:
        at = f"{self._api}/repos/{repo.path}/milestones/1"
        return {
            "url": at,
            "html_url": at,
            "labels_url": f"{at}/labels",
            "id": 1,
            "node_id": "M_1",
            "number": 1,
            "state": "open",
            "title": title,
            "description": None,
            "creator": self.user(repo.owner),
            "open_issues": 1,
            "closed_issues": 0,
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "closed_at": None,
            "due_on": None,
        }

    def comment(self, repo: Repo, item: Item, said: Said) -> dict[str, Any]:
        at = f"{self._api}/repos/{repo.path}/issues/comments/{said.id}"
        return {
            "id": said.id,
            "node_id": f"IC_{said.id}",
            "url": at,
            "html_url": f"{self._web}/{repo.path}/issues/{item.number}#issuecomment-{said.id}",
            "issue_url": f"{self._api}/repos/{repo.path}/issues/{item.number}",
            "user": self.user(said.author),
            "body": said.body,
            "author_association": "MEMBER" if said.member else "NONE",
            "created_at": said.at,
            "updated_at": said.at,
        }

    def event(self, repo: Repo, event: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": event["id"],
            "node_id": f"E_{event['id']}",
            "url": f"{self._api}/repos/{repo.path}/issues/events/{event['id']}",
            "actor": self.user(event["actor"]),
            "event": event["event"],
            "commit_id": None,
            "commit_url": None,
            "created_at": event["at"],
            "performed_via_github_app": None,
        }
        if "label" in event:
            made["label"] = {"name": event["label"], "color": "5319e7"}
        if "assignee" in event:
            made |= {"assignee": self.user(event["assignee"]), "assigner": self.user(event["actor"])}
        if "rename" in event:
            made["rename"] = {"from": event["rename"][0], "to": event["rename"][1]}
        return made

    def check_run(self, repo: Repo, item: Item, at: int) -> dict[str, Any]:
        pull = item.pull
        assert pull is not None
        name, result = pull.checks[at]
        number = 1000 * item.number + at
        url = f"{self._api}/repos/{repo.path}/check-runs/{number}"
        said = None if name in pull.logs else f"{name} says no"
        output = {"title": None, "summary": said, "text": None, "annotations_count": 0}
        return {
            "id": number,
            "node_id": f"CR_{number}",
            "head_sha": pull.sha,
            "external_id": "",
            "url": url,
            "html_url": f"{self._web}/{repo.path}/runs/{number}",
            "details_url": f"{self._web}/{repo.path}/runs/{number}",
            "status": "completed" if result else "in_progress",
            "conclusion": result.lower() or None,
            "started_at": item.at,
            "completed_at": item.at if result else None,
            "output": {**output, "annotations_url": f"{url}/annotations"},
            "name": name,
            "check_suite": {"id": number},
            "app": {**_app("github-actions" if name in pull.logs else "ci"), "owner": self.user(repo.owner)},
            "pull_requests": [],
        }

    def status(self, repo: Repo, sha: str) -> dict[str, Any]:
        url = f"{self._api}/repos/{repo.path}/commits/{sha}"
        return {
            "state": "pending",
            "statuses": [],
            "sha": sha,
            "total_count": 0,
            "repository": self.repo(repo, "", full=False),
            "commit_url": url,
            "url": f"{url}/status",
        }

    def pull(self, repo: Repo, item: Item, login: str = "") -> dict[str, Any]:
        pull = item.pull
        assert pull is not None
        at = f"{self._api}/repos/{repo.path}/pulls/{item.number}"
        issue = self.issue(repo, item)
        kept = [
            "id",
            "node_id",
            "html_url",
            "number",
            "title",
            "body",
            "user",
            "locked",
            "assignee",
            "assignees",
            "milestone",
        ]
        kept += ["labels", "created_at", "updated_at", "closed_at", "comments", "author_association"]
        names = [
            "comments",
            "commits",
            "statuses",
            "html",
            "issue",
            "review_comments",
            "review_comment",
            "self",
        ]
        urls = {
            f"{name}_url": f"{at}/{name}" for name in ["comments", "commits", "diff", "patch", "statuses"]
        }
        urls |= {f"{name}_url": f"{at}/{name}" for name in ("review_comment", "review_comments")}
        where = {"repo": self.repo(repo, login, full=False), "user": self.user(repo.owner)}
        counts = dict.fromkeys(["additions", "deletions", "changed_files", "commits", "review_comments"], 1)
        return {
            **{key: issue[key] for key in kept},
            **urls,
            **counts,
            "url": at,
            "issue_url": issue["url"],
            "_links": {name: {"href": f"{at}/{name}"} for name in names},
            "state": "open" if item.open else "closed",
            "draft": pull.draft,
            "head": {**where, "label": f"{pull.owner}:{pull.head}", "ref": pull.head, "sha": pull.sha},
            "base": {**where, "label": f"{repo.owner}:{pull.base}", "ref": pull.base, "sha": "ba5e"},
            "merged": bool(pull.merged),
            "merged_at": item.closed_at if pull.merged else None,
            "merge_commit_sha": pull.merged or None,
            "merged_by": None,
            "mergeable": None,
            "mergeable_state": "unknown",
            "auto_merge": None,
            "maintainer_can_modify": False,
        }


def _app(name: str) -> dict[str, Any]:
    urls = {"external_url": "https://forge.example", "html_url": f"https://forge.example/apps/{name}"}
    return {
        **urls,
        "id": _id(name),
        "node_id": name,
        "slug": name,
        "name": name,
        "description": None,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "permissions": {},
        "events": [],
        "owner": {},
    }


def _id(text: str) -> int:
    return int(sum(ord(each) * 31**at for at, each in enumerate(text)) % 1_000_000) + 1
