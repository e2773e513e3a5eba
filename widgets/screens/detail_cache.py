"""What is fetched whole from the hub when it is looked at, and kept as long as it stands."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual.timer import Timer

from orchestrator.client import Client, OrchError
from widgets.hub_app import HubApp

T = TypeVar("T")

_RESTS_AFTER = 0.08
"""Seconds on one thing after which it is fetched: going through a list asks for nothing."""
_AGAIN_AFTER = 0.25
"""Seconds after which it is fetched again where it has changed, however often it does."""


@dataclass(frozen=True, slots=True)
class CachedDetail(Generic[T]):
    """What the hub has said of a thing as it stood in `of`; until it has, neither whole nor error."""

    of: object
    whole: T | None = None
    error: str = ""


class DetailCache(Generic[T]):
    """Pages by the ids of things. `ask` fetches one; `changed` is called when it has come."""

    def __init__(
        self, app: HubApp, ask: Callable[[Client, str], T], changed: Callable[[], object], what: str
    ) -> None:
        self._app, self._ask, self._changed, self._what = app, ask, changed, what
        self._pages: dict[str, CachedDetail[T]] = {}
        self._next: tuple[str, object] = ("", None)
        self._timer: Timer | None = None

    def page(self, id_: str) -> CachedDetail[T]:
        """What is known of it."""
        return self._pages.get(id_, CachedDetail(None))

    def asked(self, id_: str, of: object) -> bool:
        """Whether the hub has been asked since the thing has changed from `of`."""
        page = self._pages.get(id_)
        return page is not None and page.of == of

    def rest(self, id_: str, of: object) -> None:
        """It is looked at, and stands as in `of`: it is fetched in a moment, unless that is known or the eye
        has gone on by then."""
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
        """Asks the hub, unless it has been asked since the thing has changed. `again` asks in any case; what
        was known stays until the answer is there."""
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
        """Asks the hub again where that went wrong the last time."""
        if self.page(id_).error:
            self.fetch(id_, of, again=True)

    def put(self, id_: str, whole: T) -> None:
        """The hub has told it unasked, in answer to something else."""
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
