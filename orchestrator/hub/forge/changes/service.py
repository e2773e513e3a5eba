"""Requests about a card's change request: published, merged, linked."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.board.views import CardView
from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.changes.commands import LinkChange, MergeChange, PublishCard, UnlinkChange
from orchestrator.core.forge.changes.decide import no_change, pending
from orchestrator.core.forge.changes.linking import merged_change
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.links import Outgoing
from orchestrator.core.forge.outbox.acts import Merge, OpenChange, Push
from orchestrator.core.forge.remotes import Chosen, GitRemote
from orchestrator.core.forge.repository import ItemRef
from orchestrator.core.landing.survey import Refusal
from orchestrator.core.model import Card
from orchestrator.core.requests.changes import LinkChangeTo, MergeChangeOf, Publish, UnlinkChangeFrom
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.effects.whereabouts import found_again
from orchestrator.hub.forge.accounts import Accounts
from orchestrator.hub.forge.changes.publication import publication, push_of
from orchestrator.hub.forge.changes.target import Target, target
from orchestrator.hub.loop.engine import RefusedError, refusal
from orchestrator.hub.services.cards import CardService
from orchestrator.world.forge.errors import ForgeError, ForgeMissing, Trouble, passes
from orchestrator.world.forge.forge import Forge
from orchestrator.world.worktrees import remotes
from orchestrator.world.worktrees.publishing import branch

_LOOKS = 0.05
_IN_DOUBT = 20.0
"""Seconds that a requester waits for what is not refused and not confirmed."""
_PUSHES = 900.0
_COMPUTES = (0.5, 1.0, 2.0)
"""Seconds after which a forge is asked again that did not know yet whether a branch merges."""


@dataclass(frozen=True, slots=True)
class ChangeRequests:
    """Every method raises `RefusedError`, `ForgeError`, or an error of git or the configuration."""

    cards: CardService
    accounts: Accounts

    async def publish(self, request: Publish, speaker: Speaker | None) -> CardView:
        """Pushes, and opens or updates the change request."""
        card = await self._found(request.card)
        root = Path(card.repo)
        command = PublishCard(card.id, None)
        if not (merged_change(card.forge) or card.finished or card.ending):
            place = await self.accounts.of(root)
            settings = place.settings
            found = await asyncio.to_thread(publication, card, _issue(card, place.chosen))
            if isinstance(found, Refusal):
                command = PublishCard(card.id, None, found)
            else:
                there = await asyncio.to_thread(remotes, root)
                push = push_of(
                    card,
                    found,
                    await place.account.ask(lambda forge: _target(forge, place.chosen, there)),
                    draft=settings.draft if request.draft is None else request.draft,
                    labels=settings.pull_request_labels,
                    reviewers=settings.reviewers,
                )
                command = PublishCard(card.id, push)
        await self.cards.engine.submit(command, speaker)
        if request.wait:
            await self._sent(card.id, Push, OpenChange)
        if merged_change(card.forge):
            return await self.cards.ended(card.id)
        return self.cards.view(card.id)

    async def push_new(self, card: Card) -> str:
        """Publishes what was committed since the session was sent its prompt, in the background. The commit,
        also if that is pushed already, such as by the session; empty if there is none."""
        tip = await asyncio.to_thread(branch.tip, Path(card.repo), card.branch)
        found, last = card.forge.request, card.forge.pushed
        known = (found.head_commit if isinstance(found, ChangeRequest) else "", last.commit if last else "")
        head = card.forge.autofix.head
        if not tip or tip == head:
            return ""
        if tip in known:
            return tip if head else ""
        await self.publish(Publish(card.id, wait=False), None)
        return tip

    async def merge(self, request: MergeChangeOf, speaker: Speaker) -> CardView:
        """Merges it, or adds it to the merge queue; a merged card moves to Done."""
        card = await self._found(request.card)
        link, root = card.forge.change, Path(card.repo)
        if link is None:
            raise RefusedError(no_change(card))
        place = await self.accounts.of(root)
        account, settings = place.account, place.settings
        found = await account.ask(lambda forge: _fetched(forge, link.ref))
        for pause in _COMPUTES:
            if not _computing(found):
                break
            await asyncio.sleep(pause)
            found = await account.ask(lambda forge: _fetched(forge, link.ref))
        change = found
        methods, queue = await account.ask(lambda forge: _ways(forge, change))
        tip = await asyncio.to_thread(branch.tip, root, card.branch) if card.worktree else ""
        method = request.method or (settings.merge_method if settings.merge_method in methods else "")
        command = MergeChange(card.id, found, method, methods, queue, tip, request.force)
        await self.cards.engine.submit(command, speaker)
        if request.wait:
            await self._sent(card.id, Merge)
            await self.cards.engine.settle(card.id)
        return self.cards.view(card.id)

    async def link(self, request: LinkChangeTo, speaker: Speaker) -> CardView:
        """The card with that change request."""
        card = self.cards.find(request.card)
        place = await self.accounts.of(Path(card.repo))
        ref = ItemRef(place.chosen.repository, request.number, "change")
        found = await place.account.ask(lambda forge: _fetched(forge, ref))
        await self.cards.engine.submit(LinkChange(card.id, found), speaker)
        return self.cards.view(card.id)

    async def unlink(self, request: UnlinkChangeFrom, speaker: Speaker) -> CardView:
        """The card without one."""
        card = self.cards.find(request.card)
        await self.cards.engine.submit(UnlinkChange(card.id), speaker)
        return self.cards.view(card.id)

    # --- inside ----------------------------------------------------------------------------------

    async def _found(self, ref: str) -> Card:
        """The card, whose worktree is recorded where it is by now."""
        card = self.cards.find(ref)
        if card.worktree and (moved := await asyncio.to_thread(found_again, card)):
            await self.cards.engine.record((moved,))
        return self.cards.find(card.id)

    async def _sent(self, card: str, *kinds: type) -> None:
        """Returns when nothing of these kinds is under way any more, or waits for the network. Raises
        `RefusedError` for one that was refused."""
        began = time.monotonic()
        while acts := self._pending(card, kinds):
            act, waited = acts[0], time.monotonic() - began
            if act.state in ("refused", "unclear"):
                raise refusal(act.why or "it is not known whether it was done", hint=f"See: orch show {card}")
            pushes = isinstance(act.act, Push) and act.state == "sent"
            if (act.state == "queued" and act.why) or waited > (_PUSHES if pushes else _IN_DOUBT):
                return
            await asyncio.sleep(_LOOKS)

    def _pending(self, card: str, kinds: tuple[type, ...]) -> tuple[Outgoing, ...]:
        now = self.cards.engine.state.cards.get(card)
        return pending(now, *kinds) if now else ()


def _target(forge: Forge, chosen: Chosen, there: Sequence[GitRemote]) -> Target:
    """Where the forge cannot be asked, the remote that git pushes to: what is decided waits in the outbox."""
    try:
        return target(forge, chosen, there)
    except ForgeError as error:
        if not passes(error):
            raise
        same = chosen.push.same(chosen.repository)
        return Target(chosen.push_remote, "" if same else chosen.push.owner)


def _fetched(forge: Forge, ref: ItemRef) -> ChangeRequest:
    found = forge.changes([ref])[ref]
    if isinstance(found, ChangeRequest):
        return found
    hint = "List pull requests: gh pr list"
    raise ForgeMissing(Trouble.MISSING, f"cannot read {ref}", "it is no pull request, or not there", hint)


def _computing(found: ChangeRequest) -> bool:
    merges = found.mergeability
    return found.state == "open" and merges is not NOT_FETCHED and merges.state == "computing"


def _ways(forge: Forge, change: ChangeRequest) -> tuple[tuple[str, ...], bool]:
    """The methods that its repository allows, and whether it merges by its queue alone."""
    ref = change.ref.repository
    return forge.repository(ref).merge_methods, forge.has_merge_queue(ref, change.base)


def _issue(card: Card, chosen: Chosen) -> str:
    """The card's issue, as it is named in a change request of that repository; empty for none."""
    link = card.forge.issue
    if link is None or link.gone:
        return ""
    same = link.ref.repository.same(chosen.repository)
    return f"#{link.ref.number}" if same else str(link.ref)
