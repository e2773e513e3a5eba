"""The mail as clients see it."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orchestrator.core.mail.addressing import Peer
from orchestrator.core.mail.gather import Gather, complete, missing
from orchestrator.core.mail.leases import Dead
from orchestrator.core.mail.message import HUMAN, ORCH, MessageNotice, Record
from orchestrator.core.mail.order import BoxCount, Thread
from orchestrator.core.mail.to_come import waits_for
from orchestrator.core.mail.views import (
    BoxView,
    ClaimView,
    DeadView,
    FlowView,
    GatherView,
    MailView,
    MemberView,
    MessageView,
    PauseView,
    ThreadView,
)
from orchestrator.core.text.clean import one_line
from orchestrator.hub.mail.connection import MailConnection
from orchestrator.hub.mail.sending.directory import Directory
from orchestrator.hub.mail.waking.protocol import Notifier

_MINUTE = 60.0


@dataclass
class MailViews:
    """Creates views from the store."""

    connection: MailConnection
    directory: Directory
    _subjects: dict[str, str] = field(default_factory=dict)

    async def view(self, counts: Mapping[str, BoxCount], notifier: Notifier, newest: float) -> MailView:
        """The overview. Raises `MailError`."""
        store, now = self.connection.store, time.time()
        cards = self.directory.cards()
        boxes = [_box(each, counts, cards, notifier) for each in self._peers(counts)]
        boxes.sort(key=lambda box: (box.name != HUMAN, not box.unread, box.name))
        return MailView(
            store=self.connection.name,
            trouble=self.connection.trouble,
            boxes=tuple(boxes),
            gathers=tuple([await self.gather(each) for each in await store.gathers()]),
            paused=tuple(
                PauseView(each.pair.a, each.pair.b, each.at, each.why) for each in await store.paused()
            ),
            claims=tuple(
                ClaimView(each.what, each.scope, each.holder, each.exclusive, each.until)
                for each in await store.claims(now)
            ),
            newest=newest,
        )

    async def gather(self, gather: Gather) -> GatherView:
        """Its members in the order of the gather, with the present states of their sessions. Raises
        `MailError`."""
        if gather.thread not in self._subjects:
            record = await self.connection.store.record(gather.thread)
            self._subjects[gather.thread] = (
                one_line(record.message.subject or record.message.body, 120) if record else ""
            )
        lacking = {each.name: each for each in missing(gather, self.directory.states())}
        members = tuple(
            MemberView(
                each.name,
                each.part.value,
                lacking[each.name].state if each.name in lacking else "has reported",
                each.name in lacking and lacking[each.name].needs_human,
                each.reports,
            )
            for each in gather.members
        )
        return GatherView(
            gather.id, gather.owner, gather.thread, self._subjects[gather.thread], gather.at, gather.deadline,
            complete(gather), members,
        )  # fmt: skip

    def _peers(self, counts: Mapping[str, BoxCount]) -> Iterable[Peer]:
        """All recipients that are not done, and every mailbox with mail."""
        peers = {each.name: each for each in self.directory.peers()}
        yield Peer(HUMAN)
        yield from (each for each in peers.values() if not each.over or each.name in counts)
        yield from (
            Peer(name, over=not counts[name].waiting)
            for name in counts
            if name not in peers and name != HUMAN
        )


def _box(
    peer: Peer, counts: Mapping[str, BoxCount], cards: Mapping[str, tuple[str, str]], notifier: Notifier
) -> BoxView:
    count = counts.get(peer.name, BoxCount(peer.name))
    known = peer.name in cards
    bell = notifier.way(peer.name) if known else waits_for(peer.name) if _to_come(peer, count) else ""
    return BoxView(
        name=peer.name,
        card=peer.card,
        title=cards[peer.name][1] if known else "",
        labels=peer.labels,
        run=peer.run,
        lead=peer.lead,
        state=peer.state,
        branch=peer.branch,
        over=peer.over,
        unread=count.waiting,
        tasks=count.tasks,
        urgent=count.urgent,
        leased=count.leased,
        dead=count.dead,
        oldest=count.oldest,
        bell=bell,
        deaf=notifier.unresponsive(peer.name) if known else False,
        hub="" if known else peer.hub,
    )


def _to_come(peer: Peer, count: BoxCount) -> bool:
    """Whether no session has the mailbox, and mail waits there for one."""
    return bool(count.waiting) and not peer.card and not peer.hub and peer.name not in (HUMAN, ORCH)


def message_view(record: Record) -> MessageView:
    """With the deliveries of all its mailboxes."""
    message = record.message
    return MessageView(
        id=message.id,
        sender=message.sender,
        to=message.to,
        kind=message.kind.value,
        subject=message.subject,
        body=message.body,
        at=message.at,
        thread=message.thread,
        reply_to=message.reply_to,
        urgent=message.urgent,
        authority=message.authority.value,
        refs=message.refs,
        gather=message.gather,
        hops=message.hops,
        expires_at=message.expires_at,
        deliveries=record.deliveries,
    )


def thread_view(thread: Thread) -> ThreadView:
    """Without the messages of the thread."""
    return ThreadView(thread.id, thread.subject, thread.names, thread.count, thread.first_at, thread.last_at)


def dead_view(dead: Dead) -> DeadView:
    """Its message has no deliveries: mailbox and reason are fields of their own."""
    return DeadView(dead.box, message_view(Record(dead.message, ())), dead.why, dead.times, dead.at)


def flow_views(passed: Iterable[MessageNotice]) -> tuple[FlowView, ...]:
    """By minute, oldest first."""
    counted = Counter((each.at // _MINUTE * _MINUTE, each.sender, box) for each in passed for box in each.to)
    return tuple(FlowView(*key, count) for key, count in sorted(counted.items()))
