"""Reads request bodies within limits on size and depth."""

import json
from typing import Any

from starlette.requests import Request

from orchestrator.core.errors import TooLarge

LARGEST = 32 * 1024 * 1024
"""Maximum bytes of a body."""
DEEPEST = 200
"""Maximum nesting of lists and objects; more could exhaust the stack of a later encoder."""


class TooLargeError(TooLarge):
    """A body that is too long."""

    def __init__(self, why: str) -> None:
        super().__init__("the request is too large", why)


async def whole(request: Request, most: int = LARGEST) -> bytes:
    """The body's bytes. Raises `TooLargeError`, and starlette's `ClientDisconnect` if it breaks off."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise TooLargeError(f"the limit is {most // 1000000} MB")
    return bytes(body)


def parsed(body: bytes) -> Any:
    """The JSON value of a body. Raises `ValueError` for invalid JSON, or if it is too deep."""
    try:
        value = json.loads(body)
    except RecursionError:
        raise ValueError(_too_deep()) from None
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _inside(each) if isinstance(inner, dict | list)]
        if not level:
            return value
    raise ValueError(_too_deep())


def _inside(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _too_deep() -> str:
    return f"lists and objects are nested more than {DEEPEST} deep"
