"""The calls about workflows, their runs and their gates."""

import getpass
from typing import Any
from urllib.parse import quote, urlencode

from orchestrator.client import run_updates
from orchestrator.client.road import Road
from orchestrator.core.workflow.views import GateView, RunView, WorkflowFile


class RunCalls(Road):
    """A run is named by its id (`r3`) or its workflow's name where just one run of it is under way; a gate by
    its id (`g7`), by `r3.review-gate`, or by its stage's name where just one is open."""

    def workflows(self, repo: str) -> tuple[WorkflowFile, ...]:
        """The files in `.orch/workflows` of the repository that the path `repo` lies in."""
        said = self.ask("GET", f"/workflows?{urlencode({'repo': repo})}")
        return tuple(run_updates.workflow_file(each) for each in said)

    def runs(self) -> tuple[RunView, ...]:
        """Every run, the newest first."""
        return tuple(run_updates.run(each) for each in self.ask("GET", "/runs"))

    def run(self, ref: str) -> RunView:
        return run_updates.run(self.ask("GET", f"/runs/{quote(ref, safe='')}"))

    def start_run(self, file: str, *, repo: str, inputs: dict[str, str], headless: bool = False) -> RunView:
        """`file` is a path, or the name of a workflow in `.orch/workflows` of the repository that the path
        `repo` lies in. `Refused` says what is wrong with the file or the inputs, with line and column."""
        return self._of_run("start", file=file, repo=repo, inputs=inputs, headless=headless)

    def pause_run(self, ref: str) -> RunView:
        """Lets nothing further begin."""
        return self._of_run("pause", run=ref)

    def resume_run(self, ref: str) -> RunView:
        return self._of_run("resume", run=ref)

    def cancel_run(self, ref: str) -> RunView:
        """Ends the run and the sessions that work for it; cards and worktrees stay."""
        return self._of_run("cancel", run=ref)

    def see_run(self, ref: str) -> RunView:
        """Takes a run that has ended out of the queue."""
        return self._of_run("seen", run=ref)

    def retry_stage(self, ref: str, stage: str, *, note: str = "") -> RunView:
        """Has the stage done again, and whatever needs it after that. The session is told `note`."""
        return self._of_run("retry", run=ref, stage=stage, note=note)

    def skip_stage(self, ref: str, stage: str, *, note: str = "") -> RunView:
        """Goes on as if it were done. `Refused` for a gate."""
        return self._of_run("skip", run=ref, stage=stage, note=note)

    def mark_stage(self, ref: str, stage: str, outcome: str, *, note: str = "", who: str = "") -> RunView:
        """A human's word that a stage is `done` or has `failed`."""
        return self._of_run(
            "mark", run=ref, stage=stage, outcome=outcome, note=note, who=who or getpass.getuser()
        )

    def gates(self) -> tuple[GateView, ...]:
        """Every gate of the runs that are kept: the open ones first, oldest first."""
        return tuple(run_updates.gate(each) for each in self.ask("GET", "/gates"))

    def gate(self, ref: str) -> GateView:
        """One gate with its evidence as it is now."""
        return run_updates.gate(self.ask("GET", f"/gates/{quote(ref, safe='')}"))

    def approve(
        self, ref: str, *, note: str = "", seen_version: int | None = None, who: str = "", by: str = "cli",
        signature: str = "",
    ) -> GateView:  # fmt: skip
        """One person's approval, committed when this returns. `seen_version` is that of the `GateView` which
        was looked at; `Refused` when the evidence has changed since, or the gate is decided. `by` is where
        the person is: `tui`, `cli`, `phone` or `ci`. `signature` is one of `core.workflow.voters.ballot`."""
        return self._decide("approve", ref, note, seen_version, who=who, by=by, signature=signature)

    def deny(
        self, ref: str, *, note: str, seen_version: int | None = None, who: str = "", by: str = "cli",
        signature: str = "",
    ) -> GateView:  # fmt: skip
        """A denial; `note` is the reason, which the stage that is done again is told."""
        return self._decide("deny", ref, note, seen_version, who=who, by=by, signature=signature)

    def _decide(
        self, verdict: str, ref: str, note: str, seen: int | None, *, who: str, by: str, signature: str
    ) -> GateView:
        body = {
            "gate": ref,
            "note": note,
            "seen_version": seen,
            "who": who or getpass.getuser(),
            "by": by,
            **({"signature": signature} if signature else {}),
        }
        return run_updates.gate(self.ask("POST", f"/gates/{verdict}", body))

    def _of_run(self, verb: str, **arguments: Any) -> RunView:
        return run_updates.run(self.ask("POST", f"/runs/{verb}", arguments))
