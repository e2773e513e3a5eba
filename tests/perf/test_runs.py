"""A hundred runs of ten stages each. Run with: pytest -n 0 -m perf tests/perf/test_runs.py -s

Nothing is asserted about time: the table has the figures.
"""

import os
import threading
import time
from collections.abc import Iterator

import psutil
import pytest

from orchestrator.core.workflow.views import RunView
from tests.conftest import processes_of
from tests.hub.ten_stages import DO_SOMETHING, approve_all, begin, carried_out, once
from tests.perf.farm import Farm, until
from tests.perf.measure import Spread, Table, percent_of_a_core, seconds_of

pytestmark = [pytest.mark.perf, pytest.mark.timeout(1800)]

RUNS = int(os.environ.get("ORCH_TEST_RUNS", "100"))
SESSIONS = 20


@pytest.fixture
def farm() -> Iterator[Farm]:
    with Farm(SESSIONS - 10) as farm:  # which lets ten more in than it is told of
        yield farm


def test_figures(farm: Farm) -> None:
    table = Table(
        f"{RUNS} runs of {len(DO_SOMETHING) + 1} stages, {SESSIONS} sessions at most, {os.cpu_count()} cores"
    )
    numbers = range(RUNS)
    hub = psutil.Process(farm.client.hub().pid)
    began, cpu, forks = time.monotonic(), _cpu(hub), farm.forks.so_far()
    accepted: list[float] = []

    def start() -> None:
        accepted.append(seconds_of(lambda: begin(farm.client, farm.repo, numbers)))

    threading.Thread(target=start, daemon=True).start()
    try:
        runs = approve_all(farm.client, RUNS)
        seconds = time.monotonic() - began
        assert {run.state for run in runs.values()} == {"done"}
        assert carried_out(farm.repo) == once(numbers)
        stages = RUNS * (len(DO_SOMETHING) + 1)
        used = ", ".join(
            f"{name} {value:.0f}" for name, value in percent_of_a_core(cpu, _cpu(hub), seconds).items()
        )
        table.add("all runs accepted", f"{accepted[0]:.1f} s")
        table.add("all stages done", f"{seconds:.1f} s, {stages / seconds:.2f} stages a second")
        table.add("   meanwhile, % of a core", used)
        called = farm.forks.so_far() - forks
        table.add("   tmux and git called", f"{called} times, {called / stages:.0f} for each stage")
        table.add("   hub's memory (RSS)", f"{hub.memory_info().rss / 1e6:.0f} MB")
        table.add("   journal", f"{farm.home.journal.stat().st_size / 1e6:.1f} MB")
        gates = {gate.run: gate for gate in farm.client.gates()}
        waited = Spread.of((gate.decided_at or 0.0) - gate.opened_at for gate in gates.values())
        table.add("gate opened → approved, by one client, gate after gate", waited.in_words())
        table.spread(
            "approved → the next stage has begun",
            (_began(runs[run], "finish") - (gate.decided_at or 0.0) for run, gate in gates.items()),
            "p99 ≤ 2 s", percent=99, limit=2.0,
        )  # fmt: skip
        pauses = [_began(run, "part-x") - _last_end(run, "lint") for run in runs.values()]
        table.spread(
            "scripts done → the agent after them has begun", pauses, "p99 ≤ 2 s", percent=99, limit=2.0
        )
        pauses = [_began(run, "tests") - _last_end(run, "part-y") for run in runs.values()]
        table.add(
            "agents done → the script after them has the repository to itself", Spread.of(pauses).in_words()
        )
        until(lambda: all(card.column == "done" for card in farm.client.cards()), 60)
        until(lambda: not _left(farm, hub), 60)
    finally:
        print(f"\n{table.text()}")


def _cpu(hub: psutil.Process) -> dict[str, float]:
    used = hub.cpu_times()
    return {"hub": used.user + used.system, "its forks": used.children_user + used.children_system}


def _began(run: RunView, stage: str) -> float:
    return next(each.began_at or 0.0 for each in run.stages if each.name == stage)


def _last_end(run: RunView, need: str) -> float:
    """When everything was done that a stage after `need` needs: the stages up to that one."""
    names = [each.name for each in run.stages]
    return max(each.ended_at or 0.0 for each in run.stages[: names.index(need) + 1])


def _left(farm: Farm, hub: psutil.Process) -> list[str]:
    """What runs that is neither the hub nor its tmux server."""
    ours = {hub.pid, *(parent.pid for parent in hub.parents())}
    return [" ".join(each.cmdline()) for each in processes_of(farm.home) if each.pid not in ours]
