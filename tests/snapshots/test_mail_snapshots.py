"""Pictures of the mail that somebody has looked at and found right."""

import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from orchestrator.client import Board
from widgets.app import OrchApp
from widgets.gallery import StageClient, card, hub, stage_mail

NOW = 1_700_000_000.0
LARGE, SMALL = (200, 50), (80, 24)

SnapCompare = Callable[..., bool]
both_sizes = pytest.mark.parametrize("size", [LARGE, SMALL], ids=["200x50", "80x24"])


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Messages show when they were sent by the clock of this machine."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def app(client: StageClient) -> OrchApp:
    made = OrchApp(client, clock=Clock(), burst_window=0)
    made.theme = "orch-dark"
    return made


def after(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Presses keys a second apart, and waits until all is at rest."""

    async def press(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, OrchApp)
        await pilot.pause(0.2)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.3)
            clock = pilot.app.clock
            assert isinstance(clock, Clock)
            clock.now += 1
        await pilot.pause(0.2)

    return press


@both_sizes
@pytest.mark.parametrize(
    "keys",
    [
        (), ("m",), ("m", "l", "j", "enter"), ("m", "j", "t"), ("m", "j", "t", "enter"), ("m", "g"),
        ("m", "d"), ("m", "f"), ("m", "c"), ("m", "l", "G", "r"), ("m", "j", "j", "l", "G", "o", "1"), ("T",),
        ("a", "g", "j", "j", "j"), ("a", "G", "k"),
    ],
    ids=[
        "board", "messages", "forged", "threads", "thread", "gathers", "dead", "flow", "compose", "reply",
        "reference", "team", "queue-card", "queue-message",
    ],
)  # fmt: skip
def test_mail(
    snap_compare: SnapCompare,
    size: tuple[int, int],
    keys: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    monkeypatch.chdir(tmp_path)  # the form offers the repository around the current directory
    assert snap_compare(app(stage_mail(NOW)), terminal_size=size, run_before=after(*keys))


@both_sizes
def test_no_mail(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    client = StageClient(Board(hub(), (card(1, "Dark mode", "review", "idle"),)))
    assert snap_compare(app(client), terminal_size=size, run_before=after("m"))
