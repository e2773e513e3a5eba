"""The line of a form for recipients: names separated by commas, completed from the mailboxes."""

from collections.abc import Sequence

from textual.suggester import Suggester

from orchestrator.core.mail.message import HUMAN
from orchestrator.core.mail.views import MailView
from widgets.dialogs.choice import Choice, turned


def addresses(mail: MailView) -> tuple[str, ...]:
    """All possible recipients: every mailbox, each label, and all."""
    boxes = [box for box in mail.boxes if box.name != HUMAN]
    labels = sorted({label for box in boxes for label in box.labels})
    open_first = sorted(boxes, key=lambda box: box.over)
    return (*(box.name for box in open_first), *(f"@label:{label}" for label in labels), "@all")


def parts(value: str) -> tuple[str, ...]:
    """The addresses in a line."""
    return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))


def completed(value: str, known: Sequence[str]) -> str:
    """The line with its last address completed; unchanged if none matches."""
    before, comma, last = value.rpartition(",")
    begun = last.lstrip()
    taken = parts(before)
    found = next((each for each in known if begun and each.startswith(begun) and each not in taken), "")
    return f"{before}{comma}{last[: len(last) - len(begun)]}{found}" if found else value


class _Suggestions(Suggester):
    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._known = known

    async def get_suggestion(self, value: str) -> str | None:
        whole = completed(value, self._known)
        return whole if whole != value else None


class Addressees(Choice):
    """`right` accepts the suggestion; up and down go through all addresses for the last of the names."""

    def __init__(self, value: str, known: Sequence[str], *, id: str) -> None:  # noqa: A002 (Textual's own word)
        words = "names separated by commas, @label:…, or @all · ↓ to choose"
        super().__init__(value, known, placeholder=words, id=id)
        self.select_on_focus = False  # typed text is appended to the present names
        self.suggester = _Suggestions(known)

    def completed(self) -> str:
        return completed(self.value, self.choices)

    def turned(self, way: str) -> str:
        before, comma, last = self.value.rpartition(",")
        return f"{before}{comma}{' ' if comma else ''}{turned(last.strip(), self.choices, way)}"
