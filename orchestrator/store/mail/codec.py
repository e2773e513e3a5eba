"""Mail as JSON text, and back."""

from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from orchestrator.core.mail.addressing import Peer
from orchestrator.core.mail.claims import Claim
from orchestrator.core.mail.gather import Gather
from orchestrator.core.mail.message import Message, Post, SendResult
from orchestrator.core.mail.rate_limits import Pause

T = TypeVar("T")


class Form(Generic[T]):
    """One type's conversion to JSON and back; default values are omitted."""

    def __init__(self, kind: type[T]) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def dump(self, value: T) -> str:
        """JSON on one line, without fields that have their default."""
        return self._adapter.dump_json(value, exclude_defaults=True).decode()

    def load(self, text: str | bytes) -> T:
        """Raises `pydantic.ValidationError`, a `ValueError`, for text that is not of this type."""
        return self._adapter.validate_json(text)

    def plain(self, value: T) -> Any:
        """The value in a form that `json.dumps` accepts."""
        return self._adapter.dump_python(value, mode="json", exclude_defaults=True)


MESSAGE = Form(Message)
SENT = Form(SendResult)
POST = Form(Post)
GATHER = Form(Gather)
CLAIM = Form(Claim)
PAUSE = Form(Pause)
PEER = Form(Peer)
