"""Which cards get their change request opened, or updated, because they are in Review."""

from orchestrator.core.board.columns import place
from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.changes.decide import pending
from orchestrator.core.forge.outbox.acts import OpenChange, Push
from orchestrator.core.model import Card, Column
from orchestrator.core.workflow.run import StageRun


def publishes(card: Card, stage: StageRun | None, now: float, after: float) -> bool:
    """Whether the card has been in Review for `after` seconds with nothing of it under way. One whose session
    asks something, or whose change request a person closed or unlinked, is left alone."""
    placing = place(card, stage)
    if placing.column is not Column.REVIEW or now - placing.since < after:
        return False
    busy = card.ending or card.launch or card.run or card.outbox or card.held is not None
    if busy or card.worktree is None or pending(card, Push, OpenChange):
        return False
    found, session = card.forge.request, card.session
    left = card.forge.unlinked or (isinstance(found, ChangeRequest) and found.state != "open")
    return not left and not (session and session.facts.ends_asking)
