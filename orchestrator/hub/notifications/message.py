"""A message to be delivered, and what a channel is to the hub."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from orchestrator.core.model import State
from orchestrator.core.notifications import words
from orchestrator.core.notifications.kinds import AT_ONCE
from orchestrator.core.notifications.occurrence import Occurrence
from orchestrator.core.notifications.payload import payload
from orchestrator.core.notifications.policy import Channel
from orchestrator.core.notifications.views import Outcome
from orchestrator.core.notifications.words import Content, Words

_TEST = "This is a test notification."


@dataclass(frozen=True, slots=True)
class Message:
    """What is told. `payload` is everything, for the user's own command; `words` are for people."""

    at: float
    needs: tuple[str, ...]
    kinds: tuple[str, ...]
    keys: tuple[str, ...]
    words: Callable[[Content], Words]
    payload: Mapping[str, object]

    @property
    def urgent(self) -> bool:
        """Whether somebody waits for a person in any of it."""
        return bool(AT_ONCE.intersection(self.kinds))

    @property
    def text(self) -> str:
        """All of it, as it is recorded."""
        return self.words("full").body


class Delivery(Protocol):
    """A channel that is on."""

    @property
    def rule(self) -> Channel:
        """Its name, and what the policy needs to know of it."""

    @property
    def on(self) -> bool:
        """Whether there is anybody whom it could tell at all."""

    async def tell(self, message: Message) -> Outcome:
        """Delivers the message. Raises nothing for what fails outside."""


def message(state: State, told: tuple[Occurrence, ...], waiting: int, now: float) -> Message:
    """The message about these occurrences."""
    return Message(
        at=now,
        needs=tuple(each.need.id for each in told),
        kinds=tuple(dict.fromkeys(each.need.kind for each in told)),
        keys=tuple(each.key for each in told),
        words=lambda content: words.words(state, told, waiting, content),
        payload=payload(state, told),
    )


def sample() -> Message:
    """One that tells of nothing."""
    now = time.time()
    return Message(
        at=now,
        needs=(),
        kinds=("test",),
        keys=(),
        words=lambda _: Words("orch", _TEST),
        payload={"kind": "test", "message": _TEST, "since": now},
    )
