"""What is measured, and how: times, distributions, processor time, forks, bytes, memory; and the table."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution of seconds."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        return cls(tuple(sorted(values)))

    def at(self, percent: float) -> float:
        """The percentile, by the nearest rank; NaN where nothing was measured."""
        if not self.values:
            return float("nan")
        return self.values[min(len(self.values) - 1, int(len(self.values) * percent / 100))]

    def in_words(self) -> str:
        if not self.values:
            return "nothing was measured"
        figures = " ".join(f"p{p:g} {self.at(p) * 1000:.1f}" for p in (50, 90, 99))
        return f"{figures} max {self.values[-1] * 1000:.1f} ms, n={len(self.values)}"


@dataclass
class Table:
    """Figures beside their bars; `ratio` below 1 is better than the bar."""

    title: str
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, measured: str, bar: str = "", ratio: float | None = None) -> None:
        self.rows.append((what, measured, bar, "" if ratio is None else f"{ratio:.2f}"))

    def spread(self, what: str, values: Iterable[float], bar: str, *, percent: float, limit: float) -> None:
        """`limit` seconds are the bar at `percent`."""
        spread = Spread.of(values)
        self.add(what, spread.in_words(), bar, spread.at(percent) / limit)

    def text(self) -> str:
        heads = ("what", "measured", "bar", "of the bar")
        widths = [max(len(row[i]) for row in [heads, *self.rows]) for i in range(4)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in [heads, *self.rows]
        ]
        return "\n".join([self.title, *lines])


def seconds_of(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def median_run(argv: Sequence[str], times: int = 7) -> list[float]:
    """How long a whole process takes, in seconds, for each of several runs. Raises where it fails."""

    def run() -> None:
        subprocess.run(argv, check=True, capture_output=True, timeout=60)

    return [seconds_of(run) for _ in range(times)]


# --- processes ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Processes:
    """Those of orch itself: the agents that it watches are not among them."""

    hub: int
    tui: int
    tmux: int

    def cpu(self) -> dict[str, float]:
        """Seconds used so far. The hub's and the board's forks count as theirs once they have ended; the
        tmux server's children are the agents, and don't."""
        used = {}
        for name, pid in (("hub", self.hub), ("tui", self.tui), ("tmux", self.tmux)):
            times = psutil.Process(pid).cpu_times()
            used[name] = times.user + times.system
            if name != "tmux":
                used[f"{name} forks"] = times.children_user + times.children_system
        return used

    def memory(self) -> dict[str, tuple[float, float]]:
        """(RSS, PSS) in MB of hub and board."""
        return {name: _memory(pid) for name, pid in (("hub", self.hub), ("tui", self.tui))}


def _memory(pid: int) -> tuple[float, float]:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = dict(re.findall(r"^(Rss|Pss):\s+(\d+) kB", rollup, re.MULTILINE))
    return int(found["Rss"]) / 1000, int(found["Pss"]) / 1000


class ForkCount:
    """Counts the programs that are started through `PATH`, by shims that note each call and go on to the
    real program. What a process forks by an absolute path is not seen."""

    def __init__(self, folder: Path, programs: Sequence[str]) -> None:
        self._log = folder / "calls"
        self._log.touch()
        self.folder = folder
        for program in programs:
            real = shutil.which(program)
            shim = folder / program
            shim.write_text(f'#!/bin/sh\necho "{program} $*" >> {self._log}\nexec {real} "$@"\n')
            shim.chmod(0o700)

    def so_far(self) -> int:
        return len(self._log.read_text().splitlines())

    def what(self, since: int) -> str:
        """The calls since then, each kind with its number."""
        kinds = [_kind(line) for line in self._log.read_text().splitlines()[since:]]
        return ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))


def _kind(call: str) -> str:
    """A program and its sub-command: the first word that looks like one."""
    program, *words = call.split()
    return f"{program} {next((word for word in words if re.fullmatch('[a-z]+(-[a-z]+)*', word)), '')}".strip()


def percent_of_a_core(before: dict[str, float], after: dict[str, float], seconds: float) -> dict[str, float]:
    return {name: (after[name] - before[name]) / seconds * 100 for name in after}
