"""What the office knows of how sessions are told of their mail; `arrival` knows it."""

from typing import Protocol


class Notifier(Protocol):
    """Asked often, and without waiting: an answer comes from what is known already."""

    def bell(self, box: str) -> str:
        """How the session of this mailbox is told of mail now, in words; empty where nobody knows."""

    def deaf(self, box: str) -> bool:
        """The bell has rung as often as it may, and no receive was recorded since."""


class NoNotifier:
    """A `Notifier` where nothing rings."""

    def bell(self, box: str) -> str:  # noqa: ARG002 (the protocol's)
        return ""

    def deaf(self, box: str) -> bool:  # noqa: ARG002 (the protocol's)
        return False
