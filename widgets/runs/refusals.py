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


def refusal(action: str, selected: SelectedStage | None, key: KeyOf = registry_key) -> str:
    """Why `action` cannot be done to the selection and which key to press instead; empty if it can be
    tried."""
    if not touches(action):
        return ""
    if selected is None:
        return f"No runs. Press {key('run')} to start a workflow."
    if pane(action) == "runs" and selected.doing:
        return f"{selected.stage.name}: already {selected.doing}."
    if action in _REFUSALS:
        return _REFUSALS[action](selected, key)
    if action in ("attach", "send", "show"):
        return _of_card(action, selected, key)
    return stage_refusal(action, selected.run.id, selected.stage)


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


def _pause(selected: SelectedStage, key: KeyOf) -> str:
    if selected.run.state == "paused":
        return f"{selected.run.id} is already paused. Resume it with {key('run.resume')}."
    return _over(selected)


def _resume(selected: SelectedStage, _key: KeyOf) -> str:
    return _over(selected) or ("" if selected.run.state == "paused" else f"{selected.run.id} is not paused.")


def _cancel(selected: SelectedStage, _key: KeyOf) -> str:
    return _over(selected)


def _acknowledge(selected: SelectedStage, _key: KeyOf) -> str:
    return "" if selected.run.unread else f"{selected.run.id} has nothing to acknowledge."


def _over(selected: SelectedStage) -> str:
    return f"{selected.run.id} has ended: it is {selected.run.state}." if selected.run.state in OVER else ""


def _decide(selected: SelectedStage, key: KeyOf, verdict: str) -> str:
    stage = selected.stage
    if stage.kind != "human-gate":
        return f"{stage.name} is not a gate. {key('pane.next')} goes to the next stage that needs you."
    if verdict not in stage.options:
        return f"{stage.name} cannot be decided now: {_state(stage)}."
    if selected.gate is None:
        return selected.error or "The evidence is still loading. Press again when you have read it."
    if selected.gate.state != "open":
        return f"{selected.gate.id} is already {selected.gate.state}."
    return ""


def _diff(selected: SelectedStage) -> str:
    if selected.stage.kind != "human-gate":
        return "" if selected.stage.card else f"{selected.stage.name} has no card: {_state(selected.stage)}."
    if selected.gate is None:
        return selected.error or "The evidence is still loading."
    return "" if selected.gate.evidence.diffs else f"{selected.stage.name} shows no changes of a branch."


def _of_card(action: str, selected: SelectedStage, key: KeyOf) -> str:
    if action == "attach":
        return ""
    if not selected.stage.card:
        return f"{selected.stage.name} has no card: {_state(selected.stage)}."
    if selected.card is None:
        return f"{selected.stage.card} was removed."
    return refusals.refusal(action, selected.card, key)


def _state(stage: StageView) -> str:
    said = {"waiting": "it has not started", "gate-blocked": "it is an open gate"}
    words = said.get(stage.state, f"it is {stage.state}")
    return f"{words} ({stage.waits.rstrip('.')})" if stage.waits else words


_REFUSALS: dict[str, Callable[[SelectedStage, KeyOf], str]] = {
    "run.pause": _pause,
    "run.resume": _resume,
    "run.cancel": _cancel,
    "run.acknowledge": _acknowledge,
    "gate.diff": lambda selected, key: _diff(selected),
    "gate.approve": lambda selected, key: _decide(selected, key, "approve"),
    "gate.deny": lambda selected, key: _decide(selected, key, "deny"),
}
