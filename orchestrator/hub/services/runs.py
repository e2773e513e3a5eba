"""Handles requests about workflows, runs and gates."""

import asyncio
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator import workflows
from orchestrator.agents.configured import Agents
from orchestrator.core.errors import NotUnderstood
from orchestrator.core.requests.gates import Approve, Deny
from orchestrator.core.requests.runs import (
    AcknowledgeRun,
    CancelRun,
    Mark,
    PauseRun,
    ResumeRun,
    RetryStage,
    RunWorkflow,
    SkipStage,
)
from orchestrator.core.review.comments import CardComments
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.workflow.commands import ApproveGate, DenyGate, MarkStage, StartRun
from orchestrator.core.workflow.plan import HEADLESS, LOCAL, Agent, Workflow, with_agent
from orchestrator.core.workflow.progress import active
from orchestrator.core.workflow.run import Gate, Run
from orchestrator.core.workflow.shown import gate_view, run_view, shown_gates
from orchestrator.core.workflow.views import GateView, RunView, WorkflowFile
from orchestrator.core.workflow.voters import NAMESPACE, ballot
from orchestrator.hub.effects.stage import StageEffects
from orchestrator.hub.loop.engine import Engine, UnsavedError, refusal
from orchestrator.hub.places.places import Places
from orchestrator.hub.services.lookup import MissingError, whole_path
from orchestrator.hub.services.programs import check_agent, check_program
from orchestrator.hub.trust import check
from orchestrator.world import signatures, worktrees


