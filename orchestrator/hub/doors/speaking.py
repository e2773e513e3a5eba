"""Tells a person's process from a session's, and marks the processes that orch starts."""

import asyncio
import hashlib
import os
from collections.abc import Sequence

from orchestrator.core.effects import alive
from orchestrator.core.events import Event, WindowOpened
from orchestrator.core.sessions.lineage import KnownProcesses, is_mark, marked, origin_of
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.trust.speaker import UNKNOWN
from orchestrator.hub.doors.peer import Peer
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.tokens import Tokens
from orchestrator.paths import Home
from orchestrator.world import machine
from orchestrator.world.tmux import Tmux, TmuxError


class SpeakerLookup:
    """Identifies callers. Once created, everything that the hub starts carries its mark."""

    def __init__(self, engine: Engine, home: Home, tokens: Tokens, tmux: Tmux) -> None:
        self._engine = engine
        self._home = str(home.root)
        self._tokens = tokens
        self._tmux = tmux
        self._identity = int.from_bytes(hashlib.sha256(home.key.read_bytes()).digest()[:2], "big")
        own = machine.own_mark()
        self._usual = None if is_mark(own) else own
        self._marked: set[int] = set()
        machine.mark(os.getpid(), marked(self._identity))
        if tmux.server_pid:
            self._mark_server(tmux.server_pid)
        engine.after_commit(self._mark_windows)

    def take_up(self) -> None:
        """Marks the sessions that already exist."""
        for card in self._engine.state.cards.values():
            if card.session and card.session.pid and alive(card):
                machine.mark(card.session.pid, marked(self._identity, card.id))

    async def of(self, peer: Peer, claimed: str) -> Speaker:
        """Who the peer is. `claimed` is the card whose session it claims to be; empty for none."""
        chain = await asyncio.to_thread(machine.lineage, peer.pid, peer.identity)
        if not chain:
            why = "it ended before it could be identified"
            return Speaker(peer.user, UNKNOWN, sign=why)
        known = self._known()
        origin = origin_of(chain, known, claimed)
        if origin is None:
            return Speaker(peer.user)
        card = origin.card
        if not card and any(each.pid in known.servers for each in chain):
            card = await self._card_of_window(frozenset(each.pid for each in chain))
        words = f"session {card}" if card else origin.words
        return Speaker(peer.user, words, card, origin.sign)

    def _known(self) -> KnownProcesses:
        sessions = {
            card.id: card.session
            for card in self._engine.state.cards.values()
            if card.session and card.session.pid and alive(card)
        }
        servers = {session.server for session in sessions.values()} | {self._tmux.server_pid or 0}
        return KnownProcesses(
            hub=os.getpid(),
            home=self._home,
            servers=frozenset(servers - {0}),
            panes={session.pid: card for card, session in sessions.items()},
            identity=self._identity,
            usual=self._usual,
            card_of_token=lambda token: (self._tokens.read(token) or ("", 0))[0],
        )

    async def _card_of_window(self, pids: frozenset[int]) -> str:
        """The card whose window contains one of these processes, also in a pane that was split off."""
        try:
            windows = await asyncio.to_thread(self._tmux.windows_by_process)
        except TmuxError:
            return ""
        window = next((windows[pid] for pid in pids if pid in windows), "")
        cards = self._engine.state.cards.values()
        return next((each.id for each in cards if each.session and each.session.window == window), "")

    def _mark_windows(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, WindowOpened):
                self._mark_server(event.server)
                machine.mark(event.pid, marked(self._identity, event.card))

    def _mark_server(self, pid: int) -> None:
        """Processes that tmux starts from now on inherit it."""
        if pid and pid not in self._marked:
            machine.mark(pid, marked(self._identity))
            self._marked.add(pid)
