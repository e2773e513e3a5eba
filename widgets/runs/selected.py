"""What the view of the runs shows of the selected stage, all in one; glyphs and words of states. Pure."""

from dataclasses import dataclass

from orchestrator.core.board.views import CardView
from orchestrator.core.workflow.views import GateView, RunView, StageView
from widgets.kit.format import Span, age, meter, took

_STAGES = {
    "waiting": ("○", "off"),
    "running": ("●", "busy"),
    "blocked": ("◆", "trouble"),
    "gate-blocked": ("▲", "needs"),
    "done": ("✓", "calm"),
    "failed": ("×", "bad"),
    "denied": ("■", "bad"),
    "skipped": ("»", "off"),
}
_RUNS = {**_STAGES, "blocked": ("◆", "needs"), "paused": ("‖", "trouble"), "cancelled": ("□", "off")}
_UNKNOWN = ("◆", "trouble")
OVER = frozenset({"done", "failed", "denied", "cancelled"})
"""States of a run that has ended."""
_CELLS = 10
"""Stages up to which a run's strip has a glyph for each."""


@dataclass(frozen=True, slots=True)
class SelectedStage:
    """`gate` is the stage's newest gate, `None` until the hub has told it. `doing` says what is being done to
    the stage or its run, `error` what the hub had against the last wish; both empty where there is none."""

    run: RunView
    stage: StageView
    card: CardView | None = None
    gate: GateView | None = None
    doing: str = ""
    error: str = ""

    @property
    def id(self) -> str:
        """The stage's, among all runs."""
        return stage_id(self.run, self.stage)


def stage_id(run: RunView, stage: StageView) -> str:
    """Unique among all runs: `r4.review`."""
    return f"{run.id}.{stage.name}"


def stage_mark(stage: StageView) -> Span:
    """The glyph of its state, and the role that goes with it: a block that only a human lifts needs one."""
    if stage.state == "blocked" and stage.options:
        return ("◆", "needs")
    return _STAGES.get(stage.state, _UNKNOWN)


def run_mark(run: RunView) -> Span:
    """The glyph of its state and its role; `◆` for a state that this version does not know."""
    return _RUNS.get(run.state, _UNKNOWN)


def waits_for_human(stage: StageView) -> bool:
    """Whether its mark says so: an open gate, or a block that only a human lifts."""
    return stage_mark(stage)[1] == "needs"


def stage_time(stage: StageView, now: float) -> str:
    """How long its attempt has taken, or took in the end; empty where none was begun."""
    if stage.began_at is None or stage.state in ("waiting", "skipped"):
        return ""
    return age(now - stage.began_at) if stage.ended_at is None else took(stage.ended_at - stage.began_at)


def run_time(run: RunView, now: float) -> str:
    """How long it has run, or took in the end."""
    return age(now - run.started_at) if run.ended_at is None else took(run.ended_at - run.started_at)


def progress(run: RunView) -> str:
    """How many of its stages are through: `3/4`."""
    return f"{sum(stage.state in ('done', 'skipped') for stage in run.stages)}/{len(run.stages)}"


def strip(run: RunView) -> list[Span]:
    """The stages' states at a glance: a glyph for each, or a bar where there are many."""
    if len(run.stages) <= _CELLS:
        return [stage_mark(stage) for stage in run.stages]
    through = sum(stage.state in ("done", "skipped") for stage in run.stages)
    return [(meter(through / len(run.stages) * 100, _CELLS), run_mark(run)[1])]


def interest(run: RunView) -> str:
    """The stage to look at first: what waits for a human, what went wrong, what runs, what comes next."""
    ranks = ("gate-blocked", "failed", "denied", "blocked", "running", "waiting")
    needy = [stage for stage in run.stages if waits_for_human(stage)]
    for stages in (needy, *([each for each in run.stages if each.state == state] for state in ranks)):
        if stages:
            return stages[0].name
    return run.stages[-1].name if run.stages else ""


def changed(was: SelectedStage | None, now: SelectedStage | None) -> str:
    """What has changed by itself under the selection, in words; empty where nothing that matters has."""
    if was is None or now is None:
        return ""
    if was.run.id != now.run.id:
        return f"{was.run.id} was removed."
    if was.stage.name != now.stage.name:
        return f"{now.stage.name} is now {now.stage.state}, and selected."
    if (was.stage.state, was.stage.gate) != (now.stage.state, now.stage.gate):
        return f"{now.stage.name} is now {now.stage.state}."
    if was.gate and now.gate and was.gate.version != now.gate.version:
        return "The evidence has just changed."
    return ""
