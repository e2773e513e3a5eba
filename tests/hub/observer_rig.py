"""The observer of forges without a hub around it: against the stand-in, by a clock that the test moves."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from orchestrator.core.errors import Refused
from orchestrator.core.events import CardCreated, Event, WorktreeAdded
from orchestrator.core.evolve import evolve
from orchestrator.core.forge.events import ItemLinked
from orchestrator.core.forge.fresh import Fresh
from orchestrator.core.forge.links import CardForge
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import fields_of
from orchestrator.core.forge.remotes import Chosen
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.model import State, Worktree
from orchestrator.hub.forge.accounts import Account, Place
from orchestrator.hub.forge.observing import observer as observing
from orchestrator.hub.forge.observing.observer import Observer
from orchestrator.world.forge.github.client import GitHub
from orchestrator.world.forge.github.token import Token
from tests.forge.server import Server
from tests.forge.state import Item

START = 1_767_225_700.0
"""A minute and more after the stand-in's own clock began."""


@dataclass
class Engine:
    """What the observer needs of one."""

    state: State = field(default_factory=State)
    events: list[Event] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    fresh: Callable[[str], Fresh] = lambda _: Fresh()

    def record(self, events: Iterable[Event]) -> None:
        for event in events:
            self.events.append(event)
            self.state = evolve(self.state, event)

    def show(self, cards: Iterable[str]) -> None:
        self.shown += cards

    def with_fresh(self, fresh: Callable[[str], Fresh]) -> None:
        self.fresh = fresh


class ObserverRig:
    """Cards are `c1`, `c2`, … with the branches `orch/n1`, `orch/n2`, …; `pushed` has their commits."""

    def __init__(self, server: Server, monkeypatch: Any) -> None:
        self.server, self.now = server, START
        server.reset = int(START) + 3600
        self.engine = Engine()
        self.pushed: dict[str, str] = {}
        self.path = {"/repo": "ada/shop"}
        monkeypatch.setattr(observing, "pushed", lambda _path, _remote, names: self._pushed(names))
        self.restart()

    def restart(self) -> None:
        """A new hub, which knows what is in the journal."""
        self.github = GitHub(self.server.api, lambda: Token("ghp_ada_secret", "a test"))
        self.github.connection.clock = lambda: self.now
        self.account = Account(self.github)
        rig = self

        class Accounts:
            known = (self.account,)

            def known_of(self, _: str) -> Account:
                return rig.account

            async def of(self, repo: Path) -> Place:
                if str(repo) not in rig.path:
                    raise Refused(f"{repo} has no remote")
                shop = rig.ref(rig.path[str(repo)])
                return Place(rig.account, Chosen(shop, "origin", shop, "origin"))

        self.observer = Observer(cast("Any", self.engine), cast("Any", Accounts()), lambda: self.now)

    def ref(self, path: str = "ada/shop") -> RepositoryRef:
        owner, _, name = path.partition("/")
        return RepositoryRef(f"127.0.0.1:{self.server.port}", owner, name)

    def card(self, number: int, issue: Item | None = None, repo: str = "/repo") -> str:
        """A card, linked with an issue as it is now."""
        name = f"c{number}"
        made = CardCreated(
            1.0, name, f"n{number}", "Fix", "", repo, "main", f"orch/n{number}", f"{repo}/{name}"
        )
        tree = Worktree(f"{repo}/{name}", f"orch/n{number}", "ba5e", made=True)
        self.engine.record((made, WorktreeAdded(1.0, name, tree)))
        if issue:
            path = self.path[repo]
            found = self.github.issue(ItemRef(self.ref(path), issue.number))
            linked = ItemLinked(1.0, name, found.ref, found.title, found.url, Synced(fields_of(found)))
            self.engine.record((linked,))
        return name

    def forge(self, card: str = "c1") -> CardForge:
        return self.engine.state.cards[card].forge

    def fresh(self, card: str = "c1") -> Fresh:
        return self.engine.fresh(card)

    def look(self) -> None:
        """One look, at once."""
        asyncio.run(self.observer.look())

    def goes(self, seconds: float, step: float = 5.0) -> None:
        """That much time goes by, with a look every few seconds."""

        async def looks() -> None:
            end = self.now + seconds
            while self.now < end:
                self.now += step
                await self.observer.look()

        asyncio.run(looks())

    def asked(self, part: str = "", since: int = 0) -> list[str]:
        """The requests whose path has that part, each as `METHOD path status`."""
        found = self.server.requests[since:]
        return [f"{each.method} {each.path} {each.status}" for each in found if part in each.path]

    def _pushed(self, names: Iterable[str]) -> dict[str, str]:
        return {name: self.pushed[name] for name in names if name in self.pushed}
