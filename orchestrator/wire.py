"""The encoding of requests, answers and updates between clients and the hub: JSON, derived from their
types."""

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, get_args

import msgspec

from orchestrator.core.board.updates import Update
from orchestrator.core.requests.request import Request

EVENT, DATA = b"event: ", b"data: "
NO_PATH = "the hub does not know this request"
"""The answer of a hub, also of an earlier version, to an unknown path."""
_LARGEST_NUMBER = 10**9
_UPDATES: dict[str, type[Update]] = {kind.__name__: kind for kind in get_args(Update)}

T = TypeVar("T")


class UnreadableError(ValueError):
    """Invalid input; says where and why, in a line."""


def encode(value: object) -> bytes:
    """JSON without spaces. Raises `TypeError` for a value that has no form in JSON."""
    return msgspec.json.encode(value)


def decode(body: bytes, kind: Any) -> Any:
    """The value of this type. Unknown fields are ignored: the sender may be newer. Raises
    `UnreadableError`."""
    try:
        return _decoder(kind).decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(_words(error)) from None


def request(body: bytes, kind: type[Request[Any]]) -> Request[Any]:
    """The request of this kind. Raises `UnreadableError`, which names the field; also for an unknown field,
    and for a number of more than nine digits."""
    made: Request[Any] = decode(body or b"{}", kind)
    known = [each.name for each in fields(kind)]
    given = decode(body or b"{}", dict[str, Any])
    if unknown := next((name for name in given if name not in known), None):
        raise UnreadableError(f"{unknown[:60]}: no such field")
    for name in known:
        number = getattr(made, name)
        if isinstance(number, int) and abs(number) >= _LARGEST_NUMBER:
            raise UnreadableError(f"{name}: the number is too large")
    return made


def event(update: Update) -> bytes:
    """One server-sent event."""
    return b"%s%s\n%s%s\n\n" % (EVENT, type(update).__name__.encode(), DATA, encode(update))


def updates(lines: Iterator[bytes]) -> Iterator[Update]:
    """The updates in the lines of a stream. Unknown kinds are ignored: the hub may be newer. Raises
    `UnreadableError`."""
    name = ""
    for line in lines:
        if line.startswith(EVENT):
            name = line[len(EVENT) :].strip().decode(errors="replace")
        elif line.startswith(DATA) and not name:
            raise UnreadableError("an update has no name")
        elif line.startswith(DATA) and name in _UPDATES:
            found: Update = decode(line[len(DATA) :], _UPDATES[name])
            yield found


@cache
def _decoder(kind: Any) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(kind)


def _words(error: Exception) -> str:
    """`card: expected str, got int` of msgspec's "Expected `str`, got `int` - at `$.card`"."""
    said, _, where = str(error).replace("`", "").partition(" - at ")
    place = where.removeprefix("$").lstrip(".")
    said = f"{said[:1].lower()}{said[1:]}"
    return f"{place}: {said}" if place else said
