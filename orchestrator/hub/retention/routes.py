"""The API's part about what is kept."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestrator.hub.retention.cleanup import Cleanup


def retention_routes(rounds: Cleanup) -> list[Route]:
    """Routes that answer with `KeptView`."""

    async def kept(_: Request) -> Response:
        return JSONResponse([asdict(each) for each in await rounds.kept()])

    return [Route("/kept", kept)]
