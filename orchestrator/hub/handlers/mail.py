"""Mail and teams."""

from collections.abc import AsyncIterator

from orchestrator.core.mail.views import MailView, MessageView, SentView
from orchestrator.core.requests.mail import (
    ExportMail,
    ListDead,
    ListFlow,
    ListMessages,
    ListThreads,
    ReadMail,
    Redrive,
    SearchMail,
    SendMail,
    ShowGather,
    ShowMail,
    ShowMessage,
    ShowReference,
    ShowThread,
    StartTeam,
    Unpause,
)
from orchestrator.core.trust.speaker import Speaker
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import RefusedError, refusal
from orchestrator.hub.services.mail import HumanMail


def mail(desk: HumanMail) -> Table:
    async def view(_: ShowMail) -> MailView:
        return desk.view()

    async def export(_: ExportMail) -> AsyncIterator[MessageView]:
        return await desk.export()

    async def send(request: SendMail, _: Speaker) -> SentView:
        try:
            return await desk.send(request)
        except RefusedError as error:  # its hint may name a tool that only sessions have
            no = error.rejected
            raise refusal(
                no.what, no.why, no.hint.replace("with mail_peers", "with: orch mail peers")
            ) from None

    async def read(request: ReadMail, _: Speaker) -> MessageView:
        return await desk.read(request)

    async def redrive(request: Redrive, _: Speaker) -> tuple[str, ...]:
        return await desk.redrive(request)

    async def unpause(request: Unpause, _: Speaker) -> None:
        await desk.unpause(request)

    async def team(request: StartTeam, _: Speaker) -> tuple[str, ...]:
        return await desk.teams.start(request)

    return (
        {
            ShowMail: view,
            ListMessages: desk.messages,
            ShowMessage: desk.message,
            ShowReference: desk.ref,
            ListThreads: desk.threads,
            ShowThread: desk.thread,
            SearchMail: desk.search,
            ShowGather: desk.gather,
            ListDead: desk.dead,
            ListFlow: desk.flow,
            ExportMail: export,
        },
        {SendMail: send, ReadMail: read, Redrive: redrive, Unpause: unpause, StartTeam: team},
    )
