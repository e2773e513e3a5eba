"""The context of a message to be sent: what it answers, and what waits for it."""

import time
from dataclasses import dataclass, replace

from orchestrator.core.mail.compose import REPORTS, Draft
from orchestrator.core.mail.gather import LASTS_S
from orchestrator.core.mail.kinds import ReportWeight, weight
from orchestrator.core.mail.message import Message
from orchestrator.core.mail.understanding import SendFacts
from orchestrator.hub.mail.connection import MailConnection
from orchestrator.store.mail.protocol import MailAway, MailStore

_LATELY = 200
"""How many of a sender's newest messages are searched for its tasks."""


@dataclass(frozen=True, slots=True)
class SendContext:
    """Reads what `understand` needs."""

    connection: MailConnection

    async def of(self, name: str, session: str, draft: Draft) -> tuple[Draft, SendFacts]:
        """The draft, with its thread; and its context. With an outbox, an unreachable store is not asked, and
        names in the draft are accepted unchecked. Raises `MailError`."""
        try:
            return await self._of(name, session, draft)
        except MailAway:
            if not self.connection.queues:
                raise
            return draft, SendFacts(known=False)

    async def _of(self, name: str, session: str, draft: Draft) -> tuple[Draft, SendFacts]:
        store = self.connection.store
        said = draft.reply_to.strip().removeprefix("#")
        record = await store.record(said) if said else None
        draft = replace(draft, reply_to=said, thread=await thread_of(store, draft.thread))
        held = await store.held(name, session) if session else ()
        around = SendFacts(record.message if record else None, tuple(each.message for each in held))
        if draft.kind and weight(draft.kind, "") is ReportWeight.NONE:
            return draft, around
        around = replace(around, gathers=await store.gathers(time.time() - LASTS_S))
        if draft.kind in (None, *REPORTS) or any(each.member(name) for each in around.gathers):
            around = replace(around, lately=await self._lately(name))
        return draft, around

    async def _lately(self, name: str) -> tuple[Message, ...]:
        records = await self.connection.store.records(name, _LATELY)
        return tuple(each.message for each in records)


async def thread_of(store: MailStore, said: str) -> str:
    """The thread: by its own name, or by the id of a gather or a message in it."""
    said = said.strip().removeprefix("#")
    if not said:
        return ""
    if gather := await store.gather(said):
        return gather.thread
    record = await store.record(said)
    return record.message.thread if record else said
