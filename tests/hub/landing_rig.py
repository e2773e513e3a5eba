"""Landings without a hub around them: what is decided is written down, and what is owed is done, until the
whole is killed; a new life begins from what was written down."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.core.commands import Command, FinishCard, UndoAct
from orchestrator.core.decide import decide
from orchestrator.core.effects import (
    CardEffect,
    MakeLanding,
    MoveBase,
    MoveBaseBack,
    RemoveWorktree,
    RestoreWorktree,
    owed,
)
from orchestrator.core.events import CardCreated, EndingFailed, Event, WorktreeAdded
from orchestrator.core.evolve import evolve
from orchestrator.core.follow import completed
from orchestrator.core.landing.queue import admitted
from orchestrator.core.literals import Finishing
from orchestrator.core.model import Act, Failure, State
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.undo.acts import with_act
from orchestrator.core.undo.decide import last_act
from orchestrator.core.worktrees.repo import Loss
from orchestrator.hub.effects.end import EndEffects
from orchestrator.hub.effects.landing import LandingEffects
from orchestrator.hub.effects.undo import UndoEffects
from orchestrator.hub.places.local import ProcessPlace, WindowPlace
from orchestrator.hub.places.places import Places
from orchestrator.paths import Home
from orchestrator.world.tmux import Tmux
from orchestrator.world.worktrees import WorktreeError, add, look
from tests.agents.programs import CLAUDE
from tests.conftest import git

ME = Speaker("ada")


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

    def ask(self, card: str, how: Finishing, *, rescue: bool = False) -> None:
        self.order(FinishCard(card, how, rescue=rescue, loss=Loss()))

    def order(self, command: Command) -> None:
        """What a person asks for is recorded as an act."""
        now = time.time()
        events = with_act(command, decide(self.state, command, now), ME, now)
        assert isinstance(events, tuple), events
        self.take(*events)

    def undo(self) -> None:
        """Takes the last act back, once it is decided."""
        act = last_act(self.state, ME.user, "", time.time())
        assert isinstance(act, Act), act
        self.order(UndoAct(act.card, act.at, ME.user))

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
        undoing = UndoEffects(lambda: state)
        try:
            match wish:
                case MakeLanding():
                    return tuple(landing.make(card))
                case MoveBase():
                    return tuple(landing.move(card))
                case RemoveWorktree():
                    ends = EndEffects(self.home, places)
                    return tuple(ends.remove_worktree(card, wish.rescue))
                case RestoreWorktree():
                    return tuple(undoing.restore_worktree(card))
                case MoveBaseBack():
                    return tuple(undoing.move_base_back(card))
                case _:
                    raise AssertionError(wish)
        except WorktreeError as error:
            return (EndingFailed(0.0, card.id, Failure(error.what, error.why, error.hint, 0.0)),)
