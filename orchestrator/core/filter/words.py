"""Plain words of a filter: text that is somewhere in a card."""

from orchestrator.core.board.views import CardView
from orchestrator.core.filter.compare import Test
from orchestrator.core.text.clean import clean


def contains(words: str) -> Test:
    """Whether the words, in any case, are in what `text` has of the card."""
    wanted = words.casefold()
    return lambda card, _: wanted in text(card)


def text(card: CardView) -> str:
    """All of the card that plain words are searched in, casefolded: id, title, branch, repository, state,
    reason, labels, and what it does for a run."""
    parts = [card.id, card.title, card.branch, card.repo, card.state, card.reason]
    parts += [card.run, card.stage, card.where] if card.run else []
    return clean(" ".join((*parts, *card.labels, card.state.replace("_", " ")))).casefold()
