"""What the hub may ask of a forge: one account on one server.

Every call blocks, and is made on one thread for each account. Every call raises `ForgeError`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.core.forge.autofix.problems import FailedCheck, ReviewComment
from orchestrator.core.forge.budget import Budget
from orchestrator.core.forge.changes.change import ChangeRequest, FoundChange
from orchestrator.core.forge.items import Changed, Comment, Identity, Issue, Issues, Repository
from orchestrator.core.forge.outbox.acts import OpenChange
from orchestrator.core.forge.outbox.receipts import Trace
from orchestrator.core.forge.repository import ItemRef, RepositoryRef


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues to list; an empty part means any."""

    open: bool | None = True
    labels: tuple[str, ...] = ()
    assignee: str = ""
    author: str = ""
    since: float = 0.0
    """Changed since that time, in seconds since the epoch; 0 for any."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch that may have a change request. `owner` is that of the repository which has the branch."""

    name: str
    owner: str


class Forge(Protocol):
    """An account on a forge."""

    @property
    def host(self) -> str:
        """The host in the addresses of its pages and in remotes."""

    def budgets(self) -> tuple[Budget, ...]:
        """What may be asked until when, as last told; asks nothing."""

    def identity(self) -> Identity:
        """Whose account it is, and what its token may do."""

    def repository(self, ref: RepositoryRef) -> Repository:
        """The repository, also by an earlier name."""

    def issues(self, ref: RepositoryRef, wanted: IssueFilter, most: int) -> Issues:
        """At most that many issues, the latest first; no change requests among them."""

    def issue_pages(self, ref: RepositoryRef, wanted: IssueFilter, page: int = 1) -> Iterator[Issues]:
        """The same a page at a time, from that page on: each is one request, made when it is taken. `whole`
        is true of the last one."""

    def changed(self, ref: RepositoryRef, since: float, most: int) -> Changed:
        """The issues and change requests that have changed since that time, by the forge's clock, the latest
        first; more than `most` only as far as one answer has them. The same question costs nothing while
        nothing has changed."""

    def issue(self, ref: ItemRef) -> Issue:
        """The issue, or the change request as an issue. Its `ref` differs if it was transferred."""

    def comments(self, ref: ItemRef) -> tuple[Comment, ...]:
        """All comments, the earliest first."""

    def history(self, ref: ItemRef, since: float) -> tuple[Trace, ...] | None:
        """What has happened to the item since that time; `None` if the forge keeps no such record."""

    def create_issue(self, ref: RepositoryRef, title: str, body: str, labels: Sequence[str]) -> Issue:
        """Creates an issue."""

    def edit(
        self,
        ref: ItemRef,
        *,
        title: str | None = None,
        body: str | None = None,
        open: bool | None = None,  # noqa: A002  # the word of the field
        reason: str = "",
    ) -> Issue:
        """Changes what is given, and nothing else."""

    def add_labels(self, ref: ItemRef, names: Sequence[str]) -> tuple[str, ...]:
        """Adds labels, which are made where they are missing; returns all that it has then."""

    def remove_label(self, ref: ItemRef, name: str) -> None:
        """Removes a label; one that it does not have is no error."""

    def assign(self, ref: ItemRef, logins: Sequence[str]) -> None:
        """Assigns accounts. Refused for accounts that cannot be assigned."""

    def unassign(self, ref: ItemRef, logins: Sequence[str]) -> None:
        """Takes assignees away; one that it does not have is no error."""

    def add_comment(self, ref: ItemRef, text: str) -> Comment:
        """Adds a comment."""

    def edit_comment(self, ref: ItemRef, comment: int, text: str) -> Comment:
        """Replaces a comment's text."""

    def delete_comment(self, ref: ItemRef, comment: int) -> None:
        """Deletes a comment; one that is not there is no error."""

    def changes(self, refs: Sequence[ItemRef]) -> Mapping[ItemRef, FoundChange]:
        """Change requests with their checks, reviews and mergeability, in batches. What could not be fetched
        is not fetched."""

    def changes_of(self, ref: RepositoryRef, branches: Sequence[Branch]) -> Mapping[Branch, FoundChange]:
        """The latest change request of each branch, likewise in batches."""

    def open_change(self, ref: RepositoryRef, wanted: OpenChange) -> ChangeRequest:
        """Opens a change request. Refused if the branch has one."""

    def edit_change(
        self, ref: ItemRef, *, title: str | None = None, body: str | None = None, base: str = ""
    ) -> ChangeRequest:
        """Changes what is given, and nothing else."""

    def request_review(self, ref: ItemRef, logins: Sequence[str]) -> None:
        """Asks accounts for a review."""

    def merge(self, ref: ItemRef, method: str, head_commit: str) -> str:
        """Merges it by `merge`, `squash` or `rebase` if its head is still that commit; the commit on its
        base."""

    def has_merge_queue(self, ref: RepositoryRef, base: str) -> bool:
        """Whether that branch is merged into by a queue alone."""

    def enqueue(self, ref: ItemRef, head_commit: str) -> None:
        """Adds a change request to the merge queue, if its head is still that commit."""

    def failed_checks(self, ref: RepositoryRef, commit: str) -> tuple[FailedCheck, ...]:
        """The checks of a commit that failed, with the ends of their logs."""

    def review_comments(self, ref: ItemRef) -> tuple[ReviewComment, ...]:
        """The comments of reviews that nobody has resolved."""

    def close(self) -> None:
        """Closes its connections."""
