"""The post office: opens and closes the mail, tells of it, and joins its rooms.

What sessions and the human ask is in `sending`, `receiving`, `gathering`, `references` and `desk`; this file
keeps it all in step with the store, with other hubs and with the board.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

from orchestrator.config.model import Mail
from orchestrator.core.mail.compose import REPORTS
from orchestrator.core.mail.envelope import plain
from orchestrator.core.mail.leases import GivenBack
from orchestrator.core.mail.message import HUMAN, Message, Passing
from orchestrator.core.mail.needs import mail_need, pause_need
from orchestrator.core.mail.order import BoxCount, Want
from orchestrator.core.mail.standing import is_over, session_name
from orchestrator.core.mail.views import MailView
from orchestrator.core.views import Need
from orchestrator.hub.engine import Engine
from orchestrator.hub.mail.bells import Bells, NoBells
from orchestrator.hub.mail.directory import Directory
from orchestrator.hub.mail.errands import Errands
from orchestrator.hub.mail.following import Following
from orchestrator.hub.mail.gathering import Gathering
from orchestrator.hub.mail.handed import Handed
from orchestrator.hub.mail.keeper import Keeper
from orchestrator.hub.mail.receiving import Reader, Receiving
from orchestrator.hub.mail.references import References
from orchestrator.hub.mail.sending import Sending
from orchestrator.hub.mail.showing import Showing
from orchestrator.paths import Home
from orchestrator.store.mail.choose import mail_store
from orchestrator.store.mail.protocol import MailError

_LOOKS_EVERY = 5.0
"""Seconds between two looks at what only time brings: deadlines, leases, other hubs."""
_RENEWS_EVERY = 60.0
_OPENS_WITHIN = 1.0
"""Seconds for which the hub's start waits for the mail."""
_SHOWS_AFTER = 0.1
"""Seconds in which changes are gathered before they are shown."""
_ALL = 1 << 40

_log = logging.getLogger(__name__)

OnMail = Callable[[str, Passing | None], None]


