"""The API's part about workflows, runs and gates."""

from collections.abc import Iterable
from typing import Any

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from orchestrator.hub import wishes
from orchestrator.hub.runs import Runs
from orchestrator.hub.server.bodies import read
from orchestrator.hub.server.owner import speaker_of


def run_routes(runs: Runs) -> list[Route]:
    """Routes that answer with `RunView`, `GateView` and `WorkflowFile`."""

    async def every(_: Request) -> Response:
        return _all(runs.engine.runs)

    async def one(request: Request) -> Response:
        return _one(runs.view(runs.find(request.path_params["ref"]).id))

    async def start(request: Request) -> Response:
        return _one(await runs.start(await read(request, wishes.StartRun)))

    async def command(request: Request) -> Response:
        return _one(
            await runs.command(
                request.path_params["verb"], await read(request, wishes.OfRun), speaker_of(request)
            )
        )

    async def gates(_: Request) -> Response:
        return _all(runs.gates())

    async def gate(request: Request) -> Response:
        return _one(await runs.gate(request.path_params["ref"]))

    async def approve(request: Request) -> Response:
        return _one(await runs.decide("approve", await read(request, wishes.Decide), speaker_of(request)))

    async def deny(request: Request) -> Response:
        return _one(await runs.decide("deny", await read(request, wishes.Decide), speaker_of(request)))

    async def files(request: Request) -> Response:
        return _all(await runs.workflows(request.query_params.get("repo", "")))

    return [
        Route("/workflows", files),
        Route("/runs", every),
        Route("/runs/{ref}", one),
        Route("/runs/start", start, methods=["POST"]),
        Route("/runs/{verb}", command, methods=["POST"]),
        Route("/gates", gates),
        Route("/gates/{ref}", gate),
        Route("/gates/approve", approve, methods=["POST"]),
        Route("/gates/deny", deny, methods=["POST"]),
    ]


def _one(view: Any) -> Response:
    return Response(to_json(view), media_type="application/json")


def _all(views: Iterable[Any]) -> Response:
    return _one(tuple(views))
