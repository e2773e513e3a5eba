"""The API's part about mail and teams."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from orchestrator.hub import wishes
from orchestrator.hub.mail.desk import MailDesk
from orchestrator.hub.server.bodies import number, read


def mail_routes(mail: MailDesk) -> list[Route]:
    """Routes that answer with the views of `core.mail.views`."""

    async def view(_: Request) -> Response:
        return _one(mail.view())

    async def messages(request: Request) -> Response:
        before = request.query_params.get("before", "")
        return _all(await mail.messages(_said(request, "box"), number(request, "limit", 100), _time(before)))

    async def message(request: Request) -> Response:
        return _one(await mail.message(request.path_params["ref"]))

    async def ref(request: Request) -> Response:
        which, diff = number(request, "number", 0), number(request, "diff", 0)
        return _one(await mail.ref(request.path_params["ref"], which, diff=bool(diff)))

    async def threads(request: Request) -> Response:
        return _all(await mail.threads(_said(request, "box"), number(request, "limit", 100)))

    async def thread(request: Request) -> Response:
        return _all(await mail.thread(request.path_params["ref"]))

    async def search(request: Request) -> Response:
        return _all(await mail.search(_said(request, "query"), number(request, "limit", 50)))

    async def gather(request: Request) -> Response:
        return _one(await mail.gather(request.path_params["ref"]))

    async def dead(request: Request) -> Response:
        return _all(await mail.dead(_said(request, "box")))

    async def flow(request: Request) -> Response:
        return _all(await mail.flow(number(request, "minutes", 60)))

    async def export(_: Request) -> Response:
        return StreamingResponse(await mail.export(), media_type="application/json")

    async def send(request: Request) -> Response:
        return _one(await mail.send(await read(request, wishes.MailSend)))

    async def take(request: Request) -> Response:
        return _one(await mail.read((await read(request, wishes.MailRead)).message))

    async def redrive(request: Request) -> Response:
        wish = await read(request, wishes.Redrive)
        return JSONResponse(await mail.redrive(wish.box, wish.messages))

    async def unpause(request: Request) -> Response:
        wish = await read(request, wishes.Unpause)
        await mail.unpause(wish.a, wish.b)
        return JSONResponse({})

    async def team(request: Request) -> Response:
        return JSONResponse(await mail.teams.start(await read(request, wishes.StartTeam)))

    return [
        Route("/mail", view),
        Route("/mail/messages", messages),
        Route("/mail/messages/{ref}", message),
        Route("/mail/messages/{ref}/ref", ref),
        Route("/mail/threads", threads),
        Route("/mail/threads/{ref}", thread),
        Route("/mail/search", search),
        Route("/mail/gathers/{ref}", gather),
        Route("/mail/dead", dead),
        Route("/mail/flow", flow),
        Route("/mail/export", export),
        Route("/mail/send", send, methods=["POST"]),
        Route("/mail/read", take, methods=["POST"]),
        Route("/mail/redrive", redrive, methods=["POST"]),
        Route("/mail/unpause", unpause, methods=["POST"]),
        Route("/teams/start", team, methods=["POST"]),
    ]


def _said(request: Request, name: str) -> str:
    return request.query_params.get(name, "")


def _time(said: str) -> float | None:
    try:
        return float(said) if said else None
    except ValueError:
        return None


def _one(view: Any) -> Response:
    return JSONResponse(asdict(view))


def _all(views: Iterable[Any]) -> Response:
    return JSONResponse([asdict(view) for view in views])
