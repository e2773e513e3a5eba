"""Sends sessions the notes about overlaps."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.core.effects import TellOverlap
from orchestrator.core.events import Event
from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.message import Kind
from orchestrator.core.model import Card
from orchestrator.core.overlaps.events import OverlapTold
from orchestrator.core.overlaps.notes import text
from orchestrator.hub.loop.engine import Engine, RefusedError
from orchestrator.hub.mail.sending.sender import ORCH_ITSELF
from orchestrator.hub.mail.service import MailService

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OverlapNotes:
    """A note has a key of its own in the mail: sent again by a hub that was killed before it wrote down that
    it had, it is the same message."""

    engine: Engine
    mail: MailService

    async def send(self, card: Card, effect: TellOverlap) -> Iterable[Event]:
        """The receipt; nothing while the mail does not accept it, and it is tried again."""
        note = next(
            each for each in card.overlap_notes if (each.other, each.kind) == (effect.other, effect.kind)
        )
        other = self.engine.state.cards.get(note.other)
        told = OverlapTold(time.time(), card.id, note.other, note.kind)
        if other is None or other.finished is not None:
            return (told,)  # there is nothing to tell any more
        subject, body = text(note, other.slug, other.branch)
        key = f"overlap {self.engine.journal.id} {card.id} {note.other} {note.kind}"
        try:
            await self.mail.sending.send(
                ORCH_ITSELF, card.slug, Draft(Kind.NOTE, body, subject=subject, idem=key)
            )
        except RefusedError as error:
            _log.info("%s is not told of its overlap with %s yet: %s", card.id, other.id, error)
            return ()
        return (told,)
