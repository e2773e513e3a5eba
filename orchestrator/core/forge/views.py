"""What clients are shown of a forge."""

from dataclasses import dataclass

from orchestrator.core.forge.items import Issue


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


@dataclass(frozen=True, slots=True)
class IssuesView:
    """A list of a repository's issues, the latest change first. `whole` is false if there are more."""

    repository: str
    issues: tuple[IssueView, ...]
    as_of: float
    whole: bool = True


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
    )
