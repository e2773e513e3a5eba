"""The calls about what repositories bring along."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from orchestrator.client.road import Road
from orchestrator.core.trust import TrustView


class TrustCalls(Road):
    """A `path` is one in a repository, or that of a workflow's or a team's file."""

    def trust_of(self, path: str) -> tuple[TrustView, ...]:
        """What there would run, and whether it is allowed."""
        return _views(self.ask("GET", f"/trust?{urlencode({'path': path})}"))

    def trusted(self) -> tuple[TrustView, ...]:
        """What is allowed, of every repository."""
        return _views(self.ask("GET", "/trust/all"))

    def trust(self, path: str, digests: Iterable[str]) -> tuple[TrustView, ...]:
        """Allows exactly what has these digests. `Refused` where something else stands there by now."""
        return _views(self.ask("POST", "/trust/allow", {"path": path, "digests": list(digests)}))

    def distrust(self, path: str) -> tuple[TrustView, ...]:
        """Takes back what was allowed there; returns what that was."""
        return _views(self.ask("POST", "/trust/revoke", {"path": path}))


def _views(said: Any) -> tuple[TrustView, ...]:
    return tuple(TrustView(**each) for each in said)
