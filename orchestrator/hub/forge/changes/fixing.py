"""Fixing change requests: what one lacks is read from its forge and sent to the card's session."""

import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.core.effects import FixChange
from orchestrator.core.errors import OrchError
from orchestrator.core.events import Event
from orchestrator.core.forge.autofix.due import due, fix_events, push_due
from orchestrator.core.forge.autofix.events import FixPushed
from orchestrator.core.forge.autofix.problems import Problems, asks_for_changes, conflict_of
from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.model import Card
from orchestrator.hub.forge.accounts import Accounts
from orchestrator.hub.forge.pauses import Pauses
from orchestrator.hub.loop.engine import Engine
from orchestrator.world.forge.errors import ForgeError
from orchestrator.world.forge.forge import Forge

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FixEffects:
    """Takes the next step in fixing a card's change request. `push` pushes the card's branch, and returns the
    commit that was pushed, or empty if there was none; it raises `OrchError`."""

    engine: Engine
    accounts: Accounts
    push: Callable[[Card], Awaitable[str]]
    pauses: Pauses = field(default_factory=Pauses)

    async def carry_out(self, card: Card, effect: FixChange) -> Iterable[Event]:
        """What has become of it; nothing if it has to wait."""
        if self.pauses.waits(card.id):
            return ()
        try:
            events = await (self._pushed(card) if effect.push else self._looked(card, effect.revision))
        except ForgeError as error:
            self.pauses.failed(card.id, error.retry_at)
            _log.warning("%s: %s", card.id, error)
            return ()
        except OrchError as error:  # of git or the configuration
            self.pauses.failed(card.id)
            _log.warning("%s: the pull request is not looked at: %s", card.id, error)
            return ()
        self.pauses.done(card.id)
        return events

    async def _looked(self, card: Card, revision: str) -> Iterable[Event]:
        problems = await problems_of(self.accounts, card)
        now = self.engine.state.cards.get(card.id)
        if now is None or due(now) != revision:  # the session works by now, or there is more to look at
            return ()
        return fix_events(now, revision, problems, uuid.uuid4().hex[:12], time.time())

    async def _pushed(self, card: Card) -> Iterable[Event]:
        try:
            tip, why = await self.push(card), ""
        except ForgeError:
            raise
        except OrchError as error:
            tip, why = "", str(error)
        now = self.engine.state.cards.get(card.id)
        return (FixPushed(time.time(), card.id, tip, why),) if now and push_due(now) else ()


async def problems_of(accounts: Accounts, card: Card) -> Problems:
    """Everything that is to be fixed in the card's change request, as its forge tells now. Raises
    `ForgeError`, `RefusedError`, and errors of git and the configuration."""
    change = card.forge.request
    if not isinstance(change, ChangeRequest):
        return Problems()
    place = await accounts.of(Path(card.repo))
    return await place.account.ask(lambda forge: _read(forge, change))


def _read(forge: Forge, change: ChangeRequest) -> Problems:
    failing = change.checks is not NOT_FETCHED and change.checks.state == "failing"
    at = change.ref.repository
    return Problems(
        checks=forge.failed_checks(at, change.head_commit) if failing else (),
        comments=forge.review_comments(change.ref) if asks_for_changes(change) else (),
        conflict=conflict_of(change),
    )
