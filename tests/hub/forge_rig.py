"""What a card has on a forge, without a hub around it: what is owed is done against the stand-in, and what
comes of it written down, until the whole is killed; a new life begins from what was written down."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from orchestrator.core.effects import owed_to_forge
from orchestrator.core.events import CardCreated, Event
from orchestrator.core.evolve import evolve
from orchestrator.core.forge.events import ActQueued
from orchestrator.core.forge.issues.status import StatusRules
from orchestrator.core.forge.links import CardForge
from orchestrator.core.forge.outbox.acts import QueuedAct
from orchestrator.core.forge.remotes import Chosen
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.model import Card, State
from orchestrator.hub.forge.accounts import Account, Place
from orchestrator.hub.forge.asking import Asking
from orchestrator.hub.forge.changes.pushing import PushEffects
from orchestrator.hub.forge.pauses import Pause, Pauses
from orchestrator.hub.forge.sending import ForgeEffects
from orchestrator.world.forge.github.client import GitHub
from orchestrator.world.forge.github.token import Token
from tests.forge.server import Server

BOARD = "b-1"


class Killed(BaseException):
    """As by kill -9."""


class _NoPauses(Pauses):
    def waits(self, card: str) -> bool:  # noqa: ARG002  # the base's signature
        return False


class _NoPause(Pause):
    def waits(self) -> bool:
        return False


@dataclass
class ForgeRig:
    """`wrote` is called before and after each write, and may raise `Killed`."""

    server: Server
    repo: str = "/repo"
    journal: list[Event] = field(default_factory=list)
    wrote: Callable[[str], None] = lambda _: None

    def __post_init__(self) -> None:
        self.github = GitHub(self.server.api, lambda: Token("ghp_ada_secret", "a test"))
        self._account = Account(self.github)
        self._account.pause = _NoPause()
        self.shop = RepositoryRef(f"127.0.0.1:{self.server.port}", "ada", "shop")
        self._begin()

    @property
    def state(self) -> State:
        state = State()
        for event in self.journal:
            state = evolve(state, event)
        return state

    @property
    def card(self) -> Card:
        return self.state.cards["c1"]

    @property
    def forge(self) -> CardForge:
        return self.card.forge

    def create(self, branch: str = "orch/n1") -> None:
        """The card."""
        made = CardCreated(1.0, "c1", "n1", "Fix the crash", "", self.repo, "main", branch, f"{self.repo}/wt")
        self.journal.append(made)

    def queue(self, act: QueuedAct, item: ItemRef | None = None) -> None:
        self.journal.append(ActQueued(2.0, "c1", f"a{self.forge.next_act}", act, item))

    def live(self, steps: int = 50) -> None:
        """Takes that many steps, or as many as are owed; one that changes nothing is the last."""
        for _ in range(steps):
            before = owed_to_forge(self.card)
            if before is None:
                return
            events = tuple(asyncio.run(self._done()))
            if not events:
                return
            self.wrote("before")
            self.journal += events
            self.wrote("after")

    def live_on(self, lives: int = 20) -> None:
        """One life after another, until nothing is owed."""
        for _ in range(lives):
            try:
                self.live()
                return
            except Killed:
                self._begin()
        raise AssertionError(f"{self.forge.outbox} after {lives} lives")

    def _begin(self) -> None:
        """A new process: nothing is in memory."""
        place = Place(self._account, Chosen(self.shop, "origin", self.shop, "origin"))

        class Accounts:
            async def of(self, _: object) -> Place:
                return place

        rig = self

        class Engine:
            journal = SimpleNamespace(id=BOARD)
            rules = staticmethod(lambda _: StatusRules())

            @property
            def state(self) -> State:
                return rig.state

        leaving = threading.Event()
        pushes = PushEffects(lambda _: {}, leaving)
        self._effects = ForgeEffects(
            cast("Any", Engine()), Asking(leaving), pushes, cast("Any", Accounts()), _NoPauses()
        )

    async def _done(self) -> list[Event]:
        return list(await self._effects.carry_out(self.card))
