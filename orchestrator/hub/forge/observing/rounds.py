"""What the parts of a round share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.core.model import Card
from orchestrator.hub.forge.accounts import Account
from orchestrator.hub.forge.observing.memory import AskedChange, Freshness, Listed
from orchestrator.hub.forge.pauses import OF_ACCOUNT
from orchestrator.hub.loop.engine import Engine
from orchestrator.world.forge.errors import ForgeError, Trouble
from orchestrator.world.forge.forge import Forge

T = TypeVar("T")


@dataclass
class Memory:
    """All that is remembered from round to round."""

    engine: Engine
    clock: Callable[[], float]
    fresh: Freshness
    listed: dict[str, Listed] = field(default_factory=dict)
    """By the repository."""
    names: dict[RepositoryRef, RepositoryRef] = field(default_factory=dict)
    """Former names of repositories, and the present ones."""
    asked: dict[str, AskedChange] = field(default_factory=dict)
    """By the card: its change request, or that of its branch."""
    verified: dict[str, float] = field(default_factory=dict)
    """By the card: when its issue itself was asked for last."""
    urgent: list[str] = field(default_factory=list)
    """Cards whose issue is to be asked for itself soon: the list did not reach as far."""

    def present(self, card: Card) -> Card | None:
        """The card, unless anything of it on the forge has changed since it was read."""
        now = self.engine.state.cards.get(card.id)
        return now if now and now.forge is card.forge else None

    def last(self, card: str) -> AskedChange:
        """The last question for its change request."""
        return self.asked.setdefault(card, AskedChange())


async def ask(account: Account, what: Callable[[Forge], T]) -> T:
    """What that returns. Raises `ForgeError`, at once while the account is paused."""
    return await account.ask(what, unasked=True)


def of_account(error: ForgeError) -> bool:
    """Whether every repository of the account would meet it."""
    return error.trouble in OF_ACCOUNT or error.trouble is Trouble.LIMITED


def why(error: ForgeError) -> str:
    """The error in one line, for a card that shows what was known before."""
    return "; ".join(filter(None, ((error.why or error.what), error.hint.rstrip("."))))
