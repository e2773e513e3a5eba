"""What can be told: one occurrence of something that needs a person."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.core.board.views import Need
from orchestrator.core.model import State
from orchestrator.core.notifications.kinds import AT_ONCE, EXPLAINED_AFTER, TURN_ENDS


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A need as of now. Another that arises later under the same id is another occurrence, with another
    `key`; the key survives restarts of the hub."""

    key: str
    need: Need
    since: float
    seen: float
    """When this hub first saw it."""
    reminds: bool = False
    """It was told before, and a gate's reminder tells it again."""

    @property
    def settles(self) -> float:
        """Seconds for which it must stand before anything else counts."""
        unexplained = self.need.kind in AT_ONCE and self.need.id == f"{self.need.card}.{self.need.kind}"
        return EXPLAINED_AFTER if unexplained else 0.0


def occurrences(
    state: State,
    needs: Iterable[Need],
    now: float,
    seen: Mapping[str, float],
    answering: Collection[str] = (),
) -> Iterator[Occurrence]:
    """The occurrences among these needs, in their order; `seen` is when each key was first seen.

    Left out are `answering`, the ids of requests that are being answered now, also by a rule; and finished
    turns of cards that a coordinator leads, which are for it to read.
    """
    for need in needs:
        card = state.cards.get(need.card)
        if need.id in answering or (need.kind in TURN_ENDS and card is not None and card.lead):
            continue
        since, reminds = need.since, False
        if need.kind == "gate" and (at := _reminded_at(state, need)):
            since, reminds = at, True
        subject = f"{need.card}.turn" if need.kind in TURN_ENDS else need.id
        key = f"{subject}@{since:.3f}"
        yield Occurrence(key, need, since, seen.get(key, now), reminds)


def reminders(state: State, needs: Iterable[Need]) -> tuple[float, ...]:
    """When the gates among these needs were last reminded of: what changes of a need that stays the same."""
    return tuple(_reminded_at(state, need) for need in needs if need.kind == "gate")


def _reminded_at(state: State, need: Need) -> float:
    run = state.runs.get(need.run)
    gate = next((each for each in run.gates if each.id == need.id), None) if run else None
    return gate.reminded_at or 0.0 if gate else 0.0
