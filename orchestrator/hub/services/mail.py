"""Handles requests about mail: all in the human's name."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.gather import LASTS_S
from orchestrator.core.mail.leases import Outcome
from orchestrator.core.mail.message import HUMAN, Record
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.core.mail.views import (
    DeadView,
    FlowView,
    GatherView,
    MailView,
    MessageView,
    RefView,
    SentView,
    ThreadView,
)
from orchestrator.core.requests.mail import (
    ListDead,
    ListFlow,
    ListMessages,
    ListThreads,
    ReadMail,
    Redrive,
    SearchMail,
    SendMail,
    ShowGather,
    ShowMessage,
    ShowReference,
    ShowThread,
    Unpause,
)
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.mail.connection import in_words
from orchestrator.hub.mail.sending.sender import THE_HUMAN
from orchestrator.hub.mail.service import MailService
from orchestrator.hub.mail.teams.starting import TeamStarts
from orchestrator.hub.mail.views import dead_view, flow_views, message_view, thread_view
from orchestrator.hub.services.lookup import MissingError
from orchestrator.store.mail.protocol import MailStore

_UNREADABLE = "cannot read the mail now"
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class HumanMail:
    """Every method raises `MissingError` or `RefusedError`."""

    mail_service: MailService
    teams: TeamStarts

    def view(self) -> MailView:
        """As of the last refresh; does not call the store."""
        return self.mail_service.overview.view

    def human_spoke_to(self, box: str) -> None:
        """The human has sent this session a prompt: its mail is not a loop."""
        self.mail_service.sending.traffic.progress(box, time.time())

    # --- reading

    async def messages(self, request: ListMessages) -> tuple[MessageView, ...]:
        """Newest first, at most 1000. `box` is a mailbox, or a card's id or slug; empty for all."""
        with in_words(_UNREADABLE):
            box, most = self._named(request.box), _most(request.limit)
            found = await self._store.records(box, most, request.before)
        return tuple(map(message_view, found))

    async def message(self, request: ShowMessage) -> MessageView:
        return message_view(await self._record(request.message))

    async def ref(self, request: ShowReference) -> RefView:
        """A negative number means the first; one that is too large is refused."""
        record = await self._record(request.message)
        number = max(0, request.number)
        with in_words(_UNREADABLE):
            return await self.mail_service.references.view(record.message, number, diff=request.diff)

    async def threads(self, request: ListThreads) -> tuple[ThreadView, ...]:
        """The one with the newest message first, at most 1000; `box` as in `messages`."""
        with in_words(_UNREADABLE):
            found = await self._store.threads(self._named(request.box), _most(request.limit))
        return tuple(map(thread_view, found))

    async def thread(self, request: ShowThread) -> tuple[MessageView, ...]:
        """All its messages, oldest first."""
        with in_words(_UNREADABLE):
            found = await self._store.thread(request.thread)
        if not found:
            raise MissingError(f"no thread named {request.thread!r}", hint="List threads: orch mail threads")
        return tuple(map(message_view, found))

    async def search(self, request: SearchMail) -> tuple[MessageView, ...]:
        """As `MailStore.search`, at most 1000."""
        with in_words(_UNREADABLE):
            return tuple(map(message_view, await self._store.search(request.query, _most(request.limit))))

    async def gather(self, request: ShowGather) -> GatherView:
        """Open or complete."""
        with in_words(_UNREADABLE):
            found = await self._store.gather(request.gather)
            if found is None:
                raise MissingError(
                    f"no gather named {request.gather!r}", hint="List open gathers: orch mail gather"
                )
            return await self.mail_service.overview.showing.gather(found)

    async def dead(self, request: ListDead) -> tuple[DeadView, ...]:
        """Newest first; `box` as in `messages`."""
        with in_words(_UNREADABLE):
            return tuple(map(dead_view, await self._store.dead(self._named(request.box))))

    async def flow(self, request: ListFlow) -> tuple[FlowView, ...]:
        """By minute, sender and receiver, oldest first."""
        with in_words(_UNREADABLE):
            return flow_views(await self._store.recent(time.time() - 60.0 * max(0, request.minutes)))

    async def export(self) -> AsyncIterator[MessageView]:
        """All messages, oldest first, one at a time: there may be more than memory holds."""
        with in_words(_UNREADABLE):
            records = self._store.export()
        return (message_view(record) async for record in records)

    # --- commanding

    async def send(self, request: SendMail) -> SentView:
        """In the human's name. The message that it answers is marked as read."""
        draft = Draft(
            kind=request.kind,
            body=request.body,
            subject=request.subject,
            refs=await self.mail_service.references.of_human(request.files),
            reply_to=request.reply_to,
            thread=request.thread,
            urgent=request.urgent,
            ttl_s=request.ttl_s,
            idem=request.idem,
        )
        expect_s = LASTS_S if request.expect else None
        sent = await self.mail_service.sending.send(THE_HUMAN, request.to, draft, expect_s=expect_s)
        if request.reply_to:
            await self._read(request.reply_to)
        fates = tuple((box, fate.value) for box, fate in sent.fates)
        return SentView(sent.id, fates, sent.gather, sent.repeated, sent.notes)

    async def read(self, request: ReadMail) -> MessageView:
        """One that is not in the human's mailbox any more is only shown."""
        return await self._read(request.message)

    async def _read(self, ref: str) -> MessageView:
        with in_words("the message was not marked as read"):
            got = await self._store.receive(HUMAN, HUMAN, time.time(), ReceiveFilter(most=1, ids=(ref,)))
            acks = [(each.message.id, each.fence) for each in got.messages]
            if acks:
                await self._store.ack(HUMAN, acks, Outcome.DONE, time.time(), "read by you")
                for each in got.messages:
                    await self.mail_service.to_come.read_by_person(each.message)
                await self.mail_service.overview.refresh_now()
        return message_view(await self._record(ref))

    async def redrive(self, request: Redrive) -> tuple[str, ...]:
        """The ids that went back into their mailbox; a full one accepts no more. Refused if nobody reads
        it."""
        name = self._named(request.box)
        if not self.mail_service.directory.has(name):
            raise refusal(
                f"the mailbox {name} has no card, so nobody would read it",
                hint="Read it yourself: orch mail dead. Or send it to another mailbox: orch mail send.",
            )
        with in_words("nothing was redriven"):
            taken = await self._store.redrive(name, request.messages, time.time())
        if taken:
            self.mail_service.came_back(name)
        return taken

    async def unpause(self, request: Unpause) -> None:
        """In either order. Refused if the two are not paused."""
        await self.mail_service.sending.unpause(request.a, request.b)
        await self.mail_service.overview.refresh_now()

    # --- inside

    @property
    def _store(self) -> MailStore:
        return self.mail_service.connection.store

    def _named(self, box: str) -> str:
        return self.mail_service.directory.named(box)

    async def _record(self, ref: str) -> Record:
        with in_words(_UNREADABLE):
            found = await self._store.record(ref)
        if found is None:
            raise MissingError(f"no message named {ref!r}", hint="List messages: orch mail read")
        return found


def _most(asked: int) -> int:
    return max(0, min(asked, _MOST))
