"""What a forge tells of accounts, repositories and issues."""

from dataclasses import dataclass
from enum import StrEnum

from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.repository import ItemRef, RepositoryRef


class Permission(StrEnum):
    """What an account may do in a repository, from the least to the most."""

    NONE = "none"
    READ = "read"
    TRIAGE = "triage"
    WRITE = "write"
    MAINTAIN = "maintain"
    ADMIN = "admin"

    def covers(self, needed: "Permission") -> bool:
        """Whether it includes what is needed."""
        order = list(Permission)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Identity:
    """The account of a token. `scopes` are not told of every kind of token."""

    login: str
    scopes: tuple[str, ...] | Unfetched = NOT_FETCHED
    token_from: str = ""
    """Where the token was found, in words; never the token."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as its forge tells; `ref` is its present name, also when it was asked for by an earlier
    one."""

    ref: RepositoryRef
    default_branch: str
    permission: Permission
    url: str
    private: bool = False
    archived: bool = False
    issues: bool = True
    """Whether it has issues at all."""
    fork_of: RepositoryRef | None = None
    merge_methods: tuple[str, ...] = ()
    """Of `merge`, `squash` and `rebase` those that it allows."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue. Texts are as the forge has them: data, to be made harmless where they are shown."""

    ref: ItemRef
    title: str
    body: str
    open: bool
    url: str
    author: str = ""
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    milestone: str = ""
    reason: str = ""
    """Why it was closed or reopened, in the forge's word."""
    locked: bool = False
    comments: int = 0
    created_at: str = ""
    updated_at: str = ""

    @property
    def number(self) -> int:
        """Its number in the repository."""
        return self.ref.number


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on an issue or change request. Ids grow: of two the later one has the higher id."""

    id: int
    author: str
    body: str
    created_at: str = ""
    member: bool = True
    """Its author belongs to those who work on the repository; of a public one anybody may comment."""


@dataclass(frozen=True, slots=True)
class Issues:
    """A listing. `whole` is false where it was cut at the limit that was asked for."""

    issues: tuple[Issue, ...]
    as_of: float
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Changed:
    """What has changed in a repository since a time: issues, and change requests as issues. `whole` is false
    where there is more."""

    items: tuple[Issue, ...]
    as_of: float
    whole: bool = True
