"""How sessions are notified of their mail, without its content.

A busy one is notified in the reply to its next hook: a tool's, or its turn's end, which is delayed. An idle
one is woken: by the hook that listens in it, else by a line typed into its empty input box. What a session
has leased is settled when its turn ends.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.agents.configured import Agents
from orchestrator.core.board.shown import KEPT_OFF
from orchestrator.core.effects import alive, may_type
from orchestrator.core.mail.message import MessageNotice
from orchestrator.core.mail.notification import words
from orchestrator.core.model import Card
from orchestrator.core.sessions.facts import rests
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import PromptTaken, Signal, ToolEnded, TurnEnded
from orchestrator.core.sessions.states import STATES
from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.effects.prompt import PromptEffects
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.loop.forever import endless
from orchestrator.hub.mail.receiving.turn_ends import TurnEnds
from orchestrator.hub.mail.service import MailService
from orchestrator.hub.mail.waking.backoff import NotifyBackoff
from orchestrator.world.tmux import TmuxError

_STOPS_IN_A_ROW = 4
"""How often a turn's end is put off; an agent may allow few more."""
"""Not those that a person has interrupted, and not those with an API failure: they are notified with the next
prompt."""
_SETTLES_S = 0.4
"""Seconds of rest after which a session counts as idle: between two turns it is idle for a moment."""
_DRAFT_S = 3.0
"""Seconds between two checks of an input box that could not be typed into."""

_BY_HOOK, _BY_LINE = "notified by hook", "notified by typed line"

_PART = "mail delivery"


@dataclass(slots=True)
class _Told:
    """What one run of a card's session has been notified of."""

    run: int
    way: str
    """How it is notified: at first what is available, then what was used last."""
    backoff: NotifyBackoff = field(default_factory=NotifyBackoff)
    stops: int = 0
    """How often in a row its turn's end was delayed."""
    kept_off: str = ""
    """Why no line could be typed at the last notification."""
    sending: str = ""
    """The text of the notification in progress."""
    not_before: float = 0.0


