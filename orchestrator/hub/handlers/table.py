"""The type of the handlers' tables."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from orchestrator.core.requests.request import Act, Read
from orchestrator.core.trust.caller import Speaker

Reads = Mapping[type[Read[Any]], Callable[[Any], Awaitable[Any]]]
"""Each gets a request of its kind, and returns its answer. An answer that is a tuple may be an asynchronous
iterator of its items."""
Acts = Mapping[type[Act[Any]], Callable[[Any, Speaker], Awaitable[Any]]]
"""Each also gets the caller."""
Table = tuple[Reads, Acts]


def joined(*tables: Table) -> Table:
    reads = {kind: handler for table, _ in tables for kind, handler in table.items()}
    acts = {kind: handler for _, table in tables for kind, handler in table.items()}
    return reads, acts
