"""Carries out effects, and reports their results.

Every effect may be requested again after a crash: it checks first and does only what is missing. A failure
becomes an event with text for the card, never an exception.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from orchestrator import config
from orchestrator.agents.agent import UnfitCommandError
from orchestrator.core.effects import (
    AddWorktree,
    CardEffect,
    EndSession,
    FixChange,
    MakeLanding,
    MoveBase,
    MoveBaseBack,
    OpenWindow,
    ProveMerged,
    ReachForge,
    RemoveWorktree,
    RestoreWorktree,
    SetUpWorktree,
    TellOverlap,
    TypePrompt,
)
from orchestrator.core.events import EndingFailed, Event, StartFailed, WorktreeAdded
from orchestrator.core.model import Card, Failure
from orchestrator.core.sessions.prompt_events import PromptPutBack
from orchestrator.hub.effects.end import EndEffects
from orchestrator.hub.effects.landing import LandingEffects
from orchestrator.hub.effects.merged import MergedEffects
from orchestrator.hub.effects.prompt import PromptEffects
from orchestrator.hub.effects.stage import StageEffects
from orchestrator.hub.effects.start import StartEffects
from orchestrator.hub.effects.undo import UndoEffects
from orchestrator.hub.forge.changes.fixing import FixEffects
from orchestrator.hub.forge.sending import ForgeEffects
from orchestrator.hub.loop.effects_owed import Effect
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.overlaps.notes import OverlapNotes
from orchestrator.world import hosts, processes, worktrees
from orchestrator.world.tmux import TmuxError

_AT_ONCE = 32
"""Worktrees and windows that are handled at the same time; further ones wait."""

_log = logging.getLogger(__name__)

_OutsideErrors = (
    TmuxError, UnfitCommandError, worktrees.WorktreeError, hosts.HostError, processes.NotStarted,
    config.ConfigError, OSError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effects:
    """Carries out effects."""

    engine: Engine
    starting: StartEffects
    prompting: PromptEffects
    landing: LandingEffects
    merged: MergedEffects
    ending: EndEffects
    undoing: UndoEffects
    staging: StageEffects
    telling: OverlapNotes
    forge: ForgeEffects
    fixing: FixEffects
    look_again: Callable[[], None]
    """Requests a sweep now, because something has been changed in tmux."""
    leaving: threading.Event
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "effect"))

    async def carry_out(self, effect: Effect) -> Iterable[Event]:
        """The events of the effect. Raises nothing but what ends the hub."""
        try:
            return await self._do(effect)
        except _OutsideErrors as error:
            _log.warning("%s failed: %s", effect, error)
            made = error.worktree if isinstance(error, worktrees.GitFailed) else None
            added = (
                (WorktreeAdded(time.time(), effect.card, made),)
                if made and isinstance(effect, AddWorktree)
                else ()
            )
            return (*added, *self._failed(effect, _failure(error)))
        except Exception as error:  # noqa: BLE001 (the border at which a bug becomes a line on the card)
            _log.exception("%s failed with a bug", effect)
            why = f"{type(error).__name__}: {error}"
            return self._failed(effect, Failure("orch has a bug", why, "See: orch hub logs", time.time()))

    async def _do(self, effect: Effect) -> Iterable[Event]:
        if not isinstance(effect, CardEffect):
            return await self.staging.carry_out(effect)
        card = self.engine.state.cards.get(effect.card)
        if card is None and isinstance(effect, ReachForge):
            card = self.engine.state.departed.get(effect.card)
        return await self._do_for(card, effect) if card else ()

    async def _do_for(self, card: Card, effect: CardEffect) -> Iterable[Event]:
        match effect:
            case AddWorktree():
                return await self._in_its_time(self.starting.add_worktree, card)
            case SetUpWorktree():
                return await self._in_its_time(self.starting.set_up, card)
            case OpenWindow():
                events = await self._in_its_time(self.starting.open_window, card)
                self.look_again()
                return events
            case TypePrompt():
                return await self.prompting.type_in(card, effect.prompt)
            case EndSession():
                return await self.ending.end_session(card)
            case MakeLanding():
                return await self._in_its_time(self.landing.make, card)
            case ProveMerged():
                return await self._in_its_time(self.merged.prove, card)
            case MoveBase():
                return await self._in_its_time(self.landing.move, card)
            case RemoveWorktree():
                return await self._in_its_time(self.ending.remove_worktree, card, effect.rescue)
            case TellOverlap():
                return await self.telling.send(card, effect)
            case ReachForge():
                return await self.forge.carry_out(card)
            case FixChange():
                return await self.fixing.carry_out(card, effect)
            case RestoreWorktree():
                return await self._in_its_time(self.undoing.restore_worktree, card)
            case MoveBaseBack():
                return await self._in_its_time(self.undoing.move_base_back, card)

    async def _in_its_time(self, work: Callable[..., Iterable[Event]], *given: object) -> Iterable[Event]:
        """Work that may take minutes, in separate threads, so that reads do not wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *given)

    def _failed(self, effect: Effect, failure: Failure) -> Iterable[Event]:
        now = time.time()
        match effect:
            case AddWorktree() | SetUpWorktree() | OpenWindow():
                return (StartFailed(now, effect.card, failure),)
            case TypePrompt():
                return (PromptPutBack(now, effect.card, effect.prompt, f"{failure.what}: {failure.why}"),)
            case (
                EndSession()
                | MakeLanding()
                | ProveMerged()
                | MoveBase()
                | RemoveWorktree()
                | RestoreWorktree()
                | MoveBaseBack()
            ):
                return (EndingFailed(now, effect.card, failure),)
            case TellOverlap() | ReachForge() | FixChange():
                return ()
            case _:
                return self.staging.failed(effect, failure)


def _failure(error: Exception) -> Failure:
    if isinstance(error, TmuxError | UnfitCommandError | worktrees.WorktreeError | hosts.HostError):
        away = isinstance(error, hosts.HostAway)
        output = error.output if isinstance(error, worktrees.CheckFailed) else ""
        return Failure(error.what, error.why, error.hint, time.time(), output, away=away)
    if isinstance(error, config.ConfigError):
        return Failure("the configuration has an error", str(error), "See: orch config show", time.time())
    if isinstance(error, processes.NotStarted):
        return Failure("cannot start a process", str(error), "", time.time())
    return Failure("cannot use a file", str(error), "", time.time())
