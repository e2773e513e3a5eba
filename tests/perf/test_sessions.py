"""The figures of design, section 8, for 50 and for 200 sessions. Run with: pytest -n 0 -m perf tests/perf -s

Nothing is asserted about time: the table has each figure beside its bar.
"""

import os
import random
import re
import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from orchestrator.client import HubAway
from tests.perf.farm import ORCH, Farm, until
from tests.perf.measure import Spread, Table, median_run, percent_of_a_core, seconds_of
from tests.perf.terminal import Terminal

pytestmark = [pytest.mark.perf, pytest.mark.timeout(1500)]

IDLE_FOR = float(os.environ.get("ORCH_TEST_IDLE_FOR", "35"))
LOAD_FOR = 25.0
EVENTS = 30.0
"""Hook events a second, of all sessions together."""
NAGGED_AFTER = float(os.environ.get("ORCH_TEST_NAGGED_AFTER", "66"))
"""Seconds of rest after which each session has sent its one Notification, and all is quiet."""
_ANY = random.Random(1)  # noqa: S311 (moments, not secrets)
RESTING = 10
"""Sessions that rest while the others work; the cursor moves among their cards."""


@pytest.fixture(params=[int(each) for each in os.environ.get("ORCH_TEST_SESSIONS", "50,200").split(",")])
def farm(request: pytest.FixtureRequest) -> Iterator[Farm]:
    with Farm(request.param) as farm:
        yield farm


def test_figures(farm: Farm) -> None:
    table = Table(f"{farm.size} scripted sessions, {os.cpu_count()} cores")
    resting = [f"Rests {number:03}" for number in range(RESTING)]
    working = [f"Works {number:03}" for number in range(farm.size - RESTING)]
    try:
        _start(table, farm, resting + working)
        rested_at = time.monotonic()
        _start_up(table, farm)
        with farm.board() as board:
            assert board.sees(r"Rests|Works", board.started, 20)
            _hook_round_trip(table, farm)
            _keys(table, board, "key → repaint, idle", bar="median ≤ 20 ms", percent=50, limit=0.020)
            time.sleep(max(0.0, rested_at + NAGGED_AFTER - time.monotonic()))
            _idle(table, farm, board)
            _escape(table, farm, board, working[:20])
        for rows in (50, 5 * farm.size + 10) if farm.size <= 50 else (50,):
            with farm.board(rows) as board:
                assert board.sees(r"Rests|Works", board.started, 20)
                _load(table, farm, board, working[:40], rows)
        _recovery(table, farm, working[:10])
    finally:
        print(f"\n{table.text()}")


def _start(table: Table, farm: Farm, titles: list[str]) -> None:
    began = time.perf_counter()
    accepted = [seconds_of(lambda title=title: farm.create(title, "demo: say Ready.")) for title in titles]  # type: ignore[misc]
    farm.all_in("idle", titles, within=400)
    took = time.perf_counter() - began
    limit = 20.0 * farm.size / 50
    table.add(
        f"{farm.size} cards created, started, first turn ended",
        f"{took:.1f} s",
        f"≤ {limit:.0f} s",
        took / limit,
    )
    table.add("   of that: one `new` accepted", Spread.of(accepted).in_words())


def _start_up(table: Table, farm: Farm) -> None:
    first = []
    for _ in range(5):
        with farm.board() as board:
            seen = board.sees(r"Rests|Works", board.started, 20)
            first.append((seen or float("nan")) - board.started)
    table.spread("`orch tui` to first board, hub up", first, "≤ 700 ms", percent=50, limit=0.7)
    table.spread("`orch --help`", median_run([*ORCH, "--help"]), "≤ 200 ms", percent=50, limit=0.2)
    table.spread("`orch ls --json`", median_run([*ORCH, "ls", "--json"]), "≤ 300 ms", percent=50, limit=0.3)


def _hook_round_trip(table: Table, farm: Farm) -> None:
    poster = farm.poster(farm.cards()["Rests 000"])
    for anew, words in ((False, "kept connection"), (True, "new connection")):
        poster.post("SubagentStart", anew=anew)
        took = [poster.post("SubagentStart", anew=anew, agent_type="probe") for _ in range(400)]
        table.spread(f"http hook round trip, {words}", took, "p99 ≤ 10 ms", percent=99, limit=0.010)
    poster.close()


def _keys(table: Table, board: Terminal, what: str, *, bar: str, percent: float, limit: float) -> None:
    """Moves the cursor up and down among the resting cards, which nothing else repaints."""
    for key in (b"l", b"l", b"l", b"l", b"h"):  # to Done, which is empty, and back to Review
        board.press(key)
        time.sleep(0.2)
    took, missed = [], 0
    for number in range(120):
        at = board.press(b"j" if number % 8 < 4 else b"k")
        seen = board.sees(r"▌[^▌]{0,90}?(Rests|Works) \d", at, 1.0)
        if seen is None:
            missed += 1
            if missed == number + 1 == 8:
                break
        else:
            took.append(seen - at)
        time.sleep(0.07 + _ANY.random() * 0.03)
    table.spread(
        what + (f" ({missed} of 120 not seen)" if missed else ""), took, bar, percent=percent, limit=limit
    )