class Office:
    """One mail system, as this hub has it. Without a store that can be opened it only says why."""

    def __init__(
        self,
        engine: Engine,
        home: Home,
        settings: Mail,
        tell_human: Callable[[str, str], None] = lambda _box, _words: None,
    ) -> None:
        """`tell_human` is given the mailbox of a worker that waits for the human, and words about it."""
        self.bells: Bells = NoBells()
        """To be set by whoever rings, before `open`."""
        self.engine = engine
        self.keeper = Keeper(
            lambda: mail_store(
                settings.store,
                home.root,
                name=settings.name,
                strict=settings.durability == "strict",
                waits_s=settings.away_after,
                outbox=settings.when_away == "queue",
            ),
            _shown(settings.store),
            shared=settings.store not in ("", "sqlite"),
        )
        self._errands = Errands()
        self.directory = Directory(engine)
        self.sending = Sending(self.keeper, self.directory, self.refresh_soon)
        handed = Handed(home.root / "mail.handed")
        self.receiving = Receiving(self.keeper, handed, self._errands, self.refresh_soon, self._given_back)
        self.gathering = Gathering(
            self.keeper, self.directory, self.sending, self.receiving, self.refresh_soon, tell_human
        )
        self.references = References(self.keeper, self.directory, home.letters)
        self.showing = Showing(self.keeper, self.directory)
        self._following = Following(
            engine,
            self.keeper,
            self.directory,
            self.sending,
            self.receiving,
            self.gathering,
            self._errands,
            self.refresh_soon,
        )
        self._handed = handed
        self._hub = f"{home.root}@{socket.gethostname()}"
        self._on_mail: list[OnMail] = []
        self._on_view: list[Callable[[], None]] = []
        self._counts: dict[str, BoxCount] = {}
        self._letters: tuple[Message, ...] = ()
        self._newest = 0.0
        self._clash = ""
        self._renewed_at = 0.0
        self._work: list[asyncio.Task[None]] = []
        self._refreshing: asyncio.Task[None] | None = None
        self._stale = False
        self.view = MailView(self.keeper.name, "")

    # --- opening and closing

    async def open(self) -> None:
        """Raises nothing: what is wrong with the store is said in `trouble`, and it is tried again. Returns
        after a second at the latest: one that does not answer is waited for meanwhile."""
        present = {
            session_name(card.id, card.session.run)
            for card in self.engine.state.cards.values()
            if card.session and not is_over(card.session)
        }
        self._handed.open(present)
        await asyncio.to_thread(self.references.tidy_up)
        self._following.begin()
        opened = asyncio.Event()
        self._work.append(asyncio.create_task(self._run(opened)))
        with suppress(TimeoutError):
            await asyncio.wait_for(opened.wait(), _OPENS_WITHIN)

    async def close(self) -> None:
        """Ends within a few seconds, also where a shared store is away."""
        self._following.end()
        ending = [*self._work, *([self._refreshing] if self._refreshing else [])]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self._errands.close()
        await self.keeper.close()
        self._handed.close()

    @property
    def trouble(self) -> str:
        """What is wrong with the mail, in words; empty where all is well."""
        said = self.keeper.trouble or self._clash
        return f"mail: {said}" if said else ""

    # --- for those who ring

    def box_of(self, card_id: str) -> str:
        """The mailbox of a card; empty for a card that is no more."""
        return self.directory.box_of(card_id)

    def card_of(self, box: str) -> str:
        """The id of the card whose mailbox this is; empty for `human` and boxes of other hubs."""
        card = self.directory.card(box)
        return card.id if card else ""

    async def counts(self, box: str) -> BoxCount:
        """What the mailbox holds, as it is now. Raises `MailError` when the store can't be asked."""
        found = await self.keeper.store.counts()
        return next((each for each in found if each.box == box), BoxCount(box))

    def waiting(self, box: str) -> BoxCount:
        """The same as it was a moment ago, at once and without an error."""
        return self._counts.get(box, BoxCount(box))

    def on_mail(self, callback: OnMail) -> None:
        """Calls `callback(box, passing)` for each box of this hub that has stored a message, in the event
        loop, once it is on the disk; with `None` for what was given back, and for every box in which
        something waits when the mail is opened, or when news may have been missed."""
        self._on_mail.append(callback)

    def receives_now(self, box: str) -> bool:
        """Whether its session blocks in mail_receive or mail_gather at this moment: it needs no bell."""
        return self.receiving.blocks(box)

    def received_at(self, box: str) -> float:
        """When its session last had an answer to mail_receive or mail_gather, in seconds since the epoch; 0
        where it had none since the hub's start."""
        return self.receiving.received_at.get(box, 0.0)

    def heard(self, card_id: str, run: int) -> None:
        """To be called at every hook of a session: it has got the answer to its last call. Costs nothing
        where nothing is in doubt."""
        self.receiving.heard(session_name(card_id, run))

    async def turn_ended(self, card_id: str, run: int) -> None:
        """The turn ended normally: what the session leased is acknowledged as done. Never raises `MailError`:
        it is logged, and the lease runs out."""
        if self.keeper.open and (box := self.box_of(card_id)):
            await self.receiving.turn_ended(Reader(box, session_name(card_id, run)))

    async def turn_failed(self, card_id: str, run: int) -> None:
        """The turn ended otherwise (an API error, an interrupt): what the session leased goes back to its
        box. Raises as `turn_ended`."""
        if self.keeper.open and (box := self.box_of(card_id)):
            await self.receiving.give_back(Reader(box, session_name(card_id, run)))

    async def session_over(self, card_id: str, run: int) -> None:
        """The session has ended: as `turn_failed`, and its claims end. The office does this by itself when
        the engine says so; again does no harm."""
        if self.keeper.open:
            await self._following.session_over(card_id, run)

    def bell_changed(self, box: str) -> None:  # noqa: ARG002 (all is shown together)
        """`bells` says something else of this box now."""
        self.refresh_soon()

    # --- for clients

    def on_view(self, callback: Callable[[], None]) -> None:
        """Calls `callback` when `view`, `needs` or what stands on a card has changed."""
        self._on_view.append(callback)

    def needs(self) -> tuple[Need, ...]:
        """What of the mail waits for the human."""
        cards = self.directory.cards()
        return (
            *(mail_need(each, cards) for each in self._letters),
            *(pause_need(each, cards) for each in self.sending.pauses.values()),
        )

    def letter(self, message: str) -> str:
        """The words of a message that waits for the human; empty for any other."""
        found = next((each for each in self._letters if each.id == message), None)
        return plain("\n\n".join(filter(None, (found.subject, found.body)))) if found else ""

    def on_card(self, slug: str) -> tuple[int, str]:
        """What a card's view says of its mailbox: how much is unread, and how its session is told."""
        words = self.bells.bell(slug)
        return self.waiting(slug).waiting, f"deaf: {words}" if self.bells.deaf(slug) else words

    async def refresh_now(self) -> None:
        """Has everything shown anew before it returns."""
        with suppress(MailError):
            await self._look()
        if self.keeper.trouble != self.view.trouble:
            self.view = replace(self.view, trouble=self.keeper.trouble)
        for callback in self._on_view:
            callback()

    def came_back(self, box: str) -> None:
        """Messages stand in this box again."""
        self._given_back(GivenBack(((box, ""),)))

    def refresh_soon(self) -> None:
        """Has everything shown anew, a moment from now."""
        self._stale = True
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh())

    # --- inside

    async def _run(self, opened: asyncio.Event) -> None:
        await self._try_to_open()
        await self.refresh_now()
        opened.set()
        await self._upkeep()

    async def _try_to_open(self) -> None:
        if not await self.keeper.try_to_open():
            self.refresh_soon()
            return
        try:
            await self._take_up()
        except MailError as error:  # a shared store that is away now
            _log.warning("the mail could not be taken up whole: %s", error)
        news = await self.keeper.store.listen()

        async def hear() -> None:
            async for each in news:
                self._hear(each.passing)

        self._work.append(asyncio.create_task(hear()))
        self.refresh_soon()

    async def _take_up(self) -> None:
        """Leases of living sessions go on, those of others end; the minutes before count for the limits."""
        await self._announce()
        await self._renew()
        await self.sending.open()
        await self._following.take_up()
        await self.gathering.watch()
        for each in await self.keeper.store.counts():
            self._counts[each.box] = each
            if each.waiting and self.directory.ours(each.box):
                self._tell(each.box, None)

    def _hear(self, passing: Passing | None) -> None:
        if passing is None:
            self.receiving.wake_all()
            for box, count in self._counts.items():
                if count.waiting:
                    self._tell(box, None)
        else:
            self.sending.heard(passing)
            self._newest = max(self._newest, passing.at)
            if passing.gather and passing.kind not in REPORTS:
                self._following.look_after_gathers()
            for box in passing.to:
                self.receiving.wake(box)
                if self.directory.ours(box):
                    self._tell(box, passing)
        self.refresh_soon()

    def _given_back(self, back: GivenBack) -> None:
        for box in dict.fromkeys(box for box, _ in back.waiting):
            self.receiving.wake(box)
            if self.directory.ours(box):
                self._tell(box, None)
        if back.dead:  # a gather may await nobody any more
            self.receiving.wake_all()
        self.refresh_soon()

    def _tell(self, box: str, passing: Passing | None) -> None:
        for callback in self._on_mail:
            callback(box, passing)

    async def _upkeep(self) -> None:
        while True:
            await asyncio.sleep(_LOOKS_EVERY)
            try:
                if not self.keeper.open:
                    await self._try_to_open()
                    continue
                await self._announce()
                if time.monotonic() - self._renewed_at >= _RENEWS_EVERY:
                    await self._renew()
                back = await self.keeper.store.expire(time.time())
                if back.waiting or back.dead:
                    self._given_back(back)
                await self.gathering.watch()
                if self.keeper.shared:
                    await self.sending.refresh()
            except MailError as error:
                _log.info("the mail's upkeep waits: %s", error)
            except Exception:  # noqa: BLE001 (a border: the mail goes on)
                _log.exception("the mail's upkeep met a bug")
            self.refresh_soon()

    async def _renew(self) -> None:
        """Leases of sessions that live hold on."""
        living = [
            (card.slug, session_name(card.id, card.session.run))
            for card in self.engine.state.cards.values()
            if card.session and not is_over(card.session)
        ]
        await self.keeper.store.renew(living, time.time())
        self._renewed_at = time.monotonic()

    async def _announce(self) -> None:
        if self.keeper.shared:
            taken = await self.keeper.store.announce(self._hub, self.directory.own(), time.time())
            names = ", ".join(taken)
            self._clash = f"another hub has mailboxes of these names too: {names}" if taken else ""
            everybody = await self.keeper.store.peers(time.time())
            self.directory.others = tuple(each for each in everybody if each.hub != self._hub)

    async def _refresh(self) -> None:
        while self._stale:
            await asyncio.sleep(_SHOWS_AFTER)
            self._stale = False
            await self.refresh_now()

    async def _look(self) -> None:
        store = self.keeper.store
        counts = {each.box: each for each in await store.counts()}
        before = self._counts.get(HUMAN)
        if counts.get(HUMAN) != before or len(self._letters) != counts.get(HUMAN, BoxCount(HUMAN)).waiting:
            got = await store.peek(HUMAN, time.time(), Want(most=1000, most_bytes=_ALL))
            self._letters = tuple(each.message for each in got.messages)
        self._counts = counts
        self.view = await self.showing.view(counts, self.bells, self._newest)


def _shown(where: str) -> str:
    """The store's address without what is secret in it."""
    if where in ("", "sqlite"):
        return "sqlite"
    parts = urlsplit(where)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
