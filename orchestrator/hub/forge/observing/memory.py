"""What the observer knows beyond the journal: it may all be lost."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from orchestrator.core.forge.fresh import Fresh
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.core.model import Card
from orchestrator.hub.forge.accounts import Account, Place


@dataclass(frozen=True, slots=True)
class Group:
    """Cards of one local repository, the account of its forge, and the commits of their pushed branches."""

    account: Account
    place: Place
    repository: RepositoryRef
    """By its present name."""
    cards: tuple[Card, ...]
    pushed: dict[str, str]

    @property
    def owners(self) -> tuple[str, ...]:
        """Whose repositories may have the branches."""
        return self.place.chosen.push.owner, self.repository.owner


@dataclass(slots=True)
class Listed:
    """A repository whose changes are listed."""

    since: float
    """By the forge's clock: what has changed since then is listed."""
    due_at: float = 0.0
    named_at: float = float("-inf")
    """When its present name was asked for."""
    changed_at: float = float("-inf")
    seen_at: dict[int, str] = field(default_factory=dict)
    """When each of its items was changed last, as the list said last."""
    known: set[str] = field(default_factory=set)
    """The cards whose items were compared with the list."""
    strangers: set[int] | None = None
    """Change requests that belong to no card; `None` until the first list."""


@dataclass(slots=True)
class AskedChange:
    """The last question for a card's change request."""

    at: float = float("-inf")
    commit: str = ""
    """Of the branch where it was pushed."""
    forced: bool = False
    """Something of it has changed, or a person has asked."""
    again_at: float = float("inf")
    """It was not answered: when it is asked again."""

    def answered(self, commit: str, again_at: float) -> None:
        """As the branch was pushed then."""
        self.commit, self.forced, self.again_at = commit, False, again_at


class Freshness:
    """How recent each card's items are."""

    def __init__(self, show: Callable[[Iterable[str]], None]) -> None:
        self._show = show
        self._of: dict[str, Fresh] = {}

    def of(self, card: str) -> Fresh:
        """That of a card."""
        return self._of.get(card, Fresh())

    def fetched(self, cards: Iterable[str], *, issue: float = 0.0, change: float = 0.0) -> None:
        """Their issue, or their change request, is as it is known."""
        if issue:
            self._set({card: replace(self.of(card), issue=issue, stale_issue="") for card in cards})
        else:
            self._set({card: replace(self.of(card), change=change, stale_change="") for card in cards})

    def stale(self, cards: Iterable[str], *, issue: str = "", change: str = "") -> None:
        """They could not be asked for, and why."""
        changed = {}
        for card in cards:
            known = self.of(card)
            changed[card] = replace(
                known,
                stale_issue=issue or known.stale_issue,
                stale_change=change or known.stale_change,
            )
        self._set(changed)

    def forget_all_but(self, cards: Iterable[str]) -> None:
        """Other cards are no longer observed."""
        kept = set(cards)
        for card in [each for each in self._of if each not in kept]:
            del self._of[card]

    def _set(self, found: dict[str, Fresh]) -> None:
        """A mere later time is not worth a redraw of the board."""
        before = {card: self.of(card) for card in found}
        self._of |= found
        told = [
            card
            for card, now in found.items()
            if (now.stale_issue, now.stale_change) != (before[card].stale_issue, before[card].stale_change)
        ]
        if told:
            self._show(told)
