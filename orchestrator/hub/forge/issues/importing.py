"""Issues become cards: imported, linked, unlinked. One issue has one card, on all boards."""

import asyncio
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.config import GitHubSettings
from orchestrator.core.board.views import CardView
from orchestrator.core.errors import NotUnderstood, OrchError
from orchestrator.core.forge.events import ClaimRefused
from orchestrator.core.forge.issues.commands import FetchedIssue, LinkIssue, QueueIssue, UnlinkIssue
from orchestrator.core.forge.issues.linking import no_issue, taken
from orchestrator.core.forge.issues.prompt import TEMPLATE, prompt_of
from orchestrator.core.forge.issues.status import unlinked
from orchestrator.core.forge.items import Comment, Issue
from orchestrator.core.forge.marks import claimant
from orchestrator.core.forge.outbox.acts import CreateIssue
from orchestrator.core.forge.outbox.fields import fields_of
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.forge.views import Imported
from orchestrator.core.requests.cards import New, Start
from orchestrator.core.requests.issues import CreateIssueFrom, ImportIssues, LinkIssueTo, UnlinkIssueFrom
from orchestrator.core.text.clean import one_line
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.forge.accounts import Accounts
from orchestrator.hub.forge.issues.listing import only_issue
from orchestrator.hub.loop.engine import RefusedError, refusal
from orchestrator.hub.services.cards import CardService
from orchestrator.hub.services.lookup import whole_path
from orchestrator.world.forge.errors import ForgeRefused, Trouble
from orchestrator.world.forge.forge import Forge

MOST = 50
"""Issues that are imported by one request."""
_CLAIMED_WITHIN = 20.0
"""Seconds that an import waits for its claims; later ones are made nevertheless."""
_RELEASED_WITHIN = 5.0
_WRITTEN_WITHIN = 2.0
"""Seconds within which an event is in the journal."""
_LOOKS = 0.05


