"""Pictures of the queue that somebody has looked at and found right."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from orchestrator.client import Board
from orchestrator.core.views import Question
from widgets.app import OrchApp
from widgets.gallery import StageClient, card, hub, stage
from widgets.gallery_needs import detail, need

NOW = 1_700_000_000.0
LARGE, SMALL = (200, 50), (80, 24)

SnapCompare = Callable[..., bool]
both_sizes = pytest.mark.parametrize("size", [LARGE, SMALL], ids=["200x50", "80x24"])


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


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
            await pilot.pause(0.15)
            clock = pilot.app.clock
            assert isinstance(clock, Clock)
            clock.now += 1
        await pilot.pause(0.2)

    return press


@both_sizes
@pytest.mark.parametrize(
    "keys",
    [
        ("a",), ("a", "j"), ("a", "g", "2", "1", "3"), ("a", "g", "j"), ("a", "j", "j"), ("a", "A"),
        ("a", "d"), ("a", "G", "k", "k"), ("a", "a"), ("a", "question_mark"),
    ],
    ids=["permission", "edit", "question", "plan", "dialog", "always", "deny", "stall", "answering", "help"],
)  # fmt: skip
def test_queue(snap_compare: SnapCompare, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert snap_compare(app(stage(NOW)), terminal_size=size, run_before=after(*keys))


@both_sizes
def test_empty_queue(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    client = StageClient(Board(hub(), (card(1, "Dark mode", "review", "idle"),)))
    assert snap_compare(app(client), terminal_size=size, run_before=after("a"))


def hostile() -> StageClient:
    texts = [
        "[/x] [bold red]markup[/]",
        "\x1b[2J\x1b[31mescapes\x07",
        "emoji 👨\u200d👩\u200d👧 👍\U0001f3fd 🇩🇪 ❤\ufe0f",
        "שלום עולם \u202eturned",
        "x" * 500,
        "lines\nand\ttabs",
        "日本語" * 40,
    ]
    client = StageClient()
    cards = [
        replace(card(number, "t", "blocked", "question"), title=text) for number, text in enumerate(texts, 1)
    ]
    needs = [need(view, "question", view.title, NOW - 60.0 * number) for number, view in enumerate(cards)]
    client.details = {
        each.id: detail(
            each,
            questions=(
                Question(each.title, each.title, False, ((each.title, each.title), (each.title, ""))),
            ),
            always=(each.title,),
        )
        for each in needs
    }
    client.tell(Board(hub(waiting=7), tuple(cards), tuple(needs)))
    return client


@both_sizes
@pytest.mark.parametrize("down", [0, 2, 4])
def test_hostile_queue(snap_compare: SnapCompare, size: tuple[int, int], down: int) -> None:
    keys = ("a", "g", *["j"] * down, "1")
    assert snap_compare(app(hostile()), terminal_size=size, run_before=after(*keys))


@both_sizes
def test_a_long_diff(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    view = card(1, "Rewrite the parser", "blocked", "permission", attention=1)
    asked = need(view, "permission", "Edit src/parser.py", NOW - 60)
    lines = [
        f"{'+- '[number % 3]}    line {number} of the parser, " + "more " * (number % 40)
        for number in range(200)
    ]
    client = StageClient(Board(hub(waiting=1), (view,), (asked,)))
    client.details = {asked.id: detail(asked, "\n".join(["@@ -1,200 +1,200 @@", *lines]), diff=True)}
    assert snap_compare(app(client), terminal_size=size, run_before=after("a", "pagedown"))
