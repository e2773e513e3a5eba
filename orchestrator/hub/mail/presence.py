"""What a hub reports of its own sessions and mailboxes to the store, and to the hubs that share it."""

import socket
import time

from orchestrator.core.mail.standing import is_over, session_name
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.mail.connection import MailConnection
from orchestrator.hub.mail.sending.directory import Directory
from orchestrator.paths import Home

_RENEWS_EVERY = 60.0


class Presence:
    """Methods raise `MailError`."""

    def __init__(self, engine: Engine, home: Home, connection: MailConnection, directory: Directory) -> None:
        self._engine, self._connection, self._directory = engine, connection, directory
        self._hub = f"{home.root}@{socket.gethostname()}"
        self._renewed_at = float("-inf")
        self.clash = ""
        """Which mailboxes another hub has too, as text; empty for none."""

    async def announce(self) -> None:
        """In a shared store: announces the mailboxes here, and reads those of other hubs."""
        if self._connection.shared:
            store = self._connection.store
            taken = await store.announce(self._hub, self._directory.own(), time.time())
            self.clash = f"another hub also has mailboxes of these names: {', '.join(taken)}" if taken else ""
            everybody = await store.peers(time.time())
            self._directory.others = tuple(each for each in everybody if each.hub != self._hub)
            self._directory.whole = True

    async def renew(self, *, now: bool = False) -> None:
        """Extends the leases of live sessions, once a minute, or `now`."""
        if not now and time.monotonic() - self._renewed_at < _RENEWS_EVERY:
            return
        living = [
            (card.slug, session_name(card.id, card.session.run))
            for card in self._engine.state.cards.values()
            if card.session and not is_over(card.session)
        ]
        await self._connection.store.renew(living, time.time())
        self._renewed_at = time.monotonic()
