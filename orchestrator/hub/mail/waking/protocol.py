"""The mail's view of how sessions are notified; implemented by the notifier."""

from typing import Protocol


class Notifier(Protocol):
    """Called often, and answered at once from what is known."""

    def way(self, box: str) -> str:
        """How the session of this mailbox is notified of mail now, as text; empty if unknown."""

    def unresponsive(self, box: str) -> bool:
        """It was notified as often as allowed, and no receive was recorded since."""


class NoNotifier:
    """A `Notifier` that notifies nobody."""

    def way(self, box: str) -> str:  # noqa: ARG002 (the protocol's)
        return ""

    def unresponsive(self, box: str) -> bool:  # noqa: ARG002 (the protocol's)
        return False
