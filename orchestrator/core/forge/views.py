"""What clients are shown of a forge."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.core.forge.items import Comment, Issue
from orchestrator.core.forge.links import CardForge, unsent
from orchestrator.core.forge.marks import mark_of, unmarked
from orchestrator.core.forge.outbox.acts import words


@dataclass(frozen=True, slots=True)
class IssueView:
    """An issue in a list. Texts are as the forge has them."""

    number: int
    title: str
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    card: str
    """The id of the card that it belongs to; empty for none."""
    url: str
    state: str
    author: str
    milestone: str
    comments: int
    updated_at: str
    locked: bool = False


@dataclass(frozen=True, slots=True)
class LinkedIssue:
    """The issue of a card."""

    number: int
    repository: str
    """`owner/name`."""
    title: str
    url: str
    as_of: float
    """When the forge was asked last."""
    claimed: bool
    """No other board takes it."""
    unsent: tuple[str, ...] = ()
    """Changes that wait to be sent to the forge, in their order."""
    failed: tuple[str, ...] = ()
    """Changes that were refused, or of which it is not known whether they were made."""
    gone: str = ""
    """Why it is not there any more."""
    state: str = "open"
    """`open` or `closed`, as last seen."""
    stale: str = ""
    """Why the forge could not be asked when that was due; empty if `as_of` is recent."""
    rule: str = ""
    """The rule that imported it, as text; empty if a person did."""


@dataclass(frozen=True, slots=True)
class Imported:
    """An issue that was to be imported: its card, or why it has none."""

    number: int
    title: str
    url: str
    card: str = ""
    slug: str = ""
    refused: str = ""
    started: bool = False
    pending: str = ""
    """What is still to be done, as text: it is done later."""


@dataclass(frozen=True, slots=True)
class SyncedIssue:
    """A card with its issue as it is on the forge."""

    card: str
    slug: str
    issue: LinkedIssue


@dataclass(frozen=True, slots=True)
class SyncedIssues:
    """The issues of cards that were asked for, and what rules have imported."""

    issues: tuple[SyncedIssue, ...]
    imported: tuple[Imported, ...] = ()


@dataclass(frozen=True, slots=True)
class IssuesView:
    """A list of a repository's issues, the latest change first. `whole` is false if there are more: they
    follow from the page `next` on."""

    repository: str
    issues: tuple[IssueView, ...]
    as_of: float
    whole: bool = True
    next: int = 0
    login: str = ""
    """The account that asked: whose `@me` is."""


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment on an issue. `member` is false for a passer-by."""

    author: str
    body: str
    created_at: str
    member: bool


@dataclass(frozen=True, slots=True)
class IssueDetail:
    """An issue in full. Texts are as the forge has them."""

    issue: IssueView
    body: str
    comments: tuple[CommentView, ...]
    """The latest ones, the earliest of these first."""
    omitted: int
    """How many earlier comments are not among them."""
    as_of: float


MOST_TEXT = 200_000
"""Characters of an issue's comments that are shown, and of its body."""


def issue_detail(issue: Issue, comments: Sequence[Comment], card: str, as_of: float) -> IssueDetail:
    """The issue with as many of its latest comments as there is room for; without orch's own."""
    said = [each for each in comments if mark_of(each.body) is None]
    kept: list[CommentView] = []
    room = MOST_TEXT
    for each in reversed(said):
        room -= len(each.body) + 100
        if room < 0:
            break
        kept.append(CommentView(each.author, each.body, each.created_at, each.member))
    body = unmarked(issue.body)[:MOST_TEXT]
    return IssueDetail(issue_view(issue, card), body, tuple(reversed(kept)), len(said) - len(kept), as_of)


def issue_view(issue: Issue, card: str) -> IssueView:
    """The issue as it is listed."""
    return IssueView(
        number=issue.number,
        title=issue.title,
        labels=issue.labels,
        assignees=issue.assignees,
        card=card,
        url=issue.url,
        state="open" if issue.open else "closed",
        author=issue.author,
        milestone=issue.milestone,
        comments=issue.comments,
        updated_at=issue.updated_at,
        locked=issue.locked,
    )


def linked_issue(forge: CardForge) -> LinkedIssue | None:
    """A card's issue, as its view shows it."""
    link = forge.issue
    if link is None:
        return None
    return LinkedIssue(
        number=link.ref.number,
        repository=link.ref.repository.path,
        title=link.title,
        url=link.url,
        as_of=link.as_of,
        claimed=link.claim == "held",
        unsent=unsent(forge),
        failed=tuple(
            f"{words(each.act)}: {each.why}" for each in forge.outbox if each.state in ("refused", "unclear")
        ),
        gone=link.gone,
        state="open" if link.synced.seen.standing.open else "closed",
        rule=link.rule,
    )
