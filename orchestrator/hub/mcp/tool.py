"""What a tool is, and what its handler gets. The tools of a room are a table of these."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from orchestrator.hub.doors.caller import Caller


class Arguments(BaseModel):
    """The arguments of a tool: one model per tool. Its JSON schema is what the session's model sees."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Call:
    """A running call. While its handler runs, a progress message is sent every five seconds."""

    caller: Caller
    progress: Callable[[str], None]
    """Text for the session's user, shown from the next progress message on: `2 of 3 results are in`."""
    mark: str = ""
    """An id of this call; the same when it is repeated after the hub's end."""


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    """A tool as one caller sees it.

    The handler's text is the result. It may take minutes; it is cancelled when the caller no longer waits,
    and when the hub ends. `RefusedError` and `MissingError` become error results.
    """

    name: str
    description: str
    arguments: type[A]
    handle: Callable[[Call, A], Awaitable[str]]
    repeatable: bool = False
    """It can safely be repeated: a call cut off by the hub's end is repeated by the next hub, as soon as the
    session resumes it, and the session's model does not notice."""

    @property
    def schema(self) -> dict[str, Any]:
        """The arguments as JSON schema, without titles: they are redundant and cost every session tokens."""
        schema: dict[str, Any] = _untitled(self.arguments.model_json_schema())
        return schema


Toolbox = Callable[[Caller], Iterable[Tool[Any]]]
"""The tools of one room that this caller may use now."""


def _untitled(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _untitled(each) for name, each in value.items()}
        if key == "properties"
        else _untitled(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }
