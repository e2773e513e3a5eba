"""Follows the board: what the end of a session, or of a card, means for the mail."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from orchestrator.core.events import (
    CardHeld,
    CardReleased,
    CardRemoved,
    CardReopened,
    EndingAsked,
    Event,
    RequestAnswered,
    StartQueued,
)
from orchestrator.core.landing.events import BranchMerged
from orchestrator.core.mail.message import ORCH
from orchestrator.core.mail.standing import is_over, session_name
from orchestrator.core.workflow.events import StageReported
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.mail.background import BackgroundTasks
from orchestrator.hub.mail.connection import MailConnection
from orchestrator.hub.mail.gathers.gathers import Gathers
from orchestrator.hub.mail.receiving.receiver import MailReceiver, Reader
from orchestrator.hub.mail.sending.directory import Directory
from orchestrator.hub.mail.sending.sender import MailSender
from orchestrator.hub.mail.sending.unclaimed import UnclaimedMail
from orchestrator.store.mail.protocol import MailError

_SOON = 0.1
"""Seconds in which the board's changes are collected."""
_PROGRESS = (BranchMerged, CardHeld, CardReleased, CardReopened, EndingAsked, RequestAnswered, StartQueued)
_log = logging.getLogger(__name__)

_Run = tuple[str, int]
"""A card's id, and which of its sessions."""


@dataclass
class BoardChanges:
    """Subscribes to changes, and handles their results a moment later."""

    engine: Engine
    connection: MailConnection
    directory: Directory
    sending: MailSender
    receiving: MailReceiver
    gathering: Gathers
    to_come: UnclaimedMail
    errands: BackgroundTasks
    changed: Callable[[], None]
    _over: set[_Run] = field(default_factory=set)
    """Sessions whose end has been handled."""
    _names: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Mailboxes by card, and its latest session; also of cards that have just been removed."""
    _due: asyncio.TimerHandle | None = None
    _seen: object = None
    _ended: bool = False

    def begin(self) -> None:
        """Subscribes to the engine's changes. Call it once, before the first change."""
        self.engine.after_change(self._touched)
        self.engine.after_commit(self._committed)
        self._remember()

    def end(self) -> None:
        """Changes from now on are handled by the next hub."""
        self._ended = True
        if self._due:
            self._due.cancel()

    async def take_up(self) -> None:
        """After the hub was away: sessions that have ended meanwhile, and mailboxes of cards that are gone.
        Raises `MailError`."""
        holding = {each.box for each in await self.connection.store.counts() if each.leased}
        for card in tuple(self.engine.state.cards.values()):
            last = card.session.run if card.session else 0
            over = is_over(card.session)
            for run in range(1, last + (1 if over else 0)) if card.slug in holding else ():
                await self.receiving.give_back(Reader(card.slug, session_name(card.id, run)))
            if card.session and over:
                self._over.add((card.id, last))
        if not self.connection.shared:
            await self._drop_claims_of_the_gone()
            for each in await self.connection.store.counts():
                if each.waiting and not self.directory.ours(each.box) and each.box != ORCH:
                    await self.to_come.bury(each.box)

    async def session_over(self, card_id: str, run: int) -> None:
        """Returns its leased messages, and ends its claims."""
        box = self._names[card_id][0] if card_id in self._names else self.directory.box_of(card_id)
        if not box:
            return
        session = session_name(card_id, run)
        await self.receiving.give_back(Reader(box, session))
        try:
            await self.connection.store.drop_claims(box, session)
        except MailError as error:
            _log.warning("the claims of %s last until they expire: %s", box, error)
        self.changed()

    def look_after_gathers(self) -> None:
        """Schedules tombstones and notifications."""
        self.errands.run(self.gathering.watch(), "members of gathers were not checked")

    # --- inside

    def _touched(self, _: str) -> None:
        if self._due is None and not self._ended:
            self._due = asyncio.get_running_loop().call_later(_SOON, self._look)

    def _look(self) -> None:
        self._due = None
        self._remember()
        ended = []
        for card in self.engine.state.cards.values():
            if (
                card.session
                and (run := (card.id, card.session.run)) not in self._over
                and is_over(card.session)
            ):
                self._over.add(run)
                ended.append(run)
        for card_id, run_number in ended:
            self.errands.run(self.session_over(card_id, run_number), f"the end of {card_id} was not handled")
        standing = dict(self.directory.states())
        if standing != self._seen:
            self._seen = standing
            self.look_after_gathers()
            self.changed()

    def _remember(self) -> None:
        self._names |= {
            card.id: (card.slug, card.session.run if card.session else 0)
            for card in self.engine.state.cards.values()
        }

    def _committed(self, events: Sequence[Event]) -> None:
        for event in () if self._ended else events:
            if isinstance(event, CardRemoved):
                if event.card in self._names:
                    self._over = {each for each in self._over if each[0] != event.card}
                    gone = self._card_gone(event.card, *self._names.pop(event.card))
                    self.errands.run(gone, f"the mail of {event.card} stays where it is")
            elif isinstance(event, _PROGRESS) and not (isinstance(event, RequestAnswered) and event.rule):
                if name := self.directory.box_of(event.card):
                    self.sending.traffic.progress(name, event.at)
            elif isinstance(event, StageReported):
                run = self.engine.state.runs.get(event.run)
                card = run.stages[event.stage].card if run and event.stage in run.stages else ""
                if name := self.directory.box_of(card):
                    self.sending.traffic.progress(name, event.at)

    async def _card_gone(self, card_id: str, name: str, last: int) -> None:
        """Its mail becomes dead letters, which are listed; nobody waits for it any more."""
        for run in range(1, last + 1):
            await self.receiving.give_back(Reader(name, session_name(card_id, run)))
        await self.gathering.card_gone(name)
        await self.connection.store.drop_claims(name)
        await self.to_come.bury(name)
        self.changed()

    async def _drop_claims_of_the_gone(self) -> None:
        for each in await self.connection.store.claims(time.time()):
            card = self.directory.card(each.holder)
            present = (
                card and not is_over(card.session) and self.directory.session(each.holder) == each.session
            )
            if not present:
                await self.connection.store.drop_claims(each.holder, each.session)
