"""The whole requests, fetched from the hub when one is looked at, and kept as long as they stand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.client import OrchError
from orchestrator.core.views import Need, NeedDetail

if TYPE_CHECKING:
    from widgets.app import OrchApp


@dataclass(frozen=True, slots=True)
class Page:
    """What the hub has said of a need as it stood in `of`; until it has, neither detail nor error."""

    of: Need
    detail: NeedDetail | None = None
    error: str = ""


class Library:
    """`changed` is called when something has come."""

    def __init__(self, app: "OrchApp", changed: Callable[[], object]) -> None:
        self._app, self._changed = app, changed
        self._pages: dict[str, Page] = {}

    def page(self, need: Need) -> Page:
        """What is known of it."""
        return self._pages.get(need.id, Page(need))

    def asked(self, need: Need) -> bool:
        """Whether the hub has been asked since the need has changed."""
        page = self._pages.get(need.id)
        return page is not None and page.of == need

    def fetch(self, need: Need, *, again: bool = False) -> None:
        """Asks the hub, unless it has been asked since the need has changed. `again` asks after an error."""
        page = self._pages.get(need.id)
        if self.asked(need) and not (again and page and page.error):
            return
        self._pages[need.id] = Page(need, page.detail if page else None)
        self._app.command(
            lambda client: client.need(need.id),
            lambda detail: self._put(Page(need, detail)),
            lambda error: self._put(Page(need, None, _words(error))),
        )

    def keep(self, needs: Iterable[Need]) -> None:
        """Forgets what is gone."""
        there = {need.id for need in needs}
        self._pages = {id_: page for id_, page in self._pages.items() if id_ in there}

    def _put(self, page: Page) -> None:
        standing = self._pages.get(page.of.id)
        if standing is not None and standing.of == page.of:
            self._pages[page.of.id] = page
            self._changed()


def _words(error: OrchError) -> str:
    return f"The request could not be fetched: {error}"
