"""What the API offers of the mail, for one request after another: all in the human's name."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass

from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.gather import LASTS_S
from orchestrator.core.mail.leases import Outcome
from orchestrator.core.mail.message import HUMAN, Kind, Record
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
from orchestrator.hub import wishes
from orchestrator.hub.lookup import MissingError
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.mail.connection import in_words
from orchestrator.hub.mail.sending.sender import THE_HUMAN
from orchestrator.hub.mail.service import MailService
from orchestrator.hub.mail.teams.starting import TeamStarts
from orchestrator.hub.mail.views import dead_view, flow_views, message_view, thread_view
from orchestrator.store.mail.protocol import MailStore

_UNREADABLE = "the mail can't be read now"
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class MailDesk:
    """Every method raises `MissingError` or `RefusedError`."""

    office: MailService
    teams: TeamStarts

    def view(self) -> MailView:
        return self.office.overview.view

    def human_spoke_to(self, box: str) -> None:
        """The human has given this session a prompt: its mail does not go round in circles."""
        self.office.sending.traffic.progress(box, time.time())

    # --- reading

    async def messages(self, box: str, limit: int, before: float | None) -> tuple[MessageView, ...]:
        with in_words(_UNREADABLE):
            found = await self._store.records(self._named(box), min(limit, _MOST), before)
        return tuple(map(message_view, found))

    async def message(self, ref: str) -> MessageView:
        return message_view(await self._record(ref))

    async def ref(self, message: str, number: int, *, diff: bool) -> RefView:
        record = await self._record(message)
        with in_words(_UNREADABLE):
            return await self.office.references.view(record.message, number, diff=diff)

    async def threads(self, box: str, limit: int) -> tuple[ThreadView, ...]:
        with in_words(_UNREADABLE):
            found = await self._store.threads(self._named(box), min(limit, _MOST))
        return tuple(map(thread_view, found))

    async def thread(self, ref: str) -> tuple[MessageView, ...]:
        with in_words(_UNREADABLE):
            found = await self._store.thread(ref)
        if not found:
            raise MissingError(f"there is no thread {ref!r}", hint="orch mail threads lists them.")
        return tuple(map(message_view, found))

    async def search(self, query: str, limit: int) -> tuple[MessageView, ...]:
        with in_words(_UNREADABLE):
            return tuple(map(message_view, await self._store.search(query, min(limit, _MOST))))

    async def gather(self, ref: str) -> GatherView:
        with in_words(_UNREADABLE):
            found = await self._store.gather(ref)
            if found is None:
                raise MissingError(
                    f"there is no gather {ref!r}", hint="orch mail gather lists those under way."
                )
            return await self.office.overview.showing.gather(found)

    async def dead(self, box: str) -> tuple[DeadView, ...]:
        with in_words(_UNREADABLE):
            return tuple(map(dead_view, await self._store.dead(self._named(box))))

    async def flow(self, minutes: int) -> tuple[FlowView, ...]:
        with in_words(_UNREADABLE):
            return flow_views(await self._store.recent(time.time() - 60.0 * minutes))

    async def export(self) -> AsyncIterator[bytes]:
        """A JSON list of every message there is, oldest first."""
        with in_words(_UNREADABLE):
            records = self._store.export()

        async def lines() -> AsyncIterator[bytes]:
            before = "["
            async for record in records:
                yield f"{before}{json.dumps(asdict(message_view(record)))}\n".encode()
                before = ","
            yield b"[]" if before == "[" else b"]"

        return lines()

    # --- commanding

    async def send(self, wish: wishes.MailSend) -> SentView:
        """In the human's name. What is answered with it is read."""
        draft = Draft(
            kind=Kind(wish.kind),
            body=wish.body,
            subject=wish.subject,
            refs=await self.office.references.of_human(wish.files),
            reply_to=wish.reply_to,
            thread=wish.thread,
            urgent=wish.urgent,
            ttl_s=wish.ttl_s,
            idem=wish.idem,
        )
        expect_s = LASTS_S if wish.expect else None
        sent = await self.office.sending.send(THE_HUMAN, wish.to, draft, expect_s=expect_s)
        if wish.reply_to:
            await self.read(wish.reply_to)
        fates = tuple((box, fate.value) for box, fate in sent.fates)
        return SentView(sent.id, fates, sent.gather, sent.repeated, sent.notes)

    async def read(self, ref: str) -> MessageView:
        """Takes a message out of the human's box; one that is not in it any more is only shown."""
        with in_words("the message was not marked as read"):
            got = await self._store.receive(HUMAN, HUMAN, time.time(), ReceiveFilter(most=1, ids=(ref,)))
            acks = [(each.message.id, each.fence) for each in got.messages]
            if acks:
                await self._store.ack(HUMAN, acks, Outcome.DONE, time.time(), "read by you")
                for each in got.messages:
                    await self.office.to_come.read_by_person(each.message)
                await self.office.overview.refresh_now()
        return await self.message(ref)

    async def redrive(self, box: str, messages: list[str]) -> tuple[str, ...]:
        name = self._named(box)
        if not self.office.directory.has(name):
            raise refusal(
                f"nobody would read it: the mailbox {name} has no card",
                hint="Read it yourself: orch mail dead. Or send it to somebody else: orch mail send.",
            )
        with in_words("nothing was redriven"):
            taken = await self._store.redrive(name, messages, time.time())
        if taken:
            self.office.came_back(name)
        return taken

    async def unpause(self, a: str, b: str) -> None:
        await self.office.sending.unpause(a, b)
        await self.office.overview.refresh_now()

    # --- inside

    @property
    def _store(self) -> MailStore:
        return self.office.keeper.store

    def _named(self, box: str) -> str:
        return self.office.directory.named(box)

    async def _record(self, ref: str) -> Record:
        with in_words(_UNREADABLE):
            found = await self._store.record(ref)
        if found is None:
            raise MissingError(f"there is no message {ref!r}", hint="orch mail read lists them.")
        return found
