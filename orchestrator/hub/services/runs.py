"""Handles requests about workflows, runs and gates, and the reports of stages."""

import asyncio
import shlex
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator import workflows
from orchestrator.agents.configured import Agents
from orchestrator.core.literals import StageOutcome
from orchestrator.core.model import Card
from orchestrator.core.requests.gates import Approve, Deny
from orchestrator.core.requests.runs import (
    CancelRun,
    Mark,
    PauseRun,
    ResumeRun,
    RetryStage,
    RunWorkflow,
    SeeRun,
    SkipStage,
)
from orchestrator.core.review.comments import CardComments
from orchestrator.core.trust.speaker import Speaker
from orchestrator.core.workflow.commands import ApproveGate, DenyGate, MarkStage, ReportStage, StartRun
from orchestrator.core.workflow.events import StageAsked, StageBlocked
from orchestrator.core.workflow.plan import HEADLESS, LOCAL, Agent, Workflow, with_agent
from orchestrator.core.workflow.progress import active, stage_of
from orchestrator.core.workflow.run import Gate, Run, StageRun, StageState
from orchestrator.core.workflow.shown import gate_view, run_view, shown_gates
from orchestrator.core.workflow.views import GateView, RunView, WorkflowFile
from orchestrator.core.workflow.voters import NAMESPACE, ballot
from orchestrator.core.workflow.words import asked_to_finish, standing_orders
from orchestrator.hub.effects.stage import StageEffects
from orchestrator.hub.loop.engine import Engine, UnsavedError, refusal
from orchestrator.hub.places.places import Places
from orchestrator.hub.services.lookup import MissingError, whole_path
from orchestrator.hub.services.programs import check_agent, check_program
from orchestrator.hub.trust import check
from orchestrator.world import hosts, signatures, worktrees


@dataclass(frozen=True, slots=True)
class RunService:
    """Every method raises `MissingError`, `RefusedError`, or an error of git or of the configuration."""

    engine: Engine
    staging: StageEffects
    places: Places
    agents: Agents
    keys: Mapping[str, str] = field(default_factory=dict)
    """The approvers' public keys."""
    _told_unclean: set[tuple[str, str, int]] = field(default_factory=set)
    """Attempts whose sessions were told that their worktree is not clean."""

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
            what = f"cannot run {path.name} with these inputs"
            raise refusal(what, str(error), error.takes) from None
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
        self, request: PauseRun | ResumeRun | CancelRun | SeeRun | RetryStage | SkipStage
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

    # --- reports of sessions ---------------------------------------------------------------------

    def works_for(self, card_id: str) -> str:
        """The run and stage that the card works for, `r3/merge`; empty for none."""
        card = self.engine.state.cards.get(card_id)
        return f"{card.run}/{card.stage}" if card and stage_of(self.engine.state, card) else ""

    def orders(self, card: Card) -> str:
        """What the card's session is told in addition to its prompts; empty for one without a stage."""
        run = self.engine.state.runs.get(card.run)
        if run is None or card.worktree is None or card.stage not in run.stages:
            return ""
        stage, tool = run.workflow.stage(card.stage), self._reports_by(card)
        return standing_orders(run, stage, card.worktree.path, card.branch, tool)

    async def report(self, card_id: str, outcome: StageOutcome, summary: str, handoff: str) -> str:
        """Handles a session's `stage_done`. One that leaves uncommitted changes is told so, once per attempt:
        later stages would not get them. Commits on a host are fetched before the stage is done; if they
        cannot be merged into the branch the stage is blocked."""
        card = self.engine.state.cards.get(card_id)
        own = stage_of(self.engine.state, card) if card else None
        if outcome == "done" and card and own and card.worktree:
            try:
                kept = await self._gather_in(card, own)
            except worktrees.GitRefused as refused:
                await self.engine.record((StageBlocked(time.time(), card.run, card.stage, str(refused)),))
                return f"The stage is blocked, and a person is asked: {refused} End your turn now."
            except (hosts.HostError, worktrees.GitFailed) as error:
                hint = "Wait a minute, then call stage_done again."
                raise refusal("the stage cannot be marked done yet", str(error), hint) from None
            summary += f"\n(Uncommitted changes are saved as {kept}.)" if kept else ""
        await self.engine.submit(ReportStage(card_id, outcome, summary, handoff))
        return "Recorded. End your turn now."

    def asks_to_finish(self, card_id: str) -> str:
        """What a session is told whose turn ends while its stage has no outcome; empty to let it end. It is
        asked once per attempt."""
        card = self.engine.state.cards.get(card_id)
        own = stage_of(self.engine.state, card) if card else None
        if card is None or own is None or own.asked or own.report or own.state is not StageState.RUNNING:
            return ""
        if card.outbox or card.ending:
            return ""
        self.engine.record((StageAsked(time.time(), card.run, card.stage),))
        return asked_to_finish(card.stage, self._reports_by(card))

    def _reports_by(self, card: Card) -> str:
        return self.agents.of(card).launch.tool_name("stage_done")

    async def _gather_in(self, card: Card, own: StageRun) -> str:
        """Fetches the session's commits to the branch here; returns the ref with its uncommitted changes, if
        those are elsewhere."""
        assert card.worktree is not None
        place = self.places.of(card)
        attempt = (card.run, card.stage, own.attempt)
        left = await self.places.asked(lambda: place.unclean(card))
        if left and attempt not in self._told_unclean:
            self._told_unclean.add(attempt)
            where = f"its worktree on {card.where}" if self.places.elsewhere(card) else card.worktree.path
            raise refusal(
                "the stage is not done yet",
                f"{where} has {left}, which no later stage would see",
                "Commit it (or remove it), then call stage_done again.",
            )
        return await self.places.asked(lambda: place.bring_back(card, rescue=bool(left)))

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
