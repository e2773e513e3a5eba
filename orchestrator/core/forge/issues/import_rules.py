"""Rules that import issues: by a label, or because they are assigned to the account."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.core.forge.issues.linking import issue_cards
from orchestrator.core.forge.items import Issue
from orchestrator.core.model import State

MOST = 20
"""Issues that are imported by rules in one round."""


@dataclass(frozen=True, slots=True)
class ImportRule:
    """Imports open issues with that label; an empty one means those that are assigned to the account."""

    label: str = ""

    def fits(self, issue: Issue, login: str) -> bool:
        """Whether it is about the issue. A forge that does not filter as asked imports nothing."""
        names, wanted = (issue.labels, self.label) if self.label else (issue.assignees, login)
        return issue.open and bool(wanted) and wanted.casefold() in {each.casefold() for each in names}

    def words(self, login: str) -> str:
        """The rule as text."""
        return f"label {self.label}" if self.label else f"assigned to {login}"


def import_rules(labels: Iterable[str], *, assigned: bool) -> tuple[ImportRule, ...]:
    """The rules of a configuration."""
    named = tuple(ImportRule(each) for each in dict.fromkeys(labels) if each)
    return (*named, ImportRule()) if assigned else named


def due(state: State, listed: Iterable[Issue]) -> Iterator[Issue]:
    """Those that have no card, and had none that a person took away."""
    cards, passed_over = issue_cards(state), frozenset(state.passed_over)
    return (each for each in listed if each.ref.key not in cards and each.ref.key not in passed_over)
