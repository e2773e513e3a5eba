"""A repository's issues as last listed, kept while orch runs: what is shown while the forge is away."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.core.forge.views import IssuesView, IssueView


@dataclass(frozen=True, slots=True)
class KeptIssues:
    """Nothing by default."""

    issues: Mapping[int, IssueView] = field(default_factory=dict)
    answer: IssuesView | None = None
    """The last of the answers with these issues."""
    as_of: float = 0.0
