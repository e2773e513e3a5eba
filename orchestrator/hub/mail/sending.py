"""Sending: what a draft becomes, whether it may go, and what came of it."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.compose import REPORTS, Draft, compose
from orchestrator.core.mail.gather import Gather
from orchestrator.core.mail.limits import BLOB_BYTES, BODY_BYTES, BOX_MESSAGES, LONG_BYTES, malformed
from orchestrator.core.mail.message import (
    HUMAN,
    ORCH,
    Authority,
    Fate,
    Message,
    Passing,
    Place,
    Post,
    Record,
    Ref,
    Sent,
    passing,
)
from orchestrator.core.mail.traffic import KEPT_S, Pair, Pause, Traffic
from orchestrator.hub.engine import RefusedError, refusal
from orchestrator.hub.mail.directory import Directory
from orchestrator.hub.mail.keeper import Keeper, in_words
from orchestrator.store.mail.protocol import MailAway, MailError
from orchestrator.world import worktrees

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_HEAD = 4_000
"""Characters of a long body that stand in the message itself."""
_WHY_PAUSED = "they wrote to each other in turn for minutes, without a commit or any other progress"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, as the hub knows it. `session` holds what the sender has in hand; empty for the human."""

    name: str
    authority: Authority
    session: str = ""


THE_HUMAN = Sender(HUMAN, Authority.HUMAN)
ORCH_ITSELF = Sender(ORCH, Authority.ORCH)


@dataclass(frozen=True, slots=True)
class _Around:
    """What the store knows of a message that is to be sent: what it answers, what its sender has in hand, and
    the gathers under way."""

    parent: Message | None = None
    in_hand: tuple[Message, ...] = ()
    gathers: tuple[Gather, ...] = ()


