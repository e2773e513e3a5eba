"""What the stand-in for GitHub keeps: accounts, repositories, issues and pull requests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

_START = datetime(2026, 1, 1, tzinfo=UTC)
_CLOSING = re.compile(r"\b(?:close[sd]?|fix(?:es|ed)?|resolve[sd]?):? #(\d+)\b", re.IGNORECASE)


@dataclass
class Account:
    login: str
    token: str
    scopes: str | None = "repo, read:org"
    """`None` for a fine-grained token, of which no header tells."""


@dataclass
class Said:
    """A comment."""

    id: int
    author: str
    body: str
    at: str
    member: bool = True


@dataclass
class Item:
    """An issue, and what a pull request has of one."""

    number: int
    title: str
    body: str | None
    author: str
    at: str
    open: bool = True
    reason: str | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    milestone: str = ""
    locked: bool = False
    comments: list[Said] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    updated: str = ""
    closed_at: str | None = None
    moved_to: str = ""
    """Where it was transferred, as `owner/name/issues/number`."""
    deleted: bool = False
    pull: "Pull | None" = None


@dataclass
class Pull:
    """What a pull request has beyond an issue."""

    head: str
    base: str
    sha: str
    owner: str
    draft: bool = False
    merged: str = ""
    """The commit on the base."""
    checks: list[tuple[str, str]] = field(default_factory=list)
    """Names, and `SUCCESS`, `FAILURE` or `` for one that runs."""
    decision: str | None = None
    unresolved: int = 0
    mergeable: str = "MERGEABLE"
    status: str = "CLEAN"
    reviewers: list[str] = field(default_factory=list)
    queued: bool = False
    """It is in the merge queue."""
    threads: list["Thread"] = field(default_factory=list)
    logs: dict[str, str] = field(default_factory=dict)
    """Of the checks that are jobs of GitHub Actions, by name."""


@dataclass
class Thread:
    """A thread of a review: a file and line, and comments."""

    path: str
    line: int | None
    said: list[Said]
    resolved: bool = False
    outdated: bool = False


@dataclass
class Repo:
    path: str
    id: int
    private: bool = False
    archived: bool = False
    issues_on: bool = True
    parent: str = ""
    default_branch: str = "main"
    methods: tuple[str, ...] = ("merge", "squash", "rebase")
    labels: list[str] = field(default_factory=lambda: ["bug", "enhancement"])
    items: dict[int, Item] = field(default_factory=dict)
    permissions: dict[str, str] = field(default_factory=dict)
    """By login: `pull`, `triage`, `push`, `maintain` or `admin`; `pull` for others."""
    branches: dict[str, str] = field(default_factory=dict)
    queues: tuple[str, ...] = ()
    """Branches with a merge queue."""
    forbidden: str = ""
    """Why GraphQL refuses it."""

    @property
    def owner(self) -> str:
        return self.path.partition("/")[0]

    @property
    def name(self) -> str:
        return self.path.partition("/")[2]


class World:
    """All of it, with its own clock, which goes on by a second with each change."""

    def __init__(self) -> None:
        self.accounts = [Account("ada", "ghp_ada_secret"), Account("bob", "ghp_bob_secret")]
        self.repos: dict[str, Repo] = {}
        self.renamed: dict[str, str] = {}
        """Earlier names, in lower case, and the present ones."""
        self._now = _START
        self.ids = count(1000)

    def repo(self, path: str = "ada/shop", **said: Any) -> Repo:
        """A new repository."""
        made = Repo(path, next(self.ids), **said)
        made.permissions.setdefault(made.owner, "admin")
        self.repos[path.lower()] = made
        return made

    def rename(self, repo: Repo, path: str) -> None:
        """As on GitHub: the earlier name goes on leading there."""
        self.repos[path.lower()] = self.repos.pop(repo.path.lower())
        self.renamed[repo.path.lower()] = path
        repo.path = path

    def issue(self, repo: Repo, title: str, author: str = "ada", **said: Any) -> Item:
        """A new issue."""
        at = self.tick()
        number = max(repo.items, default=0) + 1
        item = Item(number, title, said.pop("body", "A body."), author, at, updated=at, **said)
        repo.items[number] = item
        return item

    def pull(self, repo: Repo, head: str, title: str = "A change", author: str = "ada", **said: Any) -> Item:
        """A new pull request."""
        made = Pull(head, said.pop("base", repo.default_branch), said.pop("sha", "c0ffee"), author, **said)
        item = self.issue(repo, title, author)
        item.pull = made
        return item

    def set_clock(self, now: float) -> None:
        """In seconds since the epoch."""
        self._now = datetime.fromtimestamp(now, UTC)

    def tick(self) -> str:
        """A second later, as GitHub writes times."""
        self._now += timedelta(seconds=1)
        return self.now

    @property
    def now(self) -> str:
        return self._now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def event(self, item: Item, kind: str, actor: str, **said: Any) -> None:
        """An entry of the item's history; the item has changed then."""
        item.updated = self.tick()
        item.events.append({"id": next(self.ids), "event": kind, "actor": actor, "at": self.now, **said})

    def label(self, item: Item, name: str, actor: str, *, there: bool = True) -> None:
        """Adds or removes a label."""
        has = name.lower() in [each.lower() for each in item.labels]
        if has is there:
            return
        if there:
            item.labels.append(name)
        else:
            item.labels = [each for each in item.labels if each.lower() != name.lower()]
        self.event(item, "labeled" if there else "unlabeled", actor, label=name)

    def assign(self, item: Item, login: str, actor: str, *, there: bool = True) -> None:
        """Adds or takes away an assignee."""
        if (login in item.assignees) is there:
            return
        item.assignees = (
            [*item.assignees, login] if there else [each for each in item.assignees if each != login]
        )
        self.event(item, "assigned" if there else "unassigned", actor, assignee=login)

    def turn(self, item: Item, actor: str, *, open_: bool, reason: str | None = None) -> None:
        """Closes or reopens it."""
        if item.open is open_:
            return
        item.open, item.reason = open_, "reopened" if open_ else reason or "completed"
        item.closed_at = None if open_ else self.now
        self.event(item, "reopened" if open_ else "closed", actor)

    def merge(self, repo: Repo, item: Item, actor: str) -> None:
        """Merges a pull request; one into the default branch closes the issues that it says it closes."""
        assert item.pull is not None
        item.pull.merged = "5a1ad"
        self.turn(item, actor, open_=False)
        if item.pull.base == repo.default_branch:
            for number in map(int, _CLOSING.findall(item.body or "")):
                if (closed := repo.items.get(number)) and closed.pull is None:
                    self.turn(closed, actor, open_=False)

    def say(self, item: Item, author: str, body: str, *, member: bool = True) -> Said:
        """Adds a comment."""
        item.updated = self.tick()
        said = Said(next(self.ids), author, body, self.now, member)
        item.comments.append(said)
        return said

    def comment_on(
        self, item: Item, path: str, line: int | None, author: str, body: str, *, member: bool = True
    ) -> Said:
        """Opens a thread of a review."""
        assert item.pull is not None
        item.updated = self.tick()
        said = Said(next(self.ids), author, body, self.now, member)
        item.pull.threads.append(Thread(path, line, [said]))
        return said

    def found(self, path: str) -> Repo | None:
        return self.repos.get(path.lower())

    def logins(self) -> Iterator[str]:
        return (each.login for each in self.accounts)
