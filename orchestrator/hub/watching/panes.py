"""Reads the panes of sessions without other signals."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from orchestrator.agents.configured import Agents, silent
from orchestrator.core.sessions.facts import rests
from orchestrator.core.sessions.model import Session, Status
from orchestrator.core.sessions.signals import PaneSaid
from orchestrator.hub.loop.engine import Engine
from orchestrator.world.tmux import Tmux, TmuxError

_QUIET_FOR = 2.0
"""Seconds without activity after which a busy session's pane is read."""
_LOOK_EVERY = 5.0
"""Seconds between two reads of the pane of a session that stays quiet."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Panes:
    """Asked once a second. `present` are the sessions in windows now, by card."""

    engine: Engine
    tmux: Tmux
    agents: Agents
    present: Callable[[], Mapping[str, Session]]
    _looked: dict[str, tuple[float, PaneSaid]] = field(default_factory=dict)

    async def look(self) -> None:
        """Only without other signals: at start-up, when a busy session has gone quiet, and when one waits for
        something without a hook."""
        now = time.time()
        panes = {
            session.pane: card_id
            for card_id, session in self.present().items()
            if self._wants_a_look(card_id, session, now)
        }
        if not panes:
            return
        try:
            texts = await asyncio.to_thread(self.tmux.capture, list(panes))
        except TmuxError as error:
            _log.warning("cannot read panes: %s", error)
            return
        present = self.present()  # the query took a moment
        for pane, text in texts.items():
            card_id = panes[pane]
            if card_id not in present or present[card_id].pane != pane:
                continue
            with self.engine.faults.kept_apart("look at the pane", card_id):
                card = self.engine.state.cards.get(card_id)
                said = self.agents.of(card).screen.read(text, time.time())
                before = self._looked.get(card_id, (0.0, None))[1]
                self._looked[card_id] = (now, said)
                # only a stable dialog counts; a partly drawn screen may look like one
                if said.form is None or (before and before.form == said.form):
                    self.engine.signal(card_id, said)

    def _wants_a_look(self, card_id: str, session: Session, now: float) -> bool:
        looked = self._looked.get(card_id, (0.0, None))[0]
        if session.status in (Status.STARTING, Status.SETUP, Status.RETRYING):
            return True
        if session.facts.registry == "waiting" and not session.facts.asks:
            return True
        if silent(self.agents.of(self.engine.state.cards.get(card_id))):
            return now - looked >= _LOOK_EVERY
        busy = not rests(session.facts) and session.facts.registry != "waiting"
        return busy and now - session.signs.last_at >= _QUIET_FOR and now - looked >= _LOOK_EVERY
