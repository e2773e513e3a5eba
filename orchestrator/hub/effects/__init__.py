"""Carries out what the state owes the world, and tells what came of it.

Every effect may be asked for again after a crash: it looks at the world first and does only what is
still to be done. What fails becomes an event with words for the card, never an exception.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from orchestrator import config
from orchestrator.core.effects import (
    AddWorktree,
    Effect,
    EndSession,
    MergeBranch,
    OpenWindow,
    RemoveWorktree,
    SetUpWorktree,
    TypePrompt,
)
from orchestrator.core.events import EndingFailed, Event, PromptPutBack, StartFailed, WorktreeAdded
from orchestrator.core.model import Card, Failure
from orchestrator.hub.effects.ending import Ending
from orchestrator.hub.effects.prompting import Prompting
from orchestrator.hub.effects.starting import Starting
from orchestrator.hub.engine import Engine
from orchestrator.world import worktrees
from orchestrator.world.tmux import TmuxError

_AT_ONCE = 32
"""Worktrees and windows that are worked on at the same time; further ones wait."""

_log = logging.getLogger(__name__)

_OutsideErrors = (TmuxError, worktrees.WorktreeError, config.ConfigError, OSError)


@dataclass(frozen=True, slots=True)
class Effects:
    """The hub's hands."""

    engine: Engine
    starting: Starting
    prompting: Prompting
    ending: Ending
    look_again: Callable[[], None]
    """Asks for a sweep now, because something has just been changed in tmux."""
    leaving: threading.Event
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "effect"))

    async def carry_out(self, wish: Effect) -> Iterable[Event]:
        """The events that the effect makes. Raises nothing but what ends the hub."""
        card = self.engine.state.cards.get(wish.card)
        if card is None:
            return ()
        try:
            return await self._do(card, wish)
        except _OutsideErrors as error:
            _log.warning("%s failed: %s", wish, error)
            failed = _failed(wish, _failure(error))
            made = error.worktree if isinstance(error, worktrees.GitFailed) else None
            return (WorktreeAdded(time.time(), card.id, made), failed) if made else (failed,)
        except Exception as error:  # noqa: BLE001 (the border at which a bug becomes a line on the card)
            _log.exception("%s met a bug", wish)
            why = f"{type(error).__name__}: {error}"
            failure = Failure("orch has a bug", why, "See: orch hub logs", time.time())
            return (_failed(wish, failure),)

    async def _do(self, card: Card, wish: Effect) -> Iterable[Event]:
        match wish:
            case AddWorktree():
                return await self._in_its_time(self.starting.add_worktree, card)
            case SetUpWorktree():
                return await self._in_its_time(self.starting.set_up, card)
            case OpenWindow():
                events = await self._in_its_time(self.starting.open_window, card)
                self.look_again()
                return events
            case TypePrompt():
                return await self.prompting.type_in(card, wish.prompt)
            case EndSession():
                return await self.ending.end_session(card)
            case MergeBranch():
                return await self._in_its_time(self.ending.merge, card)
            case RemoveWorktree():
                return await self._in_its_time(self.ending.remove_worktree, card, wish.rescue)

    async def _in_its_time(self, work: Callable[..., Iterable[Event]], *given: object) -> Iterable[Event]:
        """Work that may take minutes, in threads that nobody waits for who only wants to look."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *given)


def _failure(error: Exception) -> Failure:
    if isinstance(error, TmuxError | worktrees.WorktreeError):
        return Failure(error.what, error.why, error.hint, time.time())
    if isinstance(error, config.ConfigError):
        return Failure("the configuration has an error", str(error), "See: orch config show", time.time())
    return Failure("a file could not be used", str(error), "", time.time())


def _failed(wish: Effect, failure: Failure) -> Event:
    now = time.time()
    match wish:
        case AddWorktree() | SetUpWorktree() | OpenWindow():
            return StartFailed(now, wish.card, failure)
        case TypePrompt():
            return PromptPutBack(now, wish.card, wish.prompt, f"{failure.what}: {failure.why}")
        case _:
            return EndingFailed(now, wish.card, failure)
