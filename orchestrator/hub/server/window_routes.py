"""The API's part about windows of another journal."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestrator.hub import wishes
from orchestrator.hub.desk import Desk
from orchestrator.hub.server.bodies import read
from orchestrator.hub.windows.foreign import ForeignWindows


def window_routes(windows: ForeignWindows, desk: Desk) -> list[Route]:
    """Routes that answer with `WindowView`; what is adopted, with the `CardView`. And which card an
    `Attachment`'s view showed last."""

    async def every(_: Request) -> Response:
        return JSONResponse([asdict(each) for each in await windows.all()])

    async def adopt(request: Request) -> Response:
        body = await read(request, wishes.Adopt)
        return JSONResponse(desk.shown(await windows.adopt(body.window, body.name, restart=body.restart)))

    async def end(request: Request) -> Response:
        body = await read(request, wishes.OfWindow)
        return JSONResponse(asdict(await windows.end(body.window)))

    async def seen_last(request: Request) -> Response:
        return JSONResponse({"card": await desk.seen_last(request.path_params["view"])})

    return [
        Route("/views/{view}", seen_last),
        Route("/windows", every),
        Route("/windows/adopt", adopt, methods=["POST"]),
        Route("/windows/end", end, methods=["POST"]),
    ]
