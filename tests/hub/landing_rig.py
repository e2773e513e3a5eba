"""Landings without a hub around them: what is decided is written down, and what is owed is done, until the
whole is killed; a new life begins from what was written down."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.core.commands import FinishCard
from orchestrator.core.decide import decide
from orchestrator.core.effects import CardEffect, MakeLanding, MoveBase, RemoveWorktree, owed
from orchestrator.core.events import CardCreated, EndingFailed, Event, WorktreeAdded
from orchestrator.core.evolve import evolve
from orchestrator.core.follow import completed
from orchestrator.core.landing.queue import admitted
from orchestrator.core.literals import Finishing
from orchestrator.core.model import Failure, State
from orchestrator.core.worktrees.repo import Loss
from orchestrator.hub.effects.end import EndEffects
from orchestrator.hub.effects.landing import LandingEffects
from orchestrator.hub.places.local import ProcessPlace, WindowPlace
from orchestrator.hub.places.places import Places
from orchestrator.paths import Home
from orchestrator.world.tmux import Tmux
from orchestrator.world.worktrees import WorktreeError, add, look
from tests.agents.programs import CLAUDE
from tests.conftest import git


@dataclass
class LandingRig:
    """`wrote` is called before and after each write, and may raise to kill."""

    home: Home
    repo: Path
    journal: list[Event] = field(default_factory=list)
    wrote: Callable[[str], None] = lambda _: None

    @property
    def state(self) -> State:
        state = State()
        for event in self.journal:
            state = evolve(state, event)
        return state

    def card(self, number: int, file: str, text: str) -> str:
        """A card whose branch has one commit that writes the file."""
        name, slug = f"c{number}", f"n{number}"
        path = self.repo.parent / "repo-orch" / slug
        tree = add(self.repo, path, f"orch/{slug}", look(self.repo).base, existing=False)
        (path / file).write_text(text)
        git(path, "add", file)
        git(path, "commit", "--quiet", f"--message={slug} writes {file}")
        at = time.time()
        created = CardCreated(
            at, name, slug, f"Card {slug}", "", str(self.repo), "main", f"orch/{slug}", str(path)
        )
        self.take(created, WorktreeAdded(at, name, tree))
        return name

    def ask(self, card: str, how: Finishing) -> None:
        events = decide(self.state, FinishCard(card, how, rescue=False, loss=Loss()), time.time())
        assert isinstance(events, tuple)
        self.take(*events)

    def take(self, *events: Event) -> None:
        """Writes down the events and what follows from them, as one."""
        if not events:
            return
        state, taken = self.state, list[Event]()
        more: tuple[Event, ...] = events
        while more:
            for event in more:
                state = evolve(state, event)
                taken.append(event)
            now = time.time()
            done = [found for card in state.cards.values() if (found := completed(card, now))]
            more = done[0] if done else admitted(state, now)
        self.wrote("before")
        self.journal += taken
        self.wrote("after")

    def live(self) -> None:
        """Does all that is owed."""
        while wishes := [wish for card in self.state.cards.values() if (wish := owed(card))]:
            self.take(*self._done(wishes[0]))

    def _done(self, wish: CardEffect) -> tuple[Event, ...]:
        state = self.state
        card = state.cards[wish.card]
        landing = LandingEffects(self.home, lambda: state, lambda _: {}, threading.Event())
        windows = WindowPlace(self.home, "", CLAUDE, Tmux(self.home.tmux_socket))
        places = Places(windows, ProcessPlace(self.home, "", CLAUDE))
        try:
            match wish:
                case MakeLanding():
                    return tuple(landing.make(card))
                case MoveBase():
                    return tuple(landing.move(card))
                case RemoveWorktree():
                    ends = EndEffects(self.home, places)
                    return tuple(ends.remove_worktree(card, wish.rescue))
                case _:
                    raise AssertionError(wish)
        except WorktreeError as error:
            return (EndingFailed(0.0, card.id, Failure(error.what, error.why, error.hint, 0.0)),)
