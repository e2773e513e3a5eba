"""Everything that is shown before a card's branch is landed."""

from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from orchestrator import config
from orchestrator.core.effects import alive
from orchestrator.core.forge.changes.view import change_view, stays_open
from orchestrator.core.landing.queue import ahead
from orchestrator.core.landing.refusals import judged
from orchestrator.core.landing.survey import Survey
from orchestrator.core.model import Card, State
from orchestrator.core.sessions.states import STATES
from orchestrator.core.worktrees.repo import Loss
from orchestrator.hub.effects.whereabouts import spare_in
from orchestrator.hub.trust import check
from orchestrator.world import worktrees


def survey_of(state: State, card: Card, into: str) -> Survey:
    """The card's branch beside the base `into`, as they stand; changes nothing, and takes as long as git.

    Raises `GitRefused` where the branch or the worktree is not there, `GitFailed` or `ConfigError`.
    """
    landing = config.load(Path(card.repo)).landing
    tree = card.worktree
    since = tree.base_commit if tree else ""
    git = worktrees.survey(Path(card.repo), card.branch, into, since, card.landed)
    if git.checkout and (user := in_use(state, card).get(git.checkout.path)):
        git = replace(git, checkout=replace(git.checkout, used_by=user))
    pattern = next((each for each in landing.protected if fnmatchcase(into, each)), "")
    survey = Survey(card.id, git, loss_of(card, into), landing.check, pattern, ahead(state, card))
    change = change_view(card.forge)
    return judged(replace(survey, stays=stays_open(change) if change else ""))


def loss_of(card: Card, into: str = "", merged: str = "") -> Loss:
    """What would be gone with the card's worktree and branch; the commit `merged` is kept elsewhere.

    Raises as `survey_of` does.
    """
    tree = card.worktree
    if tree is None or not tree.made:
        return Loss()
    return worktrees.loss(
        Path(card.repo),
        Path(tree.path),
        tree.branch,
        into or card.base,
        branch_stays=not tree.made_branch,
        spare=spare_in(card),
        since=tree.base_commit,
        landed=card.landed,
        merged=merged,
    )


def settings_of(card: Card) -> config.Config:
    """The settings that hold for landing the card's branch. Raises `UntrustedError` where a check would run
    that a repository brings along and nobody has allowed, or `ConfigError`."""
    settings = config.load(Path(card.repo))
    return check.settings_for(Path(card.repo)) if settings.landing.check else settings


def in_use(state: State, card: Card) -> dict[str, str]:
    """The worktrees in which sessions of other cards are at work, and whose they are."""
    others = (each for each in state.cards.values() if each.id != card.id and each.worktree and alive(each))
    return {
        each.worktree.path: each.id
        for each in others
        if each.worktree and each.session and STATES[each.session.status].at_work
    }
