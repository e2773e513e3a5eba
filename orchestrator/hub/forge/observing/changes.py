"""The change requests of cards: of branches that were pushed, and those that are known, in batches."""

import math
from collections.abc import Iterable, Mapping, Sequence

from orchestrator.core.forge.changes.change import ChangeRequest, FoundChange
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.items import Issue
from orchestrator.core.forge.observing import change_of, change_seen, is_of, lacks_change, pause
from orchestrator.core.forge.repository import ItemRef
from orchestrator.core.model import Card
from orchestrator.hub.forge.accounts import Account
from orchestrator.hub.forge.observing.memory import Group
from orchestrator.hub.forge.observing.rounds import Memory, ask, of_account, why
from orchestrator.world.forge.errors import ForgeError
from orchestrator.world.forge.forge import Branch

_SOONEST = 5.0
"""Seconds between two questions for one change request, whatever has happened."""
_AGAIN = 300.0
_NOT_TOLD = "it was not told"


class Changes:
    """The questions for change requests. All raise `ForgeError` for what concerns the whole account."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def of_branches(self, group: Group) -> None:
        """Asks for the change requests of branches that were pushed since that was asked last: a branch that
        has none is not asked for again."""
        due = [
            card
            for card in group.cards
            if (commit := group.pushed.get(card.branch)) and self._branch_is_due(card, commit)
        ]
        if not due:
            return
        now, owner = self._memory.clock(), group.owners[0]
        branches = {card.id: Branch(card.branch, owner) for card in due}
        for card in due:
            self._memory.last(card.id).at = now
        try:
            found = await ask(
                group.account, lambda forge: forge.changes_of(group.repository, list(branches.values()))
            )
        except ForgeError as error:
            self._failed(due, error, {card.id: group.pushed[card.branch] for card in due})
            return
        for card in due:
            last = self._memory.last(card.id)
            answer = found[branches[card.id]]
            last.answered(group.pushed[card.branch], now + _AGAIN if answer is NOT_FETCHED else math.inf)
            self._take(card, answer)

    async def of_strangers(self, group: Group, strangers: Sequence[Issue]) -> None:
        """Finds out whose change requests these are: a person may have opened one for a card's branch."""
        listed = self._memory.listed.get(str(group.repository).casefold())
        lacking = [card for card in group.cards if lacks_change(card)]
        if not strangers or listed is None or listed.strangers is None:
            return
        refs = [ItemRef(group.repository, each.number, "change") for each in strangers]
        if lacking:
            try:
                found = await ask(group.account, lambda forge: forge.changes(refs))
            except ForgeError as error:
                self._failed((), error)
                return
            for answer in found.values():
                if isinstance(answer, ChangeRequest):
                    for card in lacking:
                        if is_of(card, answer, group.owners):
                            self._take(card, answer)
        listed.strangers |= {each.number for each in strangers}

    async def known(self, account: Account, cards: Iterable[Card], pushed: dict[str, str]) -> None:
        """Asks for those that are due: by what was seen of them last, and those that have changed. `pushed`
        has the commits of the cards' branches."""
        refs: dict[str, ItemRef] = {}
        now = self._memory.clock()
        asked = []
        for card in cards:
            ref = change_of(card)
            if ref and self._is_due(card, pushed.get(card.id, ""), now):
                refs[card.id] = ref
                asked.append(card)
        if not refs:
            return
        for card in asked:
            self._memory.last(card.id).at = now
        wanted = list(dict.fromkeys(refs.values()))
        try:
            found = await ask(account, lambda forge: forge.changes(wanted))
        except ForgeError as error:
            self._failed(asked, error, pushed)
            return
        for card in asked:
            answer = found[refs[card.id]]
            if answer is NOT_FETCHED:
                self._memory.fresh.stale([card.id], change=_NOT_TOLD)
            last = self._memory.last(card.id)
            last.answered(pushed.get(card.id, ""), now + _AGAIN if answer is NOT_FETCHED else math.inf)
            self._take(card, answer)

    # --- inside ----------------------------------------------------------------------------------

    def _take(self, card: Card, answer: FoundChange) -> None:
        """A card that has changed since the question keeps what it knows, if that is later."""
        present = self._memory.engine.state.cards.get(card.id)
        if present and (event := change_seen(present, answer, self._memory.clock())):
            self._memory.engine.record((event,))
        if isinstance(answer, ChangeRequest):
            self._memory.fresh.fetched([card.id], change=answer.as_of)

    def _branch_is_due(self, card: Card, commit: str) -> bool:
        last, now = self._memory.last(card.id), self._memory.clock()
        if not lacks_change(card) or now - last.at < _SOONEST:
            return False
        return last.commit != commit or last.forced or now >= last.again_at

    def _is_due(self, card: Card, commit: str, now: float) -> bool:
        last, request = self._memory.last(card.id), card.forge.request
        if now - last.at < _SOONEST:
            return False
        moved = bool(last.commit) and commit != last.commit
        if last.forced or moved or now >= last.again_at:
            return True
        return now - last.at >= pause(request, now)

    def _failed(
        self, cards: Iterable[Card], error: ForgeError, pushed: Mapping[str, str] | None = None
    ) -> None:
        if of_account(error):
            raise error
        cards = list(cards)
        self._memory.fresh.stale([card.id for card in cards], change=why(error))
        for card in cards:
            again_at = self._memory.clock() + _AGAIN
            self._memory.last(card.id).answered((pushed or {}).get(card.id, ""), again_at)
