"""The outcome of a message that was sent, as text. Pure."""

from orchestrator.core.mail.message import SendStatus
from orchestrator.core.mail.views import SentView
from widgets.kit.format import clean

_WORDS = {
    SendStatus.STORED.value: "stored for {}",
    SendStatus.QUEUED.value: "queued here for {} until the shared store responds",
    SendStatus.FULL.value: "refused by the full mailbox of {}",
    SendStatus.UNKNOWN.value: "not sent to {}: no such mailbox",
}
_GOOD = (SendStatus.STORED.value, SendStatus.QUEUED.value)


def reached(sent: SentView) -> bool:
    """Whether it reached anyone."""
    return any(fate in _GOOD for _, fate in sent.fates)


def sent_words(sent: SentView) -> tuple[str, bool]:
    """A sentence, and whether everything succeeded."""
    fates = dict.fromkeys(fate for _, fate in sent.fates)
    said = [
        _WORDS.get(fate, f"{fate}: {{}}").format(", ".join(box for box, each in sent.fates if each == fate))
        for fate in fates
    ]
    words = "; ".join((*said, *map(clean, sent.notes))) or "no recipients"
    return f"{words[:1].upper()}{words[1:]}.", bool(fates) and all(fate in _GOOD for fate in fates)
