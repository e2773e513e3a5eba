"""Cards that land one after another: where one conflicts with those that land before it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from orchestrator.core.landing.survey import Survey
from orchestrator.core.overlaps.overlap import Overlap


def conflicts_with_earlier(
    card: str, before: Sequence[str], overlaps: Iterable[Overlap]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The cards of `before` with which it conflicts, and the files."""
    return tuple(
        (other, (*each.conflicts, *each.manifest_conflicts))
        for each in overlaps
        if card in each.cards and each.in_conflict and (other := each.other(card)) in before
    )


def after(survey: Survey, before: Sequence[str], overlaps: Iterable[Overlap]) -> Survey:
    """The survey of a card that lands after those of `before` too."""
    ahead = tuple(dict.fromkeys((*survey.ahead, *before)))
    return replace(survey, ahead=ahead, clashes=conflicts_with_earlier(survey.card, ahead, overlaps))
