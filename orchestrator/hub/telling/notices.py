"""Notifications: gates that open or remind, blocked stages, ended runs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator import config
from orchestrator.core.board.views import Notice
from orchestrator.core.events import Event
from orchestrator.core.model import State
from orchestrator.core.text.clean import shown_line
from orchestrator.core.workflow.events import GateOpened, GateReminded, RunEnded, StageBlocked
from orchestrator.core.workflow.run import Run, StageState
from orchestrator.core.workflow.shown import gate_view, output, run_view, why
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.telling.stream import Stream
from orchestrator.world.notify_command import notify

_ENDINGS = {"done": "is done", "failed": "failed", "denied": "was denied", "cancelled": "was cancelled"}


@dataclass(frozen=True, slots=True)
class Notices:
    """Notifies every open client, and runs the user's own command."""

    engine: Engine
    stream: Stream
    settings: config.Config
    _few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """A hanging command blocks no other threads."""

    def tell(self, events: Sequence[Event]) -> None:
        """Called with the events just committed."""
        for event in events:
            if isinstance(event, GateOpened | GateReminded | StageBlocked | RunEnded):
                run = self.engine.state.runs.get(event.run)
                if run is not None and (told := _notice(self.engine.state, run, event)):
                    self._say(event.at, told)

    def _say(self, at: float, told: dict[str, object]) -> None:
        self.stream.notice(Notice(at, str(told["need"]), str(told["text"])))
        if command := self.settings.notify.command:
            rest = {key: said for key, said in told.items() if key not in ("need", "text")}
            self.engine.spawn(self._run(tuple(command), rest))

    async def _run(self, command: tuple[str, ...], news: dict[str, object]) -> None:
        async with self._few:
            if not self.stream.closed:
                await asyncio.to_thread(notify, command, news, self.settings.notify.timeout)


def _notice(
    state: State, run: Run, event: GateOpened | GateReminded | StageBlocked | RunEnded
) -> dict[str, object]:
    """The notification: `text` for the screen, with `need`, the id of its subject; the rest for the user's
    command. Empty if there is none."""
    name = run.workflow.name
    told: dict[str, object] = {"run": run.id, "workflow": name}
    match event:
        case GateOpened() | GateReminded():
            gate = next((gate for gate in run.gates if gate.id == event.gate), None)
            if gate is None:
                return {}
            still = "still needs" if isinstance(event, GateReminded) else "needs"
            return {
                "need": gate.id,
                "text": f"{name}: {gate.stage} {still} you",
                "kind": "gate.reminded" if isinstance(event, GateReminded) else "gate.opened",
                "gate": gate.id,
                **told,
                "stage": gate.stage,
                "message": gate_view(run, gate).message,
                "since": gate.opened_at,
            }
        case StageBlocked():
            own = run.stages[event.stage]
            if own.state is not StageState.BLOCKED:
                return {}
            said = shown_line(why(own))
            return {
                "need": f"{run.id}.{event.stage}",
                "text": f"{name}: {event.stage} is blocked: {said}",
                "kind": "stage.blocked",
                **told,
                "stage": event.stage,
                "message": said,
                "output": output(own),
                "since": event.at,
            }
        case RunEnded():
            if not event.unread or event.state != run.state.value:
                return {}
            said = run_view(state, run).reason
            return {
                "need": run.id,
                "text": f"{name}: {run.id} {_ENDINGS[event.state]}" + (f": {said}" if said else ""),
                "kind": f"run.{event.state}",
                **told,
                "stage": run.stopping,
                "message": said,
                "output": output(run.stages[run.stopping]) if run.stopping else "",
                "since": run.started_at,
            }
