"""The items of a repository, by one list of what has changed in it."""

import math

from orchestrator.core.forge.events import ItemGone, ItemMoved
from orchestrator.core.forge.items import Changed, Issue
from orchestrator.core.forge.links import Link
from orchestrator.core.forge.observing import item_seen, links, seconds
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.model import Card
from orchestrator.hub.forge.accounts import Account
from orchestrator.hub.forge.observing.memory import Listed
from orchestrator.hub.forge.observing.rounds import Memory, ask, of_account, why
from orchestrator.world.forge.errors import ForgeError, Trouble

ACTIVE, QUIET = 60.0, 120.0
"""Seconds between two lists: while things change, and otherwise. An unchanged list costs nothing."""
_ACTIVE_FOR = 900.0
_NAMED_EVERY = 1800.0
_VERIFIED_EVERY = 300.0
_MOST = 300
"""Items of a list at first; cards whose issue is not among them are asked for one by one."""
_URGENT_AT_ONCE = 5
_LONG = 50
"""A list that is longer begins later from then on."""
_BEFORE = 3600.0


class Repositories:
    """The lists of all repositories."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._verified_at: dict[Account, float] = {}

    async def look(
        self, account: Account, repository: RepositoryRef, cards: tuple[Card, ...]
    ) -> tuple[Issue, ...]:
        """The change requests of the list that belong to no card, if one was due. Raises `ForgeError` for
        what concerns the whole account."""
        memory, now = self._memory, self._memory.clock()
        listed = memory.listed.setdefault(_key(repository), Listed(_since(repository, cards, now)))
        new = {card.id for card in cards} - listed.known
        if now < listed.due_at and not new:
            return ()
        linked = [card.id for card in cards if links(card)]
        try:
            if now - listed.named_at >= _NAMED_EVERY:
                listed.named_at = now
                if await self._renamed(account, repository, cards):
                    return ()
            found = await ask(account, lambda forge: forge.changed(repository, listed.since, _MOST))
        except ForgeError as error:
            listed.known = {card.id for card in cards}
            memory.fresh.stale(linked, issue=why(error))
            if of_account(error):
                listed.due_at = error.retry_at if error.trouble is Trouble.LIMITED else now
                raise
            listed.due_at = now + QUIET
            return ()
        return self._compared(listed, repository, cards, found, new)

    async def verify(self, account: Account, cards: tuple[Card, ...]) -> None:
        """Asks for a few issues themselves, so that a deleted or transferred one is found: no list tells
        that. Raises `ForgeError` for what concerns the whole account."""
        memory, now = self._memory, self._memory.clock()
        mine = {card.id: card for card in cards if card.forge.issue}
        urgent = [card for card in memory.urgent if card in mine][:_URGENT_AT_ONCE]
        memory.urgent = [card for card in memory.urgent if card not in urgent]
        if not urgent and mine and now - self._verified_at.setdefault(account, now) >= _VERIFIED_EVERY:
            self._verified_at[account] = now
            urgent = [min(mine, key=lambda card: memory.verified.get(card, 0.0))]
        for card in urgent:
            memory.verified[card] = now
            await self._verify(account, mine[card])

    def forget_all_but(self, repositories: set[str]) -> None:
        """Other repositories are no longer observed."""
        listed = self._memory.listed
        for key in [each for each in listed if each not in repositories]:
            del listed[key]

    # --- inside ----------------------------------------------------------------------------------

    def _compared(
        self,
        listed: Listed,
        repository: RepositoryRef,
        cards: tuple[Card, ...],
        found: Changed,
        new: set[str],
    ) -> tuple[Issue, ...]:
        memory, now = self._memory, self._memory.clock()
        items = {each.number: each for each in found.items if each.ref.repository.same(repository)}
        if len(items) < len(found.items):
            listed.named_at = -math.inf  # these are of another name
        again, numbers = False, {getattr(card.forge.request, "number", 0) for card in cards}
        for card in cards:
            for link in links(card):
                numbers.add(link.ref.number)
                if item := items.get(link.ref.number):
                    again |= not self._seen(card, link, item, found.as_of)
                elif card.id in new and link.ref.kind == "issue" and not _covered(listed, link, found):
                    memory.urgent.append(card.id)
        memory.fresh.fetched([card.id for card in cards], issue=found.as_of)
        self._changes(listed, cards, items)
        first = listed.strangers is None
        listed.known = {card.id for card in cards}
        listed.due_at = now if again else now + self._pause(listed)
        if len(found.items) > _LONG:
            listed.since = max(seconds(each.updated_at) for each in found.items)
        open_ = [each for each in items.values() if each.ref.kind == "change" and each.open]
        strangers = [each for each in open_ if each.number not in numbers]
        if first:
            listed.strangers = {each.number for each in strangers}
        return tuple(each for each in strangers if each.number not in (listed.strangers or ()))

    def _seen(self, card: Card, link: Link, item: Issue, as_of: float) -> bool:
        """Whether it could be compared: not if the card has changed since the list was asked for."""
        present = self._memory.present(card)
        if present is None:
            return card.id not in self._memory.engine.state.cards
        if event := item_seen(present, link, item, as_of):
            self._memory.engine.record((event,))
        return True

    def _changes(self, listed: Listed, cards: tuple[Card, ...], items: dict[int, Issue]) -> None:
        """Whoever has a change request that has changed asks for it."""
        now = self._memory.clock()
        changed = {number for number, each in items.items() if listed.seen_at.get(number) != each.updated_at}
        ours = {link.ref.number for card in cards for link in links(card)}
        ours |= {getattr(card.forge.request, "number", 0) for card in cards}
        if changed & ours and listed.seen_at:
            listed.changed_at = now
        listed.seen_at |= {number: items[number].updated_at for number in changed}
        for card in cards:
            request = card.forge.request
            number = getattr(request, "number", 0)
            if number in changed and getattr(request, "updated_at", "") != items[number].updated_at:
                self._memory.last(card.id).forced = True

    def _pause(self, listed: Listed) -> float:
        return ACTIVE if self._memory.clock() - listed.changed_at < _ACTIVE_FOR else QUIET

    async def _renamed(self, account: Account, repository: RepositoryRef, cards: tuple[Card, ...]) -> bool:
        """Whether it has another name: by the former one a list would lose what was asked for."""
        found = await ask(account, lambda forge: forge.repository(repository))
        if found.ref.same(repository):
            return False
        self._memory.names[repository] = found.ref
        now = self._memory.clock()
        for card in cards:
            for link in links(card):
                if link.ref.repository.same(repository):
                    to = ItemRef(found.ref, link.ref.number, link.ref.kind)
                    self._memory.engine.record((ItemMoved(now, card.id, link.ref, to),))
        return True

    async def _verify(self, account: Account, card: Card) -> None:
        link = card.forge.issue
        assert link is not None
        ref = link.ref
        try:
            item = await ask(account, lambda forge: forge.issue(ref))
        except ForgeError as error:
            if of_account(error):
                raise
            if error.trouble is Trouble.MISSING:
                await ask(account, lambda forge: forge.repository(ref.repository))  # it is not all hidden
            if (
                error.trouble in (Trouble.GONE, Trouble.MISSING)
                and self._memory.present(card)
                and not link.gone
            ):
                self._memory.engine.record((ItemGone(self._memory.clock(), card.id, ref, str(error)),))
            return
        if not item.ref.repository.same(ref.repository) or item.number != ref.number:
            if self._memory.present(card):
                self._memory.engine.record((ItemMoved(self._memory.clock(), card.id, ref, item.ref),))
            return
        if (present := self._memory.present(card)) and (
            event := item_seen(present, link, item, self._memory.clock())
        ):
            self._memory.engine.record((event,))


def _since(repository: RepositoryRef, cards: tuple[Card, ...], now: float) -> float:
    """What has changed since the item that was changed first, as far as is known of each."""
    known = [
        seconds(link.synced.seen.revision)
        for card in cards
        for link in links(card)
        if link.ref.repository.same(repository)
    ]
    known = [each for each in known if each]
    return min(known) if known else now - _BEFORE


def _covered(listed: Listed, link: Link, found: Changed) -> bool:
    """Whether an item that is not in the list has not changed."""
    return found.whole and seconds(link.synced.seen.revision) >= listed.since


def _key(repository: RepositoryRef) -> str:
    return str(repository).casefold()
