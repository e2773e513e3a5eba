"""A run without a terminal, until it ends or waits for people."""

import getpass
import os
import queue
import shlex
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from orchestrator.cli.ci import github
from orchestrator.cli.ci.requests import Requests
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.gates.orders import GateOrders, Person
from orchestrator.cli.gates.text import asked, quoted, to_read
from orchestrator.cli.runs.output import RunOutput, exit_code_of, views
from orchestrator.cli.runs.run_lines import ENDED, RunLine, RunWatcher
from orchestrator.cli.text import age, plain
from orchestrator.client import Client, Failed, HubAway, Missing, OrchError, Refused
from orchestrator.core.board.views import Need
from orchestrator.core.requests.cards import Stop
from orchestrator.core.requests.gates import ListGates
from orchestrator.core.requests.runs import Mark, PauseRun, RetryStage
from orchestrator.core.workflow.views import GateView, RunView, StageView

_LOOKS_EVERY = 0.3
"""Seconds between two checks of a gate whose evidence is being collected."""
_WAITS_AT_MOST = 60.0
"""Seconds between two other checks; changes of the run arrive on the stream."""
_PATIENCE = 20.0
"""Seconds for which a stage whose worktree is in use may block a run in which nothing else is running."""


@dataclass(frozen=True, slots=True)
class HeadlessOptions:
    """The order: a file to run, or a run to resume."""

    file: str
    inputs: dict[str, str]
    repo: Path
    state: Path | None
    resume: str
    retry: tuple[str, ...]
    """The stages to retry first."""
    gates: Mapping[str, str]
    note: str
    timeout: float | None
    """Seconds."""
    as_json: bool
    permission_timeout: float = 0.0
    """Seconds for which a session's request may be answered from elsewhere before its stage fails."""
    yes: bool = False
    """Whether everything that the run executes is also trusted."""


class HeadlessRun:
    """One run, until it ends or waits for people."""

    def __init__(
        self, client: Client, order: HeadlessOptions, run: RunView, *, state: Path, began_at: float
    ) -> None:
        self._client, self._order, self._run, self._state = client, order, run, state
        self._watcher = RunWatcher()
        self._teller = RunOutput(run, order.as_json)
        self._gates = GateOrders(client, order.gates, Person(_who(), order.note))
        self._requests = Requests(client, order.permission_timeout, _who())
        self._stuck_since: float | None = None
        self._began_at = began_at
        """When the command started; stages started before, in a resumed run, may have lost their sessions."""
        self._ended = False

    def to_the_end(self) -> ExitCode:
        """Raises `HubAway` if the hub goes away meanwhile, `Failed` on timeout."""
        for caution in self._run.cautions:
            self._teller.annotate("warning", "orch: a stage will wait", caution)
        deadline = time.monotonic() + self._order.timeout if self._order.timeout else None
        arriving = _Views(self._client, self._run.id)
        while True:
            self._tell_changes()
            for line in self._gates.decide(self._run):
                self._tell(line)
            for line in self._requests.see_to(self._run, arriving.needs):
                self._tell(line)
            if (code := self._arrived()) is not None:
                return code
            if deadline is not None and time.monotonic() > deadline:
                self.halt()
                raise Failed(
                    f"{self._run.id} did not finish within {age(self._order.timeout or 0)}",
                    self._run.reason,
                    self.resume(),
                )
            busy = self._gates.pending(self._run) or self._stuck_since is not None
            limit = _LOOKS_EVERY if busy else _WAITS_AT_MOST
            if (due := self._requests.due_in(arriving.needs)) is not None:
                limit = min(limit, due)
            if deadline is not None:
                limit = min(limit, max(0.0, deadline - time.monotonic()))
            self._run = arriving.next(limit) or self._run

    def halt(self) -> None:
        """Ends the sessions of the run, so that none continues unattended; resuming the run resumes them."""
        if self._run.state in ENDED:
            return
        with suppress(OrchError):
            self._run = self._client.submit(PauseRun(self._run.id))
        for stage in self._run.stages:
            if stage.state == "running" and stage.card:
                with suppress(OrchError):
                    self._client.submit(Stop(stage.card))

    def resume(self, orders: str = "") -> str:
        """A sentence on how to resume the run."""
        return f"Resume it with: {self._command(orders)}"

    def _command(self, orders: str = "") -> str:
        words = ["orch", "run", "--headless", "--resume", self._run.id, "--state", str(self._state)]
        return shlex.join(words) + (f" {orders}" if orders else "")

    # --- state -----------------------------------------------------------------------------------

    def _arrived(self) -> ExitCode | None:
        run = self._run
        if run.state in ENDED:
            return self._end(exit_code_of(run), run.reason)
        if run.state == "gate-blocked" and self._gates.wait_for_people(run):
            return self._waits()
        if run.state == "blocked":
            return self._blocked()
        self._stuck_since = None
        return None

    def _waits(self) -> ExitCode:
        for gate in self._open_gates():
            title = f"Gate {plain(gate.stage)} ({gate.id})"
            self._teller.section(title, [*asked(gate), *to_read(gate)])
            self._teller.annotate("notice", f"orch: {gate.stage} needs a decision", gate.message)
        return self._end(ExitCode.WAITING, f"{self._run.reason}\n{self._how_to_decide()}")

    def _how_to_decide(self) -> str:
        stages = [stage.name for stage in self._run.stages if stage.state == "gate-blocked"]
        name = stages[0] if len(stages) == 1 else "NAME"
        approve, deny = (shlex.quote(f"{name}={verdict}") for verdict in ("approve", "deny"))
        return (
            f"Approve: {self._command(f'--gate {approve}')}\n"
            f'Deny: {self._command(f"--gate {deny}")} --note "..."'
        )

    def _blocked(self) -> ExitCode | None:
        """A stage needs a person, and there is none: it fails. A stage started by an earlier command may have
        lost its session with that command, and is retried. A stage that waits for a time continues."""
        run, now = self._run, time.monotonic()
        blocked = [stage for stage in run.stages if stage.state == "blocked"]
        ours = [stage for stage in blocked if "fail" in stage.options and not stage.until]
        for stage in ours:
            with suppress(Refused):  # it has continued meanwhile
                if self._order.resume and (stage.began_at or 0.0) < self._began_at:
                    self._client.submit(
                        RetryStage(run.id, stage.name, note=f"it was interrupted: {stage.waits}")
                    )
                else:
                    note = f"it needs a person, and none is available: {stage.waits}"
                    self._client.submit(Mark(run.id, stage.name, "failed", note=note, who=_who()))
        if ours or any(stage.until for stage in blocked):
            self._stuck_since = None
            return None
        self._stuck_since = self._stuck_since or now
        if now - self._stuck_since < _PATIENCE:
            return None
        for stage in blocked:
            self._teller.annotate("error", f"orch: {stage.name} is blocked", stage.waits)
        if self._gates.wait_for_people(run):
            return self._waits()
        return self._end(ExitCode.FAILED, f"{run.reason}\n{self.resume()}")

    def _end(self, code: ExitCode, words: str) -> ExitCode:
        self._ended = True
        run = self._run
        line = RunLine(time.time(), "end", run.id, run.state, words)
        if self._order.as_json or run.state in ENDED:
            self._teller.line(line)
            if run.state == "failed" and (stages := _to_fix(run)):
                again = self._command(" ".join(f"--retry {shlex.quote(plain(each))}" for each in stages))
                click.echo(f"Once that is fixed: {again}", err=True)
        else:
            click.echo("\n".join(words.splitlines()[1:]), err=True)
        return code

    # --- telling -----------------------------------------------------------------------------------

    def _tell_changes(self) -> None:
        for line in self._watcher.changes(self._run, time.time()):
            if line.what == "run" and line.state in ENDED:
                continue  # the last line says so
            self._tell(line)
            stage = next((each for each in self._run.stages if each.name == line.stage), None)
            if stage is not None and stage.state == "failed":
                self._tell_failure(stage)

    def _tell(self, line: RunLine) -> None:
        self._teller.line(line)
        if line.what == "gate" and line.state in ("open", "denied"):
            self._teller.annotate("warning", f"orch: gate {line.stage}", line.words)
        if line.what == "request":
            self._teller.annotate("error", f"orch: {line.stage} needs a decision", line.words)

    def _tell_failure(self, stage: StageView) -> None:
        said = stage.waits or stage.summary
        self._teller.annotate("error", f"orch: {stage.name} failed", said or "it failed")
        if stage.result is not None and stage.result.tail.strip():
            self._teller.section(f"Output of {plain(stage.name)}", quoted(stage.result.tail))

    def _open_gates(self) -> list[GateView]:
        return [gate for gate in self._all_gates() if gate.state == "open"]

    def _all_gates(self) -> list[GateView]:
        with suppress(OrchError):
            return [gate for gate in self._client.submit(ListGates()) if gate.run == self._run.id]
        return []

    def write_for_github(self) -> None:
        """Writes the job's summary and the step's outputs, however the run ended."""
        if not github.runs_here():
            return
        over = self._run.state in ENDED
        hint = "" if over else self._how_to_decide() if self._ended else self._command()
        gates = self._all_gates() if self._ended else []
        try:
            github.write_summary(self._run, gates, time.time(), hint)
            github.write_outputs(
                {"run": self._run.id, "state": self._run.state, "state-dir": str(self._state)}
            )
        except OSError as error:
            click.echo(f"orch: cannot write GitHub's files: {plain(str(error))}", err=True)


