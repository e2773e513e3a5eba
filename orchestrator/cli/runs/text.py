"""Runs as text for a terminal."""

import shlex
from collections.abc import Iterator, Sequence

import click

from orchestrator.cli.gates.text import quoted
from orchestrator.cli.runs.run_lines import words
from orchestrator.cli.text import age, cells, fit, pad, plain, widths
from orchestrator.core.workflow.views import RunView, StageView

_HEADS = ("RUN", "STATE", "FOR", "STAGES", "COST", "WORKFLOW", "REASON")
_STAGE_HEADS = ("STAGE", "STATE", "TIME", "CARD", "")
COLOURS = {
    "running": "green",
    "done": "cyan",
    "gate-blocked": "yellow",
    "blocked": "yellow",
    "failed": "red",
    "denied": "red",
    "cancelled": "red",
}
_SETTLED = ("done", "failed", "denied", "skipped")


def table(runs: Sequence[RunView], now: float, width: int | None) -> list[str]:
    """A line for each run below a header line. The reason is shortened if `width` is too small."""
    rows = [_HEADS, *(_row(run, now) for run in runs)]
    return _lines(rows, ["", *(run.state for run in runs)], width)


def _row(run: RunView, now: float) -> tuple[str, ...]:
    settled = sum(stage.state in _SETTLED for stage in run.stages)
    return (
        run.id,
        run.state,
        age((run.ended_at or now) - run.started_at),
        f"{settled}/{len(run.stages)}",
        f"${run.cost_usd:.2f}" if run.cost_usd else "",
        plain(run.name),
        plain(run.reason),
    )


def whole(run: RunView, now: float, width: int | None) -> list[str]:
    """The run, each of its stages with what it waits for, and the available commands."""
    cost = f", ${run.cost_usd:.2f}" if run.cost_usd else ""
    took = age((run.ended_at or now) - run.started_at)
    why = f" ({said})" if (said := plain(run.reason)) else ""
    lines = [
        click.style(f"{run.id} {plain(run.name)}: {run.state}", bold=True) + why,
        f"  {plain(run.file)} in {plain(run.repo)}, from {plain(run.base)}, {took}{cost}",
    ]
    lines += [f"  {plain(name)} = {plain(value)}" for name, value in run.inputs]
    rows = [_STAGE_HEADS, *(_stage_row(stage, now) for stage in run.stages)]
    lines += ["", *_lines(rows, ["", *(stage.state for stage in run.stages)], width)]
    for stage in run.stages:
        if stage.result is not None and stage.result.exit_code and (tail := stage.result.tail.strip()):
            lines += [
                "",
                f"Last lines of {plain(stage.name)}:",
                *quoted("\n".join(tail.splitlines()[-10:])),
            ]
    if todo := list(next_steps(run)):
        size = max(cells(command) for command, _ in todo)
        lines += ["", *(f"{pad(command, size)}  {said}".rstrip() for command, said in todo)]
    return lines


def _stage_row(stage: StageView, now: float) -> tuple[str, ...]:
    return (plain(stage.name), stage.state, elapsed(stage, now), stage.card or stage.gate, words(stage))


def elapsed(stage: StageView, now: float) -> str:
    """How long its present attempt has taken; for a gate, how long it has been open. Empty before the
    start."""
    began = stage.since if stage.began_at is None and stage.state == "gate-blocked" else stage.began_at
    return "" if began is None else age((stage.ended_at or now) - began)


def next_steps(run: RunView) -> Iterator[tuple[str, str]]:
    """(command, what it does) for everything that the user can do about the run now."""
    for stage in run.stages:
        name = stage.name
        if stage.state == "gate-blocked" and stage.gate:
            yield f"orch gate show {stage.gate}", f"show the evidence of {plain(name)}"
            yield f"orch gate approve {stage.gate}", "approve it"
            yield f'orch gate deny {stage.gate} --reason "..."', "send the work back, or end the run"
        elif stage.state in ("blocked", "failed"):
            yield from _about(run, stage)
    if run.unread:
        yield f"orch run acknowledge {run.id}", "remove it from the queue"
    match run.state:
        case "paused":
            yield f"orch run resume {run.id}", "resume it"
        case "running" | "gate-blocked" | "blocked":
            yield f"orch run show {run.id} --follow", "follow it"
            yield f"orch run cancel {run.id}", "end it; worktrees are kept"


def _about(run: RunView, stage: StageView) -> Iterator[tuple[str, str]]:
    """Commands for a stage that needs a person."""
    where, name = f"{run.id} {shlex.quote(plain(stage.name))}", plain(stage.name)
    if "done" in stage.options:
        yield f"orch run done {where}", f"mark {name} as done"
    if "prompt" in stage.options and stage.card:
        yield f'orch send {stage.card} "..."', "send its session a prompt"
    if "retry" in stage.options:
        yield f"orch run retry {where}", f"retry {name}"
    if "skip" in stage.options:
        yield f"orch run skip {where}", "continue without it"
    if "fail" in stage.options:
        yield f"orch run fail {where}", f"mark {name} as failed"


def _lines(rows: Sequence[Sequence[str]], states: Sequence[str], width: int | None) -> list[str]:
    """Aligned, with the states (the second column) coloured; the last column is cut to the width."""
    fixed = widths([row[:-1] for row in rows])
    room = None if width is None else max(8, width - sum(fixed) - 2 * len(fixed))
    lines = []
    for row, state in zip(rows, states, strict=True):
        parts = [pad(text, size) for text, size in zip(row, fixed, strict=False)]
        if colour := COLOURS.get(state):
            parts[1] = click.style(parts[1], fg=colour)
        lines.append("  ".join([*parts, row[-1] if room is None else fit(row[-1], room)]).rstrip())
    return lines
