"""The lists of runs and of a run's stages, as rows."""

from collections.abc import Sequence
from functools import partial

from orchestrator.core.workflow.views import RunView
from widgets.kit.replies import Replies
from widgets.kit.rows import Row
from widgets.runs.cursor import RunCursor
from widgets.runs.selected import run_time, stage_id, stage_time
from widgets.runs.text.row import names_width, run_lines, stage_lines
from widgets.runs.text.shape import brackets


def run_rows(
    runs: Sequence[RunView], place: RunCursor, now: float, replies: Replies, *, tall: bool
) -> list[Row]:
    """One row for each run, in order. A row is redrawn only on a visible change."""
    rows = []
    for run in runs:
        selected, here = run.id == place.run, not place.inside
        doing = replies.doing(run.id, now)
        draw = partial(run_lines, run, now, tall=tall, selected=selected, here=here, doing=doing)
        looks = (run, run_time(run, now), tall, selected, selected and here, doing)
        rows.append(Row(run.id, looks, draw))
    return rows


def stage_rows(run: RunView, place: RunCursor, now: float, replies: Replies) -> list[Row]:
    """One row for each stage with its name as the id, in the run's order; brackets show what runs in
    parallel."""
    rows, names = [], names_width(run)
    for stage, bracket in zip(run.stages, brackets(run.stages), strict=True):
        selected, here = stage.name == place.stage, place.inside
        doing = replies.doing(stage_id(run, stage), now)
        draw = partial(
            stage_lines, stage, bracket, now, names=names, selected=selected, here=here, doing=doing
        )
        looks = (stage, bracket, stage_time(stage, now), names, selected, selected and here, doing)
        rows.append(Row(stage.name, looks, draw))
    return rows
