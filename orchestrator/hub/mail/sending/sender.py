"""Sending: interpreting a draft, checking it, and storing it."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.compose import Draft, compose
from orchestrator.core.mail.kinds import ReportWeight
from orchestrator.core.mail.message import (
    HUMAN,
    ORCH,
    Authority,
    Kind,
    Message,
    MessageNotice,
    Post,
    SendResult,
    SendStatus,
    passing,
)
from orchestrator.core.mail.message_limits import malformed
from orchestrator.core.mail.rate_limits import KEPT_S, Pair, Pause, Traffic
from orchestrator.core.mail.to_come import KEPT_FOR_S
from orchestrator.core.mail.understanding import Understood, recipients, understand
from orchestrator.hub.loop.engine import RefusedError, refusal
from orchestrator.hub.mail.connection import MailConnection, in_words
from orchestrator.hub.mail.sending.context import SendContext
from orchestrator.hub.mail.sending.directory import Directory
from orchestrator.hub.mail.sending.long_bodies import LongBodies
from orchestrator.hub.mail.sending.receipts import Receipts
from orchestrator.store.mail.protocol import MailError
from orchestrator.world import worktrees

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_WHY_PAUSED = "they wrote to each other in turn for minutes, without a commit or other progress"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender, as the hub knows it. `session` has the sender's leases; empty for the human."""

    name: str
    authority: Authority
    session: str = ""


THE_HUMAN = Sender(HUMAN, Authority.HUMAN)
ORCH_ITSELF = Sender(ORCH, Authority.ORCH)


