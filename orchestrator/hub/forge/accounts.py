"""The accounts on forges that repositories are configured for: one client, and one thread, for each."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from orchestrator.config import GitHubSettings
from orchestrator.core.forge.choosing import Configured, choose_forge
from orchestrator.core.forge.remotes import Chosen, NotChosen
from orchestrator.hub.forge.pauses import OF_ACCOUNT, Pause
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.services.new_cards import settings_of
from orchestrator.world.forge.errors import ForgeError, Trouble
from orchestrator.world.forge.forge import Forge
from orchestrator.world.forge.kinds import account, candidates
from orchestrator.world.worktrees import remotes

T = TypeVar("T")
_KEPT = 10.0
"""Seconds for which the place of a repository is kept: finding it takes a git process."""


@dataclass(frozen=True, slots=True)
class Place:
    """A repository's forge: the account, and what its remotes mean there."""

    account: "Account"
    chosen: Chosen
    settings: GitHubSettings = field(default_factory=GitHubSettings)
    """The table of the configuration."""


class Account:
    """One account. All its requests are made on its one thread, in their order; a request that is under way
    does not keep the hub from ending."""

    def __init__(self, forge: Forge) -> None:
        self.forge = forge
        self.pause = Pause()
        """While the account is of no use, nothing is asked that nobody waits for."""
        self._asked: SimpleQueue[tuple[Future[Any], Callable[[Forge], Any], bool]] = SimpleQueue()
        threading.Thread(target=self._run, name=f"forge-{forge.host}", daemon=True).start()

    async def ask(self, what: Callable[[Forge], T], *, unasked: bool = False) -> T:
        """What that returns. Raises `ForgeError`. With `unasked` no person waits for it: it fails at once
        while the account is paused."""
        answer: Future[T] = Future()
        self._asked.put((answer, what, unasked))
        return await asyncio.wrap_future(answer)

    def _run(self) -> None:
        while True:
            answer, what, unasked = self._asked.get()
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(self._done(what, unasked=unasked))
                except BaseException as error:  # noqa: BLE001  # it belongs to whoever asked
                    answer.set_exception(error)

    def _done(self, what: Callable[[Forge], T], *, unasked: bool) -> T:
        if unasked and self.pause.waits() and (known := self.pause.error):
            raise ForgeError(known.trouble, known.what, known.why, known.hint, retry_at=known.retry_at)
        try:
            found = what(self.forge)
        except ForgeError as error:
            if error.trouble in OF_ACCOUNT:
                self.pause.failed(error=error)
            elif error.trouble in (Trouble.MISSING, Trouble.GONE, Trouble.INVALID, Trouble.MOVED):
                self.pause.done()  # it has answered
            raise
        self.pause.done()
        return found


class Accounts:
    """All accounts that are in use. None is signed in before it is needed."""

    def __init__(self) -> None:
        self._accounts: dict[Configured, Account] = {}
        self._places: dict[Path, tuple[float, Place]] = {}

    @property
    def known(self) -> tuple[Account, ...]:
        """Those that were asked for anything so far."""
        return tuple(self._accounts.values())

    def known_of(self, repo: str) -> Account | None:
        """That of a repository of which it was asked for before."""
        known = self._places.get(Path(repo))
        return known[1].account if known else None

    async def of(self, repo: Path) -> Place:
        """That of the repository of a path. Raises `RefusedError` if no remote leads to its forge, and errors
        of git and the configuration."""
        known = self._places.get(repo)
        if known and time.monotonic() - known[0] < _KEPT:
            return known[1]
        settings, found = await asyncio.to_thread(lambda: (settings_of(repo), remotes(repo)))
        forges = settings.configured_forges
        fits = choose_forge(candidates(forges, found))
        if isinstance(fits, NotChosen):
            raise refusal(f"{repo} has no issues", fits.why, fits.hint)
        forge, chosen = fits
        place = Place(self._account(forge, forges), chosen, settings.all_forges[forge.name])
        self._places[repo] = time.monotonic(), place
        return place

    def _account(self, forge: Configured, forges: tuple[Configured, ...]) -> Account:
        key = replace(forge, name="", remote="", repository="", owners=())
        if key not in self._accounts:
            self._accounts[key] = Account(account(forge, forges))
        return self._accounts[key]
