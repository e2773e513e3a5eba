"""Settings for retention."""

from pydantic import Field

from orchestrator.config.base import Table

_LONGEST = 36_500


class Retention(Table):
    """How long old data is kept, in days; 0 keeps it forever (see docs/retention.md)."""

    mail_days: int = Field(
        default=90,
        ge=0,
        le=_LONGEST,
        description="Mail: threads in which every message was read and settled that long ago, and no "
        "gather\n"
        "is open.",
    )
    dead_letter_days: int = Field(
        default=365,
        ge=0,
        le=_LONGEST,
        description="Dead letters, counted from when they became one; their threads are kept as long.",
    )
    journal_days: int = Field(
        default=90,
        ge=0,
        le=_LONGEST,
        description="The history of removed cards and runs. Their approvals, answers, grants, rescues\n"
        "and what orch stats counts are kept forever.",
    )
    folder_days: int = Field(
        default=30,
        ge=0,
        le=_LONGEST,
        description="Directories of sessions of another journal, once none of them is running.",
    )
