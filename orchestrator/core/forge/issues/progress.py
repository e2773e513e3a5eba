"""How far the work of a card is, as its issue shows it."""

from dataclasses import dataclass

from orchestrator.core.forge.outbox.fields import Switch
from orchestrator.core.literals import IssueStage

ACTIVE = ("progress", "review")
OVER = ("landed", "done", "kept", "discarded")


@dataclass(frozen=True, slots=True)
class Progress:
    """What the issue was last made to show. `landed` is a commit that nobody else can see yet; it becomes
    `done` once the default branch of the forge has it."""

    stage: IssueStage = "backlog"
    label: str = ""
    """The label that the issue has for this stage."""
    commit: str = ""
    """With `landed` and `done`."""
    closing: Switch | None = None
    """With `landed`: the issue is closed once the commit can be seen, if it is still as it was seen when the
    work landed."""
