"""Settles what a session has leased when its turn ends, with or without a hook."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.core.effects import alive
from orchestrator.core.sessions.facts import rests
from orchestrator.core.sessions.model import Turn
from orchestrator.core.sessions.signals import Signal, TurnEnded, TurnFailed
from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.mail.service import MailService

_UNSEEN_S = 3.0
"""Seconds of rest after which a turn has ended without a hook. The conversation has been checked by then, to
know whether it was interrupted."""
_PART = "end of a turn"


class TurnEnds:
    """Knows which turns have not been settled yet, and since when they rest."""

    def __init__(self, engine: Engine, mail_service: MailService, poke: Callable[[], None]) -> None:
        """`poke` requests a `look` soon."""
        self._engine, self._mail, self._poke = engine, mail_service, poke
        self._open = {card.id for card in engine.state.cards.values() if alive(card)}
        """Cards whose sessions may have leased messages from a turn that has not been settled."""
        self._resting: dict[str, float] = {}

    def begin(self) -> None:
        """Finds the turns that may have ended while the hub was away."""
        for card_id in tuple(self._open):
            self.changed(card_id)

    def changed(self, card_id: str) -> None:
        """Call it after each change of that card. Does not wait; what is due is settled by `look`."""
        card = self._engine.state.cards.get(card_id)
        if card is None or card.session is None or not alive(card):
            self._open.discard(card_id)
            self._resting.pop(card_id, None)
        elif not rests(card.session.facts):
            self._open.add(card_id)
            self._resting.pop(card_id, None)
        elif card_id in self._open and card_id not in self._resting:
            self._resting[card_id] = time.time()
            self._poke()

    async def settle(self, caller: Caller, signal: Signal, payload: Mapping[str, Any]) -> None:
        """Called with each hook: settles when a turn has ended, successfully or not. One whose subagents are
        still running will have another end."""
        if isinstance(signal, TurnEnded) and not _agents_go_on(payload):
            self._open.discard(caller.card)
            await self._mail.turn_ended(caller.card, caller.run)
        elif isinstance(signal, TurnFailed):
            self._open.discard(caller.card)
            await self._mail.turn_failed(caller.card, caller.run)

    async def look(self) -> list[float]:
        """Settles turns that ended without a hook; returns when the others are due (seconds since the
        epoch)."""
        faults, dues = self._engine.faults, list[float]()
        for card_id, since in tuple(self._resting.items()):
            if self._resting.get(card_id) != since:
                continue  # settled, or working again, meanwhile
            due = since + _UNSEEN_S
            if time.time() >= due and not faults.pause(_PART, card_id):
                with faults.kept_apart(_PART, card_id):
                    await self._settle_unseen(card_id, since)
                if not faults.pause(_PART, card_id):
                    continue
            dues.append(max(due, time.time() + faults.pause(_PART, card_id)))
        return dues

    async def _settle_unseen(self, card_id: str, since: float) -> None:
        """Ends a turn that ended without a hook: Esc, a rejected permission, or while the hub was away.
        Messages leased at an interruption are returned: the person who interrupted decides how to
        continue."""
        self._open.discard(card_id)
        card = self._engine.state.cards.get(card_id)
        if card and card.session:
            well = card.session.facts.turn is Turn.ENDED
            settle = self._mail.turn_ended if well else self._mail.turn_failed
            await settle(card_id, card.session.run)
        if self._resting.get(card_id) == since:
            del self._resting[card_id]


def _agents_go_on(payload: Mapping[str, Any]) -> bool:
    tasks = payload.get("background_tasks")
    return isinstance(tasks, list) and any(
        isinstance(task, Mapping) and task.get("type") == "subagent" and task.get("status") == "running"
        for task in tasks
    )
