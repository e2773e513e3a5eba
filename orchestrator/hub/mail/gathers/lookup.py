"""Which gather a call means: by its id, a thread or a message, by its members, or by their number."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.asked import GatherPart, afresh, cover, strangers, summary, view
from orchestrator.core.mail.counting import awaiting, earlier
from orchestrator.core.mail.gather import LASTS_S, Gather, opened
from orchestrator.core.mail.message import HUMAN, Message
from orchestrator.hub.loop.engine import RefusedError, refusal
from orchestrator.hub.mail.connection import MailConnection
from orchestrator.hub.mail.sending.directory import Directory

_BETWEEN = re.compile(r"[\s,+;]+")
_LATELY = 500
"""How many of the owner's newest messages are searched for reports that arrived before their gather."""


@dataclass(frozen=True, slots=True)
class GatherQuery:
    """A call of mail_gather. `members` are mailboxes; `need` is how many of them are enough, 0 for all."""

    gather: str = ""
    thread: str = ""
    members: tuple[str, ...] = ()
    need: int = 0
    mark: str = ""
    """An id of this call: repeated, it opens no second gather."""

    @property
    def named(self) -> str:
        """The gathers, messages or threads that are named, without `gather:` or `#` before them."""
        return (self.gather or self.thread).strip().removeprefix("gather:").removeprefix("#")


@dataclass(frozen=True, slots=True)
class GatherTarget:
    """What is waited for; `GatherLookup.now` gives its present state."""

    pieces: tuple[GatherPart, ...]
    need: int = 0


