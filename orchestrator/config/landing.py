"""The settings of landing a card's branch on its base."""

from pydantic import Field

from orchestrator.config.base import Table
from orchestrator.config.values import Duration, Words


class Landing(Table):
    """How a card's branch is landed on its base (see docs/landing.md)."""

    check: str = Field(
        default="",
        description='A shell command that must pass on the result before the base moves: "make test".\n'
        "It runs in a fresh checkout of the result; empty means no check.",
    )
    check_timeout: Duration = Field(default=900.0, description="Time limit for the check.")
    hooks_timeout: Duration = Field(
        default=900.0, description="Time limit for git with the repository's hooks."
    )
    protected: Words = Field(
        default=(),
        description='Branches that are never landed on, as patterns: ["main", "release/*"].',
    )