@dataclass
class MailSender:
    """Stores messages."""

    connection: MailConnection
    directory: Directory
    changed: Callable[[], None]
    """Something about the mail has changed."""
    wake: Callable[[str], None] = lambda _: None
    """Wakes those who wait for mail of a mailbox."""
    kept_for: float = KEPT_FOR_S
    """Seconds for which mail to a name without a session is kept."""
    traffic: Traffic = field(default_factory=Traffic)
    pauses: dict[Pair, Pause] = field(default_factory=dict)
    _own: set[str] = field(default_factory=set)
    """Messages that were counted when they were sent: the store's notification counts them again
    otherwise."""

    def __post_init__(self) -> None:
        self._surroundings = SendContext(self.connection)
        self._long = LongBodies(self.connection)
        self._receipts = Receipts(self.connection, self.kept_for, self.wake)

    async def open(self) -> None:
        """Loads the last minutes' traffic and the pauses. Raises `MailError`."""
        store = self.connection.store
        self.traffic = Traffic(await store.recent(time.time() - KEPT_S))
        await self.refresh()

    async def refresh(self) -> None:
        """Reads the pauses again: another hub may have changed them."""
        self.pauses = {pause.pair: pause for pause in await self.connection.store.paused()}

    def heard(self, news: MessageNotice) -> None:
        """A message has been stored, by this hub or another one."""
        if news.id in self._own:
            self._own.discard(news.id)
        else:
            self.traffic.note(news)

    async def send(
        self,
        sender: Sender,
        to: str | Sequence[str],
        draft: Draft,
        *,
        expect_s: float | None = None,
        need: int = 0,
    ) -> SendResult:
        """Durable when it returns. With `expect_s` a gather is opened over the recipients, for that many
        seconds, or until `need` of them have reported.

        Raises `RefusedError`, with nothing sent, also if no mailbox has accepted it.
        """
        with in_words("nothing was sent"):
            post, meant = await self._post(sender, to, draft, expect_s, need)
            message = post.message
            self.traffic.note(passing(message, message.to))
            self._own.add(message.id)
            stored: tuple[str, ...] = ()
            try:
                sent = await self.connection.store.send(post)
                stored = (*sent.boxes(SendStatus.STORED), *sent.boxes(SendStatus.QUEUED))
            finally:
                if not stored:
                    self._own.discard(message.id)
        if sent.repeated:
            self._own.discard(message.id)
        if not stored:
            raise RefusedError(_nowhere(sent))
        self.changed()
        if meant.gather is None and meant.worth is not ReportWeight.NONE and not sent.repeated:
            meant = await self._receipts.opened_meanwhile(message, meant)
        if not meant.awaited:
            await self._stop_circles(message, stored)
        return replace(sent, notes=await self._receipts.notes(sent, message, meant))

    async def to_whom(self, sender: Sender, draft: Draft, lead: str) -> list[str]:
        """The recipient of a message without one: whom it answers, or who waits for a report. Raises
        `RefusedError`."""
        with in_words("nothing was sent"):
            draft, around = await self._surroundings.of(sender.name, sender.session, draft)
        if found := recipients(draft, sender.name, around, lead):
            return list(found)
        raise refusal(
            "nothing was sent: no recipient",
            hint="Set to: a mailbox (mail_peers lists them), @lead, or human.",
        )

    async def unpause(self, a: str, b: str) -> None:
        """The human resumes mail between the two."""
        pair = Pair.of(self.directory.named(a), self.directory.named(b))
        with in_words("the pause was not ended"):
            await self.refresh()
            if pair not in self.pauses:
                raise refusal(f"mail between {pair} is not paused")
            await self.connection.store.unpause(pair)
        self.pauses.pop(pair, None)
        self.traffic.resumed(pair, time.time())
        self.changed()
        for one, other in ((pair.a, pair.b), (pair.b, pair.a)):
            await self._tell_resumed(one, other)

    # --- inside

    async def _post(
        self, sender: Sender, to: str | Sequence[str], draft: Draft, expect_s: float | None, need: int
    ) -> tuple[Post, Understood]:
        """What is stored, and how it was interpreted. Raises `RefusedError` for what may not be sent."""
        now = time.time()
        draft, around = await self._surroundings.of(sender.name, sender.session, draft)
        awaited = expect_s is not None or draft.kind in (Kind.TASK, Kind.HANDOFF, Kind.CONTROL)
        found = self.directory.meant(to, sender.name, awaited=awaited)
        if isinstance(found, Rejected):
            raise RefusedError(found)
        if not found.boxes:
            nobody = SendResult("", tuple((each, SendStatus.UNKNOWN) for each in found.unknown))
            raise RefusedError(_nowhere(nobody, whole=self.directory.whole))
        meant = understand(draft, sender.name, found.boxes, around)
        if isinstance(meant, Rejected):
            raise RefusedError(meant)
        await self._long.check(sender.name, sender.authority, meant.to, draft)
        post = compose(
            await self._long.with_blob(meant.draft),
            message=f"m{_random(12)}",
            sender=sender.name,
            authority=sender.authority,
            to=meant.to,
            unknown=found.unknown,
            now=now,
            parent=meant.parent,
            in_hand=around.in_hand,
            reports_to=meant.gather.id if meant.gather else "",
            to_come=found.to_come,
            expect=() if expect_s is None else found.boxes,
            need=need,
            gather=f"f{_random(8)}",
            gather_s=expect_s,
        )
        message = post.message
        refused = malformed(message) or self.traffic.refusal(
            sender.name,
            message.to,
            now=now,
            hops=0 if meant.awaited else message.hops,
            authority=sender.authority,
            paused=() if meant.awaited else self.pauses,
        )
        if refused:
            raise RefusedError(refused)
        if expect_s is not None and post.opens is None:
            meant = replace(meant, notes=(*meant.notes, "a report opens no gather; expect was ignored"))
        return post, meant

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
                await self.connection.store.pause(pause)
            except MailError as error:  # the message has been accepted, and its sender is told so
                _log.warning("the pause between %s is known only to this hub: %s", pair, error)
            _log.info("mail between %s is paused", pair)
            self.changed()

    async def _tell_resumed(self, box: str, other: str) -> None:
        if not self.directory.has(box):
            return
        words = f"You and {other} may write to each other again: the human has resumed your mail."
        try:
            await self.send(ORCH_ITSELF, box, Draft(Kind.STATUS, words, subject="mail resumed"))
        except RefusedError as error:
            _log.warning("cannot notify %s that its pause is over: %s", box, error)

    async def _last_commit(self, box: str) -> float:
        card = self.directory.card(box)
        if card is None or card.worktree is None:
            return 0.0
        try:
            return await asyncio.to_thread(worktrees.last_commit_at, Path(card.worktree.path))
        except worktrees.WorktreeError as error:
            _log.warning("cannot determine the last commit of %s: %s", box, error)
            return 0.0


def _nowhere(sent: SendResult, *, whole: bool = True) -> Rejected:
    full, unknown = sent.boxes(SendStatus.FULL), sent.boxes(SendStatus.UNKNOWN)
    parts = [f"{_mailboxes(full)} full"] if full else []
    parts += [f"no mailbox is named {' or '.join(unknown)}"] if unknown else []
    hint = "List recipients with mail_peers." if unknown else "Wait until they have read some of their mail."
    if unknown and not whole:
        hint = (
            "The shared store is unreachable, and so is its list of other mailboxes; use full names for "
            "those of this hub. " + hint
        )
    return Rejected("nothing was sent", "; ".join(parts), hint)


def _mailboxes(names: Sequence[str]) -> str:
    return f"the mailbox {names[0]} is" if len(names) == 1 else f"the mailboxes {', '.join(names)} are"


def _random(letters: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))
