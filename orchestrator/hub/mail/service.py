"""The mail service: opens and closes the mail, reports on it, and connects its parts.

Requests of sessions and the human are handled in `sending`, `receiving` and `gathers`, the views are in
`overview`; this file keeps them in step with the store, with other hubs and with the board.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress

from orchestrator.config.mail_key import NoKeyError, mail_key
from orchestrator.config.settings import Mail
from orchestrator.core.mail.compose import REPORTS
from orchestrator.core.mail.leases import GivenBack
from orchestrator.core.mail.message import MessageNotice
from orchestrator.core.mail.rate_limits import Pause
from orchestrator.core.mail.standing import is_over, session_name
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.loop.forever import endless
from orchestrator.hub.mail.background import BackgroundTasks
from orchestrator.hub.mail.board import BoardChanges
from orchestrator.hub.mail.connection import MailConnection
from orchestrator.hub.mail.gathers.gathers import Gathers
from orchestrator.hub.mail.overview import Overview
from orchestrator.hub.mail.presence import Presence
from orchestrator.hub.mail.receiving.receiver import MailReceiver, Reader
from orchestrator.hub.mail.receiving.unreceived import UnreceivedMail
from orchestrator.hub.mail.sending.directory import Directory
from orchestrator.hub.mail.sending.references import References
from orchestrator.hub.mail.sending.sender import MailSender
from orchestrator.hub.mail.sending.unclaimed import UnclaimedMail
from orchestrator.paths import Home
from orchestrator.store.mail.choose import mail_store, without_secrets
from orchestrator.store.mail.protocol import MailError, MailEvent

_LOOKS_EVERY = 5.0
"""Seconds between two checks of timers: deadlines, leases, other hubs."""
_OPENS_WITHIN = 1.0
"""Seconds for which the hub's start waits for the mail."""

_PART, _ARRIVAL = "upkeep of the mail", "arrival of mail"

_log = logging.getLogger(__name__)

OnMail = Callable[[str, MessageNotice | None], None]


def _key(home: Home) -> bytes:
    try:
        return bytes.fromhex(mail_key(home))
    except NoKeyError as error:
        raise MailError(str(error)) from error


