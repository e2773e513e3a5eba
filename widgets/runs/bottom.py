"""The footer of the Runs view: the keys for the selected stage, greyed if they can do nothing. Pure."""

from orchestrator.actions import BY_ID
from widgets.kit.keys import Keyboard
from widgets.runs.refusals import can_pause, refusal
from widgets.runs.selected import SelectedStage
from widgets.screens.keybar import KeyEntry

LEAST_FIRST = (
    "palette", "run", "run.cancel", "run.skip", "run.fail", "run.retry", "pane.next", "send", "run.done",
    "gate.diff",
)  # fmt: skip
"""Omitted first if the line is short."""

_LABELS = {
    "gate.approve": "Approve",
    "gate.deny": "Deny",
    "run.done": "Mark done",
    "run.fail": "Mark failed",
    "run.retry": "Retry",
    "run.skip": "Skip",
    "run.pause": "Pause",
    "run.resume": "Resume",
    "run.cancel": "Cancel run",
    "run.acknowledge": "Acknowledge",
    "pane.next": "Next waiting",
    "pane.close": "Close",
    "send": "Send prompt",
    "run": "Run…",
}
_SHORT = {"gate.diff": "Changes", "run.done": "Done", "run.fail": "Fail", "run.cancel": "Cancel"}


def offered(selected: SelectedStage | None) -> list[str]:
    """The ids of the actions in the line, in order."""
    if selected is None:
        return ["run", "help", "palette", "pane.close"]
    of_kind = {
        "human-gate": ["gate.approve", "gate.deny", "gate.diff", "run.retry"],
        "agent": ["gate.diff", "run.done", "run.fail", "send", "run.retry", "run.skip"],
    }.get(selected.stage.kind, ["run.retry", "run.skip", "run.done", "run.fail"])
    pause = "run.pause" if can_pause(selected.run) else "run.resume"
    every = ["pane.next", "run", "help", "palette", "pane.close"]
    of_run = ["run.acknowledge"] if selected.run.unread else [pause, "run.cancel"]
    return ["attach", *of_kind, *of_run, *every]


def entries(keyboard: Keyboard, selected: SelectedStage | None) -> list[KeyEntry]:
    """The keys of the footer in order, without actions that have no key; refused ones say why."""
    made = []
    for action in offered(selected):
        if key := keyboard.shown(action):
            label = _enter(selected) if action == "attach" else _LABELS.get(action, BY_ID[action].title)
            short = _SHORT.get(action, label.split()[0])
            made.append(KeyEntry(action, key, label, short, refusal(action, selected, keyboard.shown)))
    return made


def _enter(selected: SelectedStage | None) -> str:
    return "To its card" if selected and selected.card else "Read"
