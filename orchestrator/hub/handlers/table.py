"""The tables of what the hub does for each request."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from orchestrator.core.requests.request import Act, Read
from orchestrator.core.trust.speaker import Speaker

Reads = Mapping[type[Read[Any]], Callable[[Any], Awaitable[Any]]]
"""Each is given a request of its kind, and gives what that is answered by. An answer that is a tuple may be
given as an asynchronous iterator of its parts."""
Acts = Mapping[type[Act[Any]], Callable[[Any, Speaker], Awaitable[Any]]]
"""Each is told, too, who asks."""
Table = tuple[Reads, Acts]


def joined(*tables: Table) -> Table:
    reads = {kind: handler for table, _ in tables for kind, handler in table.items()}
    acts = {kind: handler for _, table in tables for kind, handler in table.items()}
    return reads, acts