@dataclass(frozen=True, slots=True)
class GatherLookup:
    """Methods raise `RefusedError` and `MailError`."""

    connection: MailConnection
    directory: Directory

    async def meant(self, box: str, asked: GatherQuery) -> GatherTarget:
        """The gathers that `box` means; one is opened if there is none. Earlier reports of the members
        count."""
        others = tuple(each for each in asked.members if each != box)
        if asked.members and not others:
            raise refusal(f"{box} is your own mailbox", hint="Name the sessions that should report.")
        asked = replace(asked, members=others)
        gathers = await self.connection.store.gathers(_a_day_ago())
        mine = [each for each in gathers if each.owner == box]
        if asked.named:
            names = list(filter(None, _BETWEEN.split(asked.named)))
            parts = [await self._named(box, replace(asked, gather=each), mine) for each in names]
            meant = GatherTarget(tuple(piece for each in parts for piece in each.pieces), asked.need)
        elif asked.members:
            meant = await self._of_members(box, asked, mine)
        else:
            meant = await self._of_so_many(box, asked, mine)
        for piece in meant.pieces:
            await self._count_earlier(piece.gather)
        gather = await self.now(meant)
        if asked.need > len(gather.members):
            raise refusal(
                f"{asked.need} are expected, but {gather.id} has {len(gather.members)} members",
                ", ".join(each.name for each in gather.members),
                'Name them: expect=["worker-1", "worker-2"]. Later sessions count too.',
            )
        return meant

    async def now(self, meant: GatherTarget) -> Gather:
        """All parts as one gather. A part that the store no longer has is omitted."""
        found = [(await self.connection.store.gather(each.gather), each.names) for each in meant.pieces]
        return view([(gather, names) for gather, names in found if gather], meant.need)

    async def open_ones(self, box: str) -> tuple[Gather, ...]:
        """The gathers of this mailbox that still expect a member."""
        return tuple(each for each in await self.connection.store.gathers() if each.owner == box)

    # --- inside

    async def _named(self, box: str, asked: GatherQuery, mine: Sequence[Gather]) -> GatherTarget:
        store, said = self.connection.store, asked.named
        found = await store.gather(said)
        record = None if found else await store.record(said)
        thread = record.message.thread if record else said
        if record and record.message.gather:
            found = await store.gather(record.message.gather)
        if found is None:
            own = [each for each in mine if each.thread == thread]
            found = next((each for each in own if each.open), own[-1] if own else None)
        records = () if found and found.open else await store.thread(thread)
        said_here = [each.message for each in records if each.message.sender == box]
        if found is not None:
            self._check_owner(found, box)
            names = [each.name for each in found.members] if said == found.thread or record else []
            if again := afresh(names, [found], said_here, box):
                members = [each for each in asked.members if each in again] or sorted(again)
                return await self._opened(box, asked, thread, members)
            if refused := strangers(found, asked.members):
                raise RefusedError(refused)
            return GatherTarget((GatherPart(found.id, asked.members),), asked.need)
        if not records:
            if asked.members:  # its name does not matter if the members are named
                return await self._of_members(box, replace(asked, gather="", thread=""), mine)
            raise self._unknown(said, mine)
        members = list(asked.members) or list(
            dict.fromkeys(name for each in said_here for name in each.to if name not in (HUMAN, box))
        )
        if not members:
            raise refusal(
                f"no gather in the thread {thread}",
                "and no member is named",
                "Name the members: expect=[…].",
            )
        return await self._opened(box, asked, thread, members)

    async def _of_members(self, box: str, asked: GatherQuery, mine: Sequence[Gather]) -> GatherTarget:
        messages = await self._uncounted(box, mine)
        probe = opened("", box, "", asked.members, at=time.time())
        reported = {each.message.sender for each in earlier(probe, messages, begins=_a_day_ago())}
        again = reported | afresh(asked.members, mine, messages, box)
        covered = cover(asked.members, mine, again)
        if isinstance(covered, Rejected):
            raise RefusedError(covered)
        pieces = covered.pieces
        if covered.rest:
            pieces += (await self._opened(box, asked, "", covered.rest)).pieces
        elif len(pieces) == 1 and _is_all(pieces[0], mine):
            pieces = (GatherPart(pieces[0].gather),)
        return GatherTarget(pieces, asked.need)

    async def _of_so_many(self, box: str, asked: GatherQuery, mine: Sequence[Gather]) -> GatherTarget:
        """That many of the expected members, or of those who could report."""
        under_way = [each for each in mine if each.open]
        if len(under_way) == 1:
            return GatherTarget((GatherPart(under_way[0].id),), asked.need)
        if under_way:
            raise self._unknown("", mine)
        if mine and not await self._goes_on(box, mine):
            return GatherTarget((GatherPart(mine[-1].id),), asked.need)
        peers = [each for each in self.directory.peers() if each.name != box and not each.over]
        led = [each.name for each in peers if each.lead == box]
        members = tuple(led) if led and len(led) >= asked.need else tuple(each.name for each in peers)
        if not members or len(members) < asked.need:
            there = ", ".join(each.name for each in peers) or "nobody"
            raise refusal(
                f"{asked.need or 'some'} are expected; available: {there}",
                hint='Name them: expect=["worker-1", "worker-2"]. Later sessions count too.',
            )
        return await self._opened(box, asked, "", members)

    async def _goes_on(self, box: str, mine: Sequence[Gather]) -> bool:
        """Whether something was reported to `box`, or asked by it, that is not in its newest gather."""
        messages = await self._uncounted(box, mine)
        names = [each.name for each in self.directory.peers() if each.name != box]
        probe = opened("", box, "", names, at=time.time())
        return bool(afresh(names, mine, messages, box) or earlier(probe, messages, begins=mine[-1].at))

    async def _opened(
        self, box: str, asked: GatherQuery, thread: str, members: Sequence[str]
    ) -> GatherTarget:
        """A gather that no message opens is named after its thread, if that name is free."""
        name, store = f"f{asked.mark[:8]}", self.connection.store
        if thread and await store.record(thread) and await store.gather(thread) is None:
            name = thread
        gather = opened(
            name, box, thread or name, members, at=time.time(), need=asked.need,
            to_come=[each for each in members if not self.directory.has(each)],
        )  # fmt: skip
        kept = await store.open_gather(gather)
        return GatherTarget((GatherPart(kept.id),))

    async def _count_earlier(self, gather_id: str) -> None:
        """Counts earlier reports of the members, if no other gather may be meant."""
        store = self.connection.store
        gather = await store.gather(gather_id)
        if gather is None or not gather.open:
            return
        under_way = await store.gathers(_a_day_ago())
        messages = await self._uncounted(gather.owner, [each for each in under_way if each.id != gather.id])
        first = await store.record(gather.thread)
        begins = first.message.at if first else _a_day_ago()
        if any(each.gather == gather.id and each.sender == gather.owner for each in messages):
            begins = gather.at  # it was opened with a task: earlier reports belong to another one
        for each in earlier(gather, messages, begins=begins):
            report = each.message
            named = {gather.id} if report.thread == gather.thread else set()
            meant = awaiting(under_way, report.sender, {gather.owner}, named=named)
            if [each.id for each in meant] == [gather.id]:
                await store.count_report(gather.id, report, final=each.final)

    async def _uncounted(self, box: str, gathers: Sequence[Gather]) -> list[Message]:
        """The newest messages of this mailbox, without those that have counted for one of the gathers."""
        counted = {report for each in gathers for member in each.members for report in member.reports}
        records = await self.connection.store.records(box, _LATELY)
        return [each.message for each in records if each.message.id not in counted]

    def _check_owner(self, gather: Gather, box: str) -> None:
        if gather.owner == box:
            return
        hint = "Only its owner can wait for it."
        if gather.member(box):
            hint = (
                f"It is waiting for you: report with mail_send(to={gather.owner!r}, kind='result', body=…)."
            )
        raise refusal(f"gather {gather.id} belongs to {gather.owner}", hint=hint)

    def _unknown(self, said: str, mine: Sequence[Gather]) -> RefusedError:
        under_way = [summary(each) for each in mine if each.open]
        what = f"no gather {said}" if said else f"{len(under_way)} of your gathers are open"
        hint = "Choose one: mail_gather(gather=…)."
        if not under_way:
            hint = 'Open one: mail_send with expect=true, or mail_gather(expect=["worker-1", …]).'
        return refusal(what, "; ".join(under_way) or "none of yours is open", hint)


def _a_day_ago() -> float:
    return time.time() - LASTS_S


def _is_all(piece: GatherPart, gathers: Sequence[Gather]) -> bool:
    """Whether these are all members of the gather."""
    found = next(each for each in gathers if each.id == piece.gather)
    return {each.name for each in found.members} == set(piece.names)
