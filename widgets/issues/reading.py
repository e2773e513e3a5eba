"""What the issues' screen reads of one repository: its list, part after part, and issues in full."""

from collections.abc import Callable, Mapping

from textual.timer import Timer

from orchestrator.client import Client, OrchError
from orchestrator.core.forge.views import IssueDetail, IssuesView, IssueView
from orchestrator.core.requests.issues import ListIssues, ShowIssue
from widgets.hub_app import HubApp
from widgets.issues.kept import KeptIssues
from widgets.kit.background import Background

_FIRST, _MORE, _MOST = 100, 500, 10_000
"""Issues of the first part of the list, of each further one, and of all."""
_RESTS_AFTER = 0.15
"""Seconds on one issue after which it is read: moving through the list reads nothing."""
_KEPT = 50

Read = tuple[str, IssueDetail | None, str]
"""An issue in full as it was read: when it had changed last, and why it could not be."""


class IssueReader:
    """`changed` is called when the screen has to be drawn."""

    def __init__(self, app: HubApp, repo: str, changed: Callable[[], object]) -> None:
        """`repo` is a path in the repository."""
        self.repo = repo
        self._app, self._changed = app, changed
        self._background = Background(app, "issues")
        kept = app.issue_lists.get(repo, KeptIssues())
        self.issues: Mapping[int, IssueView] = kept.issues
        """By number, in the forge's order."""
        self.list: IssuesView | None = kept.answer
        """The last answer; `None` before the first."""
        self.as_of = kept.as_of
        """When what is listed was asked for."""
        self.reading = False
        self.error: OrchError | None = None
        """Why the list could not be read the last time."""
        self._details: dict[int, Read] = {}
        self._on_its_way: set[int] = set()
        self._timer: Timer | None = None
        self._next: IssueView | None = None

    def stop(self) -> None:
        """Nothing is taken any more."""
        self._background.stop()
        if self._timer is not None:
            self._timer.stop()

    # --- the list --------------------------------------------------------------------------------

    def read(self) -> None:
        """Reads the list, unless that is under way. What was listed stays until all of it is there."""
        if self.reading:
            return
        self.reading, self.error = True, None
        self._details = {number: read for number, read in self._details.items() if not read[2]}
        self._ask({}, 1, _FIRST, 0.0)
        self._changed()

    def _ask(self, found: dict[int, IssueView], page: int, most: int, as_of: float) -> None:
        request = ListIssues(self.repo, most=most, page=page)

        def taken(answer: IssuesView) -> None:
            # one that has changed meanwhile has moved to the front, and what follows it one place on
            every = found | {each.number: each for each in answer.issues if each.number not in found}
            first = as_of or answer.as_of
            self.list = answer
            more = bool(answer.next) and len(every) < _MOST
            if not more or len(self.issues) <= len(found):
                self.issues, self.as_of = every, first
                self._app.issue_lists[self.repo] = KeptIssues(every, answer, first)
            self.reading = more
            if more:
                self._ask(every, answer.next, _MORE, first)
            self._changed()

        self._background.do(lambda client: client.submit(request), taken, self._failed)

    def _failed(self, error: OrchError) -> None:
        self.reading, self.error = False, error
        self._changed()

    # --- one issue -------------------------------------------------------------------------------

    def detail(self, issue: IssueView) -> tuple[IssueDetail | None, str]:
        """The issue in full, if it has been read, or why it could not be."""
        _, whole, error = self._details.get(issue.number, ("", None, ""))
        return whole, error

    def rest(self, issue: IssueView | None) -> None:
        """The cursor is on that issue: it is read in a moment, unless it has been, or the cursor moves."""
        known = issue is None or self._details.get(issue.number, ("",))[0] == (issue.updated_at or "-")
        if known or issue is None or issue.number in self._on_its_way:
            self._next = None
            return
        if self._next is not None and self._next.number == issue.number:
            return
        if self._timer is not None:
            self._timer.stop()
        self._next = issue
        self._timer = self._app.set_timer(_RESTS_AFTER, self._rested)

    def _rested(self) -> None:
        issue, self._next = self._next, None
        if issue is None:
            return
        number, of = issue.number, issue.updated_at or "-"
        self._on_its_way.add(number)

        def ask(client: Client) -> IssueDetail:
            return client.submit(ShowIssue(self.repo, number))

        self._background.do(
            ask,
            lambda whole: self._keep(number, (of, whole, "")),
            lambda error: self._keep(number, (of, None, str(error))),
        )

    def _keep(self, number: int, read: Read) -> None:
        self._on_its_way.discard(number)
        self._details.pop(number, None)
        self._details[number] = read
        while len(self._details) > _KEPT:
            del self._details[next(iter(self._details))]
        self._changed()