class MailNotifier:
    """Tells the sessions; the mail's `notifier`."""

    def __init__(
        self,
        engine: Engine,
        mail_service: MailService,
        prompting: PromptEffects,
        launches: Path,
        agents: Agents,
    ) -> None:
        self._engine, self._mail, self._prompting = engine, mail_service, prompting
        self._overview = mail_service.overview
        self._launches, self._agents = launches, agents
        self._told: dict[str, _Told] = {}
        self._shown: dict[str, tuple[str, bool]] = {}
        self._poke = asyncio.Event()
        self._turn_ends = TurnEnds(engine, mail_service, self._poke.set)
        mail_service.on_mail(self._arrived)
        engine.after_change(self._changed)

    # --- state -----------------------------------------------------------------------------------

    def way(self, box: str) -> str:
        """How the session of this mailbox is notified of mail now, as text."""
        card = self._engine.state.cards.get(self._mail.card_of(box))
        if card is None:
            return ""
        if not self._is_told(card):
            return "not notified: its agent does not read mail"
        session = card.session
        if session is None or not alive(card):
            return "when resumed" if session else "when started"
        if self._mail.receives_now(box):
            return "waiting in mail_receive"
        if session.facts.no_tools:
            return "not notified: it has no tools to read mail"
        if session.facts.no_hooks:
            return "unknown: its hooks do not reach the hub"
        told = self._told.get(card.id)
        if told and self.unresponsive(box):
            return "notified, but never called mail_receive"
        if session.facts.asks:
            return "at its next tool call, after its request is answered"
        if not rests(session.facts):
            return "at its next tool call"
        if not STATES[session.status].wakes or card.held is not None:
            return "with its next prompt"
        if told and told.kept_off:
            return f"{KEPT_OFF}{told.kept_off}"
        return told.way if told else "notified"

    def unresponsive(self, box: str) -> bool:
        """It was notified as often as allowed, and no receive was recorded since."""
        told = self._told.get(self._mail.card_of(box))
        return told is not None and told.backoff.unresponsive and self._overview.waiting(box).waiting > 0

    # --- hooks -----------------------------------------------------------------------------------

    def heard(self, caller: Caller) -> None:
        """Called first with every hook of a present session."""
        self._mail.heard(caller.card, caller.run)

    async def news(self, caller: Caller, signal: Signal, payload: Mapping[str, Any]) -> str:
        """The notification in the hook's reply; empty for none. It counts as delivered, once for each
        arrival. At a turn's end it is the reason why the turn continues."""
        card = self._engine.state.cards.get(caller.card)
        told = self._of(card) if card else None
        if card is None or told is None:
            return ""
        ends = isinstance(signal, TurnEnded)
        if isinstance(signal, PromptTaken):
            told.stops = 0
            if told.sending and told.sending in signal.text:
                return ""  # the listening hook itself, before it is known to have been woken
        by_agent = isinstance(signal, ToolEnded) and signal.agent_id
        hooks = self._agents.of(card).hooks
        if by_agent or not (ends or (hooks and hooks.can_notify(payload))):
            return ""
        if not told.backoff.untold or (ends and told.stops >= _STOPS_IN_A_ROW):
            return ""
        box, arrivals = self._mail.box_of(card.id), told.backoff.arrivals
        said = words(await self._overview.counted(box))
        if not said or not told.backoff.untold:  # the report of a parallel tool was faster
            return ""
        told.backoff.asked(self._mail.received_at(box))
        told.stops += ends
        told.backoff.told(time.time(), arrivals)
        self._tell(card.id)
        return said

    async def settle(self, caller: Caller, signal: Signal, payload: Mapping[str, Any]) -> None:
        """Settles what a session has leased when its turn has ended."""
        await self._turn_ends.settle(caller, signal, payload)

    # --- notifying -------------------------------------------------------------------------------

    async def run(self) -> None:
        """Sends notifications until cancelled; sleeps while there are none."""
        self._turn_ends.begin()
        await endless(_PART, self._turn, self._engine.faults)

    async def _turn(self) -> None:
        self._poke.clear()
        pause = await self._look()
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._poke.wait()

    async def _look(self) -> float | None:
        """Sends what is due; returns the seconds until the next, `None` if unknown."""
        faults, dues = self._engine.faults, list[float | None](await self._turn_ends.look())
        for card_id in tuple(self._told):
            if wait := faults.pause(_PART, card_id):
                dues.append(time.time() + wait)
                continue
            with faults.kept_apart(_PART, card_id):
                dues.append(await self._look_at(card_id))
            if wait := faults.pause(_PART, card_id):
                dues.append(time.time() + wait)
        coming = [due for due in dues if due is not None]
        return max(0.05, min(coming) - time.time()) if coming else None

    async def _look_at(self, card_id: str) -> float | None:
        card = self._engine.state.cards.get(card_id)
        told = self._of(card) if card else None
        if card is None or told is None:
            return None
        if not self._has_mail(card_id, told):
            return None
        due = await self._notify_when_due(card_id, told)
        self._tell(card_id)
        return due

    async def _notify_when_due(self, card_id: str, told: _Told) -> float | None:
        now, box = time.time(), self._mail.box_of(card_id)
        told.backoff.asked(self._mail.received_at(box))
        card = self._may_be_notified(card_id, told)
        if card is None or card.session is None:
            return None
        due = told.backoff.due()
        if due is None:
            return None if told.backoff.gives_up(now) else now + _DRAFT_S
        due = max(due, told.not_before, _rests_since(card.session) + _SETTLES_S)
        if due > now:
            return due
        arrivals = told.backoff.arrivals
        said = words(await self._overview.counted(box))
        if not said:
            told.backoff.empty(arrivals)
            return None
        card = self._may_be_notified(card_id, told)  # counting took a moment
        if card is None:
            return None
        told.sending = said
        try:
            told.kept_off = await self._notify(card, told, said)
        finally:
            told.sending = ""
        if told.kept_off:
            told.not_before = now + _DRAFT_S
            return told.not_before
        told.backoff.notified(now, arrivals)
        return told.backoff.due() or now + _DRAFT_S

    def _may_be_notified(self, card_id: str, told: _Told) -> Card | None:
        """The card, if the session that was notified so far is idle and still has unread mail."""
        card = self._engine.state.cards.get(card_id)
        if card is None or self._of(card) is not told or not _may_notify(card):
            return None
        return None if self._mail.receives_now(self._mail.box_of(card_id)) else card

    async def _notify(self, card: Card, told: _Told, said: str) -> str:
        """Why the session could not be notified; empty if it was."""
        waker = self._agents.of(card).waker
        if waker and waker.wake(self._launches / card.id, said):
            told.way = _BY_HOOK
            return ""
        told.way = _BY_LINE
        try:
            return await self._prompting.type_now(card, said)
        except TmuxError as error:
            return error.what

    # --- what happens ----------------------------------------------------------------------------

    def _arrived(self, box: str, _: MessageNotice | None) -> None:
        card = self._engine.state.cards.get(self._mail.card_of(box))
        told = self._of(card) if card else None
        if told:
            told.backoff.arrived()
            self._poke.set()

    def _changed(self, card_id: str) -> None:
        card = self._engine.state.cards.get(card_id)
        self._turn_ends.changed(card_id)
        if card is None:
            self._told.pop(card_id, None)
            self._shown.pop(card_id, None)
            return
        told = self._of(card)
        self._tell(card_id)
        if told and self._has_mail(card_id, told):
            self._poke.set()

    def _of(self, card: Card) -> _Told | None:
        """What the card's present session was notified of; nothing for a new run."""
        if card.session is None or not alive(card) or not self._is_told(card):
            self._told.pop(card.id, None)
            return None
        told = self._told.get(card.id)
        if told is None or told.run != card.session.run:
            waker = self._agents.of(card).waker
            listens = bool(waker and waker.listens(self._launches / card.id))
            told = self._told[card.id] = _Told(card.session.run, _BY_HOOK if listens else _BY_LINE)
            if self._overview.waiting(self._mail.box_of(card.id)).waiting:
                told.backoff.arrived()
                self._poke.set()
        return told

    def _is_told(self, card: Card) -> bool:
        agent = self._agents.of(card)
        return bool(agent.hooks or agent.waker or agent.server)

    def _has_mail(self, card_id: str, told: _Told) -> bool:
        return told.backoff.untold or self._overview.waiting(self._mail.box_of(card_id)).waiting > 0

    def _tell(self, card_id: str) -> None:
        """Refreshes the mailbox if its session is notified in another way than displayed."""
        box = self._mail.box_of(card_id)
        if box and (now := (self.way(box), self.unresponsive(box))) != self._shown.get(card_id):
            self._shown[card_id] = now
            if self._overview.waiting(box).waiting:
                self._overview.refresh_soon()


def _may_notify(card: Card) -> bool:
    """Whether the session is idle, without a waiting prompt and not on hold."""
    quiet = not card.outbox and not card.ending and not card.launch and card.held is None
    return quiet and may_type(card.session) and card.session is not None and STATES[card.session.status].wakes


def _rests_since(session: Session) -> float:
    return max(session.since, session.facts.registry_at)
