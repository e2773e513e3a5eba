"""What is fetched from the hub in full when it is viewed, and cached while it is current."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual.timer import Timer

from orchestrator.client import Client, OrchError
from widgets.hub_app import HubApp

T = TypeVar("T")

_RESTS_AFTER = 0.08
"""Seconds on one item after which it is fetched: moving through a list fetches nothing."""
_AGAIN_AFTER = 0.25
"""Seconds after which it is fetched again if it has changed, however often it does."""


@dataclass(frozen=True, slots=True)
class CachedDetail(Generic[T]):
    """The hub's answer about an item in its state `of`; until it arrives, neither whole nor error."""

    of: object
    whole: T | None = None
    error: str = ""


class DetailCache(Generic[T]):
    """Pages by the ids of items. `ask` fetches one; `changed` is called when it has arrived."""

    def __init__(
        self, app: HubApp, ask: Callable[[Client, str], T], changed: Callable[[], object], what: str
    ) -> None:
        self._app, self._ask, self._changed, self._what = app, ask, changed, what
        self._pages: dict[str, CachedDetail[T]] = {}
        self._next: tuple[str, object] = ("", None)
        self._timer: Timer | None = None

    def page(self, id_: str) -> CachedDetail[T]:
        """The cached page."""
        return self._pages.get(id_, CachedDetail(None))

    def asked(self, id_: str, of: object) -> bool:
        """Whether the hub has been asked since the item has changed from `of`."""
        page = self._pages.get(id_)
        return page is not None and page.of == of

    def rest(self, id_: str, of: object) -> None:
        """It is viewed in its state `of`: it is fetched in a moment, unless that is cached or the selection
        has moved by then."""
        if self.asked(id_, of):
            return
        waiting, self._next = self._next[0], (id_, of)
        if waiting == id_:
            return
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._app.set_timer(_AGAIN_AFTER if id_ in self._pages else _RESTS_AFTER, self._rested)

    def _rested(self) -> None:
        (id_, of), self._next = self._next, ("", None)
        if id_:
            self.fetch(id_, of)

    def fetch(self, id_: str, of: object, *, again: bool = False) -> None:
        """Asks the hub, unless it has been asked since the item has changed. `again` asks in any case; the
        cached page stays until the answer arrives."""
        if self.asked(id_, of) and not again:
            return
        before = self._pages.get(id_)
        self._pages[id_] = CachedDetail(of, before.whole if before else None)
        self._app.command(
            lambda client: self._ask(client, id_),
            lambda whole: self._put(id_, CachedDetail(of, whole)),
            lambda error: self._put(id_, CachedDetail(of, None, self._words(error))),
            look_up=True,
        )

    def retry(self, id_: str, of: object) -> None:
        """Asks the hub again if that failed the last time."""
        if self.page(id_).error:
            self.fetch(id_, of, again=True)

    def put(self, id_: str, whole: T) -> None:
        """The hub has sent it with the answer to something else."""
        if id_ in self._pages:
            self._put(id_, CachedDetail(self._pages[id_].of, whole))

    def keep(self, ids: Collection[str]) -> None:
        """Forgets all others."""
        self._pages = {id_: page for id_, page in self._pages.items() if id_ in ids}
        if self._next[0] not in ids:
            self._next = ("", None)

    def _put(self, id_: str, page: CachedDetail[T]) -> None:
        standing = self._pages.get(id_)
        if standing is not None and standing.of == page.of:
            self._pages[id_] = page
            self._changed()

    def _words(self, error: OrchError) -> str:
        return f"cannot load {self._what}: {error}"
