"""The settings of overlaps between cards."""

from pydantic import Field

from orchestrator.config.base import Table


class Overlaps(Table):
    """Cards of a repository that change the same files (see docs/overlaps.md)."""

    watch: bool = Field(
        default=True,
        description="Compare the cards of a repository with each other whenever one of them has changed;\n"
        "false: only when you ask (orch overlaps).",
    )
    tell_sessions: bool = Field(
        default=False,
        description="Tell sessions by mail of other cards that change the same files: one note about each,\n"
        "and one more when it comes to a conflict.",
    )
