"""The review of large diffs, on a terminal: how soon it is on the screen, how soon a key is, how much memory
it takes."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.perf.farm import until
from tests.perf.measure import Table
from tests.perf.terminal import Terminal

pytestmark = pytest.mark.perf

GIT = 0.15
"""Seconds that git takes for the summary: for 500 files it is at least that."""
OPENED = 5
"""How often the review is opened; the first time it is loaded as well."""
FOLDED = 2000
"""Changed lines above which a file is folded until it is opened."""
SIZES = [("1,000 lines in 20 files", 20, 50), ("30,000 lines in 500 files", 500, 60),
         ("300,000 lines in 3,000 files", 3000, 100), ("100,000 lines in one file", 1, 100_000)]  # fmt: skip
KEYS = [(b"j", 40), (b"k", 40), (b"\x1b[6~", 30), (b"n", 30), (b"]", 20)]
NAMES = {b"\x1b[6~": "pagedown"}
CODE = "keyboard"


@pytest.mark.parametrize(("name", "files", "lines"), SIZES, ids=[name for name, *_ in SIZES])
def test_the_review_of_a_large_diff(tmp_path: Path, name: str, files: int, lines: int) -> None:
    table, log = Table(f"review of {name}, 200x50"), tmp_path / "answered"
    argv = [sys.executable, "-m", "tests.perf.large_diff", str(log), str(files), str(lines), str(GIT)]
    with Terminal(argv) as board:
        assert board.sees("Rewrite", board.started, 20)
        time.sleep(1.0)
        before = memory(board)
        first = []
        for number in range(OPENED):
            at = board.press(b"d")
            if lines > FOLDED:
                assert board.sees("▸", at, 20), "the file is folded"
                time.sleep(1.0)
                answered = board.press(b"\r")
            else:
                until(lambda number=number: len(stamps(log)) > number, 20, every=0.005)  # type: ignore[misc]
                answered = stamps(log)[-1]
            seen = board.sees(CODE, at, 20)
            assert seen is not None
            first.append(seen - answered)
            time.sleep(1.5)
            if number < OPENED - 1:
                board.press(b"\x1b")
                time.sleep(1.0)
        table.add("answer of git to first text, once loaded", f"{first[0] * 1000:.0f} ms, the first time")
        table.spread("", first[1:], "p50 150 ms", percent=50, limit=0.15)
        for key, times in KEYS:
            keys(table, board, key, times)
        table.add("memory of the board, and with the review", f"{before:.0f} MB, {memory(board):.0f} MB")
        search(table, board)
        table.add("memory, everything searched", f"{memory(board):.0f} MB", "200 MB", memory(board) / 200)
    print(f"\n{table.text()}")


def stamps(log: Path) -> list[float]:
    return [float(line) for line in log.read_text().splitlines()] if log.exists() else []


def memory(board: Terminal) -> float:
    """Megabytes."""
    return float(psutil.Process(board.pid).memory_info().rss) / 1e6


def keys(table: Table, board: Terminal, key: bytes, times: int) -> None:
    """From each press until the cursor is painted elsewhere."""
    took = []
    for _ in range(times):
        at = board.press(key)
        if (seen := board.sees("▌", at, 1.0)) is not None:
            took.append(seen - at)
        time.sleep(0.12)
    name = NAMES.get(key, key.decode())
    missed = f" ({times - len(took)} of {times} not seen)" if len(took) < times else ""
    table.spread(f"key {name} to repaint{missed}", took, "p50 50 ms", percent=50, limit=0.05)


def search(table: Table, board: Terminal) -> None:
    """For what is nowhere, so that every file is read; meanwhile keys are pressed."""
    took = []
    board.press(b"/")
    time.sleep(0.3)
    began = board.press(b"q")
    for letter in b"zx":
        at = board.press(bytes([letter]))
        if (seen := board.sees("“", at, 2.0)) is not None:
            took.append(seen - at)
        time.sleep(0.1)
    board.press(b"\r")
    table.spread("letter of a search to repaint", took, "p50 50 ms", percent=50, limit=0.05)
    done = board.sees(r"0 lines[^,]", began, 60)
    table.add("all files searched", "not seen" if done is None else f"{done - began:.1f} s")
