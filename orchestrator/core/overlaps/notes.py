"""What sessions are told of overlaps: about each other card once, and once more if it comes to a conflict."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from orchestrator.core.diff.paths import visible
from orchestrator.core.overlaps.events import OverlapEvent, OverlapFound, Told
from orchestrator.core.overlaps.overlap import Overlap

_MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class OverlapNote:
    """A note to a session. Once written down, it is sent exactly once."""

    other: str
    kind: Told
    files: tuple[str, ...]
    sent: bool = False


def due(
    told: dict[str, tuple[OverlapNote, ...]], overlaps: Iterable[Overlap], now: float
) -> Iterator[OverlapFound]:
    """The notes that these overlaps call for. `told` holds the cards whose sessions run, each with its notes
    so far. Lock files and manifests alone are not worth a note unless they conflict."""
    for each in overlaps:
        kind: Told = "conflict" if each.in_conflict else "overlap"
        files = (*each.conflicts, *each.manifest_conflicts) or each.files
        if each.holds or not files:
            continue
        for card in each.cards:
            known = [note.kind for note in told.get(card, ()) if note.other == each.other(card)]
            if card in told and kind not in known and "conflict" not in known:
                yield OverlapFound(now, card, each.other(card), kind, files[:_MOST_FILES])


def with_note(notes: tuple[OverlapNote, ...], event: OverlapEvent) -> tuple[OverlapNote, ...]:
    """A card's notes after the event."""
    if isinstance(event, OverlapFound):
        return (*notes, OverlapNote(event.other, event.kind, event.files))
    key = (event.other, event.kind)
    return tuple(replace(each, sent=True) if (each.other, each.kind) == key else each for each in notes)


def unsent(notes: Iterable[OverlapNote]) -> OverlapNote | None:
    """The next note to send."""
    return next((each for each in notes if not each.sent), None)


def text(note: OverlapNote, slug: str, branch: str) -> tuple[str, str]:
    """The subject and the body of a note about the card with that slug and branch."""
    files = "\n".join(f"- {visible(path)}" for path in note.files)
    if note.kind == "conflict":
        subject = f"Conflict with {slug}"
        first = f"Your changes conflict with those of {slug} (branch {branch}) in:"
    else:
        subject = f"Overlap with {slug}"
        first = f"{slug} (branch {branch}) changes files that you change, too. Git can still merge:"
    last = (
        f"Keep your changes there small, or agree with {slug} by mail on who changes what. "
        "Don't merge its branch. No answer is expected."
    )
    return subject, f"{first}\n{files}\n\n{last}"
