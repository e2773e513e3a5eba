"""Which of a repository's issues are listed, marked and under the cursor. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from orchestrator.core.board.views import CardView
from orchestrator.core.forge.issues.searching import NOBODY, Wanted
from orchestrator.core.forge.views import IssueView


@dataclass(slots=True)
class Listing:
    """`shown` are the issues that fit, in the forge's order; a marked one stays marked while it does not."""

    issues: Mapping[int, IssueView] = field(default_factory=dict)
    cards: Mapping[int, str] = field(default_factory=dict)
    """The card on this board of an issue, by its number."""
    wanted: Wanted = field(default_factory=Wanted)
    hides: bool = False
    """Issues with a card are not shown."""
    marked: dict[int, None] = field(default_factory=dict)
    """In the order in which they were marked."""
    shown: Sequence[IssueView] = ()
    row: int = 0
    """The cursor's."""

    @property
    def here(self) -> IssueView | None:
        """The issue under the cursor."""
        return self.shown[self.row] if self.shown else None

    @property
    def narrowed(self) -> bool:
        """Some filter is set."""
        return self.hides or self.wanted != Wanted()

    def take(self, issues: Mapping[int, IssueView], cards: Mapping[int, str]) -> bool:
        """These are the issues, and their cards. Whether the cursor had to move to another one."""
        if issues is self.issues and cards == self.cards:
            return False
        self.issues, self.cards = issues, cards
        self.marked = {number: None for number in self.marked if number in issues and number not in cards}
        return self._narrow()

    def look_for(self, wanted: Wanted, *, hides: bool | None = None) -> None:
        """Shows only these issues."""
        self.wanted = wanted
        self.hides = self.hides if hides is None else hides
        self._narrow()

    def clear(self) -> None:
        """Shows all issues."""
        self.look_for(Wanted(), hides=False)

    def _narrow(self) -> bool:
        before = self.here
        fits, cards = self.wanted.fits, self.cards if self.hides else {}
        self.shown = [each for each in self.issues.values() if each.number not in cards and fits(each)]
        numbers = [each.number for each in self.shown]
        if before is not None and before.number in numbers:
            self.row = numbers.index(before.number)
            return False
        self.row = max(0, min(self.row, len(numbers) - 1))
        return before is not None

    def step(self, way: str, rows: int = 1) -> None:
        """The cursor `up` or `down` by rows, or to the `first` or `last`."""
        row = {"up": self.row - rows, "down": self.row + rows, "first": 0, "last": len(self.shown)}[way]
        self.row = max(0, min(row, len(self.shown) - 1))

    def go(self, number: int) -> None:
        """The cursor to that issue, if it is shown."""
        self.row = next((row for row, each in enumerate(self.shown) if each.number == number), self.row)

    def mark(self) -> None:
        """Marks the issue under the cursor, or unmarks it, and goes to the next one."""
        if self.here is None:
            return
        number = self.here.number
        if number in self.marked:
            del self.marked[number]
        elif number not in self.cards:
            self.marked[number] = None
        self.step("down")

    def chosen(self) -> tuple[int, ...]:
        """The marked issues, or else the one under the cursor, if it has no card."""
        if self.marked:
            return tuple(self.marked)
        here = self.here
        return (here.number,) if here and here.number not in self.cards else ()

    # --- what there is to filter by --------------------------------------------------------------

    def labels(self) -> list[tuple[str, int]]:
        """Each label with the number of issues that have it, the most frequent first."""
        return _counted(label for each in self.issues.values() for label in each.labels)

    def milestones(self) -> list[tuple[str, int]]:
        return _counted(each.milestone for each in self.issues.values() if each.milestone)

    def assignees(self) -> list[tuple[str, int]]:
        """Nobody among them, as `none`."""
        nobody = sum(not each.assignees for each in self.issues.values())
        logins = _counted(login for each in self.issues.values() for login in each.assignees)
        return [*([(NOBODY, nobody)] if nobody else []), *logins]

    def toggled(self, login: str) -> Wanted:
        """Only those of that account, or all again."""
        mine = self.wanted.assignee.casefold() == login.casefold()
        return replace(self.wanted, assignee="" if mine else login)


def cards_of(cards: Iterable[CardView], repository: str, address: str) -> dict[int, str]:
    """The cards whose issue is in the repository `owner/name` of the forge on which `address` is, by the
    number of the issue."""
    host = _host(address)
    return {
        card.issue.number: card.id
        for card in cards
        if card.issue
        and card.issue.repository.casefold() == repository.casefold()
        and _host(card.issue.url) == host
    }


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.casefold()
    except ValueError:
        return ""


def _counted(names: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(names).items(), key=lambda each: (-each[1], each[0].casefold()))