@dataclass(frozen=True, slots=True)
class IssueImports:
    """Every method raises `RefusedError`, `ForgeError`, or an error of git or the configuration."""

    cards: CardService
    accounts: Accounts
    ruled: Collection[str] = ()
    """Labels by which rules answer requests: no issue gives them to a card."""

    async def imports(self, request: ImportIssues, speaker: Speaker) -> tuple[Imported, ...]:
        """What became of each issue. A single one that cannot be imported is refused."""
        numbers = tuple(dict.fromkeys(request.numbers))
        if not 1 <= len(numbers) <= MOST or min(numbers) < 1:
            raise NotUnderstood("cannot import these issues", f"name 1 to {MOST} numbers, each from 1")
        repo = whole_path(request.repo)
        found = []
        for number in numbers:
            try:
                made = await self._one(repo, number, comments=request.comments)
                found.append(await self._started(made, speaker) if request.start else made)
            except OrchError as error:
                if len(numbers) == 1:
                    raise
                found.append(Imported(number, "", "", refused=str(error)))
        return tuple(found)

    async def by_rule(self, repo: Path, number: int, rule: str) -> Imported:
        """The card of an open issue, in the backlog; `rule` is what imports it, as text."""
        return await self._one(repo, number, rule=rule)

    async def link(self, request: LinkIssueTo, speaker: Speaker) -> CardView:
        """The card with its issue; refused if another board has claimed it."""
        card = self.cards.find(request.card)
        issue, _ = await self._fetched(Path(card.repo), request.number, comments=False)
        settings = await self._settings(Path(card.repo))
        await self.cards.engine.submit(LinkIssue(card.id, _facts(issue, settings)), speaker)
        await self._claimed(card.id, issue.ref)
        return self.cards.view(card.id)

    async def create(self, request: CreateIssueFrom, speaker: Speaker) -> CardView:
        """The card with the issue that was created from it, or that is going to be."""
        card = self.cards.find(request.card)
        await self.accounts.of(Path(card.repo))
        settings = await self._settings(Path(card.repo))
        labels = tuple(each for each in map(one_line, request.labels) if each)
        command = QueueIssue(card.id, labels, "wanted" if settings.claim else "")
        await self.cards.engine.submit(command, speaker)
        await self._created(card.id)
        return self.cards.view(card.id)

    async def unlink(self, request: UnlinkIssueFrom, speaker: Speaker) -> CardView:
        """The card without its issue, whose claim is released as soon as the forge can be reached."""
        card = self.cards.find(request.card)
        link = card.forge.issue
        if link is None:
            raise RefusedError(no_issue(card))
        rules = self.cards.engine.rules
        release = None if request.force else unlinked(card, link, rules, time.time())
        await self.cards.engine.submit(UnlinkIssue(card.id, release), speaker)
        await self._released(card.id, link.ref)
        return self.cards.view(card.id)

    # --- inside ----------------------------------------------------------------------------------

    async def _one(self, repo: Path, number: int, *, comments: bool = False, rule: str = "") -> Imported:
        issue, said = await self._fetched(repo, number, comments=comments)
        if rule and not issue.open:
            raise refusal(f"{issue.ref} is closed")
        settings = await self._settings(repo)
        new = New(
            one_line(issue.title) or f"Issue {number}",
            repo=str(repo),
            prompt=prompt_of(settings.prompt or TEMPLATE, issue, said),
            labels=self._labels(issue.labels),
            backlog=True,
        )
        card = (await self.cards.new(new, issue=replace(_facts(issue, settings), rule=rule))).id
        pending = await self._claimed(card, issue.ref)
        made = self.cards.find(card)
        return Imported(number, issue.title, issue.url, card, made.slug, pending=pending)

    async def _started(self, made: Imported, speaker: Speaker) -> Imported:
        """A card that cannot be started stays in the backlog."""
        fields = (made.number, made.title, made.url, made.card, made.slug)
        try:
            await self.cards.start(Start(made.card), speaker)
        except OrchError as error:
            return Imported(*fields, pending=f"not started: {error}")
        return Imported(*fields, started=True, pending=made.pending)

    async def _fetched(self, repo: Path, number: int, *, comments: bool) -> tuple[Issue, tuple[Comment, ...]]:
        """The issue, which no card and no other board has."""
        place = await self.accounts.of(repo)
        state, board = self.cards.engine.state, self.cards.engine.journal.id
        asked = ItemRef(place.chosen.repository, number)
        if owner := taken(state, asked):
            raise RefusedError(owner)
        issue, said = await place.account.ask(
            lambda forge: _issue(forge, place.chosen.repository, number, board)
        )
        if owner := taken(self.cards.engine.state, issue.ref):
            raise RefusedError(owner)
        return issue, said if comments else ()

    async def _claimed(self, card: str, ref: ItemRef) -> str:
        """Waits until the card has the issue on the forge; what is still to be done after a while."""
        deadline = time.monotonic() + _CLAIMED_WITHIN
        while (now := self.cards.engine.state.cards.get(card)) is not None:
            link = now.forge.issue
            if link is None:
                raise refusal(f"{card} did not get {ref}", now.forge.claim_refused)
            if link.claim != "wanted":
                return ""
            if time.monotonic() > deadline:
                return f"the issue is claimed as soon as {ref.repository.host} can be reached"
            await asyncio.sleep(_LOOKS)
        raise refusal(f"{card} did not get {ref}", await self._refused(card))

    async def _refused(self, card: str) -> str:
        """Why a card has been removed that was created for an issue."""
        deadline = time.monotonic() + _WRITTEN_WITHIN
        while time.monotonic() < deadline:
            events = await asyncio.to_thread(self.cards.engine.journal.history, card)
            for each in events:
                if isinstance(each, ClaimRefused):
                    return each.why
            await asyncio.sleep(_LOOKS)
        return "the card was removed meanwhile"

    async def _created(self, card: str) -> None:
        """Waits until the card has its issue. Refused if the forge refused it."""
        deadline = time.monotonic() + _CLAIMED_WITHIN
        while (now := self.cards.engine.state.cards.get(card)) and time.monotonic() < deadline:
            act = next((each for each in now.forge.outbox if isinstance(each.act, CreateIssue)), None)
            if act is None:
                if now.forge.issue:
                    await self._claimed(card, now.forge.issue.ref)
                return
            if act.state == "refused":
                hint = f"Retry: orch forge retry {card}. Or drop it: orch forge drop {card}"
                raise refusal(f"no issue was created from {card}", act.why, hint)
            if act.why:
                return
            await asyncio.sleep(_LOOKS)

    async def _released(self, card: str, ref: ItemRef) -> None:
        """Waits until the forge knows that the card has not the issue any more, or cannot be reached."""
        deadline = time.monotonic() + _RELEASED_WITHIN
        while (now := self.cards.engine.state.cards.get(card)) and time.monotonic() < deadline:
            if not any(each.ref.same(ref) for each in now.forge.left):
                return
            await asyncio.sleep(_LOOKS)

    async def _settings(self, repo: Path) -> GitHubSettings:
        return (await self.accounts.of(repo)).settings

    def _labels(self, labels: Iterable[str]) -> tuple[str, ...]:
        plain = (one_line(each) for each in labels)
        return tuple(dict.fromkeys(each for each in plain if each and each not in self.ruled))


def _issue(forge: Forge, asked: RepositoryRef, number: int, board: str) -> tuple[Issue, tuple[Comment, ...]]:
    """The issue and its comments. Refused for a change request, and for what another board has claimed."""
    issue = only_issue(forge, ItemRef(asked, number))
    comments = forge.comments(issue.ref)
    found = claimant(comments)
    if found and found[1].board != board:
        what, why = f"{issue.ref} is taken", f"card {found[1].card} on the board of {found[0].author} has it"
        raise ForgeRefused(Trouble.REFUSED, what, why, "Unlink it there first.")
    return issue, comments


def _facts(issue: Issue, settings: GitHubSettings) -> FetchedIssue:
    seen = fields_of(issue)
    return FetchedIssue(issue.ref, issue.title, issue.url, seen, "wanted" if settings.claim else "")
