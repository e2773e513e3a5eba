"""What the dialog shows of several cards before they land one after another. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.client import OrchError
from orchestrator.core.board.views import CardView
from orchestrator.core.landing.methods import MEANS, METHODS, Method
from orchestrator.core.landing.refusals import listed
from orchestrator.core.landing.several import conflicts_with_earlier
from orchestrator.core.landing.survey import Survey
from orchestrator.core.landing.text import counted
from orchestrator.core.overlaps.overlap import Overlap
from orchestrator.core.overlaps.views import RepositoryOverlaps
from widgets.kit.format import Line, clean, fit, pad

_NAMED = 3


def way_row(way: Method) -> Line:
    """A way to land all of them: its key, its name, and what it makes."""
    return ((f" {way[0]}  {way.capitalize():9}", "title"), (MEANS[way].format(base="the base"), "text"))


def card_rows(
    cards: Sequence[CardView],
    found: Mapping[str, Survey | OrchError],
    overlaps: Sequence[RepositoryOverlaps],
    width: int,
) -> tuple[Line, ...]:
    """Each card in its turn: number, title, counts, and what keeps it from landing after those before it; at
    the end a better order, if there is one."""
    ids = [card.id for card in cards]
    between = [each for repo in overlaps for each in repo.overlaps if {*each.cards} <= {*ids}]
    lines: list[Line] = []
    for number, card in enumerate(cards, 1):
        head = f"{number:>2}  {pad(card.id, 4)} "
        counts = _counts(found.get(card.id))
        title = fit(card.title, max(8, width - len(head) - len(counts) - 2))
        gap = " " * max(2, width - len(head) - len(title) - len(counts))
        lines.append(((head, "title"), (title, "text"), (gap, ""), (counts, "muted")))
        why = [*_own(found.get(card.id)), *_with_earlier(card.id, ids[: number - 1], between)]
        lines += [((" " * len(head), ""), (fit(each, width - len(head)), "bad")) for each in why]
    better = _better(ids, overlaps)
    if better and better != ids:
        lines += [(("", ""),), ((f"A better order: {', '.join(better)}", "needs"),)]
    return tuple(lines)


def _counts(found: Survey | OrchError | None) -> str:
    if found is None:
        return "reading…"
    if isinstance(found, OrchError):
        return ""
    git = found.git
    return (
        f"{counted(git.count, 'commit')}, {counted(len(git.files), 'file')} +{git.added:,} −{git.removed:,}"
    )


def _own(found: Survey | OrchError | None) -> Iterator[str]:
    """What keeps the card itself from landing, whatever the method."""
    if isinstance(found, OrchError):
        yield clean(str(found))
    elif found is not None:
        refused = [no for method in METHODS if (no := found.refusal(method))]
        if len(refused) == len(METHODS):
            yield f"{refused[0].why or refused[0].what}"


def _with_earlier(card: str, before: Sequence[str], overlaps: Sequence[Overlap]) -> Iterator[str]:
    """Conflicts with cards that land before it."""
    for other, files in conflicts_with_earlier(card, before, overlaps):
        yield f"conflicts with {other}: {listed(files, _NAMED)}"


def _better(ids: Sequence[str], overlaps: Sequence[RepositoryOverlaps]) -> list[str]:
    """The order that the overlaps suggest, where all the cards are of one repository."""
    for repo in overlaps:
        order = [turn.card for turn in repo.order if turn.card in ids]
        if len(order) == len(ids) and any(turn.conflicts for turn in repo.order if turn.card in ids):
            return order
    return []
