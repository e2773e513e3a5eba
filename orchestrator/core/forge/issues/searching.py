"""Which issues a person looks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.core.forge.views import IssueView

NOBODY = "none"
"""In place of a login: assigned to nobody."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an issue must have; an empty part means any. Case does not matter."""

    words: str = ""
    """Words that must all be in its number, title, labels, milestone, author or assignees."""
    labels: tuple[str, ...] = ()
    milestone: str = ""
    assignee: str = ""
    """A login, or `none`."""

    def fits(self, issue: IssueView) -> bool:
        """Whether the issue is wanted."""
        if not _all_in(self.labels, issue.labels):
            return False
        if self.milestone and self.milestone.casefold() != issue.milestone.casefold():
            return False
        if self.assignee == NOBODY and issue.assignees:
            return False
        if self.assignee not in ("", NOBODY) and not _all_in((self.assignee,), issue.assignees):
            return False
        text = searched(issue)
        return all(word in text for word in self.words.casefold().split())


def searched(issue: IssueView) -> str:
    """The text in which words are looked for."""
    names = (*issue.labels, issue.milestone, issue.author, *issue.assignees)
    return " ".join((f"#{issue.number}", issue.title, *names)).casefold()


def _all_in(names: Sequence[str], there: Sequence[str]) -> bool:
    if not names:
        return True
    known = {each.casefold() for each in there}
    return all(each.casefold() in known for each in names)
