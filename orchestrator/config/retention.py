"""The settings of how long what is over is kept."""

from pydantic import Field

from orchestrator.config.table import Table

_LONGEST = 36_500


class Retention(Table):
    """How long what is over is kept, in days; 0 keeps it for ever (see docs/retention.md)."""

    mail_days: int = Field(
        default=90,
        ge=0,
        le=_LONGEST,
        description="Mail: a thread goes when all of its messages were read and settled so long ago, and\n"
        "nobody waits for a report in it.",
    )
    dead_letter_days: int = Field(
        default=365,
        ge=0,
        le=_LONGEST,
        description="Dead letters, counted from when they became one; their thread stays as long.",
    )
    journal_days: int = Field(
        default=90,
        ge=0,
        le=_LONGEST,
        description="The history of cards and runs that are gone. Their approvals, answers, grants, rescues\n"
        "and what orch stats counts are kept for ever.",
    )
    folder_days: int = Field(
        default=30,
        ge=0,
        le=_LONGEST,
        description="Folders of sessions that ran under another journal, once none of them runs any more.",
    )
