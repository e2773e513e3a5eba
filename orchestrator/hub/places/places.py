"""Where sessions run: in windows and processes of this machine, or on another one."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from orchestrator.core.model import Card
from orchestrator.core.workflow.plan import HEADLESS, LOCAL
from orchestrator.hub.places.local import ProcessPlace, WindowPlace
from orchestrator.hub.places.place import Place
from orchestrator.hub.places.remote import RemotePlace
from orchestrator.world import hosts

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Places:
    """This machine, and the hosts of the configuration by name."""

    windows: WindowPlace
    processes: ProcessPlace
    hosts: Mapping[str, RemotePlace] = field(default_factory=dict)

    def of(self, card: Card) -> Place:
        """Raises `HostError` for a host that is no longer in the configuration."""
        if card.where == LOCAL:
            return self.windows
        if card.where == HEADLESS:
            return self.processes
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
