"""Pictures of the board that somebody has looked at and found right."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from orchestrator.client import Board
from orchestrator.core.views import CardView, Preview
from widgets.app import OrchApp
from widgets.gallery import StageClient, board, cards, hub

NOW = 1_700_000_000.0
LARGE, SMALL = (200, 50), (80, 24)

SnapCompare = Callable[..., bool]


def app(told: Board | None) -> OrchApp:
    client = StageClient(told)
    client.screen = Preview(
        "\x1b[1;36m● Bash\x1b[0m(npm test)\n  \x1b[32m214 passed\x1b[0m in 8.1 s\n\n> ", 80, 24, NOW
    )
    made = OrchApp(client, clock=lambda: NOW, burst_window=0)
    made.theme = "orch-dark"
    return made


def after(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Presses keys once the board has come, and waits until all is at rest."""

    async def press(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.2)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.1)
        await pilot.pause(0.2)

    return press


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["200x50", "80x24"])
@pytest.mark.parametrize(
    "keys",
    [(), ("n",), ("question_mark",), ("s",), ("space",)],
    ids=["board", "new", "help", "send", "preview"],
)
def test_board(
    snap_compare: SnapCompare,
    size: tuple[int, int],
    keys: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    monkeypatch.chdir(tmp_path)  # the form offers the repository around the current directory
    assert snap_compare(app(board(NOW)), terminal_size=size, run_before=after(*keys))


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["200x50", "80x24"])
def test_empty_board(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(Board(hub(), ())), terminal_size=size, run_before=after())


def test_three_columns(snap_compare: SnapCompare) -> None:
    assert snap_compare(app(board(NOW)), terminal_size=(120, 40), run_before=after("right"))


def test_connecting(snap_compare: SnapCompare) -> None:
    assert snap_compare(app(None), terminal_size=SMALL, run_before=after())


def hostile_cards() -> tuple[CardView, ...]:
    from dataclasses import replace

    titles = [
        "[/x] [bold red]markup[/]",
        "\x1b[2J\x1b[31mescapes\x07",
        "emoji 👨\u200d👩\u200d👧 👍\U0001f3fd 🇩🇪 ❤\ufe0f",
        "שלום עולם \u202eturned",
        "x" * 500,
        "lines\nand\ttabs",
        "日本語" * 40,
    ]
    return tuple(
        replace(view, title=title, reason=title, branch=title, column="review", attention=0)
        for view, title in zip(cards(NOW), titles, strict=False)
    )


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["200x50", "80x24"])
def test_hostile_titles(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(Board(hub(), hostile_cards())), terminal_size=size, run_before=after())
