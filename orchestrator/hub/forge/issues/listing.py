"""Lists issues and reads one. The forge is asked a page at a time, so that other requests of the account get
their turn in between."""

import time
from collections.abc import Callable

from orchestrator.core.errors import NotUnderstood
from orchestrator.core.forge.issues.searching import NOBODY, Wanted
from orchestrator.core.forge.items import Comment, Issue, Issues
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.forge.views import IssueDetail, IssuesView, IssueView, issue_detail, issue_view
from orchestrator.core.requests.issues import ListIssues, ShowIssue
from orchestrator.hub.forge.accounts import Place
from orchestrator.world.forge.errors import ForgeError, ForgeMissing, ForgeRefused, Trouble
from orchestrator.world.forge.forge import Forge, IssueFilter

_MOST, _MOST_PAGES = 10_000, 10
"""Of one request: a client does not wait longer than for so many pages."""

CardOf = Callable[[ItemRef], str]


async def list_issues(
    place: Place,
    request: ListIssues,
    card_of: CardOf,
    renamed: Callable[[RepositoryRef, RepositoryRef], object],
) -> IssuesView:
    """The issues that are wanted; `renamed` is told first if their repository has another name.

    Raises `ForgeError`, or `NotUnderstood`.
    """
    if not 1 <= request.most <= _MOST or request.page < 1:
        raise NotUnderstood(f"cannot list {request.most} issues", f"at least 1 and at most {_MOST} can be")
    asked = place.chosen.repository
    try:
        ref, login, wanted = await place.account.ask(lambda forge: _prepared(forge, asked, request))
    except ForgeError as error:
        if error.trouble in (Trouble.MISSING, Trouble.GONE, Trouble.NO_TOKEN):
            raise
        raise error.said_as(f"cannot list the issues of {asked.path}") from error
    if not ref.same(asked):
        renamed(asked, ref)
    pages = place.account.forge.issue_pages(ref, wanted, request.page)
    fits = Wanted(request.search, milestone=request.milestone, assignee=_nobody(request)).fits
    found: dict[int, IssueView] = {}
    last = request.page + _MOST_PAGES
    as_of = time.time()
    for number in range(request.page, last):
        page: Issues | None = await place.account.ask(lambda _: next(pages, None))
        if page is None:
            return IssuesView(ref.path, tuple(found.values()), as_of, login=login)
        views = (issue_view(each, card_of(each.ref)) for each in page.issues)
        found |= {each.number: each for each in views if fits(each)}
        if len(found) > request.most:
            cut = tuple(found.values())[: request.most]
            return IssuesView(ref.path, cut, as_of, whole=False, next=number, login=login)
        if page.whole:
            return IssuesView(ref.path, tuple(found.values()), as_of, login=login)
        if len(found) == request.most:
            last = number + 1
            break
    return IssuesView(ref.path, tuple(found.values()), as_of, whole=False, next=last, login=login)


async def show_issue(place: Place, request: ShowIssue, card_of: CardOf) -> IssueDetail:
    """The issue with its comments. Raises `ForgeError`, or `NotUnderstood`."""
    if not 1 <= request.number < 10**9:
        raise NotUnderstood(f"#{request.number} is not the number of an issue")
    asked, as_of = ItemRef(place.chosen.repository, request.number), time.time()
    issue = await place.account.ask(lambda forge: only_issue(forge, asked))
    comments: tuple[Comment, ...] = ()
    if issue.comments:
        comments = await place.account.ask(lambda forge: forge.comments(issue.ref))
    return issue_detail(issue, comments, card_of(issue.ref), as_of)


def only_issue(forge: Forge, asked: ItemRef) -> Issue:
    """The issue of that number; refused if it is a change request."""
    issue = forge.issue(asked)
    if issue.ref.kind != "issue":
        what, hint = f"{issue.ref} is not an issue", "List issues: orch issues list"
        raise ForgeRefused(Trouble.REFUSED, what, "it is a pull request", hint)
    return issue


def _prepared(
    forge: Forge, ref: RepositoryRef, request: ListIssues
) -> tuple[RepositoryRef, str, IssueFilter]:
    """By the repository's present name: a redirected list would lose what was asked for."""
    repository = forge.repository(ref)
    if not repository.issues:
        what, why = f"{repository.ref.path} has no issues", "issues are disabled for the repository"
        raise ForgeMissing(Trouble.GONE, what, why, "Enable them in its settings.")
    login = forge.identity().login
    assignee = login if request.assignee == "@me" else request.assignee
    wanted = IssueFilter(
        open=None if request.state == "all" else request.state == "open",
        labels=request.labels,
        assignee="" if assignee == NOBODY else assignee,
    )
    return repository.ref, login, wanted


def _nobody(request: ListIssues) -> str:
    return NOBODY if request.assignee == NOBODY else ""
