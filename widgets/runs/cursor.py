"""Which run and which of its stages are selected, and where the selection moves. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.core.workflow.views import RunView
from widgets.runs.selected import interest, waits_for_human


@dataclass(frozen=True, slots=True)
class RunCursor:
    """`run` is an id, `stage` a name; both empty if there is no run. The rows are their last known positions.
    While the cursor is not `inside` the run, the stage is the one of most interest."""

    run: str = ""
    stage: str = ""
    run_row: int = 0
    stage_row: int = 0
    inside: bool = False


def at(row: int, runs: Sequence[RunView]) -> RunCursor:
    """On the run nearest to that row."""
    if not runs:
        return RunCursor()
    row = max(0, min(row, len(runs) - 1))
    return _whole(RunCursor(runs[row].id, interest(runs[row]), row), runs[row])


def on(run: str, stage: str, runs: Sequence[RunView]) -> RunCursor | None:
    """Inside that run on that stage, or on the one of most interest if it has none with that name; `None` if
    the run is gone."""
    for row, each in enumerate(runs):
        if each.id == run:
            found = stage if any(step.name == stage for step in each.stages) else ""
            return _whole(RunCursor(run, found or interest(each), row, inside=bool(found)), each)
    return None


def opening(runs: Sequence[RunView]) -> RunCursor:
    """On the newest run that needs a person, else on the newest."""
    needy = (row for row, run in enumerate(runs) if any(map(waits_for_human, run.stages)))
    return at(next(needy, 0), runs)


def settle(place: RunCursor, runs: Sequence[RunView]) -> RunCursor:
    """The selection after the runs have changed: on the same run; inside it, on the same stage."""
    run = next((run for run in runs if run.id == place.run), None)
    if run is None:
        return at(place.run_row, runs)
    place = replace(place, run_row=runs.index(run))
    if not place.inside or not any(stage.name == place.stage for stage in run.stages):
        place = replace(place, stage=interest(run))
    return _whole(place, run)


def step(place: RunCursor, runs: Sequence[RunView], way: str) -> RunCursor:
    """One step `up` or `down`, or to the `first` or `last`, in the list with the cursor; `right` goes into
    the run, `left` out of it."""
    run = next((run for run in runs if run.id == place.run), None)
    if run is None or not run.stages:
        return place
    if way in ("left", "right"):
        return settle(replace(place, inside=way == "right"), runs)
    here = place.stage_row if place.inside else place.run_row
    row = {"up": here - 1, "down": here + 1, "first": 0, "last": len(run.stages) + len(runs)}[way]
    if not place.inside:
        return at(row, runs)
    stage = run.stages[max(0, min(row, len(run.stages) - 1))]
    return _whole(replace(place, stage=stage.name), run)


def onward(place: RunCursor, runs: Sequence[RunView]) -> RunCursor | None:
    """Inside the next stage that needs a person, over all runs, wrapping around; `None` for none."""
    every = [(run.id, stage) for run in runs for stage in run.stages]
    here = next(
        (n for n, (run, stage) in enumerate(every) if (run, stage.name) == (place.run, place.stage)), -1
    )
    for run, stage in every[here + 1 :] + every[: here + 1]:
        if waits_for_human(stage):
            return on(run, stage.name, runs)
    return None


def _whole(place: RunCursor, run: RunView) -> RunCursor:
    row = next((row for row, stage in enumerate(run.stages) if stage.name == place.stage), 0)
    return replace(place, stage_row=row)