@dataclass(frozen=True, slots=True)
class RunService:
    """Every method raises `MissingError`, `RefusedError`, or an error of git or of the configuration."""

    engine: Engine
    staging: StageEffects
    places: Places
    agents: Agents
    keys: Mapping[str, str] = field(default_factory=dict)
    """The approvers' public keys."""

    # --- reading ---------------------------------------------------------------------------------

    def find(self, ref: str) -> Run:
        """The run with this id, else the only active one, else the newest, of that workflow."""
        runs = self.engine.state.runs
        if ref in runs:
            return runs[ref]
        named = sorted(
            (run for run in runs.values() if run.workflow.name == ref), key=lambda run: run.started_at
        )
        going = [run for run in named if active(run)]
        if len(going) > 1:
            names = ", ".join(run.id for run in going)
            raise MissingError(f"{ref!r} is ambiguous", names, "Use its id.")
        if not named:
            raise MissingError(f"no run named {ref!r}", hint="List runs: orch run list")
        return (going or named)[-1]

    def find_gate(self, ref: str) -> tuple[Run, Gate]:
        """The gate with this id, or the newest of `r3.stage`, or the only open one of that stage."""
        runs = self.engine.state.runs.values()
        every = [(run, gate) for run in runs for gate in shown_gates(run)]
        if found := [(run, gate) for run, gate in every if gate.id == ref]:
            return found[0]
        if any(gate.id == ref for run in runs for gate in run.gates):
            raise MissingError(
                f"{ref} is closed", "the run took another path before a decision", "See: orch gate list"
            )
        run_id, _, stage = ref.replace("/", ".").partition(".")
        if found := [(run, gate) for run, gate in every if (run.id, gate.stage) == (run_id, stage)]:
            return found[-1]
        found = [(run, gate) for run, gate in every if gate.stage == ref]
        still = [(run, gate) for run, gate in found if gate.state == "open"]
        if len(still) > 1:
            names = ", ".join(f"{gate.id} (of {run.id})" for run, gate in still)
            raise MissingError(f"{ref!r} is ambiguous", names, "Use its id.")
        if not found:
            raise MissingError(f"no gate named {ref!r}", hint="List open gates: orch gate list")
        return (still or found)[-1]

    def view(self, run_id: str) -> RunView:
        return run_view(self.engine.state, self.engine.state.runs[run_id])

    def gates(self) -> tuple[GateView, ...]:
        """Open ones first, oldest first; then the others, latest first."""
        runs = self.engine.state.runs.values()
        every = [gate_view(run, gate) for run in runs for gate in shown_gates(run)]
        return tuple(
            sorted(
                every,
                key=lambda gate: (gate.state != "open", gate.since if gate.state == "open" else -gate.since),
            )
        )

    async def gate(self, ref: str) -> GateView:
        """One gate, its evidence collected again while it is open."""
        run, gate = self.find_gate(ref)
        if gate.state == "open":
            with suppress(UnsavedError):  # a read is answered all the same
                await self.engine.saved(self.engine.record(await self.staging.gather(run.id, gate.id)))
        return self._gate_view(gate.id)

    async def workflows(self, repo: str) -> tuple[WorkflowFile, ...]:
        return await asyncio.to_thread(workflows.listing, _folder(repo))

    # --- commanding ------------------------------------------------------------------------------

    async def start(self, request: RunWorkflow) -> RunView:
        """Reads the file, checks it, and keeps a copy."""
        folder = _folder(request.repo)
        path, text = await asyncio.to_thread(_read, request.file, folder)
        try:
            planned = await asyncio.to_thread(
                workflows.load,
                text,
                file=str(path),
                given=request.inputs,
                hosts=self.places.hosts,
                agents=self.agents.named,
            )
        except workflows.InputError as error:
            raise NotUnderstood(f"cannot run {path.name}", error.why, error.usage) from None
        except workflows.WorkflowError as error:
            hint = f"See all errors: orch workflow check {shlex.quote(str(path))}"
            raise refusal(f"cannot run {path.name}", str(error), hint) from None
        repo = await asyncio.to_thread(worktrees.look, folder, planned.workflow.base)
        settings = await asyncio.to_thread(check.settings_for, Path(repo.root))
        preferred = check_agent(self.agents, settings.default_agent)
        planned = replace(planned, workflow=with_agent(planned.workflow, preferred))
        await asyncio.to_thread(check.check_workflow, settings, planned.workflow, path, text)
        for name in _agents_here(planned.workflow):
            check_program(settings, name)
        command = StartRun(planned.workflow, text, str(path), repo, planned.inputs, request.headless)
        run_id = f"r{self.engine.state.next_run}"
        await self.engine.submit(command)
        cautions: tuple[str, ...] = ()
        with suppress(worktrees.WorktreeError):  # it has started; its stages report what git refuses
            cautions = await self.staging.cautions(run_id)
        return replace(self.view(run_id), cautions=cautions)

    async def command(
        self, request: PauseRun | ResumeRun | CancelRun | AcknowledgeRun | RetryStage | SkipStage
    ) -> RunView:
        """Commands that need only the run."""
        run = self.find(request.run).id
        await self.engine.submit(replace(request, run=run))
        return self.view(run)

    async def mark(self, request: Mark, speaker: Speaker) -> RunView:
        run = self.find(request.run).id
        await self.engine.submit(
            MarkStage(run, request.stage, request.outcome, request.note, request.who, speaker.user)
        )
        return self.view(run)

    def reviewed(self, gate: str) -> tuple[str, ...]:
        """The cards whose diffs are a gate's evidence."""
        run, found = self.find_gate(gate)
        stages = (each.stage for each in found.evidence.diffs)
        return tuple(run.stages[each].card for each in stages if each in run.stages and run.stages[each].card)

    async def decide(
        self, request: Approve | Deny, speaker: Speaker, comments: CardComments = ()
    ) -> GateView:
        """Looks at the evidence once more first, so that nothing is approved that nobody has seen. With a
        denial go `comments`, which its reason holds."""
        run, gate = self.find_gate(request.gate)
        if gate.state == "open" and request.seen is not None:
            await self.engine.saved(self.engine.record(await self.staging.gather(run.id, gate.id)))
        kind, verdict = (ApproveGate, "approve") if isinstance(request, Approve) else (DenyGate, "deny")
        proof = await self._proof(gate, verdict, request) if request.signature else ""
        place, user = speaker.place(request.by), speaker.user
        decision = kind(run.id, gate.id, request.who, place, request.note, request.seen, user, proof)
        if isinstance(decision, DenyGate):
            decision = replace(decision, comments=comments)
        await self.engine.submit(decision)
        return self._gate_view(gate.id)

    # --- inside ----------------------------------------------------------------------------------

    async def _proof(self, gate: Gate, verdict: str, request: Approve | Deny) -> str:
        """`key` if the approver's key has signed this decision. Raises `RefusedError` for any other."""
        key = self.keys.get(request.who.strip())
        if key is None:
            raise refusal(
                f"{request.who} has no key here",
                "their identity cannot be verified",
                "Add their public key to your configuration: [gates] signers. Then: orch hub restart",
            )
        seen = gate.version if request.seen is None else request.seen
        text = ballot(self.engine.journal.id, gate.id, seen, verdict, request.who, request.note)
        if not await asyncio.to_thread(signatures.signed, key, NAMESPACE, text, request.signature):
            raise refusal(
                f"the signature is not {request.who}'s",
                "it was made with another key, or for another decision",
                f"Review and sign again: orch gate show {gate.id}",
            )
        return "key"

    def _gate_view(self, gate_id: str) -> GateView:
        run, gate = self.find_gate(gate_id)
        return replace(gate_view(run, gate), journal=self.engine.journal.id)


def _agents_here(workflow: Workflow) -> dict[str, None]:
    """The names of the agents whose sessions it has on this machine."""
    works = (each.does for each in workflow.stages if isinstance(each.does, Agent))
    return dict.fromkeys(each.agent for each in works if each.where in (LOCAL, HEADLESS))


def _folder(repo: str) -> Path:
    return whole_path(repo, "Use the repository's absolute path.")


def _read(ref: str, folder: Path) -> tuple[Path, str]:
    try:
        path = workflows.find(ref, folder)
        return path, workflows.read(path)
    except workflows.WorkflowMissing as error:
        raise MissingError(error.what, error.why, error.hint) from None
    except workflows.WorkflowError as error:
        raise refusal(f"cannot read {ref}", str(error)) from None
