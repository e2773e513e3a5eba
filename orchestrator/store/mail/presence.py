"""Which hub serves which mailbox, with a single hub."""

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.core.mail.addressing import Peer

PRESENT_S = 60.0
"""How long an announcement is valid."""


class Presence:
    """The `MailStore` announcements of the last minute, in memory: after a restart the next ones refill
    it."""

    def __init__(self) -> None:
        self._peers: dict[str, tuple[Peer, float]] = {}

    def announce(self, hub: str, peers: Sequence[Peer], now: float) -> tuple[str, ...]:
        others = {peer.name for peer in self.peers(now) if peer.hub != hub}
        kept = {name: each for name, each in self._peers.items() if each[0].hub != hub}
        taken = {
            peer.name: (replace(peer, hub=hub), now + PRESENT_S) for peer in peers if peer.name not in others
        }
        self._peers = kept | taken
        return tuple(peer.name for peer in peers if peer.name in others)

    def peers(self, now: float) -> tuple[Peer, ...]:
        return tuple(peer for peer, until in self._peers.values() if until > now)
