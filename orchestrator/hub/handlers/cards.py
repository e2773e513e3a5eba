"""Cards, their sessions, and windows of another journal."""

from dataclasses import replace
from typing import get_args

from orchestrator.core.board.views import Attachment, CardDetail, CardView, Preview
from orchestrator.core.board.windows import WindowView
from orchestrator.core.landing.survey import Survey
from orchestrator.core.requests.cards import (
    Attach,
    AwaitFinish,
    Finish,
    New,
    PlainCommand,
    Remove,
    Restart,
    Resume,
    SeenLast,
    Send,
    Shelve,
    ShowCard,
    ShowPane,
    Start,
    Stop,
    SurveyLanding,
    Undo,
)
from orchestrator.core.requests.windows import AdoptWindow, EndWindow, ListWindows
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.undo.views import Undone
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.services.cards import CardService
from orchestrator.hub.services.mail import HumanMail
from orchestrator.hub.services.new_cards import mode_of
from orchestrator.hub.services.undo import UndoService
from orchestrator.hub.windows.foreign import ForeignWindows


def cards(card_service: CardService, mail: HumanMail, windows: ForeignWindows) -> Table:
    undoing = UndoService(card_service)

    async def show(request: ShowCard) -> CardDetail:
        return await card_service.detail(request.card)

    async def preview(request: ShowPane) -> Preview:
        return await card_service.preview(request.card)

    async def seen_last(request: SeenLast) -> str:
        return await card_service.seen_last(request.view)

    async def list_windows(_: ListWindows) -> tuple[WindowView, ...]:
        return await windows.all()

    async def new(request: New, speaker: Speaker) -> CardView:
        own = card_service.engine.state.cards.get(speaker.card)
        if own and not speaker.is_person and not request.agent:
            request = replace(request, agent=own.agent)
        await _no_wider(card_service, speaker, request.repo, request.permission_mode, request.agent)
        return await card_service.new(request)

    async def start(request: Start, speaker: Speaker) -> CardView:
        await _no_wider_than(request.card, speaker)
        return await card_service.start(request, speaker)

    async def restart(request: Restart, speaker: Speaker) -> CardView:
        await _no_wider_than(request.card, speaker)
        return await card_service.restart(request, speaker)

    async def resume(request: Resume, speaker: Speaker) -> CardView:
        await _no_wider_than(request.card, speaker)
        return await card_service.resume(request, speaker)

    async def stop(request: Stop | Shelve, speaker: Speaker) -> CardView:
        return await card_service.stop(request, speaker)

    async def command(request: PlainCommand, speaker: Speaker) -> CardView:
        return await card_service.command(request, speaker)

    async def send(request: Send, speaker: Speaker) -> CardView:
        mail.human_spoke_to(card_service.find(request.card).slug)
        return await card_service.send(request, speaker)

    async def finish(request: Finish, speaker: Speaker) -> CardView:
        return await card_service.finish(request, speaker)

    async def survey_landing(request: SurveyLanding) -> Survey:
        return await card_service.survey_landing(request)

    async def await_finish(request: AwaitFinish) -> CardView:
        return await card_service.await_finish(request)

    async def remove(request: Remove, speaker: Speaker) -> CardView:
        return await card_service.remove(request, speaker)

    async def undo(request: Undo, speaker: Speaker) -> Undone:
        return await undoing.undo(request, speaker)

    async def attach(request: Attach, _: Speaker) -> Attachment:
        return await card_service.attach(request)

    async def adopt(request: AdoptWindow, _: Speaker) -> CardView:
        return card_service.view(await windows.adopt(request.window, request.name, restart=request.restart))

    async def end(request: EndWindow, _: Speaker) -> WindowView:
        return await windows.end(request.window)

    async def _no_wider_than(ref: str, speaker: Speaker) -> None:
        card = card_service.find(ref)
        await _no_wider(card_service, speaker, card.repo, card.permission_mode, card.agent)

    return (
        {
            ShowCard: show,
            ShowPane: preview,
            SeenLast: seen_last,
            SurveyLanding: survey_landing,
            AwaitFinish: await_finish,
            ListWindows: list_windows,
        },
        {
            New: new,
            Start: start,
            Restart: restart,
            Resume: resume,
            Stop: stop,
            Shelve: stop,
            **dict.fromkeys(get_args(PlainCommand), command),
            Send: send,
            Finish: finish,
            Remove: remove,
            Undo: undo,
            Attach: attach,
            AdoptWindow: adopt,
            EndWindow: end,
        },
    )


async def _no_wider(card_service: CardService, speaker: Speaker, repo: str, given: str, agent: str) -> None:
    """A session that was let start others can't give them more than it has, nor another agent. Raises
    `RefusedError`."""
    if speaker.is_person:
        return
    own = card_service.engine.state.cards.get(speaker.card)
    if own and agent != own.agent:
        raise refusal(
            f"{speaker.origin} cannot start a session of the agent {agent}",
            "it may be allowed more than its own",
            "Omit the agent, or ask a person with the tool mail_send, to human.",
        )
    mode = await mode_of(repo, given, agent)
    wider = card_service.agents.of(own).launch.allows_more
    if own is None or wider(mode, await mode_of(own.repo, own.permission_mode, own.agent)):
        raise refusal(
            f"{speaker.origin} cannot start a session with the permission mode {mode or 'of the agent'}",
            "it is wider than its own",
            "Omit the mode, or ask a person with the tool mail_send, to human.",
        )
