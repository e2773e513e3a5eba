"""The status line of attached terminals: the card, its state, and who waits."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.core.board.views import CardView
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.watching.polling import Sources
from orchestrator.world.tmux import Tmux, TmuxError

_log = logging.getLogger(__name__)

_Shown = tuple[dict[str, str], int, tuple[str, ...]]


@dataclass
class StatusLines:
    """Publishes to tmux while a client is attached, and only changes. `waiting` is the number of entries in
    the queue."""

    engine: Engine
    tmux: Tmux
    sources: Sources
    waiting: Callable[[], int]
    _published: _Shown | None = None
    _under_way: "asyncio.Task[None] | None" = field(default=None)

    def refresh(self) -> None:
        """Publishes soon, if anything has changed."""
        if not self.sources.attached:
            self._published = None
        elif self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._publish())

    async def _publish(self) -> None:
        now = _shown(self.engine.cards, self.waiting())
        if now == self._published:
            return
        try:
            await asyncio.to_thread(self.tmux.publish, *now)
        except TmuxError as error:
            _log.info("cannot publish the status line: %s", error)
        else:
            self._published = now


def _shown(cards: tuple[CardView, ...], number: int) -> _Shown:
    waiting = sorted(
        (card for card in cards if card.attention), key=lambda card: (card.attention, card.since)
    )
    labels = {
        card.window: f"{card.id} {card.title} · {card.state.replace('_', ' ')}"
        for card in cards
        if card.window
    }
    return labels, number, tuple(card.window for card in waiting if card.window)