def _idle(table: Table, farm: Farm, board: Terminal) -> None:
    processes = farm.processes(board)
    forks, cpu, began, at = farm.forks.so_far(), processes.cpu(), time.monotonic(), time.time()
    time.sleep(IDLE_FOR)
    seconds = time.monotonic() - began
    used = percent_of_a_core(cpu, processes.cpu(), seconds)
    calls, total = farm.forks.so_far() - forks, sum(used.values())
    parts = ", ".join(f"{name} {value:.2f}" for name, value in used.items())
    table.add(
        f"CPU of hub + TUI + tmux + forks, idle, {seconds:.0f} s",
        f"{total:.2f} % of a core ({parts})",
        "≤ 3 %",
        total / 3,
    )
    table.add(
        "forks a second, idle", f"{calls / seconds:.2f} ({farm.forks.what(forks)})", "≤ 1", calls / seconds
    )
    sent = board.bytes_since(at)
    when = sorted({round(when - at) for when, _ in board.chunks_since(at)})
    table.add(
        "terminal bytes a second, idle",
        f"{sent / seconds:.1f} ({sent} bytes, at {when} s)",
        "0 but for changes",
    )
    memory = processes.memory()
    rss = sum(each[0] for each in memory.values())
    parts = ", ".join(f"{name} {r:.0f}/{p:.0f}" for name, (r, p) in memory.items())
    table.add("memory of hub + TUI (RSS/PSS)", f"{rss:.0f} MB ({parts})", "≤ 200 MB", rss / 200)


def _escape(table: Table, farm: Farm, board: Terminal, titles: list[str]) -> None:
    farm.prompt(titles, "demo: hang")
    time.sleep(1)
    from_key, from_registry = [], []
    cards = farm.cards()
    for title in titles:
        left = sum(card.column == "in_progress" for card in farm.cards().values()) - 1
        at = time.time()
        farm.press(cards[title], "Escape")
        # the column's head is always in sight, the card itself may not be
        seen = board.sees(rf"In Progress(?:\x1b\[[\d;]*m|\s)*{left}\b", at, 5.0)
        until(lambda title=title: farm.cards()[title].state == "interrupted", 10)  # type: ignore[misc]
        if seen is not None:
            from_key.append(seen - at)
            from_registry.append(seen - farm.registry_changed(cards[title]))
        time.sleep(_ANY.random() * 0.3)
    table.spread(
        "registry change (Esc) → card repainted", from_registry, "p99 ≤ 400 ms", percent=99, limit=0.4
    )
    table.add("   from the key's press in the pane", Spread.of(from_key).in_words())


def _load(table: Table, farm: Farm, board: Terminal, titles: list[str], rows: int) -> None:
    """Hooks carry the time at which they were sent; the board shows it, as far as the card can be seen."""
    rate = EVENTS / len(titles)
    farm.prompt(titles, f"demo: await; emit {rate} {LOAD_FOR + 10}; say Ready.")
    processes = farm.processes(board)
    for card in (card for title, card in farm.cards().items() if title in titles):
        assert card.pid
        os.kill(card.pid, signal.SIGUSR1)
        time.sleep(2 / rate / len(titles))
    at, cpu, began = time.time(), processes.cpu(), time.monotonic()
    where = f"200x{rows}"
    _keys(
        table,
        board,
        f"key → repaint, {EVENTS:.0f} events/s, {where}",
        bar="p99 ≤ 50 ms",
        percent=99,
        limit=0.050,
    )
    time.sleep(max(0.0, LOAD_FOR - (time.monotonic() - began)))
    seconds = time.monotonic() - began
    used = percent_of_a_core(cpu, processes.cpu(), seconds)
    took = []
    seen: set[str] = set()
    for when, data in board.chunks_since(at):
        for stamp in re.findall(r"emit \d+ (\d{19})", data.decode(errors="replace")):
            if stamp not in seen and int(stamp) / 1e9 >= at:
                seen.add(stamp)
                took.append(when - int(stamp) / 1e9)
    what = f"hook posted → card repainted, {EVENTS:.0f} events/s, {where}"
    table.spread(what, took, "p99 ≤ 100 ms", percent=99, limit=0.1)
    parts = ", ".join(f"{name} {value:.1f}" for name, value in used.items())
    sent = board.bytes_since(at) / seconds / 1000
    table.add(
        f"   meanwhile, {where}",
        f"CPU {sum(used.values()):.0f} % of a core ({parts}), {sent:.0f} kB/s to the terminal",
    )
    farm.all_in("idle", titles, within=60)


def _recovery(table: Table, farm: Farm, changing: list[str]) -> None:
    """While the hub is away some sessions change: they have to come back as they are by then."""
    farm.prompt(changing, "demo: await; say Ready.")
    before = {title: card.state for title, card in farm.cards().items()}
    wanted = before | dict.fromkeys(changing, "idle")
    pids = [farm.cards()[title].pid for title in changing]
    hub = psutil.Process(farm.client.hub().pid)
    began = time.monotonic()
    hub.kill()
    for pid in pids:
        assert pid
        os.kill(pid, signal.SIGUSR1)

    def answers() -> bool:
        try:
            farm.client.hub()
        except HubAway:
            return False
        return True

    def as_it_is() -> bool:
        return {title: card.state for title, card in farm.cards().items()} == wanted

    until(answers, 30, every=0.02)
    back = time.monotonic() - began
    until(as_it_is, 30, every=0.02)
    took = time.monotonic() - began
    what = f"hub killed -9 → all {farm.size} taken up, {len(changing)} changed meanwhile"
    table.add(what, f"{took:.2f} s (answers after {back:.2f} s)", "≤ 3 s", took / 3)
