"""Answers on their way to the hub, and its refusals."""

from collections.abc import Collection
from dataclasses import dataclass

_SETTLES_WITHIN = 5.0
"""Seconds after which an accepted answer must have removed its entry; later it can be answered again."""


@dataclass(slots=True)
class _Reply:
    said: str
    taken_at: float | None = None


class Replies:
    """By the ids of what is answered: a need, or a stage of a run."""

    def __init__(self) -> None:
        self._under_way: dict[str, _Reply] = {}
        self._errors: dict[str, str] = {}

    def begin(self, id_: str, said: str) -> None:
        """`said` describes what is being done, such as `allowing`."""
        self._under_way[id_] = _Reply(said)
        self._errors.pop(id_, None)

    def taken(self, id_: str, now: float) -> None:
        """The hub has it; its entry is about to disappear."""
        if reply := self._under_way.get(id_):
            reply.taken_at = now

    def over(self, id_: str, error: str = "") -> None:
        """Nothing is pending any more; after an error it can be answered again."""
        self._under_way.pop(id_, None)
        self._errors.pop(id_, None)
        if error:
            self._errors[id_] = error

    def doing(self, id_: str, now: float) -> str:
        """The pending action, until it is complete, or five seconds after the hub has accepted it; else
        empty."""
        reply = self._under_way.get(id_)
        if reply is None or (reply.taken_at is not None and now - reply.taken_at > _SETTLES_WITHIN):
            return ""
        return reply.said

    def error(self, id_: str) -> str:
        """Why the last answer was refused; empty once the next one is sent."""
        return self._errors.get(id_, "")

    def keep(self, there: Collection[str]) -> None:
        """Forgets all about removed entries."""
        self._under_way = {id_: reply for id_, reply in self._under_way.items() if id_ in there}
        self._errors = {id_: error for id_, error in self._errors.items() if id_ in there}
