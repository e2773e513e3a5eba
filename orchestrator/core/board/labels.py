"""The labels of a card: which are valid, and how they change."""

from orchestrator.core.commands import Decision, Rejected
from orchestrator.core.events import CardLabelled
from orchestrator.core.model import Card
from orchestrator.core.requests.cards import Label
from orchestrator.core.text.clean import clean

LONGEST = 50
"""Characters of a label, as on a forge."""
_MOST = 50


def decide_labels(card: Card, command: Label, now: float) -> Decision:
    """The card's labels with those added and removed; nothing if they stay as they are."""
    add, remove = _stripped(command.add), _stripped(command.remove)
    if not add and not remove:
        return Rejected("no label is named", hint=f"Add and remove labels: orch label {card.slug} +NEW -OLD")
    if both := next((label for label in add if label in remove), ""):
        return Rejected(f"label {both!r} is to be added and removed")
    for label in add:
        if not label or len(label) > LONGEST or clean(label) != label or "\n" in label or "\t" in label:
            why = f"a label is one line of at most {LONGEST} characters"
            return Rejected(f"{label[: LONGEST + 10]!r} cannot be a label", why)
    if missing := [label for label in remove if label not in card.labels]:
        why = f"its labels are {', '.join(card.labels)}" if card.labels else "it has none"
        return Rejected(f"{card.id} has no label {missing[0]!r}", why)
    kept = (label for label in card.labels if label not in remove)
    labels = tuple(dict.fromkeys((*kept, *add)))
    if len(labels) > _MOST:
        return Rejected(f"{card.id} cannot have more than {_MOST} labels")
    return (CardLabelled(now, card.id, labels),) if labels != card.labels else ()


def _stripped(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label.strip() for label in labels))
