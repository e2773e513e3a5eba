"""Changes of gathers, found by comparing each view of the mail with the previous one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from orchestrator.cli.mail.tables import counted, missing
from orchestrator.cli.mail.text import seen
from orchestrator.core.mail.views import GatherView, MailView


@dataclass(frozen=True, slots=True)
class GatherLine:
    """`state` is `opened`, `open` (a member has reported, is gone, or waits for a person) or `complete`."""

    gather: str
    state: Literal["opened", "open", "complete"]
    owner: str
    words: str


class MailWatcher:
    """Remembers the open gathers, and the store's problem."""

    def __init__(self) -> None:
        self._gathers: dict[str, GatherView] | None = None
        self.trouble = ""

    def gathers(self, mail: MailView) -> Iterator[GatherLine]:
        """Gathers that are new, have progressed, or are complete. The first view has no changes."""
        if self._gathers is None:
            self._gathers = {each.id: each for each in mail.gathers}
        before, now = self._gathers, {each.id: each for each in mail.gathers}
        if mail.trouble:  # one that cannot be read is not over
            now = before | now
        self._gathers = now
        for each in before.values():
            if each.id not in now:
                yield GatherLine(each.id, "complete", each.owner, "none missing")
        for each in now.values():
            if each.id not in before:
                names = ", ".join(seen(member.name) for member in each.members)
                yield GatherLine(each.id, "opened", each.owner, f"waiting for {names}")
            elif _look(before[each.id]) != _look(each):
                lacking = f"; missing: {said}" if (said := missing(each)) else ""
                yield GatherLine(each.id, "open", each.owner, f"{counted(each)} reported{lacking}")

    def store(self, mail: MailView) -> str | None:
        """The store's problem now, empty for none; `None` if it has not changed."""
        was, self.trouble = self.trouble, mail.trouble
        return mail.trouble if was != mail.trouble else None


def _look(gather: GatherView) -> tuple[tuple[str, bool], ...]:
    return tuple((each.part, each.needs_human) for each in gather.members)
