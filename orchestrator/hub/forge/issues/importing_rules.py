"""Imports issues by rules: those with a label, or assigned to the account. Their cards go to the backlog, and
no rule starts one: whoever may label or assign issues would start sessions otherwise."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from orchestrator.config import GitHubSettings
from orchestrator.core.board.views import Notice
from orchestrator.core.errors import OrchError
from orchestrator.core.forge.issues.import_rules import MOST, ImportRule, due, import_rules
from orchestrator.core.forge.items import Issue
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.core.forge.views import Imported, SyncedIssue, SyncedIssues
from orchestrator.core.requests.issues import SyncIssues
from orchestrator.hub.forge.accounts import Place
from orchestrator.hub.forge.issues.importing import IssueImports
from orchestrator.hub.loop.forever import endless
from orchestrator.hub.services.lookup import whole_path
from orchestrator.world.forge.errors import ForgeError, passes
from orchestrator.world.forge.forge import Forge, IssueFilter

_EVERY = 120.0
"""Seconds between two rounds. A quiet one costs only requests that the forge does not count."""
_LISTED = 500
"""Issues of a rule that are looked at, the latest change first."""

_log = logging.getLogger(__name__)


@dataclass
class IssueRules:
    """All methods run on the event loop's thread. `tell` shows a notice on every board."""

    imports: IssueImports
    forges: Collection[GitHubSettings]
    """The tables of the configuration: while none has a rule, nothing is looked for."""
    tell: Callable[[Notice], object]
    refresh: Callable[[Collection[str]], Awaitable[None]]
    """Asks the forge now for what belongs to these cards."""
    _refused: dict[str, str] = field(default_factory=dict)
    """When an issue had changed last that could not be imported, by its key: it is tried again once it
    changes."""
    _round: asyncio.Lock = field(default_factory=asyncio.Lock)
    _not_before: float = 0.0

    async def run(self) -> None:
        """Looks until it is cancelled."""
        faults = self.imports.cards.engine.faults
        await endless("import rules", self._due, faults, lambda: asyncio.sleep(_EVERY))

    async def sync(self, request: SyncIssues) -> SyncedIssues:
        """Asks for what belongs to cards, and imports what the rules find. Raises `RefusedError` for an
        unknown card or repository, and `ForgeError`."""
        engine = self.imports.cards.engine
        cards = await self._asked(request)
        if cards:
            await self.refresh(cards)
        imported = () if request.card else await self.look(request.repo)
        shown = (engine.view(card) for card in engine.state.cards.values() if card.id in cards)
        return SyncedIssues(
            tuple(SyncedIssue(each.id, each.slug, each.issue) for each in shown if each.issue), imported
        )

    async def look(self, repo: str = "", *, unasked: bool = False) -> tuple[Imported, ...]:
        """Imports what the rules find now, in all repositories or in that of a path: at most 20 issues. With
        `unasked` no person waits for it."""
        async with self._round:
            done: list[Imported] = []
            seen: set[str] = set()
            for path in [repo] if repo else self._paths():
                try:
                    done += await self._in(whole_path(path), seen, MOST - len(done), unasked=unasked)
                except OrchError as error:
                    _log.info("no issue is imported by rule in %s: %s", path, error)
                    if repo:
                        raise
                    self._wait(error)
            return tuple(done)

    async def _asked(self, request: SyncIssues) -> set[str]:
        """The cards that the request is about."""
        service = self.imports.cards
        if request.card:
            return {service.find(request.card).id}
        cards = [
            card for card in service.engine.state.cards.values() if card.forge.issue or card.forge.change
        ]
        if request.repo:
            there = (await self.imports.accounts.of(whole_path(request.repo))).chosen.repository
            links = {card.id: (card.forge.issue, card.forge.change) for card in cards}
            return {
                id_
                for id_, own in links.items()
                if any(each and each.ref.repository.same(there) for each in own)
            }
        return {card.id for card in cards}

    # --- inside ----------------------------------------------------------------------------------

    async def _due(self) -> None:
        if time.time() >= self._not_before:
            await self.look(unasked=True)

    def _wait(self, error: OrchError) -> None:
        if isinstance(error, ForgeError) and passes(error):
            self._not_before = max(self._not_before, error.retry_at)

    def _paths(self) -> tuple[str, ...]:
        """Those that are configured, and without any those of the cards."""
        tables = [each for each in self.forges if _rules(each)]
        if all(each.import_repositories for each in tables):
            return tuple(dict.fromkeys(path for each in tables for path in each.import_repositories))
        cards = self.imports.cards.engine.state.cards.values()
        named = (path for each in tables for path in each.import_repositories)
        return tuple(dict.fromkeys([*named, *(card.repo for card in cards)]))

    async def _in(self, repo: Path, seen: set[str], room: int, *, unasked: bool) -> list[Imported]:
        place = await self.imports.accounts.of(repo)
        rules = _rules(place.settings)
        key = str(place.chosen.repository).casefold()
        if not rules or room < 1 or key in seen:
            return []
        seen.add(key)
        found = await self._found(place, rules, unasked=unasked)
        done: list[Imported] = []
        for issue, words in found:
            if len(done) == room:
                break
            if made := await self._import(repo, issue, words):
                done.append(made)
        if done:
            self.tell(Notice(time.time(), done[0].card, _said(done)))
        return done

    async def _found(
        self, place: Place, rules: Sequence[ImportRule], *, unasked: bool
    ) -> list[tuple[Issue, str]]:
        """The issues that are to be imported, each with its rule."""
        asked = place.chosen.repository
        every: dict[str, tuple[Issue, str]] = {}
        for rule in rules:
            listed, login = await place.account.ask(partial(_listed, asked, rule), unasked=unasked)
            for issue in due(self.imports.cards.engine.state, listed):
                if self._refused.get(issue.ref.key) != issue.updated_at:
                    every.setdefault(issue.ref.key, (issue, rule.words(login)))
        return list(every.values())

    async def _import(self, repo: Path, issue: Issue, words: str) -> Imported | None:
        try:
            return await self.imports.by_rule(repo, issue.number, words)
        except OrchError as error:
            if isinstance(error, ForgeError) and passes(error):
                raise  # the others would meet it too
            _log.info("%s is not imported by rule (%s): %s", issue.ref, words, error)
            self._refused[issue.ref.key] = issue.updated_at
            return None


def _rules(settings: GitHubSettings) -> tuple[ImportRule, ...]:
    return import_rules(settings.import_labels, assigned=settings.import_assigned)


def _listed(asked: RepositoryRef, rule: ImportRule, forge: Forge) -> tuple[list[Issue], str]:
    """The issues of the rule, by the repository's present name: a redirected list loses its filter."""
    repository, login = forge.repository(asked).ref, forge.identity().login
    wanted = IssueFilter(labels=(rule.label,) if rule.label else (), assignee="" if rule.label else login)
    found = forge.issues(repository, wanted, _LISTED).issues
    return [each for each in found if rule.fits(each, login)], login


def _said(done: Iterable[Imported]) -> str:
    every = list(done)
    names = ", ".join(f"#{each.number} → {each.card}" for each in every)
    return f"{len(every)} {'issue' if len(every) == 1 else 'issues'} imported by rule: {names}"
