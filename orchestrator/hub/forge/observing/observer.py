"""Looks at the forges of all cards, round by round."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.core.errors import OrchError
from orchestrator.core.forge.fresh import Fresh
from orchestrator.core.forge.items import Issue
from orchestrator.core.forge.observing import change_of, expects, lacks_change, links, on_forge, renamed
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.core.model import Card
from orchestrator.hub.forge.accounts import Account, Accounts, Place
from orchestrator.hub.forge.observing.changes import Changes
from orchestrator.hub.forge.observing.memory import Freshness, Group
from orchestrator.hub.forge.observing.repositories import Repositories
from orchestrator.hub.forge.observing.rounds import Memory, why
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.loop.forever import endless
from orchestrator.world.forge.errors import ForgeError
from orchestrator.world.worktrees import pushed

_LOOKS_EVERY = 2.0
"""Seconds between two looks at what is due; no requests, no git."""
_PUSHES_EVERY = 30.0
_SET_BACK = 5.0
"""Seconds by which the clock is set back after which all is due again: what is remembered has times."""
_PLACE_EVERY, _NO_FORGE = 60.0, 300.0
"""Seconds after which it is found again which forge a repository has, and whether it has one by now."""

_log = logging.getLogger(__name__)


@dataclass
class Observer:
    """All methods run on the event loop's thread; requests are made on the accounts' threads."""

    engine: Engine
    accounts: Accounts
    clock: Callable[[], float] = time.time
    _places: dict[str, tuple[float, Place | None]] = field(default_factory=dict)
    _pushed: dict[str, tuple[float, dict[str, str]]] = field(default_factory=dict)
    _round: asyncio.Lock = field(default_factory=asyncio.Lock)
    _looked_at: float = 0.0

    def __post_init__(self) -> None:
        self._fresh = Freshness(self.engine.show)
        self._begin()
        self.engine.with_fresh(self._fresh_of)

    async def run(self) -> None:
        """Looks until it is cancelled."""
        await endless("forge", self.look, self.engine.faults, lambda: asyncio.sleep(_LOOKS_EVERY))

    async def ask(self, cards: Collection[str] | None = None) -> None:
        """Looks at these cards now, or at all, as a person has asked for it."""
        asked = [*self.engine.state.cards] if cards is None else [*cards]
        for card in asked:
            self._memory.last(card).forced = True
        # no list tells of deleted and transferred issues
        self._memory.urgent = [*dict.fromkeys([*asked, *self._memory.urgent])]
        for listed in self._memory.listed.values():
            listed.due_at = 0.0
        self._pushed.clear()
        self._places.clear()
        for account in self.accounts.known:
            account.pause.end()
        await self.look()

    async def look(self) -> None:
        """Does what is due."""
        async with self._round:
            now = self.clock()
            if now < self._looked_at - _SET_BACK:
                self._begin()
            self._looked_at = now
            by_account: dict[Account, list[Group]] = {}
            groups = await self._groups()
            for group in groups:
                by_account.setdefault(group.account, []).append(group)
            self._forget(groups)
            await asyncio.gather(*(self._account(*each) for each in by_account.items()))

    # --- inside ----------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Nothing is remembered."""
        self._memory = Memory(self.engine, self.clock, self._fresh)
        self._repositories = Repositories(self._memory)
        self._changes = Changes(self._memory)
        self._pushed.clear()
        self._places.clear()

    def _fresh_of(self, card: str) -> Fresh:
        """With the host of what waits, also before the card has anything there."""
        found, known = self._fresh.of(card), self.engine.state.cards.get(card)
        account = self.accounts.known_of(known.repo) if known else None
        return replace(found, host=account.forge.host) if account else found

    async def _account(self, account: Account, groups: list[Group]) -> None:
        cards = [card for group in groups for card in group.cards if on_forge(card)]
        if account.pause.waits():
            if account.pause.error:
                self._stale(cards, account.pause.error)
            return
        try:
            for group in groups:
                if strangers := await self._listed(group):
                    await self._changes.of_strangers(group, strangers)
            for group in groups:
                await self._changes.of_branches(group)
            commits = {card.id: group.pushed.get(card.branch, "") for group in groups for card in group.cards}
            await self._changes.known(account, cards, commits)
            await self._repositories.verify(account, tuple(cards))
        except ForgeError as error:
            self._stale(cards, error)

    async def _listed(self, group: Group) -> list[Issue]:
        """Lists the repositories of a group's items; the change requests of no card in its own."""
        found: list[Issue] = []
        named: dict[RepositoryRef, dict[str, Card]] = {}
        for card in group.cards:
            for repository in [each.ref.repository for each in links(card)] or [group.repository]:
                same = next((each for each in named if each.same(repository)), repository)
                named.setdefault(same, {})[card.id] = card
        for repository, cards in named.items():
            strangers = await self._repositories.look(group.account, repository, tuple(cards.values()))
            found += strangers if repository.same(group.repository) else ()
        return found

    def _stale(self, cards: list[Card], error: ForgeError) -> None:
        """All of these, until they have been asked for again."""
        said = why(error)
        changing = [card.id for card in cards if change_of(card) and not lacks_change(card)]
        self._memory.fresh.stale([card.id for card in cards if card.forge.issue], issue=said)
        self._memory.fresh.stale(changing, change=said)
        for card in changing:
            self._memory.last(card).forced = True

    async def _groups(self) -> list[Group]:
        """The cards that are observed, by repository: those with anything on a forge, and those of which the
        branch was pushed to one; of a repository where nothing is expected none."""
        by_repo: dict[str, list[Card]] = {}
        for card in self.engine.state.cards.values():
            if on_forge(card) or (card.branch and card.finished is None and card.worktree):
                by_repo.setdefault(card.repo, []).append(card)
        groups = []
        for repo, cards in by_repo.items():
            if not any(map(expects, cards)):
                continue
            if (place := await self._place(repo)) is None:
                continue
            commits = await self._pushes(repo, place, cards)
            kept = tuple(card for card in cards if on_forge(card) or card.branch in commits)
            if kept:
                repository = renamed(place.chosen.repository, self._memory.names)
                groups.append(Group(place.account, place, repository, kept, commits))
        return groups

    async def _place(self, repo: str) -> Place | None:
        at, place = self._places.get(repo, (-math.inf, None))
        if self.clock() - at < (_PLACE_EVERY if place else _NO_FORGE):
            return place
        try:
            place = await self.accounts.of(Path(repo))
        except OrchError as error:
            _log.info("%s is not observed: %s", repo, error)
            place = None
        self._places[repo] = self.clock(), place
        return place

    async def _pushes(self, repo: str, place: Place, cards: list[Card]) -> dict[str, str]:
        at, known = self._pushed.get(repo, (-math.inf, {}))
        if self.clock() - at < _PUSHES_EVERY:
            return known
        branches = list(dict.fromkeys(card.branch for card in cards if card.branch))
        try:
            known = await asyncio.to_thread(pushed, Path(repo), place.chosen.push_remote, branches)
        except OrchError as error:
            _log.info("the pushed branches of %s are not known: %s", repo, error)
        self._pushed[repo] = self.clock(), known
        return known

    def _forget(self, groups: list[Group]) -> None:
        """Lets go of what is no longer observed."""
        cards = {card.id for group in groups for card in group.cards}
        self._memory.fresh.forget_all_but(cards)
        for known in (self._memory.asked, self._memory.verified):
            for card in [each for each in known if each not in cards]:
                del known[card]
        repositories: set[RepositoryRef] = {group.repository for group in groups}
        repositories |= {
            link.ref.repository for group in groups for card in group.cards for link in links(card)
        }
        self._repositories.forget_all_but({str(each).casefold() for each in repositories})
