"""Overlaps in words: what details, the board's dialog and the command line show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.diff.paths import visible
from orchestrator.core.overlaps.order import Turn
from orchestrator.core.overlaps.overlap import Overlap
from orchestrator.core.overlaps.views import OverlapMarks, RepositoryOverlaps

OVERLAP, CONFLICT, STACK = "∩", "≠", "⊃"
"""The marks: both change the same files; git cannot merge them; one contains the other."""

_MOST_FILES = 12

Weight = Literal["", "title", "faint", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Said:
    """One line, indented by `level`."""

    text: str
    weight: Weight = ""
    level: int = 0


def mark(of: OverlapMarks) -> str:
    """The mark of a card, such as `≠2` or `∩3+1`: how many cards conflict with it, else how many change the
    same files; behind `+` those with the same lock files or manifests, `≠+` if some of these conflict; `?` if
    some could not be merged. Empty for none."""
    said = f"{CONFLICT}{of.conflicts}" if of.conflicts else f"{OVERLAP}{of.overlaps}" if of.overlaps else ""
    if of.manifests:
        in_conflict = of.manifest_conflicts and not of.conflicts
        said += f"{CONFLICT if in_conflict else '' if said else OVERLAP}+{of.manifests}"
    return f"{said or OVERLAP}?" if of.unknown else said


def lines(found: RepositoryOverlaps, card: str = "") -> Iterator[Said]:
    """All overlaps, with their files, and the order of landing; with `card` from the view of that one."""
    slugs = dict(found.slugs)
    for each in found.overlaps:
        yield _head(each, slugs, card)
        yield from _files(each)
    if found.note:
        yield Said(found.note, "warn")
    for left in found.left_out:
        if card in ("", left.card):
            yield Said(f"{_named(left.card, slugs)} is not compared: {left.why}", "warn")
    if not found.overlaps and not any(left.card == card for left in found.left_out):
        yield Said("No other card changes the same files." if card else "No two cards change the same files.")
    if found.overlaps and len(found.order) > 1:
        yield Said("")
        yield Said("Land in this order", "title")
        for number, turn in enumerate(found.order, 1):
            yield _turn(number, turn, slugs, own=turn.card == card)


def summary(found: RepositoryOverlaps, card: str) -> str:
    """The overlaps of one card in a line; empty for none."""
    slugs = dict(found.slugs)
    said = [_head(each, slugs, card).text for each in found.overlaps]
    said += [f"not compared: {left.why}" for left in found.left_out if left.card == card]
    return "; ".join(said)


def said_of_files(overlaps: Sequence[Overlap], card: str) -> dict[str, tuple[str, Weight]]:
    """What there is to say about files of a card, by path."""
    conflicts: dict[str, list[str]] = {}
    shared: dict[str, list[str]] = {}
    for each in overlaps:
        for path in (*each.conflicts, *each.manifest_conflicts):
            conflicts.setdefault(path, []).append(each.other(card))
        for path in (*each.files, *each.manifests):
            shared.setdefault(path, []).append(each.other(card))
    said: dict[str, tuple[str, Weight]] = {
        path: (f"also changed by {', '.join(cards)}", "") for path, cards in shared.items()
    }
    return said | {path: (f"in conflict with {', '.join(cards)}", "bad") for path, cards in conflicts.items()}


def _head(each: Overlap, slugs: dict[str, str], card: str) -> Said:
    if each.holds:
        lower = each.other(each.holds)
        if card:
            other = _named(each.other(card), slugs)
            verb = "contains all changes of" if each.holds == card else "is contained in"
            return Said(f"{STACK} {verb} {other}", "faint")
        return Said(
            f"{STACK} {_named(each.holds, slugs)} contains all changes of {_named(lower, slugs)}", "faint"
        )
    glyph, weight = (CONFLICT, _weight(each)) if each.in_conflict else (OVERLAP, _weight(each))
    pair = _named(each.other(card), slugs) if card else f"{_named(each.a, slugs)} and {_named(each.b, slugs)}"
    return Said(f"{glyph} {pair}: {_counts(each)}", weight)


def _weight(each: Overlap) -> Weight:
    if each.conflicts:
        return "bad"
    return "warn" if each.manifest_conflicts or each.unknown else ""


def _counts(each: Overlap) -> str:
    said = []
    if each.conflicts:
        said.append(f"conflicts in {len(each.conflicts)} of {_counted(len(each.files), 'file')}")
    elif each.files:
        said.append(f"{_counted(len(each.files), 'file')} in common")
    if each.manifests:
        found = each.manifest_conflicts or each.manifests
        apart = _counted(len(found), "lock file or manifest", "lock files or manifests")
        said.append(f"conflicts in {apart}" if each.manifest_conflicts else apart)
    if each.unknown:
        said.append(f"conflicts unknown ({each.unknown})")
    return ", ".join(said)


def _files(each: Overlap) -> Iterator[Said]:
    conflicts = {*each.conflicts, *each.manifest_conflicts}
    rows = [Said(f"{CONFLICT} {visible(path)}", "bad", 1) for path in each.conflicts]
    rows += [Said(f"{CONFLICT} {visible(path)}", "warn", 1) for path in each.manifest_conflicts]
    rows += [Said(f"{OVERLAP} {visible(path)}", "", 1) for path in each.files if path not in conflicts]
    rows += [
        Said(f"{OVERLAP} {visible(path)}", "faint", 1) for path in each.manifests if path not in conflicts
    ]
    yield from rows[:_MOST_FILES]
    if len(rows) > _MOST_FILES:
        yield Said(f"and {len(rows) - _MOST_FILES} more", "faint", 1)


def _turn(number: int, turn: Turn, slugs: dict[str, str], *, own: bool) -> Said:
    said = [f"{number}. {_named(turn.card, slugs)}", _counted(turn.files, "file")]
    if turn.after:
        said.append(f"contains {', '.join(turn.after)}")
    if turn.conflicts:
        said.append(f"then rebase {', '.join(turn.conflicts)}")
    return Said(" · ".join(said), "title" if own else "", 1)


def _named(card: str, slugs: dict[str, str]) -> str:
    return f"{card} {slugs[card]}" if card in slugs else card


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
