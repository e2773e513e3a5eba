"""Answers on their way to the hub, and what it had against them."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.core.views import Need

_SETTLES_WITHIN = 5.0
"""Seconds after the hub took an answer in which its need must leave; later it can be answered again."""


@dataclass(slots=True)
class _Reply:
    said: str
    taken_at: float | None = None


class Replies:
    """By the ids of needs."""

    def __init__(self) -> None:
        self._under_way: dict[str, _Reply] = {}
        self._errors: dict[str, str] = {}

    def begin(self, need: str, said: str) -> None:
        """`said` is what is being done, such as `allowing`."""
        self._under_way[need] = _Reply(said)
        self._errors.pop(need, None)

    def taken(self, need: str, now: float) -> None:
        """The hub has it; the need is about to leave."""
        if reply := self._under_way.get(need):
            reply.taken_at = now

    def over(self, need: str, error: str = "") -> None:
        """Nothing is on its way any more; with an error the need is to be answered again."""
        self._under_way.pop(need, None)
        if error:
            self._errors[need] = error

    def doing(self, need: str, now: float) -> str:
        reply = self._under_way.get(need)
        if reply is None or (reply.taken_at is not None and now - reply.taken_at > _SETTLES_WITHIN):
            return ""
        return reply.said

    def error(self, need: str) -> str:
        return self._errors.get(need, "")

    def keep(self, needs: Iterable[Need]) -> None:
        """Forgets what was said to needs that are gone."""
        there = {need.id for need in needs}
        self._under_way = {id_: reply for id_, reply in self._under_way.items() if id_ in there}
        self._errors = {id_: error for id_, error in self._errors.items() if id_ in there}
