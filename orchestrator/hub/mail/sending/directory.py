"""All mailboxes: the cards of this hub, and what other hubs have announced."""

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

    It is not `whole` until a shared store has listed those.
    """

    engine: Engine
    others: tuple[Peer, ...] = ()
    whole: bool = True
    receivers: Mapping[str, str] = field(default_factory=dict)
    """The reader of mail to a name, from the user's settings."""
    _cards: dict[str, Card] = field(default_factory=dict)
    _state: object = None

    def box_of(self, card_id: str) -> str:
        """The mailbox of a card; empty for a card that is gone."""
        card = self.engine.state.cards.get(card_id)
        return card.slug if card else ""

    def card(self, box: str) -> Card | None:
        """The card with this mailbox; `None` for `human`, for mailboxes of other hubs and of cards that are
        gone."""
        if self._state is not self.engine.state.cards:
            self._state = self.engine.state.cards
            self._cards = {card.slug: card for card in self.engine.state.cards.values()}
        return self._cards.get(box)

    def ours(self, box: str) -> bool:
        """Whether this hub serves the mailbox."""
        return box == HUMAN or self.card(box) is not None

    def has(self, box: str) -> bool:
        """Whether anyone would read what arrives in the mailbox."""
        return self.ours(box) or any(each.name == box for each in self.others)

    def session(self, box: str) -> str:
        """The present session of a mailbox, as the store knows it; empty for none."""
        card = self.card(box)
        return session_name(card.id, card.session.run) if card and card.session else ""

    def named(self, ref: str) -> str:
        """The mailbox that a person means by a card's id or slug; any other name is unchanged."""
        return self.box_of(ref) or ref

    def meant(self, to: str | Sequence[str], sender: str, *, awaited: bool = False) -> Resolved | Rejected:
        """The mailboxes that an address means; while the list is incomplete, prefixes match nothing."""
        receivers = {normal(name): reader for name, reader in self.receivers.items()}
        return resolve(to, self.peers(), sender, guess=self.whole, awaited=awaited, receivers=receivers)

    def peers(self) -> tuple[Peer, ...]:
        """Everyone with a mailbox; a name that two hubs have is ours."""
        own = self.own()
        taken = {each.name for each in own}
        return (*own, *(each for each in self.others if each.name not in taken))

    def own(self) -> tuple[Peer, ...]:
        """The mailboxes of this hub's cards, also of finished ones."""
        state = self.engine.state
        return tuple(peer(state, card) for card in state.cards.values())

    def states(self) -> Mapping[str, str]:
        """Everyone's state, as gathers judge it."""
        state = self.engine.state
        found = {each.name: each.state for each in self.others}
        found |= {card.slug: standing(card, stage_of(state, card)) for card in state.cards.values()}
        return found

    def cards(self) -> Mapping[str, tuple[str, str]]:
        """The id and title of each mailbox's card."""
        return {card.slug: (card.id, card.title) for card in self.engine.state.cards.values()}
