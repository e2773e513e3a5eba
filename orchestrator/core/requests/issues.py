"""Issues of the forge on which a repository is."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.board.views import CardView
from orchestrator.core.forge.views import Imported, IssueDetail, IssuesView, SyncedIssues
from orchestrator.core.requests.request import Act, Read

MOST_ISSUES = 1000
"""How many are listed unless more are asked for."""


@dataclass(frozen=True, slots=True)
class ListIssues(Read[IssuesView]):
    """The issues of the repository of the path `repo`, at most `most`, the latest change first. `labels` must
    all be there; an empty `assignee` is any, `@me` the account's own, `none` nobody; `search` are words that
    must all be there. They are listed from that `page` of the forge's list on, a few pages at a time:
    `IssuesView.next` is where the next request continues, and an issue may come twice."""

    verb = "issues.list"
    act = "issues.list"
    """It is asked with the person's own token."""
    repo: str
    state: Literal["open", "closed", "all"] = "open"
    labels: tuple[str, ...] = ()
    assignee: str = ""
    most: int = MOST_ISSUES
    milestone: str = ""
    search: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class ShowIssue(Read[IssueDetail]):
    """An issue of the repository of the path `repo` with its text and comments."""

    verb = "issues.show"
    act = "issues.list"
    repo: str
    number: int


@dataclass(frozen=True, slots=True)
class ImportIssues(Act[tuple[Imported, ...]]):
    """Creates a card in the backlog for each of these issues of the repository of the path `repo`, with the
    issue's text as its prompt, and its comments if `comments`; with `start` it is started."""

    verb = "issues.import"
    repo: str
    numbers: tuple[int, ...]
    comments: bool = False
    start: bool = False


@dataclass(frozen=True, slots=True)
class SyncIssues(Act[SyncedIssues]):
    """Asks the forge now for what belongs to the card `card`, or to the cards of the repository of the path
    `repo`, or to all. Unless it is about a card, the rules import what they find."""

    verb = "issues.sync"
    card: str = ""
    repo: str = ""


@dataclass(frozen=True, slots=True)
class CreateIssueFrom(Act[CardView]):
    """Creates an issue from the card's title and prompt, in the repository of its issues, and links them. The
    answer comes once that is done, or after a while: then it is done later."""

    verb = "issues.create"
    card: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkIssueTo(Act[CardView]):
    """Links a card with an issue of its repository."""

    verb = "issues.link"
    card: str
    number: int


@dataclass(frozen=True, slots=True)
class UnlinkIssueFrom(Act[CardView]):
    """Unlinks the card and its issue, and releases the claim as soon as the forge can be reached; with
    `force` the claim stays there."""

    verb = "issues.unlink"
    card: str
    force: bool = False
