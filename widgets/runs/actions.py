"""The actions of the Runs view: their dialogs and requests."""

import getpass
from collections.abc import Callable
from typing import Protocol

from orchestrator.client import Client
from orchestrator.core.requests.gates import Approve
from orchestrator.core.requests.runs import AcknowledgeRun, CancelRun, PauseRun, ResumeRun
from orchestrator.core.workflow.views import GateView, RunView
from widgets.hub_app import HubApp
from widgets.runs.dialogs.decide import DOING, Drafts, deciding, denial
from widgets.runs.selected import SelectedStage


class RunsView(Protocol):
    """The pane as its actions know it."""

    @property
    def app(self) -> HubApp:
        """The app: it opens dialogs and shows notices."""

    @property
    def selected(self) -> SelectedStage | None:
        """The present selection; `None` while there is no run."""

    def drafts(self) -> Drafts:
        """The comments on the selected gate's diffs that are not sent."""

    def do(self, selected: SelectedStage, words: str, call: Callable[[Client], RunView | GateView]) -> None:
        """Calls the hub in the background. `words` are shown at the stage until it has answered; a refusal
        replaces them."""

    def taken(self, id_: str, words: str) -> None:
        """Shows `words` at that stage, whose answer a dialog has already sent."""


class RunActions:
    """One method for each `Action` that begins with `run.` or `gate.`, named after its id with `_` for the
    dot; each is called only if nothing refuses it. Requests name the stage that was selected when the key was
    pressed."""

    def __init__(self, pane: RunsView) -> None:
        self._pane = pane

    @property
    def _selected(self) -> SelectedStage:
        selected = self._pane.selected
        assert selected is not None
        return selected

    # --- gates -----------------------------------------------------------------------------------

    def gate_approve(self) -> None:
        selected = self._selected
        gate = selected.gate
        assert gate is not None
        self._pane.do(
            selected,
            "approving",
            lambda client: client.submit(Approve(gate.id, getpass.getuser(), seen=gate.version)),
        )

    def gate_deny(self) -> None:
        selected = self._selected
        assert selected.gate is not None
        self._pane.app.push_screen(
            denial(selected.gate, self._pane.drafts()),
            lambda words: None if words is None else self._pane.taken(selected.id, "denying"),
        )

    # --- stages ----------------------------------------------------------------------------------

    def run_done(self) -> None:
        self._decide("run.done")

    def run_fail(self) -> None:
        self._decide("run.fail")

    def run_retry(self) -> None:
        self._decide("run.retry")

    def run_skip(self) -> None:
        self._decide("run.skip")

    def _decide(self, action: str) -> None:
        selected = self._selected
        self._pane.app.push_screen(
            deciding(action, selected.run.id, selected.stage.name),
            lambda words: None if words is None else self._pane.taken(selected.id, DOING[action]),
        )

    # --- the run ---------------------------------------------------------------------------------

    def run_pause(self) -> None:
        selected = self._selected
        self._pane.do(selected, "pausing", lambda client: client.submit(PauseRun(selected.run.id)))

    def run_resume(self) -> None:
        selected = self._selected
        self._pane.do(selected, "resuming", lambda client: client.submit(ResumeRun(selected.run.id)))

    def run_acknowledge(self) -> None:
        selected = self._selected
        self._pane.do(
            selected, "acknowledging", lambda client: client.submit(AcknowledgeRun(selected.run.id))
        )

    def run_cancel(self) -> None:
        from widgets.dialogs.dialog import Confirm

        selected = self._selected

        def answer(sure: bool | None) -> None:
            if sure:
                self._pane.do(
                    selected, "cancelling", lambda client: client.submit(CancelRun(selected.run.id))
                )

        said = "The run's sessions end. Cards, worktrees and branches are kept."
        self._pane.app.push_screen(
            Confirm(f"Cancel {selected.run.id} · {selected.run.name}?", said, "Cancel run", "Keep running"),
            answer,
        )
