"""Does what a card has to do on its forge: one request after another, each noted before it is made.

An act is in the journal as sent before its request. After a crash it is in doubt, and looked for first.
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.core.errors import OrchError
from orchestrator.core.events import Event
from orchestrator.core.forge.events import (
    ActDone,
    ActRefused,
    ActSent,
    ActSettled,
    ItemClaimed,
    ItemGone,
    ItemMoved,
    ItemPublished,
    ItemReleased,
    ItemSeen,
    ItemWanted,
)
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.issues.comment import REMOVED, claim_text, written
from orchestrator.core.forge.issues.linking import claim_refused
from orchestrator.core.forge.issues.status import published
from orchestrator.core.forge.links import Link, Outgoing, Owed, owed
from orchestrator.core.forge.marks import Mark
from orchestrator.core.forge.outbox.acts import FieldAct, Push
from orchestrator.core.forge.outbox.compare import compare
from orchestrator.core.forge.outbox.fields import ME, Wanted, among, ordered
from orchestrator.core.forge.outbox.receipts import Fate, fate
from orchestrator.core.model import Card
from orchestrator.hub.forge import queued, renamed
from orchestrator.hub.forge.accounts import Account, Accounts, Place
from orchestrator.hub.forge.asking import Asking, LeavingError
from orchestrator.hub.forge.changes.pushing import PushEffects
from orchestrator.hub.forge.issues import publishing
from orchestrator.hub.forge.kinds import Asked
from orchestrator.hub.forge.pauses import Pauses
from orchestrator.hub.loop.engine import Engine
from orchestrator.world.forge import looking
from orchestrator.world.forge.errors import ForgeError, Trouble, passes
from orchestrator.world.forge.forge import Forge

_UNTIL_FIXED = (Trouble.NO_TOKEN, Trouble.AUTH, Trouble.SSO)
"""Somebody has to do something about the token: it is tried again from time to time."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ForgeEffects:
    """Takes the next step for a card."""

    engine: Engine
    asking: Asking
    pushes: PushEffects
    accounts: Accounts = field(default_factory=Accounts)
    pauses: Pauses = field(default_factory=Pauses)
    unpublished: Pauses = field(default_factory=lambda: Pauses(60.0))
    """Cards whose commit was not to be seen yet."""
    _fresh: set[tuple[str, str]] = field(default_factory=set)
    """Acts (card, act) that were noted as sent by this process, and whose request has not been made."""

    async def carry_out(self, card: Card) -> Iterable[Event]:
        """What has become of the step; nothing if it has to wait."""
        step = owed(card.forge)
        if step is None or self.pauses.waits(card.id):
            return ()
        if step.act and not isinstance(step.act.act, FieldAct):
            return await self._queued(card, step, step.act)
        link = card.forge.link(step.item) if step.item else None
        if link is None or (step.kind == "publish" and self.unpublished.waits(card.id)):
            return ()
        try:
            place = await self.accounts.of(Path(card.repo))
            if place.account.forge.host.casefold() != link.ref.repository.host.casefold():
                raise ForgeError(
                    Trouble.MISSING, f"{link.ref} is elsewhere", "the repository's remote changed"
                )
            if place.account.pause.waits():
                return ()
            events = await self._step(card, step, link, place)
        except LeavingError:
            return ()
        except ForgeError as error:
            self._not_fresh(card.id, step)
            self.pauses.refused(card.id, error)
            _log.warning("%s: %s", card.id, error)
            if error.trouble is Trouble.MOVED:
                return await renamed.moved(self.asking, card.id, step, link, place)
            if error.trouble is Trouble.MISSING and await renamed.hidden(self.asking, link, place):
                return await renamed.by_remote(self.asking, card.id, step, link, place)
            return _failed(card, step, link, error)
        except OrchError as error:  # of git or the configuration
            self._not_fresh(card.id, step)
            self.pauses.failed(card.id)
            _log.warning("%s cannot reach its issue: %s", card.id, error)
            return ()
        self.pauses.done(card.id)
        return events

    def retry_at(self, card: Card) -> float:
        """When the next step for the card is taken, in seconds since the epoch; 0 if that does not wait."""
        account = self.accounts.known_of(card.repo)
        return max(self.pauses.until(card.id), account.pause.until if account else 0.0)

    def no_pause(self, card: Card) -> None:
        """The next step for the card is taken at once."""
        self.pauses.done(card.id)
        self.unpublished.done(card.id)
        if account := self.accounts.known_of(card.repo):
            account.pause.end()

    async def _queued(self, card: Card, step: Owed, act: Outgoing) -> Iterable[Event]:
        """The next step of an act that was asked for once: noted, requested, or found out about."""
        mark = Mark(self.engine.journal.id, card.id, "act", act.id)
        fresh = (card.id, act.id) in self._fresh
        if isinstance(act.act, Push):
            return await self._push(card, step, act, fresh=fresh)
        try:
            place = await self.accounts.of(Path(card.repo))
            if place.account.pause.waits():
                return ()
            if step.kind == "send":
                self._fresh.add((card.id, act.id))
                return (ActSent(time.time(), card.id, act.id, act.act, act.item),)
            self._not_fresh(card.id, step)
            at = act.item.repository if act.item else place.chosen.repository
            asked, work = Asked(card, act, at, mark), queued.send if fresh else queued.find_out
            events = await self.asking.ask(place.account, lambda forge: work(forge, asked))
        except LeavingError:
            return ()
        except ForgeError as error:
            self.pauses.refused(card.id, error)
            _log.warning("%s: %s", card.id, error)
            if not fresh or error.maybe_done:
                return ()
            later = passes(error) or error.trouble in _UNTIL_FIXED
            return (ActRefused(time.time(), card.id, act.id, str(error), again=later),)
        except OrchError as error:  # of git or the configuration: nothing was sent
            self.pauses.failed(card.id)
            self._not_fresh(card.id, step)
            _log.warning("%s cannot reach its forge: %s", card.id, error)
            return (ActRefused(time.time(), card.id, act.id, str(error), again=True),) if fresh else ()
        self.pauses.done(card.id)
        return events

    async def _push(self, card: Card, step: Owed, act: Outgoing, *, fresh: bool) -> Iterable[Event]:
        """The same for a push, which needs git alone."""
        if step.kind == "send":
            self._fresh.add((card.id, act.id))
            return (ActSent(time.time(), card.id, act.id, act.act, act.item),)
        self._not_fresh(card.id, step)
        events = await self.pushes.carry_out(card, act, fresh=fresh)
        waits = not events or (isinstance(events[-1], ActRefused) and events[-1].again)
        (self.pauses.failed if waits else self.pauses.done)(card.id)
        return events

    async def _step(self, card: Card, step: Owed, link: Link, place: Place) -> Iterable[Event]:
        account = place.account
        mark = Mark(self.engine.journal.id, card.id, "claim" if link.claim in ("wanted", "held") else "free")
        match step:
            case Owed("claim"):
                return await self._claim(card, link, account, mark)
            case Owed("doubt", act) if act and isinstance(act.act, FieldAct) and act.before:
                if (card.id, act.id) in self._fresh:
                    return await self._send(card.id, link, act, act.act, account, mark)
                return await self._find_out(card.id, link, act, act.act, account, mark)
            case Owed("sync"):
                return await self._compare(card, link, account, mark)
            case Owed("publish"):
                return await self._published(card, link, place)
            case Owed("release"):
                own = link.synced.written.comment
                await self.asking.ask(
                    account, lambda forge: looking.release(forge, link.ref, mark, link.parting, own)
                )
                return (ItemReleased(time.time(), card.id, link.ref),)
            case _:
                self.pauses.failed(card.id)
                return ()

    async def _claim(self, card: Card, link: Link, account: Account, mark: Mark) -> Iterable[Event]:
        settings = (await self.accounts.of(Path(card.repo))).settings
        text = claim_text(link.progress.stage, shows=self.engine.rules(link.ref.repository).comment)
        held = {
            each.id
            for each in self.engine.state.cards.values()
            if each.forge.issue and each.forge.issue.ref.same(link.ref)
        }

        def work(forge: Forge) -> ItemClaimed | ItemMoved:
            there = forge.issue(link.ref).ref
            if not there.same(link.ref):
                return ItemMoved(time.time(), card.id, link.ref, there)
            left = looking.left_claim(forge, link.ref, mark.board)
            if left and left.card not in held:  # its card was removed
                looking.free(forge, link.ref, left, REMOVED)
            looking.claim(forge, link.ref, mark, text, login="")
            seen = looking.look(forge, link.ref, mark)
            wanted = Wanted().with_label(settings.label, there=True) if settings.label else Wanted()
            if settings.assign:
                wanted = wanted.with_assignee(forge.identity().login, there=True)
            return ItemClaimed(time.time(), card.id, link.ref, written(seen.comment, text), seen, wanted)

        return (await self.asking.ask(account, work),)

    async def _compare(self, card: Card, link: Link, account: Account, mark: Mark) -> Iterable[Event]:
        if among(ME, link.synced.wanted.assignees):
            return await self._named(card, link, account)
        wants_comment = link.synced.wanted.comment is not None
        own = link.synced.seen.comment_id
        remote = await self.asking.ask(
            account, lambda forge: looking.look(forge, link.ref, mark if wants_comment else None, own)
        )
        now = time.time()
        seen = ItemSeen(now, card.id, link.ref, remote)
        acts = compare(link.synced, remote).acts
        if not acts:
            return (seen,)
        act = f"a{self._now(card).forge.next_act}"  # one may have been queued meanwhile
        self._fresh.add((card.id, act))
        return seen, ActSent(now, card.id, act, acts[0], link.ref, remote)

    async def _named(self, card: Card, link: Link, account: Account) -> Iterable[Event]:
        """Who is to be assigned, by name."""
        login = (await self.asking.ask(account, lambda forge: forge.identity())).login
        link = self._now(card).forge.link(link.ref) or link
        wanted = link.synced.wanted
        names = tuple(login if each == ME else each for each in wanted.assignees)
        return (ItemWanted(time.time(), card.id, link.ref, replace(wanted, assignees=ordered(names))),)

    async def _published(self, card: Card, link: Link, place: Place) -> Iterable[Event]:
        """What follows once everybody can see the commit; until then it is looked at from time to time."""
        if not await publishing.is_public(
            card, link, place, lambda what: self.asking.ask(place.account, what)
        ):
            self.unpublished.failed(card.id)
            return ()
        self.unpublished.done(card.id)
        link = self._now(card).forge.link(link.ref) or link
        return (ItemPublished(time.time(), card.id, link.ref, *published(link, self.engine.rules)),)

    def _now(self, card: Card) -> Card:
        """The card as it is by now."""
        state = self.engine.state
        return state.cards.get(card.id) or state.departed.get(card.id) or card

    async def _send(
        self, card: str, link: Link, act: Outgoing, what: FieldAct, account: Account, mark: Mark
    ) -> Iterable[Event]:
        self._fresh.discard((card, act.id))
        own = act.before.comment_id if act.before else 0
        now_own = await self.asking.ask(
            account, lambda forge: looking.carry_out(forge, link.ref, what, mark, own)
        )
        return (ActDone(time.time(), card, act.id, comment=now_own if what.kind == "comment" else 0),)

    async def _find_out(
        self, card: str, link: Link, act: Outgoing, what: FieldAct, account: Account, mark: Mark
    ) -> Iterable[Event]:
        before = act.before
        assert before is not None

        def work(forge: Forge) -> tuple[Fate, int]:
            comments = what.kind == "comment"
            remote = looking.look(forge, link.ref, mark if comments else None, before.comment_id)
            found = fate(what, before, remote)
            if found is NOT_FETCHED:
                history = forge.history(link.ref, act.sent_at)
                found = fate(what, before, remote, history, forge.identity().login)
            own = remote.comment_id if comments else 0
            return (Fate.UNCLEAR, own) if found is NOT_FETCHED else (found, own)

        found, own = await self.asking.ask(account, work)
        return (ActSettled(time.time(), card, act.id, found, own),)

    def _not_fresh(self, card: str, step: Owed) -> None:
        """The act is looked for before it is sent."""
        if step.act:
            self._fresh.discard((card, step.act.id))


def _failed(of: Card, step: Owed, link: Link, error: ForgeError) -> tuple[Event, ...]:
    """What follows from a failure: nothing where the step is taken again as it is."""
    now, later = time.time(), passes(error) or error.trouble in _UNTIL_FIXED
    card, act = of.id, step.act
    gone = error.trouble in (Trouble.GONE, Trouble.MISSING)
    if step.kind == "claim":
        return () if later or error.maybe_done else claim_refused(of, link.ref, str(error), now)
    if gone and act:
        settled = ActSettled(now, card, act.id, Fate.UNCLEAR)
        return settled, ItemGone(now, card, link.ref, str(error))
    if gone:
        return (ItemGone(now, card, link.ref, str(error)),)
    if act is None or error.maybe_done:
        return ()
    return (ActRefused(now, card, act.id, str(error), again=later),)
