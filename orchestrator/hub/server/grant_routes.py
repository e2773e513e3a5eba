"""The API's part about standing grants."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestrator.hub import wishes
from orchestrator.hub.desk import Desk
from orchestrator.hub.grants import Grants
from orchestrator.hub.server.bodies import read


def grant_routes(desk: Desk) -> list[Route]:
    """Routes that answer with `GrantView`."""

    async def every(_: Request) -> Response:
        return JSONResponse([asdict(each) for each in await Grants(desk.engine).all()])

    async def revoke(request: Request) -> Response:
        body = await read(request, wishes.Revoke)
        return JSONResponse(asdict(await Grants(desk.engine).revoke(body.grant)))

    return [Route("/grants", every), Route("/grants/revoke", revoke, methods=["POST"])]
