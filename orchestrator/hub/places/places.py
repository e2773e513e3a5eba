"""The places of sessions without a terminal: this machine, and hosts."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from orchestrator import config
from orchestrator.agents.configured import Agents
from orchestrator.core.model import Card
from orchestrator.core.workflow.plan import HEADLESS, LOCAL
from orchestrator.hub.places.place import Place, Workspace
from orchestrator.hub.places.remote import RemotePlace
from orchestrator.paths import Home
from orchestrator.world import hosts, processes, worktrees
from orchestrator.world.worktrees import diffs

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class LocalPlace:
    """This machine, as a `Place`."""

    home: Home
    url: str
    agents: Agents

    def look(self, card: Card, run: int) -> processes.Outcome:
        return processes.look(self.home.process(card.id, run))

    def ground(self, card: Card, session_id: str, settings: config.Config) -> Workspace:
        assert card.worktree is not None
        named = card.session.transcript if card.session else ""
        conversations = self.agents.of(card).conversations
        found = conversations.find(session_id, named) if conversations else None
        begun = conversations is not None and found is not None and conversations.begun(found)
        agent = settings.agent_named(card.agent)
        return Workspace(
            card.worktree.path, self.url, agent.command, agent.env, resumable=begun, used=found is not None
        )

    def begin(self, card: Card, run: int, launch: Path, cwd: str) -> processes.Outcome:
        folder = self.home.process(card.id, run)
        return processes.start(folder, ["/bin/sh", str(launch)], Path(cwd), apart=True)

    def end(self, card: Card, patience: float) -> None:
        assert card.session is not None
        processes.end(self.home.process(card.id, card.session.run), patience)

    def unclean(self, card: Card) -> str:
        """In a worktree that existed before the card, older untracked files are not its own."""
        assert card.worktree is not None
        since = 0.0 if card.worktree.made else card.created_at
        return worktrees.unclean(Path(card.repo), Path(card.worktree.path), since)

    def bring_back(self, card: Card, *, rescue: bool) -> str:  # noqa: ARG002 (it is here)
        return ""

    def snapshot(self, card: Card, store: diffs.ObjectStore) -> diffs.Snapshot:
        if card.worktree:
            return diffs.snapshot(store, Path(card.worktree.path))
        return diffs.of_branch(store, card.branch)

    def leave(self, card: Card) -> None: ...


@dataclass(frozen=True, slots=True)
class Places:
    """This machine, and the hosts of the configuration by name."""

    here: LocalPlace
    hosts: Mapping[str, RemotePlace] = field(default_factory=dict)

    def of(self, card: Card) -> Place:
        """Raises `HostError` for a host that is no longer in the configuration."""
        if card.where in (LOCAL, HEADLESS):
            return self.here
        if there := self.hosts.get(card.where):
            return there
        what = f"the host {card.where!r} is no longer in the configuration"
        raise hosts.HostError(
            what, f"{card.id} runs there", f"Add [hosts.{card.where}], then restart the hub."
        )

    def elsewhere(self, card: Card) -> bool:
        """Whether its process is on another machine."""
        return card.where not in (LOCAL, HEADLESS)

    def leave(self, card: Card) -> None:
        """As for a place. What cannot be reached now stays there."""
        with contextlib.suppress(hosts.HostError):
            self.of(card).leave(card)

    async def asked(self, work: Callable[[], _T]) -> _T:
        """The result of the work, in a separate thread for which nothing else waits, not even the hub's end:
        a host may be slow to respond."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[_T] = loop.create_future()

        def run() -> None:
            settled = _settled(work)
            with contextlib.suppress(RuntimeError):  # the hub has ended meanwhile
                loop.call_soon_threadsafe(_pass_on, settled, done)

        threading.Thread(target=run, name="place", daemon=True).start()
        return await done


def _settled(work: Callable[[], _T]) -> "Future[_T]":
    future: Future[_T] = Future()
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 (whoever waits for it gets it)
        future.set_exception(error)
    return future


def _pass_on(settled: "Future[_T]", done: "asyncio.Future[_T]") -> None:
    if done.done():
        return
    if error := settled.exception():
        done.set_exception(error)
    else:
        done.set_result(settled.result())
