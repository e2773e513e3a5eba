"""What needs a person now: computed once per change, for all readers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from orchestrator.core.board.views import Need
from orchestrator.core.needs.ranking import needs
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.watching.pending_hooks import PendingHooks


@dataclass(slots=True)
class CurrentNeeds:
    """When called, returns all needs, most urgent first. `mail` are the needs from mail."""

    engine: Engine
    hooks: PendingHooks
    mail: Callable[[], tuple[Need, ...]]
    _of: tuple[Any, ...] = ()
    _found: tuple[Need, ...] = field(default=())

    def __call__(self) -> tuple[Need, ...]:
        state, held, mail = self.engine.state, frozenset(self.hooks.ids), self.mail()
        if not self._of or self._of[0] is not state or self._of[1:] != (held, mail):
            self._of, self._found = (state, held, mail), needs(state, held, mail)
        return self._found
