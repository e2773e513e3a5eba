"""What a tool is, and what its handler is given. The tools of a room are a table of these."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from orchestrator.hub.doors.caller import Caller


class Arguments(BaseModel):
    """The arguments of a tool: one model for each. Its JSON schema is what the session's model sees."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Call:
    """One call under way. While its handler runs, the session hears every five seconds that it does."""

    caller: Caller
    progress: Callable[[str], None]
    """Words for the session's user, shown from the next beat on: `2 of 3 results are in`."""
    mark: str = ""
    """A word for this call alone; the same when it is made again after the hub's end."""


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    """A tool as one caller sees it.

    The handler's words are the result. It may take minutes; it is cancelled when the session does not wait
    any more, and when the hub ends. What it refuses by `RefusedError` or `MissingError` is told in words.
    """

    name: str
    description: str
    arguments: type[A]
    handle: Callable[[Call, A], Awaitable[str]]
    repeatable: bool = False
    """It does no harm twice: a call that the hub's end has cut off is made again by the next hub, as soon as
    the session comes back for it, and the session's model never notices."""

    @property
    def schema(self) -> dict[str, Any]:
        """The arguments as JSON schema, without titles: they say nothing and cost every session tokens."""
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
