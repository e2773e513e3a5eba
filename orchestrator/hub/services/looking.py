"""What a card's diff is taken of: its worktree, its branch, or what has landed."""

from dataclasses import replace

from orchestrator.core.diff.files import Diff
from orchestrator.core.model import Card
from orchestrator.hub.places.places import Places
from orchestrator.world.worktrees import diffs


def look(
    card: Card, places: Places, store: diffs.ObjectStore, scope: diffs.Scope, *, ignore_space: bool
) -> tuple[str, Diff]:
    """The tree that was looked at, and its diff. Raises errors of git or of a host."""
    landed = card.landed if card.worktree is None else None
    if landed is None:
        now = places.of(card).snapshot(card, store)
        return now.tree, diffs.compare(store, now, scope, ignore_space=ignore_space)
    now = diffs.of_commit(store, landed.commit, landed.branch)
    if scope.asked:
        return now.tree, diffs.compare(store, now, scope, ignore_space=ignore_space)
    scope = replace(scope, base=landed.onto)
    found = diffs.compare(store, now, scope, ignore_space=ignore_space)
    base = landed.into if found.base == landed.onto else found.base
    note = f"landed on {landed.into} as {landed.commit[:12]}: what it landed is shown"
    return now.tree, replace(found, base=base, notes=(*found.notes, note))
