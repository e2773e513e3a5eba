"""Carries out what the state owes the world, and tells what came of it.

Every effect may be asked for again after a crash: it looks at the world first and does only what is
still to be done. What fails becomes an event with words for the card, never an exception.
"""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator import config
from orchestrator.agents import plain
from orchestrator.agents.claude_code import input_box, launch, transcript
from orchestrator.agents.launch_file import LaunchSpec
from orchestrator.core.effects import (
    AddWorktree,
    Effect,
    EndSession,
    MergeBranch,
    OpenWindow,
    RemoveWorktree,
    SetUpWorktree,
    TypePrompt,
    may_type,
)
from orchestrator.core.events import (
    BranchMerged,
    EndingFailed,
    Event,
    PromptConfirmed,
    PromptPasted,
    PromptPasting,
    PromptPutBack,
    SessionClosed,
    SetupFinished,
    StartFailed,
    WindowOpened,
    WorktreeAdded,
    WorktreeRemoved,
)
from orchestrator.core.follow import is_prompt
from orchestrator.core.model import Card, Failure, Session
from orchestrator.hub.engine import Engine
from orchestrator.hub.tokens import Tokens
from orchestrator.paths import Home
from orchestrator.world import worktrees
from orchestrator.world.tmux import Tmux, TmuxError, TmuxGone

_LEAVES_WITHIN = 8.0
"""Seconds that an agent has to end by itself after SIGTERM, before its window is closed."""

_AT_ONCE = 32
"""Worktrees and windows that are worked on at the same time; further ones wait."""

_REPAINT = 0.2
"""Seconds that an agent has to show what a key changed."""

_log = logging.getLogger(__name__)

OutsideErrors = (TmuxError, worktrees.WorktreeError, config.ConfigError, OSError)


