"""The list of many issues on a terminal: how soon it is drawn, and how soon a key is.
Run with: pytest -n 0 -m perf tests/perf/test_issues.py -s"""

import sys
import time
from pathlib import Path

import pytest

from tests.perf.farm import until
from tests.perf.measure import Table
from tests.perf.terminal import Terminal

pytestmark = pytest.mark.perf

OPENED = 6
"""How often the list is opened; the first time it is loaded as well."""
PARTS = 3
"""In which 1,000 issues are answered: 100, then 500 at a time."""
KEYS = [("j", 40), ("k", 40)]


def test_a_thousand_issues_are_drawn(tmp_path: Path) -> None:
    table, log = Table("1,000 issues, 200x50"), tmp_path / "answered"
    log.touch()
    with Terminal([sys.executable, "-m", "tests.perf.many_issues", str(log), "1000"]) as board:
        assert board.sees("Rewrite", board.started, 20)
        time.sleep(1.0)
        first, every = [], []
        for number in range(1, OPENED + 1):
            at = board.press(b"I")
            row = board.sees("Crash in room 1000", at, 20)
            whole = board.sees("1,?000 open issues", at, 20)
            assert row
            assert whole
            until(lambda wanted=number * PARTS: len(stamps(log)) >= wanted, 20)  # type: ignore[misc]
            first.append(row - stamps(log)[(number - 1) * PARTS])
            every.append(whole - stamps(log)[number * PARTS - 1])
            time.sleep(1.0)
            if number < OPENED:
                board.press(b"\x1b")
                time.sleep(1.0)
        table.add("first answer to first row", f"{first[0] * 1000:.0f} ms, the first time")
        table.spread("", first[1:], "p50 150 ms", percent=50, limit=0.15)
        table.spread("last answer to all 1,000", every[1:], "p50 150 ms", percent=50, limit=0.15)
        for key, times in KEYS:
            took = []
            for _ in range(times):
                at = board.press(key.encode())
                if (seen := board.sees("Crash", at, 1.0)) is not None:
                    took.append(seen - at)
                time.sleep(0.12)
            table.spread(f"key {key} to repaint", took, "p50 50 ms", percent=50, limit=0.05)
        board.press(b"/")
        time.sleep(0.3)
        at = board.press(b"7")
        found = board.sees("of 1,?000", at, 5.0)
        said = "not seen" if found is None else f"{(found - at) * 1000:.0f} ms"
        table.add("letter of a search to the rows that fit", said)
    print(f"\n{table.text()}")


def stamps(log: Path) -> list[float]:
    return [float(line) for line in log.read_text().splitlines()]
