"""Events and state as JSON text, and back."""

import hashlib
import json
from functools import cache
from typing import get_args

from pydantic import TypeAdapter

from orchestrator.core.events import Event
from orchestrator.core.model import State

_KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


_EVENTS: dict[str, TypeAdapter[Event]] = {name: TypeAdapter(kind) for name, kind in _KINDS.items()}
_STATE = TypeAdapter(State)


def kind_of(event: Event) -> str:
    """The name under which the journal keeps such events."""
    return type(event).__name__


def dump(event: Event) -> str:
    return _EVENTS[kind_of(event)].dump_json(event, exclude_defaults=True).decode()


def load(kind: str, body: str | bytes) -> Event:
    """Raises `KeyError` for a kind unknown to this program, `ValueError` for a body that is not one."""
    return _EVENTS[kind].validate_json(body)


def dump_state(state: State) -> bytes:
    return _STATE.dump_json(state, exclude_defaults=True)


def load_state(body: bytes) -> State:
    """Raises `ValueError` for a body that is no state."""
    return _STATE.validate_json(body)


@cache
def shape_of_state() -> str:
    """Changes whenever a snapshot written by another version could mean something else."""
    schema = _STATE.json_schema()
    return hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()[:16]
