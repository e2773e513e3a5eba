"""What people are told of without having asked: gates that open, and that still wait."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator import config
from orchestrator.core.events import Event
from orchestrator.core.views import Notice
from orchestrator.core.workflow.events import GateOpened, GateReminded
from orchestrator.core.workflow.shown import gate_view
from orchestrator.hub.engine import Engine
from orchestrator.hub.server.stream import Stream
from orchestrator.world.notify import notify


@dataclass(frozen=True, slots=True)
class Notices:
    """Tells every open client, and runs the user's own command."""

    engine: Engine
    stream: Stream
    settings: config.Config
    _few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """A command that hangs keeps the threads from nobody else."""

    def tell(self, events: Sequence[Event]) -> None:
        """Called with what has just been committed."""
        for event in events:
            if isinstance(event, GateOpened | GateReminded):
                self._tell(event)

    def _tell(self, event: GateOpened | GateReminded) -> None:
        run = self.engine.state.runs.get(event.run)
        gate = next((gate for gate in run.gates if gate.id == event.gate), None) if run else None
        if run is None or gate is None:
            return
        view = gate_view(run, gate)
        still = "still waits" if isinstance(event, GateReminded) else "waits"
        self.stream.notice(Notice(event.at, gate.id, f"{run.workflow.name}: {gate.stage} {still} for you"))
        if command := self.settings.notify.command:
            news: dict[str, object] = {
                "kind": "gate.reminded" if isinstance(event, GateReminded) else "gate.opened",
                "gate": gate.id,
                "run": run.id,
                "workflow": run.workflow.name,
                "stage": gate.stage,
                "message": view.message,
                "since": gate.opened_at,
            }
            self.engine.spawn(self._run(tuple(command), news))

    async def _run(self, command: tuple[str, ...], news: dict[str, object]) -> None:
        async with self._few:
            if not self.stream.closed:
                await asyncio.to_thread(notify, command, news, self.settings.notify.timeout)
