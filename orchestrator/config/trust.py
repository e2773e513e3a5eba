"""Settings for trust in repositories."""

from pydantic import Field

from orchestrator.config.base import Table
from orchestrator.config.values import Words


class Trust(Table):
    """What a repository configures runs only after you have allowed it (`orch trust`). See docs/trust.md."""

    repositories: Words = Field(
        default=(),
        description="Repositories in which everything runs without asking, as patterns of their full "
        "path:\n"
        '["~/src/*"]. Everything below a directory matches, including clones of other '
        "people's work.",
    )
