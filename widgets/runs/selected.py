"""What the Runs view shows of the selected stage; glyphs and words of states. Pure."""

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
"""Maximum stages for which a run's strip has a glyph each."""


@dataclass(frozen=True, slots=True)
class SelectedStage:
    """`gate` is the stage's newest gate, `None` until the hub has sent it. `doing` is the pending action on
    the stage or its run, `error` the hub's last refusal; both empty for none."""

    run: RunView
    stage: StageView
    card: CardView | None = None
    gate: GateView | None = None
    doing: str = ""
    error: str = ""

    @property
    def id(self) -> str:
        """The stage's id, unique among all runs."""
        return stage_id(self.run, self.stage)


def stage_id(run: RunView, stage: StageView) -> str:
    """Unique among all runs: `r4.review`."""
    return f"{run.id}.{stage.name}"


def stage_mark(stage: StageView) -> Span:
    """The glyph of its state, and its role: a block that only a person lifts has its own."""
    if stage.state == "blocked" and stage.options:
        return ("◆", "needs")
    return _STAGES.get(stage.state, _UNKNOWN)


def run_mark(run: RunView) -> Span:
    """The glyph of its state and its role; `◆` for a state that this version does not know."""
    return _RUNS.get(run.state, _UNKNOWN)


def waits_for_human(stage: StageView) -> bool:
    """Whether its mark says so: an open gate, or a block that only a person lifts."""
    return stage_mark(stage)[1] == "needs"


def stage_time(stage: StageView, now: float) -> str:
    """The duration of its attempt; empty if none was started."""
    if stage.began_at is None or stage.state in ("waiting", "skipped"):
        return ""
    return age(now - stage.began_at) if stage.ended_at is None else took(stage.ended_at - stage.began_at)


def run_time(run: RunView, now: float) -> str:
    """How long it has run, or took in total."""
    return age(now - run.started_at) if run.ended_at is None else took(run.ended_at - run.started_at)


def progress(run: RunView) -> str:
    """How many of its stages have ended: `3/4`."""
    return f"{sum(stage.state in ('done', 'skipped') for stage in run.stages)}/{len(run.stages)}"


def strip(run: RunView) -> list[Span]:
    """An overview of the stages' states: a glyph for each, or a bar if there are many."""
    if len(run.stages) <= _CELLS:
        return [stage_mark(stage) for stage in run.stages]
    through = sum(stage.state in ("done", "skipped") for stage in run.stages)
    return [(meter(through / len(run.stages) * 100, _CELLS), run_mark(run)[1])]


def interest(run: RunView) -> str:
    """The stage to show first: what needs a person, what failed, what runs, what comes next."""
    ranks = ("gate-blocked", "failed", "denied", "blocked", "running", "waiting")
    needy = [stage for stage in run.stages if waits_for_human(stage)]
    for stages in (needy, *([each for each in run.stages if each.state == state] for state in ranks)):
        if stages:
            return stages[0].name
    return run.stages[-1].name if run.stages else ""


def changed(was: SelectedStage | None, now: SelectedStage | None) -> str:
    """What has changed on its own under the selection, as text; empty if nothing important has."""
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
