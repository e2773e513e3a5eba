"""The review of large diffs: how soon it is on the screen, and how soon a key is."""

import time
from typing import Any

import pytest

from orchestrator.client import Board
from orchestrator.core.diff.files import ChangedFile, Diff
from orchestrator.core.requests.request import Request
from orchestrator.core.requests.review import Patch, ReadDiff, ReadPatch, ReadReview, SawDiff
from orchestrator.core.review.comments import Review
from tests.clock import NOW, Clock
from tests.perf.measure import Spread, Table
from widgets.app import OrchApp
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.review.screen import ReviewScreen

pytestmark = [pytest.mark.perf, pytest.mark.anyio]

_CODE = "    return self.keyboard.shown(action) if action in known else names({0})  # {0}"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class LargeDiff(GalleryClient):
    """Answers at once with `files` files of `lines` changed lines each, half of them removed."""

    def __init__(self, files: int, lines: int) -> None:
        super().__init__(Board(hub(), (card(1, "Rewrite", "review", "idle"),)))
        self._lines = lines
        self._files = tuple(
            ChangedFile(
                f"src/room{n // 20:03}/file{n:05}.py", "modified", None, "100644", "100644", f"a{n}", f"b{n}",
                lines // 2, lines // 2,
            )
            for n in range(files)
        )  # fmt: skip
        self.answered = 0.0

    def _answer(self, request: Request[Any]) -> Any:
        match request:
            case ReadDiff():
                self.answered = time.perf_counter()
                return Diff("c1", "main", "o", "n", "h", (), self._files, NOW)
            case ReadPatch():
                return Patch("".join(map(self._patch, request.paths)).encode(), cut=False)
            case ReadReview():
                return Review("c1")
            case SawDiff():
                return None
            case _:
                return super()._answer(request)

    def _patch(self, path: str) -> str:
        half, parts = self._lines // 2, []
        for start in range(0, half, 10):
            body = [f"-{_CODE.format(n)}\n" for n in range(start, start + 10)]
            body += [f"+{_CODE.format(-n)}\n" for n in range(start, start + 10)]
            at = start * 3 + 1
            parts.append(f"@@ -{at},12 +{at},12 @@ def go():\n one\n{''.join(body)} two\n")
        return f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n{''.join(parts)}"


SIZES = [("1,000 lines in 20 files", 20, 50), ("30,000 lines in 500 files", 500, 60),
         ("300,000 lines in 3,000 files", 3000, 100), ("100,000 lines in one file", 1, 100_000)]  # fmt: skip


async def test_the_review_of_large_diffs() -> None:
    table = Table("review, 200x50")
    for name, files, lines in SIZES:
        client = LargeDiff(files, lines)
        app = OrchApp(client, clock=Clock(), burst_window=0)
        async with app.run_test(size=(200, 50)) as pilot:
            while app.settings is None:
                await pilot.pause(0.01)
            await pilot.press("d")
            while not isinstance(app.screen, ReviewScreen):
                await pilot.pause(0.001)
            screen = app.screen
            view = screen.view
            if lines > 2000:
                while screen.document is None:
                    await pilot.pause(0.001)
                client.answered = time.perf_counter()
                await pilot.press("enter")
            painted = time.perf_counter()
            while not any("return self" in view.render_line(y).text for y in range(view.size.height)):
                await pilot.pause(0.001)
                painted = time.perf_counter()
            first = painted - client.answered
            while screen.reading.busy or not view.highlighter.idle:
                await pilot.pause(0.01)
            limit = 0.15
            table.add(f"{name}: answer to first text", f"{first * 1000:.0f} ms", "150 ms", first / limit)
            for key, times in (
                ("j", 40),
                ("pagedown", 20),
                ("n", 20),
                ("right_square_bracket", 10),
                ("k", 20),
            ):
                took = []
                for _ in range(times):
                    began = time.perf_counter()
                    await pilot.press(key)
                    for y in range(view.size.height):
                        view.render_line(y)
                    took.append(time.perf_counter() - began)
                table.spread(f"{name}: {key}", took, "p50 50 ms", percent=50, limit=0.05)
                assert Spread.of(took).values
    print(f"\n{table.text()}")
