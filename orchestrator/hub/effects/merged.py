"""A card whose change request was merged: whether that has everything which its worktree has."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.effects import alive
from orchestrator.core.events import Event
from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.changes.linking import merged_change
from orchestrator.core.landing.events import BranchMerged
from orchestrator.core.model import Card, State
from orchestrator.core.workflow.plan import LOCAL
from orchestrator.core.workflow.progress import workers_at
from orchestrator.hub.effects.alone import descendants, must_be_alone
from orchestrator.hub.effects.whereabouts import found_again
from orchestrator.hub.landing.survey import loss_of
from orchestrator.paths import Home
from orchestrator.world.worktrees import GitRefused
from orchestrator.world.worktrees.publishing import branch


@dataclass(frozen=True, slots=True)
class MergedEffects:
    """The proof is that the merged head is the branch's tip: then it does not matter how it was merged."""

    home: Home
    state: Callable[[], State]

    def prove(self, card: Card) -> Iterable[Event]:
        """Raises `GitRefused`, which says why the worktree stays, and errors of git."""
        if moved := found_again(card):
            return (moved,)
        change = merged_change(card.forge)
        if change is None:
            raise GitRefused(f"{card.id} stays", "its pull request is not merged")
        if card.worktree and card.worktree.made:
            self._check(card, change)
        return (BranchMerged(time.time(), card.id, change.merge_commit or change.head_commit),)

    def _check(self, card: Card, change: ChangeRequest) -> None:
        name, what = f"#{change.number}", f"the worktree of {card.id} stays"
        rest = f"Finish it yourself: orch finish {card.slug}, with --merge, --keep or --discard"
        if card.where != LOCAL and alive(card):
            raise GitRefused(what, f"{name} is merged, and its session on {card.where} still runs", rest)
        if others := workers_at(self.state(), card.path, but=card.id):
            raise GitRefused(what, f"{name} is merged, and {' and '.join(others)} works there", rest)
        tip = branch.tip(Path(card.repo), card.branch)
        if tip and tip != change.head_commit:
            why = f"{name} was merged at {change.head_commit[:10]}, and {card.branch} is at {tip[:10]}"
            raise GitRefused(what, why, rest)
        left = loss_of(card, merged=change.head_commit)
        if not left.uncommitted.nothing or left.commits:
            raise GitRefused(what, f"{name} is merged, and it has {left.in_words()}", rest)
        must_be_alone(self.home, card, descendants(card.session.pid if card.session else 0))