@dataclass
class Sending:
    """The way of a message into the store."""

    keeper: Keeper
    directory: Directory
    changed: Callable[[], None]
    """Something about the mail has changed."""
    traffic: Traffic = field(default_factory=Traffic)
    pauses: dict[Pair, Pause] = field(default_factory=dict)
    _own: set[str] = field(default_factory=set)
    """Messages that were counted when they were sent: the news of them brings them once more."""

    async def open(self) -> None:
        """Takes up the last minutes' traffic and the pauses. Raises `MailError`."""
        store = self.keeper.store
        self.traffic = Traffic(await store.recent(time.time() - KEPT_S))
        await self.refresh()

    async def refresh(self) -> None:
        """Reads the pauses again: another hub may have made or ended one."""
        self.pauses = {pause.pair: pause for pause in await self.keeper.store.paused()}

    def heard(self, news: Passing) -> None:
        """A message has been stored, by this hub or another one."""
        if news.id in self._own:
            self._own.discard(news.id)
        else:
            self.traffic.note(news)

    async def send(
        self, sender: Sender, to: str | Sequence[str], draft: Draft, *, expect_s: float | None = None
    ) -> Sent:
        """Durable when it returns. With `expect_s` a gather is opened over the recipients, for as many
        seconds.

        Raises `RefusedError`, with nothing sent, also where no box has taken it.
        """
        with in_words("nothing was sent"):
            post = await self._post(sender, to, draft, expect_s)
            message = post.message
            self.traffic.note(passing(message, message.to))
            self._own.add(message.id)
            stored: tuple[str, ...] = ()
            try:
                sent = await self.keeper.store.send(post)
                stored = (*sent.boxes(Fate.STORED), *sent.boxes(Fate.QUEUED))
            finally:
                if not stored:
                    self._own.discard(message.id)
        if sent.repeated:
            self._own.discard(message.id)
        if not stored:
            raise RefusedError(_nowhere(sent))
        self.changed()
        await self._stop_circles(message, stored)
        return sent

    async def unpause(self, a: str, b: str) -> None:
        """The human lets the two go on."""
        pair = Pair.of(self.directory.named(a), self.directory.named(b))
        with in_words("the pause was not ended"):
            await self.refresh()
            if pair not in self.pauses:
                raise refusal(f"the mail between {pair} is not paused")
            await self.keeper.store.unpause(pair)
        self.pauses.pop(pair, None)
        self.traffic.resumed(pair, time.time())
        self.changed()

    # --- inside

    async def _post(
        self, sender: Sender, to: str | Sequence[str], draft: Draft, expect_s: float | None
    ) -> Post:
        """What is to be stored. Raises `RefusedError` for what may not be sent."""
        now = time.time()
        meant = self.directory.meant(to, sender.name)
        if isinstance(meant, Rejected):
            raise RefusedError(meant)
        around = await self._around(sender, draft)
        await self._check_long(sender, meant.boxes, draft)
        post = compose(
            await self._with_blob(draft),
            message=f"m{_random(12)}",
            sender=sender.name,
            authority=sender.authority,
            to=meant.boxes,
            unknown=meant.unknown,
            now=now,
            parent=around.parent,
            in_hand=around.in_hand,
            gathers=around.gathers,
            expect=() if expect_s is None else meant.boxes,
            gather=f"f{_random(8)}",
            gather_s=expect_s,
        )
        message = post.message
        if not message.to:
            nobody = Sent("", tuple((each, Fate.UNKNOWN) for each in post.unknown))
            raise RefusedError(_nowhere(nobody, whole=self.directory.whole))
        refused = malformed(message) or self.traffic.refusal(
            sender.name,
            message.to,
            now=now,
            hops=message.hops,
            authority=sender.authority,
            paused=self.pauses,
        )
        if refused:
            raise RefusedError(refused)
        return post

    async def _around(self, sender: Sender, draft: Draft) -> _Around:
        """With an outbox, a store that is away is not asked: what it would have said counts as nothing."""
        store = self.keeper.store
        try:
            parent = (await store.record(draft.reply_to)) if draft.reply_to else None
            held = await store.held(sender.name, sender.session) if sender.session else ()
            gathers = await store.gathers() if draft.kind in REPORTS else ()
        except MailAway:
            if not self.keeper.queues:
                raise
            return _Around()
        if draft.reply_to and parent is None:
            raise refusal(f"there is no message {draft.reply_to} to reply to", hint="Leave reply_to out.")
        return _Around(parent.message if parent else None, tuple(each.message for each in held), gathers)

    async def _check_long(self, sender: Sender, boxes: Sequence[str], draft: Draft) -> None:
        """Raises `RefusedError` where a box has enough of a peer's long messages waiting already."""
        size = len(draft.body.encode(errors="replace"))
        if size <= BODY_BYTES or sender.authority is not Authority.PEER:
            return
        for box in boxes:
            try:
                records = await self.keeper.store.records(box, BOX_MESSAGES)
            except MailAway:
                if not self.keeper.queues:
                    raise
                return
            held = sum(_waiting_bytes(record, sender.name, box) for record in records)
            if held + size > LONG_BYTES:
                raise refusal(
                    f"{held:,} bytes of your long messages wait in {box}",
                    f"with this one it would be more than {LONG_BYTES:,}",
                    "Wait until they are read, or write it to a file, commit it, and send a reference to it.",
                )

    async def _with_blob(self, draft: Draft) -> Draft:
        """The draft; a long body goes into a blob, with its beginning and a reference in the message."""
        data = draft.body.encode(errors="replace")
        if len(data) <= BODY_BYTES:
            return draft
        if len(data) > BLOB_BYTES:
            raise refusal(
                f"the body takes {len(data):,} bytes",
                f"at most {BLOB_BYTES:,} can be sent",
                "Write it to a file, commit it, and send a reference to the file.",
            )
        name = await self.keeper.store.put_blob(data)
        head = f"{draft.body[:_HEAD]}\n\n[the whole, {len(data):,} bytes, is in the blob]"
        return replace(draft, body=head, refs=(*draft.refs, Ref("blob", name, sha256=name, size=len(data))))

    async def _stop_circles(self, message: Message, stored: Sequence[str]) -> None:
        """Pauses pairs that have only written to each other for a while."""
        if message.authority is not Authority.PEER:
            return
        suspects = self.traffic.circling(message.sender, stored, time.time())
        for pair in suspects:
            for name in (pair.a, pair.b):
                self.traffic.progress(name, await self._last_commit(name))
        for pair in self.traffic.circling(message.sender, stored, time.time()) if suspects else ():
            pause = Pause(pair, time.time(), _WHY_PAUSED)
            self.pauses[pair] = pause
            try:
                await self.keeper.store.pause(pause)
            except MailError as error:  # the message has been taken, and its sender is told so
                _log.warning("the pause between %s is kept by this hub alone: %s", pair, error)
            _log.info("the mail between %s is paused", pair)
            self.changed()

    async def _last_commit(self, box: str) -> float:
        card = self.directory.card(box)
        if card is None or card.worktree is None:
            return 0.0
        try:
            return await asyncio.to_thread(worktrees.last_commit_at, Path(card.worktree.path))
        except worktrees.WorktreeError as error:
            _log.warning("the last commit of %s is not known: %s", box, error)
            return 0.0


def _waiting_bytes(record: Record, sender: str, box: str) -> int:
    """What one message takes up in blobs while it waits in the box."""
    waits = any(each.box == box and each.place in (Place.WAITING, Place.LEASED) for each in record.deliveries)
    if record.message.sender != sender or not waits:
        return 0
    return sum(ref.size for ref in record.message.refs if ref.kind == "blob")


def _nowhere(sent: Sent, *, whole: bool = True) -> Rejected:
    full, unknown = sent.boxes(Fate.FULL), sent.boxes(Fate.UNKNOWN)
    parts = [f"full: {', '.join(full)}"] if full else []
    parts += [f"unknown: {', '.join(unknown)}"] if unknown else []
    hint = (
        "mail_peers lists whom you can write to."
        if unknown
        else "Wait until they have read some of their mail."
    )
    if unknown and not whole:
        hint = (
            "The shared store is away, and the mailboxes of other hubs are not known until it is back; "
            "those of this hub are to be named in full. " + hint
        )
    return Rejected("nothing was sent", "; ".join(parts), hint)


def _random(letters: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))
