"""Names made from what people type."""

import re
import unicodedata

from orchestrator.core.model import Card, State

_LONGEST = 40


def slug_of(title: str) -> str:
    """A name of `a-z0-9-`, 1 to 40 characters, fit for a branch, a folder and a tmux window.

    A title without one usable character gives `card`.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > _LONGEST:
        head = slug[: _LONGEST + 1]
        slug = (head.rpartition("-")[0] or head[:_LONGEST])[:_LONGEST].strip("-")
    return slug or "card"


def find(state: State, ref: str) -> tuple[Card, ...]:
    """The cards that `ref` may mean: the one with that id or slug, else all whose slug begins so."""
    for card in state.cards.values():
        if ref in (card.id, card.slug):
            return (card,)
    return tuple(card for card in state.cards.values() if ref and card.slug.startswith(ref))
