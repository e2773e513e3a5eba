"""Reading what is sent to the hub, within bounds: sizes and depths are whatever its sender likes."""

import json
from typing import Any

from starlette.requests import Request

from orchestrator.core.errors import TooLarge

LARGEST = 32 * 1024 * 1024
"""Bytes of a body."""
DEEPEST = 200
"""Lists and objects in one another; more would cost whoever writes them out again the stack."""


class TooLargeError(TooLarge):
    """A body that is longer than it may be."""

    def __init__(self, why: str) -> None:
        super().__init__("the request is too large", why)


async def whole(request: Request, most: int = LARGEST) -> bytes:
    """The body's bytes. Raises `TooLargeError`, and starlette's `ClientDisconnect` where it breaks off."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise TooLargeError(f"the limit is {most // 1000000} MB")
    return bytes(body)


def parsed(body: bytes) -> Any:
    """The JSON value in a body. Raises `ValueError` for what is none, or is too deep."""
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
