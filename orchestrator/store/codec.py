"""Events and state as JSON text, and back."""

import hashlib
import json
from functools import cache
from typing import get_args

from pydantic import TypeAdapter, ValidationError

from orchestrator.core.events import Event
from orchestrator.core.model import State
from orchestrator.core.text.clean import one_line
from orchestrator.store import former

_KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


_EVENTS: dict[str, TypeAdapter[Event]] = {name: TypeAdapter(kind) for name, kind in _KINDS.items()}
_STATE = TypeAdapter(State)


class UnreadableError(ValueError):
    """Stored data that cannot be read; says why in a line."""


def kind_of(event: Event) -> str:
    """The journal's name for such events."""
    return type(event).__name__


def dump(event: Event) -> str:
    """JSON without fields that have their default; its kind is stored separately, see `kind_of`."""
    return _EVENTS[kind_of(event)].dump_json(event, exclude_defaults=True).decode()


def load(kind: str, body: str | bytes) -> Event:
    """Raises `UnreadableError` for an unknown kind, and for an invalid body."""
    form = _EVENTS.get(kind)
    if form is None:
        raise UnreadableError(f"unknown kind {one_line(kind, 60)!r}, written by a newer orch: upgrade orch")
    try:
        return former.migrated(form.validate_json(body))
    except ValueError as error:
        raise UnreadableError(f"{kind}: {_first(error)}. Restore a copy of the file") from error


def dump_state(state: State) -> bytes:
    """JSON without fields that have their default. Readable as long as `shape_of_state` is the same."""
    return _STATE.dump_json(state, exclude_defaults=True)


def load_state(body: bytes) -> State:
    """Raises `UnreadableError` for an invalid body."""
    try:
        return _STATE.validate_json(body)
    except ValueError as error:
        raise UnreadableError(_first(error)) from error


@cache
def shape_of_state() -> str:
    """Changes whenever a snapshot of another version could have a different meaning."""
    schema = _STATE.json_schema()
    return hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()[:16]


def _first(error: ValueError) -> str:
    """The first error, without the input, which may be long."""
    if not isinstance(error, ValidationError):
        return one_line(str(error))
    first = error.errors(include_url=False, include_input=False)[0]
    return one_line(": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"]))))