class _Views:
    """A run's views, read in a thread, so that the caller can check other things in between."""

    def __init__(self, client: Client, run: str) -> None:
        self._arrived: queue.SimpleQueue[RunView | tuple[Need, ...] | OrchError] = queue.SimpleQueue()
        self.needs: tuple[Need, ...] = ()
        """What needs a person, as of the last view taken."""
        threading.Thread(target=self._read, args=(client, run), daemon=True).start()

    def _read(self, client: Client, run: str) -> None:
        try:
            for view in views(client, run, asked=self._arrived.put):
                self._arrived.put(view)
        except (HubAway, Missing) as error:
            self._arrived.put(error)

    def next(self, limit: float) -> RunView | None:
        """The next one; `None` after that many seconds, or if only the needs have changed. Raises what the
        stream ends with."""
        try:
            found = self._arrived.get(timeout=limit)
        except queue.Empty:
            return None
        if isinstance(found, OrchError):
            raise found
        if isinstance(found, tuple):
            self.needs = found
            return None
        return found


def _to_fix(run: RunView) -> list[str]:
    """The stage for which the run has failed, with which its reason begins: others may have failed, too,
    without ending the run. For a stage that never started, the failed stages that it needs."""
    stages = {stage.name: stage for stage in run.stages}
    found = max((name for name in stages if f"{run.reason}: ".startswith(f"{name}: ")), key=len, default="")
    todo, failed = [found] if found else [], list[str]()
    while todo:
        stage = stages[todo.pop(0)]
        needed = [name for name in stage.needs if stages[name].state == "failed"]
        if stage.began_at is None and needed:
            todo += [name for name in needed if name not in failed]
        elif stage.name not in failed:
            failed.append(stage.name)
    return failed


def _who() -> str:
    """The name with which gates are decided. A container's user may have no name."""
    try:
        return os.environ.get("GITHUB_ACTOR") or getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
