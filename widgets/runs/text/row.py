"""The lines of a run and of a stage in their lists: texts and their roles. Pure."""

from orchestrator.core.workflow.views import RunView, StageView
from widgets.kit.format import Line, Span, cells, fit, pad, row
from widgets.kit.rows import edged
from widgets.runs.selected import progress, run_mark, run_time, stage_mark, stage_time, strip

_STATE, _TIME = 12, 8
_NAMES = (10, 28)
"""The minimum and the maximum cells of stages' names."""
_BRANCH_FROM = 100
"""Cells of width from which a stage's branch is shown."""


def run_lines(
    run: RunView, now: float, width: int, *, tall: bool, selected: bool, here: bool, doing: str = ""
) -> tuple[Line, ...]:
    """The run in exactly one line of `width` cells, or two where `tall`."""
    if width < 4:
        return ((("", ""),),) * (2 if tall else 1)
    glyph, role = ("◌", "busy") if doing else run_mark(run)
    name: list[Span] = [(f"{glyph} ", role), (f"{run.id.ljust(3)} ", "faint"), (run.name, "title")]
    far: list[Span] = [(progress(run).rjust(5), "text"), (run_time(run, now).rjust(_TIME), "muted")]
    said: list[Span] = [(doing or run.state, role), (f" · {run.reason}" if run.reason else "", "muted")]
    if tall:
        marks = [("  ", ""), *strip(run)]
        lines: tuple[Line, ...] = (
            row(name, [*marks, *far], width - 2),
            row([("  ", ""), *said], [], width - 2),
        )
    else:
        lines = (row([*name, ("  ", ""), *said], far, width - 2),)
    return edged(lines, selected=selected, here=here)


def names_width(run: RunView) -> int:
    """The cells that the longest of its stages' names needs, within limits."""
    least, most = _NAMES
    return max(least, *(min(cells(stage.name), most) for stage in run.stages)) if run.stages else least


def stage_lines(
    stage: StageView, bracket: str, now: float, width: int, *, names: int, selected: bool, here: bool,
    doing: str = "",
) -> tuple[Line, ...]:  # fmt: skip
    """The stage in exactly one line of `width` cells; `names` of them are for its name."""
    if width < 4:
        return ((("", ""),),)
    glyph, role = ("◌", "busy") if doing else stage_mark(stage)
    left: list[Span] = [
        (f"{bracket} ", "faint"),
        (f"{glyph} ", role),
        (pad(stage.name, names) + " ", "off" if stage.state == "skipped" else "title"),
        (f"{pad(doing or stage.state, _STATE)} ", role),
        (f"{stage_time(stage, now):>{_TIME}} ", "text"),
        (f"{f'×{stage.attempt}' if stage.attempt > 1 else '':<3} ", "trouble"),
        (stage.waits, "text" if role in ("needs", "bad", "trouble") else "muted"),
    ]
    right: list[Span] = []
    if stage.branch and width >= _BRANCH_FROM:
        right = [(f"  {fit(stage.branch, width // 4)}", "faint")]
    return edged(
        (row(left, [*right, (stage.card.rjust(5), "faint")], width - 2),), selected=selected, here=here
    )
