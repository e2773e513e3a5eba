"""What has changed about gathers, found by comparing each view of the mail with the one before."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.cli.mail.tables import counted, missing
from orchestrator.cli.mail.text import seen
from orchestrator.core.mail.views import GatherView, MailView


@dataclass(frozen=True, slots=True)
class GatherLine:
    """`state` is `opened`, `open` (a member has reported, is gone, or waits for a human) or `complete`."""

    gather: str
    state: str
    owner: str
    words: str


class MailWatcher:
    """Remembers the gathers under way, and what is wrong with the store."""

    def __init__(self) -> None:
        self._gathers: dict[str, GatherView] | None = None
        self.trouble = ""

    def gathers(self, mail: MailView) -> Iterator[GatherLine]:
        """Those that are new, have come further, or are complete. What is there at first is no change."""
        if self._gathers is None:
            self._gathers = {each.id: each for each in mail.gathers}
        before, now = self._gathers, {each.id: each for each in mail.gathers}
        if mail.trouble:  # what can't be read is not over
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
        """What is wrong with the store now, empty for nothing; `None` where that is as it was."""
        was, self.trouble = self.trouble, mail.trouble
        return mail.trouble if was != mail.trouble else None


def _look(gather: GatherView) -> tuple[tuple[str, bool], ...]:
    return tuple((each.part, each.needs_human) for each in gather.members)
