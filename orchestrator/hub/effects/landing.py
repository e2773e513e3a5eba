"""Landings: what is to become the base is made, then the base is moved to it."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator import config
from orchestrator.core.events import Event
from orchestrator.core.landing.events import BranchMerged, LandingMade, LandingOutdated
from orchestrator.core.landing.methods import message
from orchestrator.core.landing.queue import TRIES
from orchestrator.core.landing.refusals import not_landed
from orchestrator.core.model import Card, Ending, State
from orchestrator.hub.effects.alone import descendants, must_be_alone
from orchestrator.hub.effects.whereabouts import found_again
from orchestrator.hub.landing.survey import in_use, settings_of, survey_of
from orchestrator.hub.trust.check import UntrustedError
from orchestrator.paths import Home
from orchestrator.world import worktrees


class Stop(threading.Event):
    """Set when the hub ends, and when the landing of the card was cancelled."""

    def __init__(self, leaving: threading.Event, state: Callable[[], State], card: Card) -> None:
        super().__init__()
        self._leaving, self._state, self._card = leaving, state, card

    def is_set(self) -> bool:
        now = self._state().cards.get(self._card.id)
        asked = self._card.ending and self._card.ending.since
        wanted = now is not None and now.ending is not None and now.ending.since == asked
        return self._leaving.is_set() or not wanted


@dataclass(frozen=True, slots=True)
class LandingEffects:
    """Each may be asked for again after a crash: `make` cleans up what was begun, `move` looks first whether
    the base holds what was made."""

    home: Home
    state: Callable[[], State]
    env: Callable[[str], Mapping[str, str]]
    """The environment of a card's session."""
    leaving: threading.Event
    """Set when the hub ends: a check is ended, and owed again after the next start."""
    told: Callable[[str, str], None] = lambda _card, _words: None
    """Hears from any thread how far the landing of a card is."""

    def make(self, card: Card) -> Iterable[Event]:
        """Raises `GitRefused` where the branch can't be landed now, `CheckFailed` where its check fails. A
        worktree that was moved is recorded first, and nothing made."""
        if moved := found_again(card):
            return (moved,)  # the landing is still owed
        ending = _ending(card)
        if card.worktree and card.worktree.made:
            must_be_alone(self.home, card, descendants(card.session.pid if card.session else 0))
        into = ending.into or card.base
        if ending.tries >= TRIES:
            raise worktrees.GitRefused(
                not_landed(ending.how, card.branch, into), f"{into} moved during every attempt", "Retry."
            )
        landing = _settings(card)
        survey = survey_of(self.state(), card, into)
        if no := survey.refusal(ending.how):
            raise worktrees.GitRefused(no.what, no.why, no.hint)
        subjects = [each.partition(" ")[2] for each in survey.git.commits]
        made = worktrees.make(
            Path(card.repo),
            worktrees.Wanted(
                branch=card.branch,
                card=card.slug,
                into=into,
                method=ending.how,
                message=message(ending.how, card.branch, card.title, subjects),
                since=card.worktree.base_commit if card.worktree else "",
                before=card.landed,
                check=landing.check,
                check_limit=landing.check_timeout,
                hooks_limit=landing.hooks_timeout,
                env=self.env(card.id),
            ),
            stop=Stop(self.leaving, self.state, card),
            told=lambda words: self.told(card.id, words),
        )
        return (LandingMade(time.time(), card.id, made),) if made else ()

    def move(self, card: Card) -> Iterable[Event]:
        """Raises `GitRefused` where the base can't be moved now."""
        made = _ending(card).made
        assert made is not None
        commit = worktrees.move(Path(card.repo), made, in_use(self.state(), card))
        now = time.time()
        return (BranchMerged(now, card.id, commit) if commit else LandingOutdated(now, card.id),)


def _settings(card: Card) -> config.Landing:
    """Raises `GitRefused` where nobody has allowed the repository's check."""
    try:
        return settings_of(card).landing
    except UntrustedError as error:
        no = error.rejected
        raise worktrees.GitRefused(no.what, no.why, f"{no.hint}, then retry.") from None


def _ending(card: Card) -> Ending:
    assert card.ending is not None
    return card.ending