class MailService:
    """One mail system, as this hub sees it. Without a usable store it only says why."""

    def __init__(
        self,
        engine: Engine,
        home: Home,
        settings: Mail,
        tell_human: Callable[[str, str], None] = lambda _box, _words: None,
    ) -> None:
        """`tell_human` is called with the mailbox of a worker that waits for the human, and a text about
        it."""
        self.engine = engine
        self.connection = MailConnection(
            lambda: mail_store(
                settings.store,
                home.root,
                name=settings.name,
                strict=settings.durability == "strict",
                waits_s=settings.away_after,
                outbox=settings.when_away == "queue",
                key=_key(home) if settings.store not in ("", "sqlite") else b"",
            ),
            without_secrets(settings.store),
            shared=settings.store not in ("", "sqlite"),
            queues=settings.when_away == "queue",
        )
        self._errands = BackgroundTasks()
        self.directory = Directory(engine, whole=not self.connection.shared, receivers=settings.receivers)
        self.to_come = UnclaimedMail(self.connection, self.directory, settings.kept_for)
        self.overview = Overview(self.connection, self.directory, engine.faults, self._paused)
        changed = self.overview.refresh_soon
        unreceived = UnreceivedMail(home.root / "mail.handed")
        self.receiving = MailReceiver(
            self.connection, self.directory, unreceived, self._errands, changed, self._given_back
        )
        self.sending = MailSender(
            self.connection, self.directory, changed, self.receiving.wake, settings.kept_for
        )
        self.gathering = Gathers(
            self.connection, self.directory, self.sending, self.receiving, engine.faults, changed, tell_human
        )
        self.references = References(self.connection, self.directory, home.letters)
        self._following = BoardChanges(
            engine,
            self.connection,
            self.directory,
            self.sending,
            self.receiving,
            self.gathering,
            self.to_come,
            self._errands,
            changed,
        )
        self._unreceived = unreceived
        self._presence = Presence(engine, home, self.connection, self.directory)
        self._on_mail: list[OnMail] = []
        self._work: list[asyncio.Task[None]] = []
        self._is_open = asyncio.Event()
        self._stored: AsyncIterator[MailEvent] | None = None  # for each stored message, before anyone listens

    # --- opening and closing

    async def open(self) -> None:
        """Raises nothing: `trouble` has the store's problem, and opening is retried. Returns after a second
        at the latest: a slow store is waited for in the background."""
        present = {
            session_name(card.id, card.session.run)
            for card in self.engine.state.cards.values()
            if card.session and not is_over(card.session)
        }
        self._unreceived.open(present)
        await asyncio.to_thread(self.references.tidy_up)
        self._following.begin()
        opened = asyncio.Event()
        self._work.append(asyncio.create_task(self._run(opened)))
        with suppress(TimeoutError):
            await asyncio.wait_for(opened.wait(), _OPENS_WITHIN)

    async def close(self) -> None:
        """Ends within a few seconds, even if a shared store is unreachable."""
        self._following.end()
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        await self.overview.close()
        await self._errands.close()
        await self.connection.close()
        self._unreceived.close()

    @property
    def trouble(self) -> str:
        """The mail's problem, as text; empty for none."""
        said = self.connection.trouble or self._presence.clash
        return f"mail: {said}" if said else ""

    # --- for the notifier

    def box_of(self, card_id: str) -> str:
        """The mailbox of a card; empty for a card that is gone."""
        return self.directory.box_of(card_id)

    def card_of(self, box: str) -> str:
        """The id of the card with this mailbox; empty for `human` and mailboxes of other hubs."""
        card = self.directory.card(box)
        return card.id if card else ""

    def on_mail(self, callback: OnMail) -> None:
        """Calls `callback(box, passing)` for each mailbox of this hub that has stored a message, in the event
        loop, once it is on disk; with `None` for returned messages, and for every mailbox with waiting mail
        when the mail is opened, or when messages may have been missed."""
        self._on_mail.append(callback)

    def receives_now(self, box: str) -> bool:
        """Whether its session blocks in mail_receive or mail_gather now: it needs no notification."""
        return self.receiving.blocks(box)

    def received_at(self, box: str) -> float:
        """When its session last got an answer to mail_receive or mail_gather, in seconds since the epoch; 0
        for never since the hub's start."""
        return self.receiving.received_at.get(box, 0.0)

    def heard(self, card_id: str, run: int) -> None:
        """Call it at every hook of a session: it has received the answer to its last call. Costs nothing
        unless something is in doubt."""
        self.receiving.heard(session_name(card_id, run))

    async def turn_ended(self, card_id: str, run: int) -> None:
        """The turn ended normally: what the session leased is acknowledged as done. Never raises `MailError`:
        it is logged, and the lease expires."""
        if self.connection.open and (box := self.box_of(card_id)):
            await self.receiving.turn_ended(Reader(box, session_name(card_id, run)))

    async def turn_failed(self, card_id: str, run: int) -> None:
        """The turn ended otherwise (an API error, an interrupt): what the session leased is returned to its
        mailbox. Raises as `turn_ended`."""
        if self.connection.open and (box := self.box_of(card_id)):
            await self.receiving.give_back(Reader(box, session_name(card_id, run)))

    async def session_over(self, card_id: str, run: int) -> None:
        """The session has ended: as `turn_failed`, and its claims end. Done automatically when the engine
        reports it; repeating it does no harm."""
        if self.connection.open:
            await self._following.session_over(card_id, run)

    def came_back(self, box: str) -> None:
        """Messages are in this mailbox again."""
        self._given_back(GivenBack(((box, ""),)))

    async def _run(self, opened: asyncio.Event) -> None:
        faults = self.engine.faults
        try:
            with faults.kept_apart(_PART):
                await self._try_to_open()
                await self.overview.refresh_now()
        finally:
            opened.set()
        await asyncio.gather(
            endless(_PART, self._upkeep, faults, lambda: asyncio.sleep(_LOOKS_EVERY)),
            endless(_ARRIVAL, self._listen, faults, self._is_open.wait),
        )

    async def _try_to_open(self) -> None:
        if not await self.connection.try_to_open():
            self.overview.refresh_soon()
            return
        try:
            await self._take_up()
        except MailError as error:  # a shared store that is unreachable now
            _log.warning("cannot read all of the mail: %s", error)
        self._stored = await self.connection.store.listen()
        self._is_open.set()
        self.overview.refresh_soon()

    async def _listen(self) -> None:
        """Receives each message until the store disconnects; a new listener may have missed some."""
        stored, self._stored = self._stored, None
        if stored is None:
            stored = await self.connection.store.listen()
            self._hear(None)
        async for each in stored:
            with self.engine.faults.kept_apart(_ARRIVAL):
                self._hear(each.passing)

    async def _take_up(self) -> None:
        """Leases of live sessions continue, those of others end; the minutes before count for the limits."""
        await self._presence.announce()
        await self._presence.renew(now=True)
        await self.sending.open()
        await self._following.take_up()
        await self.gathering.watch()
        for each in await self.connection.store.counts():
            self.overview.counts[each.box] = each
            if each.waiting and self.directory.ours(each.box):
                self._tell(each.box, None)

    def _hear(self, passing: MessageNotice | None) -> None:
        if passing is None:
            self.receiving.wake_all()
            for box, count in self.overview.counts.items():
                if count.waiting:
                    self._tell(box, None)
        else:
            self.sending.heard(passing)
            self.overview.newest = max(self.overview.newest, passing.at)
            if passing.gather and passing.kind not in REPORTS:
                self._following.look_after_gathers()
            for box in passing.to:
                self.receiving.wake(box)
                if self.directory.ours(box):
                    self._tell(box, passing)
        self.overview.refresh_soon()

    def _given_back(self, back: GivenBack) -> None:
        for box in dict.fromkeys(box for box, _ in back.waiting):
            self.receiving.wake(box)
            if self.directory.ours(box):
                self._tell(box, None)
        if back.dead:  # a gather may expect nobody any more
            self.receiving.wake_all()
        self.overview.refresh_soon()

    def _paused(self) -> Iterable[Pause]:
        return self.sending.pauses.values()

    def _tell(self, box: str, passing: MessageNotice | None) -> None:
        for callback in self._on_mail:
            callback(box, passing)

    async def _upkeep(self) -> None:
        if not self.connection.open:
            await self._try_to_open()
            return
        try:
            await self._presence.announce()
            await self._presence.renew()
            back = await self.connection.store.expire(time.time())
            if back.waiting or back.dead:
                self._given_back(back)
            await self.to_come.look(await self.connection.store.counts())
            await self.gathering.watch()
            if self.connection.shared:
                await self.sending.refresh()
        except MailError as error:
            _log.info("the mail's maintenance is delayed: %s", error)
        finally:
            self.overview.refresh_soon()