@dataclass(frozen=True, slots=True)
class Effects:
    """The hub's hands. `hook_url` is where sessions report; `config_dir` the agent's own directory."""

    engine: Engine
    tmux: Tmux
    home: Home
    tokens: Tokens
    hook_url: str
    config_dir: Path
    watched: bool
    """Whether the agent is Claude Code, whose input box is known."""
    look_again: Callable[[], None]
    """Asks for a sweep now, because something has just been changed in tmux."""
    started_at: float = field(default_factory=time.time)
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "effect"))
    leaving: threading.Event = field(default_factory=threading.Event)
    """Set when the hub ends: set-ups are broken off, and owed again after the next start."""

    async def carry_out(self, wish: Effect) -> Iterable[Event]:
        """The events that the effect makes. Raises nothing but what ends the hub."""
        card = self.engine.state.cards.get(wish.card)
        if card is None:
            return ()
        try:
            return await self._do(card, wish)
        except OutsideErrors as error:
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
                return await self._in_its_time(self._add_worktree, card)
            case SetUpWorktree():
                return await self._in_its_time(self._set_up, card)
            case OpenWindow():
                events = await self._in_its_time(self._open_window, card)
                self.look_again()
                return events
            case TypePrompt():
                return await self._type(card, wish.prompt)
            case EndSession():
                return await self._end_session(card)
            case MergeBranch():
                return await self._in_its_time(self._merge, card)
            case RemoveWorktree():
                return await self._in_its_time(self._remove_worktree, card, wish.rescue)

    async def _in_its_time(self, work: Callable[..., Iterable[Event]], *given: object) -> Iterable[Event]:
        """Work that may take minutes, in threads that nobody waits for who only wants to look."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *given)

    # --- a start ---------------------------------------------------------------------------------

    def _add_worktree(self, card: Card) -> Iterable[Event]:
        root = Path(card.repo)
        facts = worktrees.look(root, card.base)
        if facts.refusal or not facts.base:
            why = facts.refusal or f"the base {card.base!r} does not exist any more"
            raise worktrees.GitFailed(
                "the worktree could not be added", why, "Make a new card with another base."
            )
        tree = worktrees.add(
            root,
            Path(card.path),
            card.branch,
            facts.base,
            existing=card.existing_branch,
            # A hub before this one may have been killed while it made the worktree.
            began=card.launch is not None and card.launch.since < self.started_at,
        )
        return (WorktreeAdded(time.time(), card.id, tree),)

    def _set_up(self, card: Card) -> Iterable[Event]:
        assert card.worktree is not None
        path = Path(card.worktree.path)
        if not path.is_dir():
            raise worktrees.GitFailed(
                "the worktree is gone",
                f"{path} is not there",
                "Remove the card with a rescue, which keeps its branch's commits.",
            )
        if not card.set_up:
            settings = config.load(Path(card.repo)).worktree
            worktrees.copy_files(Path(card.repo), path, settings.copy_)
            done = worktrees.run_setup(
                path, settings.setup, timeout_s=settings.setup_timeout, env={}, stop=self.leaving
            )
            if not done.ok and self.leaving.is_set():
                return ()
            if not done.ok:
                ended = (
                    "took too long" if done.exit_code is None else f"ended with exit code {done.exit_code}"
                )
                failure = Failure(
                    "the worktree's set-up failed",
                    f"{done.command!r} {ended}",
                    "Mend it, then start the card again.",
                    time.time(),
                    done.output,
                )
                return (StartFailed(time.time(), card.id, failure),)
        return (SetupFinished(time.time(), card.id),)

    def _open_window(self, card: Card) -> Iterable[Event]:
        assert card.launch is not None
        assert card.worktree is not None
        if card.session and not card.session.closed:
            self._close_window(card, card.session)
        settings = config.load(Path(card.repo))
        folder = self.home.launches / card.id
        session_id = card.launch.session_id
        # Only a conversation that has a file can be resumed, and none that has can be begun again.
        resumed = transcript.find(self.config_dir, session_id) is not None
        spec = LaunchSpec(
            card=card.id,
            run=card.launch.run,
            token=self.tokens.make(card.id, card.launch.run),
            slug=card.slug,
            session_id=session_id,
            resume=resumed,
            prompt="" if resumed else card.launch.prompt,
            model=card.model or settings.agent.model,
            permission_mode=card.permission_mode or settings.agent.permission_mode,
            command=settings.agent.command,
            env=settings.agent.env,
            hook_url=self.hook_url,
            cwd=card.worktree.path,
            statusline_report=folder / "statusline.json",
            user_status_line=launch.user_status_line(self.config_dir, card.worktree.path),
        )
        spec.statusline_report.unlink(missing_ok=True)
        prepare = plain.prepare if settings.agent.kind == "plain" else launch.prepare
        file = prepare(folder, spec)
        pane = self.tmux.open_window(
            f"{card.id}-{card.slug}",
            Path(card.worktree.path),
            ["/bin/sh", str(file)],
            card.id,
            card.launch.run,
        )
        server = self.tmux.sweep().server_pid
        run = card.launch.run
        return (WindowOpened(time.time(), card.id, run, pane.window, pane.pane, pane.pid, server, resumed),)

    # --- a prompt --------------------------------------------------------------------------------

    async def _type(self, card: Card, prompt_id: str) -> Iterable[Event]:
        """Looks at the input box right before typing: the user may have begun to write there."""
        session = card.session
        prompt = next(each for each in card.outbox if each.id == prompt_id)
        assert session is not None
        if self.watched and (draft := await asyncio.to_thread(self._draft, session)) != "":
            why = "its input box is not to be seen" if draft is None else "its input box holds a draft"
            return (PromptPutBack(time.time(), card.id, prompt_id, why),)
        now = self.engine.state.cards.get(card.id)
        if now is None or now.ending or not may_type(now.session):
            return ()
        await self.engine.record((PromptPasting(time.time(), card.id, prompt_id),))
        await asyncio.to_thread(self.tmux.paste, session.pane, prompt.text)
        pasted = PromptPasted(time.time(), card.id, prompt_id)
        if prompt.text.lstrip().startswith("/"):  # a command of the terminal's gives no receipt
            return (pasted, PromptConfirmed(time.time(), card.id, prompt_id))
        return (pasted,)

    def _draft(self, session: Session) -> str | None:
        """What the user has begun to write. After Esc, Claude Code puts the interrupted prompt back into
        the box (probed on 2.1.197 and 2.1.330): that is no draft, and is taken out."""
        shown = self.tmux.capture([session.pane]).get(session.pane, "")
        draft = input_box.draft(shown)
        if draft and is_prompt(draft, session.facts.prompt):
            self.tmux.send_keys(session.pane, *["C-u"] * (2 * draft.count("\n") + 1))
            time.sleep(_REPAINT)
            shown = self.tmux.capture([session.pane]).get(session.pane, "")
            draft = input_box.draft(shown)
        return draft

    # --- an ending -------------------------------------------------------------------------------

    async def _end_session(self, card: Card) -> Iterable[Event]:
        """Lets the agent leave by itself, then closes its window. Only a process that tmux still shows
        in the card's own pane is sent a signal."""
        session = card.session
        assert session is not None
        if await asyncio.to_thread(self._runs, session):
            with suppress(ProcessLookupError):
                os.kill(session.pid, signal.SIGTERM)
            deadline = time.monotonic() + _LEAVES_WITHIN
            while time.monotonic() < deadline and _alive(session.pid):
                await asyncio.sleep(0.05)
        try:
            await asyncio.to_thread(self._close_window, card, session)
        except TmuxError:
            if await asyncio.to_thread(self._runs, session):
                raise
        return (SessionClosed(time.time(), card.id, session.run),)

    def _close_window(self, card: Card, session: Session) -> None:
        """Closes the session's window if it is still there: on another tmux server its id is another
        card's."""
        try:
            panes = self.tmux.sweep().panes
        except TmuxGone:
            return
        if (session.window, card.id, session.run) in {(pane.window, pane.card, pane.run) for pane in panes}:
            self.tmux.close_window(session.window)

    def _runs(self, session: Session) -> bool:
        try:
            panes = self.tmux.sweep().panes
        except TmuxError:
            return False
        return any(pane.pane == session.pane and pane.pid == session.pid and not pane.dead for pane in panes)

    def _merge(self, card: Card) -> Iterable[Event]:
        commit = worktrees.merge(
            Path(card.repo), card.branch, card.base, f"Merge {card.branch}: {card.title}"
        )
        return (BranchMerged(time.time(), card.id, commit),)

    def _remove_worktree(self, card: Card, rescue: bool) -> Iterable[Event]:
        tree = card.worktree
        assert tree is not None
        removal = worktrees.remove(
            Path(card.repo),
            Path(tree.path),
            tree.branch,
            made_branch=tree.made_branch,
            base=card.base,
            rescue_as=card.id if rescue else None,
            at=time.time(),
        )
        return (WorktreeRemoved(time.time(), card.id, removal.rescue_ref or ""),)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    except OSError:
        return True


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
