"""Answers on their way to the hub, and what it had against them."""

from collections.abc import Collection
from dataclasses import dataclass

_SETTLES_WITHIN = 5.0
"""Seconds after the hub took an answer in which it must leave; later it can be answered again."""


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
        """`said` is what is being done, such as `allowing`."""
        self._under_way[id_] = _Reply(said)
        self._errors.pop(id_, None)

    def taken(self, id_: str, now: float) -> None:
        """The hub has it; it is about to leave."""
        if reply := self._under_way.get(id_):
            reply.taken_at = now

    def over(self, id_: str, error: str = "") -> None:
        """Nothing is on its way any more; with an error it is to be answered again."""
        self._under_way.pop(id_, None)
        self._errors.pop(id_, None)
        if error:
            self._errors[id_] = error

    def doing(self, id_: str, now: float) -> str:
        """What was begun, until it is over, or five seconds after the hub has taken it; else empty."""
        reply = self._under_way.get(id_)
        if reply is None or (reply.taken_at is not None and now - reply.taken_at > _SETTLES_WITHIN):
            return ""
        return reply.said

    def error(self, id_: str) -> str:
        """Why the last answer was refused; empty after the next one is begun."""
        return self._errors.get(id_, "")

    def keep(self, there: Collection[str]) -> None:
        """Forgets what was said to those that are gone."""
        self._under_way = {id_: reply for id_, reply in self._under_way.items() if id_ in there}
        self._errors = {id_: error for id_, error in self._errors.items() if id_ in there}
