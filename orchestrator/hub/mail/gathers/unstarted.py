"""Gathers whose members cannot start: notifies the person, who alone can act."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.core.follow import queue_reason
from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.gather import Gather, unstarted
from orchestrator.core.mail.message import HUMAN, Kind
from orchestrator.hub.loop.engine import RefusedError
from orchestrator.hub.mail.sending.directory import Directory
from orchestrator.hub.mail.sending.sender import ORCH_ITSELF, MailSender

_TOLD_AFTER = 3.0
"""Seconds in which a slot may become free before anyone is notified."""
_log = logging.getLogger(__name__)


@dataclass
class UnstartedMembers:
    """Notifies of each gather once, by a message to the person, its owner, and every client."""

    directory: Directory
    sending: MailSender
    tell_human: Callable[[str, str], None]
    """Notifies every open client that a worker (by mailbox) waits for the human."""
    _told: set[str] = field(default_factory=set)

    async def look(self, gather: Gather) -> None:
        """Raises `MailError`."""
        names = unstarted(gather, self.directory.states())
        waiting = [name for name in names if self._waits_long(name)]
        if not waiting or gather.id in self._told:
            return
        self._told.add(gather.id)
        engine = self.directory.engine
        who, why = ", ".join(waiting), queue_reason(engine.state, engine.room()) or "no free slot"
        said = f"{who} cannot start: {why}"
        whole = (
            f"Gather {gather.id} of {gather.owner} is waiting for {who}. Raise max_sessions, or end a "
            "session (orch ls, orch stop). The gather stays open until then."
        )
        if await self._write([HUMAN, gather.owner], gather, said, whole):
            self.tell_human(waiting[0], f"{gather.owner} is waiting for {said}")

    def _waits_long(self, name: str) -> bool:
        card = self.directory.card(name)
        return card is not None and card.launch is not None and time.time() - card.launch.since >= _TOLD_AFTER

    async def _write(self, to: list[str], gather: Gather, subject: str, body: str) -> bool:
        """Whether it is the first time: the next hub knows what this one has sent."""
        boxes = [each for each in to if self.directory.has(each)]
        draft = Draft(
            Kind.STATUS, f"{subject}. {body}", subject=subject[:150], thread=gather.thread,
            idem=f"unstarted.{gather.id}",
        )  # fmt: skip
        try:
            sent = await self.sending.send(ORCH_ITSELF, boxes, draft)
        except RefusedError as error:
            _log.warning("cannot notify anyone that %s: %s", subject, error)
            return False
        return not sent.repeated
