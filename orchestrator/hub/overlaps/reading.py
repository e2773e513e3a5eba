"""What is known of a card's worktree, and the cheap signs by which it may have changed since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from orchestrator.core.model import Card
from orchestrator.core.overlaps.changes import CardChanges
from orchestrator.world.worktrees import diffs, overlaps

_MOST_NAMES = 100
"""Files of a worktree whose times are looked at."""

SessionSign = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A card's changes, as they were read; or why they could not be, as text. The signs are from before it
    was read, so that what was written meanwhile is seen."""

    card: str
    path: str
    session: SessionSign
    read_at: float
    """Seconds of the monotonic clock."""
    began_ns: int = 0
    """Nanoseconds since the epoch: what is written later may not be in it."""
    now: diffs.Snapshot | None = None
    tip: str = ""
    """The base's commit."""
    fork: str = ""
    """The commit at which the branch left the base."""
    changes: CardChanges | None = None
    why: str = ""
    names: tuple[str, ...] = ()
    """The files whose times are in `worktree`."""
    worktree: overlaps.Sign = ()
    base: overlaps.Sign = ()


def session_sign(card: Card) -> SessionSign:
    """What the hub knows of the card's session and place: while it is the same, the session did nothing."""
    tree, session = card.worktree, card.session
    place = (tree.path, tree.branch, card.base) if tree else ()
    if session is None:
        return place
    return (*place, session.run, session.status, session.facts.turn_at, session.signs.last_at)


def moved(reading: Reading) -> bool:
    """Whether the worktree may have changed since it was signed."""
    return overlaps.sign_of_worktree(reading.path, reading.names) != reading.worktree


def watching(readings: Mapping[str, Reading]) -> tuple[dict[str, Reading], set[str]]:
    """The readings of which other files are to be watched by now, signed again; and the cards among them of
    which such a file was written after they were read. Looks at files, and so may take a while."""
    known = {card: changes for card, each in readings.items() if (changes := each.changes)}
    again, stale = dict[str, Reading](), set[str]()
    for card, own in known.items():
        reading = readings[card]
        names = _names(own, (each for other, each in known.items() if other != card))
        if names == reading.names:
            continue
        if moved(reading):
            stale.add(card)
            continue
        sign = overlaps.sign_of_worktree(reading.path, names)
        again[card] = replace(reading, names=names, worktree=sign)
        if any(max(times) > reading.began_ns for _, _, *times in sign):
            stale.add(card)
    return again, stale


def _names(own: CardChanges, others: Iterable[CardChanges]) -> tuple[str, ...]:
    """The files whose times tell whether a card's overlaps may have changed: those that it changes, and those
    that other cards do."""
    names = dict.fromkeys(sorted(own.files)[:_MOST_NAMES])
    for each in others:
        if len(names) >= _MOST_NAMES:
            break
        names |= dict.fromkeys(sorted(each.files))
    return tuple(names)[:_MOST_NAMES]
