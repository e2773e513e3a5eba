"""What makes a test of the screen cheap. Either of the first two is a third of what it would cost otherwise.

* A screen that no terminal shows is painted only when a test looks at it (`Player.screen_text`, `widths`, a
  picture).
* Textual's parser reads each style sheet once in a process, not once in an app.
* A rule is found in a set by the interpreter itself; a painted line has plain dictionaries for its caches.
* A played hub ends with its board. The feed's thread would wait for it for ever and keep the whole app, and
  the search for garbage would take longer from test to test.
"""

from collections.abc import Callable
from typing import Any

import pytest
from textual import strip
from textual._compositor import Compositor
from textual._context import active_app
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from widgets.feed import Feed
from widgets.gallery.boards import GalleryClient

_parse: Callable[..., list[Any]] = Stylesheet._parse_rules  # noqa: SLF001 (no public way to its cache)
_paint: Callable[..., Any] = Compositor.render_update
_stop = Feed.stop
_parsed: dict[object, list[Any]] = {}


def _parse_once(sheet: Stylesheet, *words: Any, **more: Any) -> list[Any]:
    key = (words, tuple(more.items()), tuple(sheet._variables.items()))  # noqa: SLF001
    if key not in _parsed:
        _parsed[key] = _parse(sheet, *words, **more)
    return _parsed[key]


def _paint_for_somebody(compositor: Compositor, *words: Any, **more: Any) -> Any:
    if more.get("full") or not active_app.get().is_headless:
        return _paint(compositor, *words, **more)
    compositor._dirty_regions.clear()  # noqa: SLF001 (as when they have been painted)
    return None


def _stop_waiting(feed: Feed) -> None:
    _stop(feed)
    if isinstance(feed._client, GalleryClient):  # noqa: SLF001 (a thread that waits in a read can not be stopped)
        feed._client.leave()  # noqa: SLF001


@pytest.fixture(autouse=True)
def cheap_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parse_once)
    monkeypatch.setattr(Compositor, "render_update", _paint_for_somebody)
    monkeypatch.setattr(Feed, "stop", _stop_waiting)
    monkeypatch.setattr(RuleSet, "__hash__", object.__hash__)
    monkeypatch.setattr(strip, "FIFOCache", lambda _: {})
