"""An overview of the mail, without a call to the store: kept up to date with a short delay."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from orchestrator.core.board.views import Need
from orchestrator.core.mail.envelope import plain
from orchestrator.core.mail.message import HUMAN, Message
from orchestrator.core.mail.needs import mail_need, pause_need
from orchestrator.core.mail.order import BoxCount, ReceiveFilter
from orchestrator.core.mail.rate_limits import Pause
from orchestrator.core.mail.views import MailView
from orchestrator.hub.loop.faults import Faults
from orchestrator.hub.mail.connection import MailConnection
from orchestrator.hub.mail.sending.directory import Directory
from orchestrator.hub.mail.views import MailViews
from orchestrator.hub.mail.waking.protocol import NoNotifier, Notifier
from orchestrator.store.mail.protocol import MailError

_SHOWS_AFTER = 0.1
"""Seconds in which changes are collected before they are shown."""
_ALL = 1 << 40


class Overview:
    """The counts of all mailboxes, the human's messages, and the view for clients."""

    def __init__(
        self,
        connection: MailConnection,
        directory: Directory,
        faults: Faults,
        pauses: Callable[[], Iterable[Pause]],
    ) -> None:
        """`pauses` are the pairs that may not write to each other now."""
        self.notifier: Notifier = NoNotifier()
        """Set by the notifier, before the mail is opened."""
        self.counts: dict[str, BoxCount] = {}
        self.newest = 0.0
        """When the newest message was sent, in seconds since the epoch."""
        self.view = MailView(connection.name, "")
        self.showing = MailViews(connection, directory)
        self._connection, self._directory, self._pauses = connection, directory, pauses
        self._faults = faults
        self._letters: tuple[Message, ...] = ()
        self._on_view: list[Callable[[], None]] = []
        self._refreshing: asyncio.Task[None] | None = None
        self._stale = False

    def on_view(self, callback: Callable[[], None]) -> None:
        """Calls `callback` when `view`, `needs` or a card's mail has changed."""
        self._on_view.append(callback)

    def waiting(self, box: str) -> BoxCount:
        """The content of the mailbox a moment ago."""
        return self.counts.get(box, BoxCount(box))

    async def counted(self, box: str) -> BoxCount:
        """The content of the mailbox now, or a moment ago if the store is unreachable."""
        try:
            found = await self._connection.store.counts()
        except MailError:
            return self.waiting(box)
        return next((each for each in found if each.box == box), BoxCount(box))

    def needs(self) -> tuple[Need, ...]:
        """Mail that needs the human."""
        cards = self._directory.cards()
        return (
            *(mail_need(each, cards) for each in self._letters),
            *(pause_need(each, cards) for each in self._pauses()),
        )

    def letter(self, message: str) -> str:
        """The text of a message that waits for the human; empty for any other."""
        found = next((each for each in self._letters if each.id == message), None)
        return plain("\n\n".join(filter(None, (found.subject, found.body)))) if found else ""

    def on_card(self, slug: str) -> tuple[int, str]:
        """The mail in a card's view: the unread count, and how its session is notified."""
        words = self.notifier.way(slug)
        return self.waiting(slug).waiting, f"not responding: {words}" if self.notifier.unresponsive(
            slug
        ) else words

    def refresh_soon(self) -> None:
        """Refreshes everything, a moment from now."""
        self._stale = True
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh())

    async def refresh_now(self) -> None:
        """Refreshes everything before it returns."""
        with suppress(MailError):
            await self._look()
        if self._connection.trouble != self.view.trouble:
            self.view = replace(self.view, trouble=self._connection.trouble)
        for callback in self._on_view:
            callback()

    async def close(self) -> None:
        """Stops refreshing."""
        if self._refreshing:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)

    async def _refresh(self) -> None:
        while self._stale:
            await asyncio.sleep(_SHOWS_AFTER)
            self._stale = False
            with self._faults.kept_apart("view of the mail"):
                await self.refresh_now()

    async def _look(self) -> None:
        store = self._connection.store
        counts = {each.box: each for each in await store.counts()}
        before = self.counts.get(HUMAN)
        if counts.get(HUMAN) != before or len(self._letters) != counts.get(HUMAN, BoxCount(HUMAN)).waiting:
            got = await store.peek(HUMAN, time.time(), ReceiveFilter(most=1000, most_bytes=_ALL))
            self._letters = tuple(each.message for each in got.messages)
        self.counts = counts
        self.view = await self.showing.view(counts, self.notifier, self.newest)
