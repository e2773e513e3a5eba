"""Issues of the forge on which a repository is."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.forge.views import IssuesView
from orchestrator.core.requests.request import Read

MOST_ISSUES = 1000
"""How many are listed unless more are asked for."""


@dataclass(frozen=True, slots=True)
class ListIssues(Read[IssuesView]):
    """The issues of the repository of the path `repo`, at most `most`, the latest change first. `labels` must
    all be there; an empty `assignee` is any, `@me` the account's own."""

    verb = "issues.list"
    repo: str
    state: Literal["open", "closed", "all"] = "open"
    labels: tuple[str, ...] = ()
    assignee: str = ""
    most: int = MOST_ISSUES
