"""Whether an action can be done to a run or its stage, and if not, why not. Pure."""

from collections.abc import Callable, Mapping

from orchestrator.actions import BY_ID, pane
from orchestrator.core.workflow.views import RunView, StageView
from widgets.board import refusals
from widgets.board.refusals import KeyOf, registry_key
from widgets.runs.selected import OVER, SelectedStage

_TWINS = ("run.pause", "run.resume")
_WORDS = {"retry": "retried", "skip": "skipped", "done": "marked as done", "fail": "marked as failed"}


def touches(action: str) -> bool:
    """It acts on the selected stage, or on its run."""
    return pane(action) == "runs" or BY_ID[action].on_card


def refusal(action: str, look: SelectedStage | None, key: KeyOf = registry_key) -> str:
    """Why `action` cannot be done to the selection and which key to press instead; empty if it can be
    tried."""
    if not touches(action):
        return ""
    if look is None:
        return f"No runs. Press {key('run')} to start a workflow."
    if pane(action) == "runs" and look.doing:
        return f"{look.stage.name}: already {look.doing}."
    if action in _REFUSALS:
        return _REFUSALS[action](look, key)
    if action in ("attach", "send", "show"):
        return _of_card(action, look, key)
    return stage_refusal(action, look.run.id, look.stage)


def stage_refusal(action: str, run: str, stage: StageView) -> str:
    """The same for `run.done`, `run.fail`, `run.retry` and `run.skip`, which the queue has too."""
    what = action.partition(".")[2]
    if what in stage.options:
        return ""
    return f"{stage.name} of {run} cannot be {_WORDS[what]} now: {_state(stage)}."


def can_pause(run: RunView) -> bool:
    """Whether the run has not ended and is not paused."""
    return run.state not in OVER and run.state != "paused"


def twin(action: str, key: str, run: RunView | None, keys: Mapping[str, tuple[str, ...]]) -> str:
    """The action of that key: of pause and resume, which may share it, the one that can be done."""
    if run is None or action not in _TWINS or any(key not in keys[each] for each in _TWINS):
        return action
    return "run.pause" if can_pause(run) else "run.resume"


def _pause(look: SelectedStage, key: KeyOf) -> str:
    if look.run.state == "paused":
        return f"{look.run.id} is already paused. Resume it with {key('run.resume')}."
    return _over(look)


def _resume(look: SelectedStage, _key: KeyOf) -> str:
    return _over(look) or ("" if look.run.state == "paused" else f"{look.run.id} is not paused.")


def _cancel(look: SelectedStage, _key: KeyOf) -> str:
    return _over(look)


def _acknowledge(look: SelectedStage, _key: KeyOf) -> str:
    return "" if look.run.unread else f"{look.run.id} has nothing to acknowledge."


def _over(look: SelectedStage) -> str:
    return f"{look.run.id} has ended: it is {look.run.state}." if look.run.state in OVER else ""


def _decide(look: SelectedStage, key: KeyOf, verdict: str) -> str:
    stage = look.stage
    if stage.kind != "human-gate":
        return f"{stage.name} is not a gate. {key('pane.next')} goes to the next stage that needs you."
    if verdict not in stage.options:
        return f"{stage.name} cannot be decided now: {_state(stage)}."
    if look.gate is None:
        return look.error or "The evidence is still loading. Press again when you have read it."
    if look.gate.state != "open":
        return f"{look.gate.id} is already {look.gate.state}."
    return ""


def _diff(look: SelectedStage) -> str:
    if look.stage.kind != "human-gate":
        return "" if look.stage.card else f"{look.stage.name} has no card: {_state(look.stage)}."
    if look.gate is None:
        return look.error or "The evidence is still loading."
    return "" if look.gate.evidence.diffs else f"{look.stage.name} shows no changes of a branch."


def _of_card(action: str, look: SelectedStage, key: KeyOf) -> str:
    if action == "attach":
        return ""
    if not look.stage.card:
        return f"{look.stage.name} has no card: {_state(look.stage)}."
    if look.card is None:
        return f"{look.stage.card} was removed."
    return refusals.refusal(action, look.card, key)


def _state(stage: StageView) -> str:
    said = {"waiting": "it has not started", "gate-blocked": "it is an open gate"}
    words = said.get(stage.state, f"it is {stage.state}")
    return f"{words} ({stage.waits.rstrip('.')})" if stage.waits else words


_REFUSALS: dict[str, Callable[[SelectedStage, KeyOf], str]] = {
    "run.pause": _pause,
    "run.resume": _resume,
    "run.cancel": _cancel,
    "run.acknowledge": _acknowledge,
    "gate.diff": lambda look, key: _diff(look),
    "gate.approve": lambda look, key: _decide(look, key, "approve"),
    "gate.deny": lambda look, key: _decide(look, key, "deny"),
}
