"""Workflows, their runs and their gates."""

from orchestrator.core.requests.gates import Approve, Deny, ListGates, ShowGate
from orchestrator.core.requests.runs import (
    AcknowledgeRun,
    CancelRun,
    ListRuns,
    ListWorkflows,
    Mark,
    PauseRun,
    ResumeRun,
    RetryStage,
    RunWorkflow,
    ShowRun,
    SkipStage,
)
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.workflow.views import GateView, RunView, WorkflowFile
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.services.reviews import ReviewService
from orchestrator.hub.services.runs import RunService


def runs(runs: RunService, reviews: ReviewService) -> Table:
    async def files(request: ListWorkflows) -> tuple[WorkflowFile, ...]:
        return await runs.workflows(request.repo)

    async def every(_: ListRuns) -> tuple[RunView, ...]:
        return runs.engine.runs

    async def show(request: ShowRun) -> RunView:
        return runs.view(runs.find(request.run).id)

    async def gates(_: ListGates) -> tuple[GateView, ...]:
        return runs.gates()

    async def gate(request: ShowGate) -> GateView:
        return await runs.gate(request.gate)

    async def start(request: RunWorkflow, _: Speaker) -> RunView:
        return await runs.start(request)

    async def command(
        request: PauseRun | ResumeRun | CancelRun | AcknowledgeRun | RetryStage | SkipStage, _: Speaker
    ) -> RunView:
        return await runs.command(request)

    async def approve(request: Approve, speaker: Speaker) -> GateView:
        return await runs.decide(request, speaker)

    async def deny(request: Deny, speaker: Speaker) -> GateView:
        if not request.comments:
            return await runs.decide(request, speaker)
        denial, comments = await reviews.denial(request, runs.reviewed(request.gate))
        return await runs.decide(denial, speaker, comments)

    return (
        {ListWorkflows: files, ListRuns: every, ShowRun: show, ListGates: gates, ShowGate: gate},
        {
            RunWorkflow: start,
            PauseRun: command,
            ResumeRun: command,
            CancelRun: command,
            AcknowledgeRun: command,
            RetryStage: command,
            SkipStage: command,
            Mark: runs.mark,
            Approve: approve,
            Deny: deny,
        },
    )
