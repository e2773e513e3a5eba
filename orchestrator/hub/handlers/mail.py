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
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import RefusedError, refusal
from orchestrator.hub.services.mail import HumanMail


def mail(card_service: HumanMail) -> Table:
    async def view(_: ShowMail) -> MailView:
        return card_service.view()

    async def export(_: ExportMail) -> AsyncIterator[MessageView]:
        return await card_service.export()

    async def send(request: SendMail, _: Speaker) -> SentView:
        try:
            return await card_service.send(request)
        except RefusedError as error:  # its hint may name a tool that only sessions have
            no = error.rejected
            raise refusal(
                no.what, no.why, no.hint.replace("with mail_peers", "with: orch mail peers")
            ) from None

    async def read(request: ReadMail, _: Speaker) -> MessageView:
        return await card_service.read(request)

    async def redrive(request: Redrive, _: Speaker) -> tuple[str, ...]:
        return await card_service.redrive(request)

    async def unpause(request: Unpause, _: Speaker) -> None:
        await card_service.unpause(request)

    async def team(request: StartTeam, _: Speaker) -> tuple[str, ...]:
        return await card_service.teams.start(request)

    return (
        {
            ShowMail: view,
            ListMessages: card_service.messages,
            ShowMessage: card_service.message,
            ShowReference: card_service.ref,
            ListThreads: card_service.threads,
            ShowThread: card_service.thread,
            SearchMail: card_service.search,
            ShowGather: card_service.gather,
            ListDead: card_service.dead,
            ListFlow: card_service.flow,
            ExportMail: export,
        },
        {SendMail: send, ReadMail: read, Redrive: redrive, Unpause: unpause, StartTeam: team},
    )
