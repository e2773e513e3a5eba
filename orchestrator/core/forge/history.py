"""What has happened between a card and a forge, as lines of the card's history."""

from orchestrator.core.forge.autofix.events import AutofixEvent
from orchestrator.core.forge.autofix.history import autofix_event_text
from orchestrator.core.forge.events import (
    ActRefused,
    ActSent,
    ActSettled,
    ClaimRefused,
    ForgeEvent,
    ItemClaimed,
    ItemGone,
    ItemLinked,
    ItemMoved,
    ItemPublished,
    ItemReleased,
    ItemUnlinked,
    MergeFollowed,
)
from orchestrator.core.forge.outbox.acts import words
from orchestrator.core.text.clean import one_line


def forge_event_text(event: ForgeEvent) -> str:
    """One line for an event; empty for those of no interest to a person."""
    match event:
        case ItemLinked():
            by = f", imported by rule: {one_line(event.rule)}" if event.rule else ""
            return f"linked with {event.item}: {one_line(event.title)}{by}"
        case ItemUnlinked():
            return f"unlinked from {event.item}"
        case ItemReleased():
            return f"{event.item} released"
        case ItemPublished():
            return f"{event.progress.commit[:10]} is on the default branch of {event.item.repository.path}"
        case ItemClaimed():
            return f"{event.item} claimed"
        case ClaimRefused():
            return f"{event.item} not claimed: {event.why}"
        case ItemMoved():
            return f"{event.item} is now {event.to}"
        case ItemGone():
            return f"{event.item} is gone: {event.why}"
        case ActSent():
            return f"sending: {words(event.what)}"
        case ActSettled():
            return f"found out: {event.fate.value}"
        case MergeFollowed():
            return f"merged at {event.head[:10]}: the card is finished"
        case ActRefused():
            return f"not sent: {event.why}"
        case _:
            return autofix_event_text(event) if isinstance(event, AutofixEvent) else ""
