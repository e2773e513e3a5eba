"""The API on the owner's Unix socket: what clients read, and the road of every command."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from orchestrator.config import ConfigError
from orchestrator.core.commands import Rejected
from orchestrator.core.model import Card
from orchestrator.core.permission_modes import wider
from orchestrator.core.speaker import Speaker
from orchestrator.hub import wishes
from orchestrator.hub.answering import Answering
from orchestrator.hub.desk import Desk
from orchestrator.hub.lookup import MissingError
from orchestrator.hub.loop.engine import RefusedError, UnsavedError, refusal
from orchestrator.hub.mail.desk import MailDesk
from orchestrator.hub.making import mode_of
from orchestrator.hub.runs import Runs
from orchestrator.hub.server.bodies import TooLargeError, number, read
from orchestrator.hub.server.grant_routes import grant_routes
from orchestrator.hub.server.mail_routes import mail_routes
from orchestrator.hub.server.owner import speaker_of
from orchestrator.hub.server.rescue_routes import rescue_routes
from orchestrator.hub.server.run_routes import run_routes
from orchestrator.hub.server.window_routes import window_routes
from orchestrator.hub.telling.stream import Stream
from orchestrator.hub.trust.check import UntrustedError
from orchestrator.hub.trust.routes import trust_routes
from orchestrator.hub.windows.foreign import ForeignWindows
from orchestrator.store.schema import JournalError
from orchestrator.world.tmux import TmuxError
from orchestrator.world.worktrees import GitRefused, WorktreeError

_STARTS = frozenset({"start", "resume", "restart"})
"""The verbs that begin a session."""
Handler = Callable[[Request], Awaitable[Response]]

_log = logging.getLogger(__name__)


def api(
    desk: Desk,
    answering: Answering,
    runs: Runs,
    mail: MailDesk,
    stream: Stream,
    *,
    windows: ForeignWindows,
    stop: Callable[[], None],
) -> Starlette:
    """The application for the socket. Errors are `{"what", "why", "hint"}` with 404 for a card that is
    not there, 409 for a refusal, 422 for a body that is not understood, 502 for a failure
    outside, 507 for one of the disk."""

    async def hub(_: Request) -> Response:
        return JSONResponse(asdict(desk.hub_view()))

    async def board(_: Request) -> Response:
        return Response(to_json(stream.board()), media_type="application/json")

    async def settings(_: Request) -> Response:
        return JSONResponse(asdict(desk.settings()))

    async def events(_: Request) -> Response:
        return StreamingResponse(stream.events(), media_type="text/event-stream")

    async def show(request: Request) -> Response:
        return JSONResponse(asdict(await desk.detail(_card(request).id)))

    async def preview(request: Request) -> Response:
        return JSONResponse(asdict(await desk.preview(_card(request).id)))

    async def attach(request: Request) -> Response:
        body = await read(request, wishes.Attach)
        return JSONResponse(asdict(await desk.attach(_card(request).id, body.tmux)))

    async def end(_: Request) -> Response:
        asyncio.get_running_loop().call_later(0.05, stop)
        return JSONResponse({})

    async def new(request: Request) -> Response:
        wish = await read(request, wishes.New)
        await _no_wider(speaker_of(request), wish.repo, wish.permission_mode)
        return _answer(await desk.new(wish))

    async def of_card(request: Request) -> Response:
        """The verbs that take nothing but the card."""
        body = await read(request, wishes.OfCard)
        card = desk.find(body.card)
        if request.path_params["verb"] in _STARTS:
            await _no_wider(speaker_of(request), card.repo, card.permission_mode)
        return _answer(await desk.plain(request.path_params["verb"], card.id))

    async def send(request: Request) -> Response:
        body = await read(request, wishes.Send)
        mail.human_spoke_to(desk.find(body.card).slug)
        return _answer(await desk.send(desk.find(body.card).id, body.text, queue=body.queue))

    async def resume(request: Request) -> Response:
        body = await read(request, wishes.Resume)
        card = desk.find(body.card)
        await _no_wider(speaker_of(request), card.repo, card.permission_mode)
        return _answer(await desk.resume(card.id, go_on=body.go_on))

    async def hold(request: Request) -> Response:
        body = await read(request, wishes.Hold)
        return _answer(await desk.hold(desk.find(body.card).id, body.note))

    async def finish(request: Request) -> Response:
        body = await read(request, wishes.Finish)
        return _answer(
            await desk.finish(desk.find(body.card).id, body.how, rescue=body.rescue, into=body.into)
        )

    async def remove(request: Request) -> Response:
        body = await read(request, wishes.Remove)
        return _answer(
            await desk.remove(desk.find(body.card).id, rescue=body.rescue, keep=body.keep, force=body.force)
        )

    async def need(request: Request) -> Response:
        return JSONResponse(asdict(await answering.detail(request.path_params["ref"])))

    async def answer(request: Request) -> Response:
        return _answer(await answering.answer(await read(request, wishes.Answer), speaker_of(request)))

    async def nudge(request: Request) -> Response:
        body = await read(request, wishes.Nudge)
        card = desk.find(body.card).id
        speaker = speaker_of(request)
        await answering.nudge(card, body.how, speaker.place(body.by), speaker.user)
        return _answer(desk.shown(card))

    async def stats(request: Request) -> Response:
        return JSONResponse([asdict(each) for each in await answering.stats(_days(request))])

    async def trial(request: Request) -> Response:
        return JSONResponse([asdict(each) for each in await answering.try_rules(_days(request))])

    async def _no_wider(speaker: Speaker, repo: str, given: str) -> None:
        """A session that was let start others can't give them more than it has."""
        if speaker.is_person:
            return
        own = desk.engine.state.cards.get(speaker.card)
        mode = await mode_of(repo, given)
        if wider(mode, await mode_of(own.repo, own.permission_mode) if own else "plan"):
            raise refusal(
                f"{speaker.origin} can't start a session with the permission mode {mode or 'of the agent'}",
                "that is wider than its own",
                "Leave the mode out, or ask a person with the tool mail_send, to human.",
            )

    def _card(request: Request) -> Card:
        return desk.find(request.path_params["ref"])

    return Starlette(
        routes=[
            Route("/hub", hub),
            Route("/hub/stop", end, methods=["POST"]),
            Route("/board", board),
            Route("/settings", settings),
            Route("/events", events),
            Route("/cards/{ref}", show),
            Route("/cards/{ref}/preview", preview),
            Route("/cards/{ref}/attach", attach, methods=["POST"]),
            Route("/needs/{ref}", need),
            *run_routes(runs),
            *grant_routes(desk),
            *mail_routes(mail),
            *rescue_routes(desk.engine),
            *trust_routes(),
            *window_routes(windows, desk),
            Route("/stats", stats),
            Route("/rules/trial", trial),
            Route("/commands/answer", answer, methods=["POST"]),
            Route("/commands/nudge", nudge, methods=["POST"]),
            Route("/commands/new", new, methods=["POST"]),
            Route("/commands/resume", resume, methods=["POST"]),
            Route("/commands/send", send, methods=["POST"]),
            Route("/commands/hold", hold, methods=["POST"]),
            Route("/commands/finish", finish, methods=["POST"]),
            Route("/commands/remove", remove, methods=["POST"]),
            Route("/commands/{verb}", of_card, methods=["POST"]),
        ],
        exception_handlers={
            UntrustedError: lambda _, error: _refused(error.rejected, {"trust": error.path}),
            RefusedError: lambda _, error: _refused(error.rejected),
            MissingError: lambda _, error: _words(404, error.what, error.why, error.hint),
            TooLargeError: lambda _, error: _words(413, "the request is too large", str(error)),
            ClientDisconnect: _gone,
            GitRefused: lambda _, error: _words(409, error.what, error.why, error.hint),
            WorktreeError: lambda _, error: _words(502, error.what, error.why, error.hint),
            TmuxError: lambda _, error: _words(502, error.what, error.why, error.hint),
            ConfigError: lambda _, error: _words(409, "the configuration has an error", str(error)),
            ValidationError: lambda _, error: _words(422, "the request was not understood", _first(error)),
            HTTPException: lambda _, error: _words(error.status_code, "the hub does not know this request"),
            UnsavedError: lambda _, error: _words(507, "it is not saved yet", str(error), error.hint),
            JournalError: lambda _, error: _words(507, "the journal can't be used", str(error)),
            OSError: lambda _, error: _words(507, "the hub could not do it", str(error), "See: orch doctor"),
            Exception: _bug,
        },
    )


def _days(request: Request) -> int:
    return max(1, number(request, "days", 7))


def _answer(card: dict[str, Any]) -> Response:
    return JSONResponse(card)


def _refused(rejected: Rejected, more: dict[str, str] | None = None) -> Response:
    return _words(409, rejected.what, rejected.why, rejected.hint, more)


def _words(
    status: int, what: str, why: str = "", hint: str = "", more: dict[str, str] | None = None
) -> Response:
    return JSONResponse({"what": what, "why": why, "hint": hint, **(more or {})}, status)


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def _gone(request: Request, _: Exception) -> Response:
    _log.warning("a client hung up in the middle of a request: %s", request.url.path[:200])
    return _words(400, "the request broke off")


def _bug(_: Request, error: Exception) -> Response:
    _log.error("a request failed", exc_info=error)
    return _words(500, "the hub has a bug", f"{type(error).__name__}: {error}", "See: orch hub logs")
