"""Who can be written to: the cards of this hub, and what other hubs have announced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.addressing import Peer, Resolved, resolve
from orchestrator.core.mail.message import HUMAN
from orchestrator.core.mail.naming import normal
from orchestrator.core.mail.standing import peer, session_name, standing
from orchestrator.core.model import Card
from orchestrator.core.workflow.progress import stage_of
from orchestrator.hub.loop.engine import Engine


@dataclass
class Directory:
    """Reads the engine's state; `others` are peers that other hubs serve.

    It is not `whole` as long as a shared store has not said who those are.
    """

    engine: Engine
    others: tuple[Peer, ...] = ()
    whole: bool = True
    receivers: Mapping[str, str] = field(default_factory=dict)
    """Who reads the mail to a name, by the user's settings."""
    _cards: dict[str, Card] = field(default_factory=dict)
    _state: object = None

    def box_of(self, card_id: str) -> str:
        """The mailbox of a card; empty for a card that is no more."""
        card = self.engine.state.cards.get(card_id)
        return card.slug if card else ""

    def card(self, box: str) -> Card | None:
        """The card whose mailbox this is; `None` for `human`, for boxes of other hubs and of cards that are
        no more."""
        if self._state is not self.engine.state.cards:
            self._state = self.engine.state.cards
            self._cards = {card.slug: card for card in self.engine.state.cards.values()}
        return self._cards.get(box)

    def ours(self, box: str) -> bool:
        """Whether this hub serves the mailbox."""
        return box == HUMAN or self.card(box) is not None

    def has(self, box: str) -> bool:
        """Whether anybody would read what comes into the mailbox."""
        return self.ours(box) or any(each.name == box for each in self.others)

    def session(self, box: str) -> str:
        """The present session of a mailbox, as the store knows it; empty where there is none."""
        card = self.card(box)
        return session_name(card.id, card.session.run) if card and card.session else ""

    def named(self, ref: str) -> str:
        """The mailbox that a person means by a card's id or slug; anything else is its own name."""
        return self.box_of(ref) or ref

    def meant(self, to: str | Sequence[str], sender: str, *, awaited: bool = False) -> Resolved | Rejected:
        """The mailboxes that an address means; as long as not everybody is known, no beginning of a name
        means one."""
        receivers = {normal(name): reader for name, reader in self.receivers.items()}
        return resolve(to, self.peers(), sender, guess=self.whole, awaited=awaited, receivers=receivers)

    def peers(self) -> tuple[Peer, ...]:
        """Everybody who has a mailbox; a name that two hubs have is the one of ours."""
        own = self.own()
        taken = {each.name for each in own}
        return (*own, *(each for each in self.others if each.name not in taken))

    def own(self) -> tuple[Peer, ...]:
        """The mailboxes of this hub's cards, also of those whose work is over."""
        state = self.engine.state
        return tuple(peer(state, card) for card in state.cards.values())

    def states(self) -> Mapping[str, str]:
        """How everybody stands, as gathers judge it."""
        state = self.engine.state
        found = {each.name: each.state for each in self.others}
        found |= {card.slug: standing(card, stage_of(state, card)) for card in state.cards.values()}
        return found

    def cards(self) -> Mapping[str, tuple[str, str]]:
        """The id and title of each mailbox's card."""
        return {card.slug: (card.id, card.title) for card in self.engine.state.cards.values()}
