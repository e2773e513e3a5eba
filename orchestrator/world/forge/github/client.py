"""GitHub as a forge: see `world/forge/forge.py`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from orchestrator.core.forge.autofix.problems import FailedCheck, ReviewComment
from orchestrator.core.forge.budget import Budget
from orchestrator.core.forge.changes.change import ChangeRequest, FoundChange, NoChange
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.items import Changed, Comment, Identity, Issue, Issues, Repository
from orchestrator.core.forge.outbox.acts import OpenChange
from orchestrator.core.forge.outbox.receipts import Trace
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.world.forge.errors import ForgeError, ForgeMissing, Trouble
from orchestrator.world.forge.forge import Branch, IssueFilter
from orchestrator.world.forge.github import merge_queue, parsing, pull_requests, review_threads
from orchestrator.world.forge.github.connection import PER_PAGE, Connection
from orchestrator.world.forge.github.failed_checks import failed_checks
from orchestrator.world.forge.github.labels import Labels
from orchestrator.world.forge.github.token import Token


class GitHub:
    """One account on GitHub, or on an Enterprise server; `Forge`."""

    def __init__(self, base_url: str, token: Callable[[], Token]) -> None:
        self.connection = Connection(base_url, token)
        self._labels = Labels(self.connection)
        self._login: tuple[int, Identity] | None = None
        """With the number of sign-outs before: a renewed token may be of another account."""

    @property
    def host(self) -> str:
        """`Forge.host`."""
        return self.connection.host

    def budgets(self) -> tuple[Budget, ...]:
        return self.connection.budgets

    def identity(self) -> Identity:
        if self._login is None or self._login[0] != self.connection.sign_outs:
            answer = self.connection.get("/user", "sign in")
            found = parsing.identity(answer.data, answer.headers, self.connection.token_from)
            self._login = (self.connection.sign_outs, found)
        return self._login[1]

    def repository(self, ref: RepositoryRef) -> Repository:
        try:
            answer = self.connection.get(_repo(ref), f"read repository {ref.path}")
        except ForgeMissing as error:
            raise error.said_as(f"cannot find repository {ref.path}") from None
        return parsing.repository(answer.data, self.host)

    def issues(self, ref: RepositoryRef, wanted: IssueFilter, most: int) -> Issues:
        found: dict[int, Issue] = {}
        as_of = self.connection.clock()
        for page in self.issue_pages(ref, wanted):
            found |= {each.number: each for each in page.issues}
            if len(found) > most or (len(found) == most and not page.whole):
                return Issues(tuple(found.values())[:most], as_of, whole=False)
        return Issues(tuple(found.values()), as_of)

    def issue_pages(self, ref: RepositoryRef, wanted: IssueFilter, page: int = 1) -> Iterator[Issues]:
        params = {"state": "all" if wanted.open is None else "open" if wanted.open else "closed"}
        params |= {"sort": "updated", "direction": "desc"}
        params |= {"labels": ",".join(wanted.labels)} if wanted.labels else {}
        params |= {"assignee": wanted.assignee} if wanted.assignee else {}
        params |= {"creator": wanted.author} if wanted.author else {}
        params |= {"since": parsing.written(wanted.since)} if wanted.since else {}
        params |= {"page": str(page)} if page > 1 else {}
        for answer in self.connection.pages(f"{_repo(ref)}/issues", f"list the issues of {ref.path}", params):
            parsed = (parsing.issue(each, ref) for each in parsing.listed(answer.data))
            found = tuple(each for each in parsed if each.ref.kind == "issue")
            yield Issues(found, self.connection.clock(), whole=not answer.next)

    def changed(self, ref: RepositoryRef, since: float, most: int) -> Changed:
        params = {"state": "all", "sort": "updated", "direction": "desc", "since": parsing.written(since)}
        as_of = self.connection.clock()
        doing = f"look what has changed in {ref.path}"
        found: list[Issue] = []
        try:
            for page in self.connection.pages(f"{_repo(ref)}/issues", doing, params):
                found += [parsing.issue(each, ref) for each in parsing.listed(page.data)]
                if page.next and len(found) >= most:
                    return Changed(tuple(found), as_of, whole=False)
        except ForgeMissing as error:
            if error.trouble is not Trouble.GONE:
                raise
            return self._changed_pulls(ref, since, doing)
        return Changed(tuple(found), as_of)

    def _changed_pulls(self, ref: RepositoryRef, since: float, doing: str) -> Changed:
        """Where issues are off; the first page, as this list takes no time."""
        params = {"state": "all", "sort": "updated", "direction": "desc", "per_page": str(PER_PAGE)}
        as_of = self.connection.clock()
        page = self.connection.get(f"{_repo(ref)}/pulls", doing, params)
        found = [parsing.pull_as_issue(each, ref) for each in parsing.listed(page.data)]
        late = [each for each in found if parsing.seconds(each.updated_at) >= int(since)]
        return Changed(tuple(late), as_of, whole=not page.next or len(late) < len(found))

    def issue(self, ref: ItemRef) -> Issue:
        answer = self.connection.get(_issue(ref), f"read {ref}")
        return parsing.issue(answer.data, ref.repository)

    def comments(self, ref: ItemRef) -> tuple[Comment, ...]:
        pages = self.connection.pages(f"{_issue(ref)}/comments", f"read the comments of {ref}")
        return tuple(parsing.comment(each) for page in pages for each in parsing.listed(page.data))

    def history(self, ref: ItemRef, since: float) -> tuple[Trace, ...] | None:
        pages = self.connection.pages(f"{_issue(ref)}/events", f"read the history of {ref}")
        found = (parsing.trace(each) for page in pages for each in parsing.listed(page.data))
        return tuple(each for each in found if each.at >= int(since))  # GitHub's times are whole seconds

    def create_issue(self, ref: RepositoryRef, title: str, body: str, labels: Sequence[str]) -> Issue:
        self._labels.make(ref, labels)
        given = {"title": title, "body": body, "labels": list(labels)}
        answer = self.connection.change(
            "POST", f"{_repo(ref)}/issues", f"create an issue in {ref.path}", given
        )
        return parsing.issue(answer.data, ref)

    def edit(
        self,
        ref: ItemRef,
        *,
        title: str | None = None,
        body: str | None = None,
        open: bool | None = None,  # noqa: A002  # the protocol's word
        reason: str = "",
    ) -> Issue:
        given: dict[str, Any] = {} if title is None else {"title": title}
        given |= {} if body is None else {"body": body}
        if open is not None:
            given |= {"state": "open" if open else "closed"}
            given |= {} if open or not reason else {"state_reason": reason}
        doing = f"edit {ref}" if open is None else f"{'reopen' if open else 'close'} {ref}"
        return parsing.issue(self.connection.change("PATCH", _issue(ref), doing, given).data, ref.repository)

    def add_labels(self, ref: ItemRef, names: Sequence[str]) -> tuple[str, ...]:
        self._labels.make(ref.repository, names)
        doing = f"label {ref}"
        answer = self.connection.change("POST", f"{_issue(ref)}/labels", doing, {"labels": list(names)})
        return parsing.labels(parsing.listed(answer.data))

    def remove_label(self, ref: ItemRef, name: str) -> None:
        try:
            path = f"{_issue(ref)}/labels/{quote(name, safe='')}"
            self.connection.change("DELETE", path, f"remove a label from {ref}")
        except ForgeMissing:
            self.issue(ref)  # the label is missing, or the issue is, which this raises

    def assign(self, ref: ItemRef, logins: Sequence[str]) -> None:
        given = {"assignees": list(logins)}
        self.connection.change("POST", f"{_issue(ref)}/assignees", f"assign {ref}", given)

    def unassign(self, ref: ItemRef, logins: Sequence[str]) -> None:
        given = {"assignees": list(logins)}
        self.connection.change("DELETE", f"{_issue(ref)}/assignees", f"unassign {ref}", given)

    def add_comment(self, ref: ItemRef, text: str) -> Comment:
        path, doing = f"{_issue(ref)}/comments", f"comment on {ref}"
        return parsing.comment(self.connection.change("POST", path, doing, {"body": text}).data)

    def edit_comment(self, ref: ItemRef, comment: int, text: str) -> Comment:
        path, doing = _comment(ref, comment), f"edit the comment on {ref}"
        return parsing.comment(self.connection.change("PATCH", path, doing, {"body": text}).data)

    def delete_comment(self, ref: ItemRef, comment: int) -> None:
        try:
            self.connection.change("DELETE", _comment(ref, comment), f"delete the comment on {ref}")
        except ForgeMissing:
            return

    def changes(self, refs: Sequence[ItemRef]) -> Mapping[ItemRef, FoundChange]:
        found: dict[ItemRef, FoundChange] = dict.fromkeys(refs, NOT_FETCHED)
        for batch in pull_requests.batches(refs):
            as_of = self.connection.clock()
            query, variables = pull_requests.by_number(batch)
            data = self.connection.query(query, variables, f"read {_few(batch)}")
            for place, ref in enumerate(batch):
                found[ref] = pull_requests.found_one(data, batch, place, as_of)
        return found

    def changes_of(self, ref: RepositoryRef, branches: Sequence[Branch]) -> Mapping[Branch, FoundChange]:
        found: dict[Branch, FoundChange] = dict.fromkeys(branches, NOT_FETCHED)
        numbers: dict[Branch, ItemRef] = {}
        for batch in pull_requests.batches(branches):
            as_of = self.connection.clock()
            query, variables = pull_requests.by_branch(ref, [each.name for each in batch])
            data = self.connection.query(query, variables, f"find the pull requests of {ref.path}")
            for place, branch in enumerate(batch):
                number = pull_requests.found_of_branch(data, place, branch.owner)
                if number is None:
                    found[branch] = NoChange(as_of)
                elif number is not NOT_FETCHED:
                    numbers[branch] = ItemRef(ref, int(number), "change")
        requests = self.changes(list(numbers.values()))
        return found | {branch: requests[number] for branch, number in numbers.items()}

    def open_change(self, ref: RepositoryRef, wanted: OpenChange) -> ChangeRequest:
        head = f"{wanted.head_owner}:{wanted.head}" if wanted.head_owner else wanted.head
        given = {"title": wanted.title, "body": wanted.body, "head": head, "base": wanted.base}
        given |= {"draft": True} if wanted.draft else {}  # type: ignore[dict-item]  # of JSON
        doing = f"open a pull request for {wanted.head}"
        answer = self.connection.change("POST", f"{_repo(ref)}/pulls", doing, given)
        return parsing.change(answer.data, ref, self.connection.clock())

    def edit_change(
        self, ref: ItemRef, *, title: str | None = None, body: str | None = None, base: str = ""
    ) -> ChangeRequest:
        given = {} if title is None else {"title": title}
        given |= {} if body is None else {"body": body}
        given |= {"base": base} if base else {}
        answer = self.connection.change("PATCH", _pull(ref), f"edit {ref}", given)
        return parsing.change(answer.data, ref.repository, self.connection.clock())

    def request_review(self, ref: ItemRef, logins: Sequence[str]) -> None:
        teams = [each.rpartition("/")[2] for each in logins if "/" in each]
        given = {"reviewers": [each for each in logins if "/" not in each], "team_reviewers": teams}
        path, doing = f"{_pull(ref)}/requested_reviewers", f"ask for a review of {ref}"
        self.connection.change("POST", path, doing, given)

    def merge(self, ref: ItemRef, method: str, head_commit: str) -> str:
        given = {"merge_method": method, "sha": head_commit}
        answer = self.connection.change("PUT", f"{_pull(ref)}/merge", f"merge {ref}", given)
        return str(parsing.mapping(answer.data)["sha"])

    def has_merge_queue(self, ref: RepositoryRef, base: str) -> bool:
        try:
            variables = merge_queue.of_branch(ref, base)
            data = self.connection.query(merge_queue.QUEUE, variables, f"read the merge queue of {ref.path}")
        except ForgeError as error:
            if error.trouble is not Trouble.INVALID:  # a server that is too old to have one
                raise
            return False
        return bool(merge_queue.id_in(data, "mergeQueue"))

    def enqueue(self, ref: ItemRef, head_commit: str) -> None:
        doing = f"add {ref} to the merge queue"
        data = self.connection.query(merge_queue.PULL_REQUEST, merge_queue.of_pull_request(ref), doing)
        found = merge_queue.id_in(data, "pullRequest")
        if not found:
            raise ForgeMissing(Trouble.MISSING, f"cannot {doing}", "it is not there any more")
        self.connection.mutate(merge_queue.ENQUEUE, {"id": found, "head": head_commit}, doing)

    def failed_checks(self, ref: RepositoryRef, commit: str) -> tuple[FailedCheck, ...]:
        return failed_checks(self.connection, _repo(ref), ref, commit)

    def review_comments(self, ref: ItemRef) -> tuple[ReviewComment, ...]:
        query, variables = review_threads.query(ref)
        return review_threads.found(self.connection.query(query, variables, f"read the reviews of {ref}"))

    def close(self) -> None:
        self.connection.close()


def _few(refs: Sequence[ItemRef]) -> str:
    return str(refs[0]) if len(refs) == 1 else f"{len(refs)} pull requests"


def _repo(ref: RepositoryRef) -> str:
    return f"/repos/{quote(ref.owner, safe='')}/{quote(ref.name, safe='')}"


def _issue(ref: ItemRef) -> str:
    return f"{_repo(ref.repository)}/issues/{ref.number}"


def _pull(ref: ItemRef) -> str:
    return f"{_repo(ref.repository)}/pulls/{ref.number}"


def _comment(ref: ItemRef, comment: int) -> str:
    return f"{_repo(ref.repository)}/issues/comments/{comment}"
