"""What makes a test of the screen cheap. Either is a third of what such a test would cost otherwise.

A screen that no terminal shows is painted only when a test looks at it (`Player.screen_text`, `widths`, a
picture), and Textual's parser reads each style sheet once in a process, not once in an app.
"""

from collections.abc import Callable
from typing import Any

import pytest
from textual._compositor import Compositor
from textual._context import active_app
from textual.css.stylesheet import Stylesheet

_parse: Callable[..., list[Any]] = Stylesheet._parse_rules  # noqa: SLF001 (no public way to its cache)
_paint: Callable[..., Any] = Compositor.render_update
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


@pytest.fixture(autouse=True)
def cheap_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parse_once)
    monkeypatch.setattr(Compositor, "render_update", _paint_for_somebody)
