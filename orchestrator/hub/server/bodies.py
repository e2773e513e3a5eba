"""Reading what a client sends."""

from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request

_Body = TypeVar("_Body", bound=BaseModel)


async def read(request: Request, model: type[_Body]) -> _Body:
    """The request's body. Raises pydantic's `ValidationError`."""
    return model.model_validate_json(await request.body() or b"{}")
