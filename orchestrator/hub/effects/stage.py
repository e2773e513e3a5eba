"""Stages of runs: their starts, their scripts, and the evidence for their gates."""

import asyncio
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from orchestrator.core.board.new_card import Naming
from orchestrator.core.events import Event
from orchestrator.core.model import Failure, State
from orchestrator.core.text.clean import one_line
from orchestrator.core.workflow.begin import BeginFacts, begin, new_worktree, wanted_worktree
from orchestrator.core.workflow.effects import BeginStage, EndScript, GatherEvidence, RunEffect, RunScript
from orchestrator.core.workflow.events import EvidenceGathered, ScriptEnded, StageBlocked
from orchestrator.core.workflow.plan import Agent, HumanGate, Script, Stage
from orchestrator.core.workflow.progress import branches_before, fixed_branch, steps_aside, workers_at
from orchestrator.core.workflow.run import BranchDiff, Evidence, Gate, Run, ScriptResult
from orchestrator.core.workflow.shown import cost
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.trust import check
from orchestrator.paths import Home
from orchestrator.world import processes, worktrees

_T = TypeVar("_T")

_AT_ONCE = 8
"""Repositories that are inspected at the same time; further ones wait."""
_LOOK_EVERY = (0.1, 0.3)
"""Seconds between two checks of a script: the first and the longest interval."""
_LEAVES_WITHIN = 5.0
"""Seconds that a script has to exit on its own."""
_TAIL = 4000
"""Maximum characters of a script's output that are kept."""


@dataclass(frozen=True, slots=True)
class StageEffects:
    """Carries out the effects of runs."""

    engine: Engine
    home: Home
    leaving: threading.Event
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "stage"))
    _waits_for: dict[tuple[str, str], str] = field(default_factory=dict)
    """By run and stage, the worktree that was in use at the last check."""
    _lines: dict[str, asyncio.Lock] = field(default_factory=dict)
    """By repository, the queue of stages that wait for a worktree of it."""

    async def carry_out(self, effect: RunEffect) -> Iterable[Event]:
        """Raises what inspecting the repository raises, and `OSError`."""
        run = self.engine.state.runs.get(effect.run)
        if run is None:
            return ()
        stage = run.workflow.stage(effect.stage)
        match effect:
            case BeginStage():
                return await self._begin(run, stage)
            case RunScript():
                return await self._run(run, stage, effect.attempt)
            case EndScript():
                return await self._end(effect)
            case GatherEvidence():
                return await self.gather(run.id, effect.gate)

    def failed(self, effect: RunEffect, failure: Failure) -> Iterable[Event]:
        """What the failure of one of these means for the run."""
        now, why = time.time(), f"{failure.what}: {failure.why}"
        match effect:
            case BeginStage() | RunScript():
                run = self.engine.state.runs.get(effect.run)
                if run and run.stages[effect.stage].why == why:
                    return ()
                return (
                    StageBlocked(now, effect.run, effect.stage, why, place=isinstance(effect, BeginStage)),
                )
            case EndScript():
                return (ScriptEnded(now, effect.run, effect.stage, effect.attempt, None),)
            case GatherEvidence():
                run = self.engine.state.runs.get(effect.run)
                if run is None or _gate(run, effect.gate).state != "open":
                    return ()
                trouble = BranchDiff(effect.stage, "", "", "", trouble=one_line(why))
                return (EvidenceGathered(now, effect.run, effect.gate, Evidence(diffs=(trouble,))),)

    async def gather(self, run_id: str, gate_id: str) -> Iterable[Event]:
        """The gate's present evidence, if anything but the cost has changed since it was collected."""
        run = self.engine.state.runs[run_id]
        stage = _gate(run, gate_id).stage
        new = await self._in_its_time(evidence, self.engine.state, run, stage)
        # it may have been collected, or the gate decided, meanwhile
        gate = _gate(self.engine.state.runs.get(run_id, run), gate_id)
        if gate.state != "open" or (
            gate.version and replace(new, cost_usd=gate.evidence.cost_usd) == gate.evidence
        ):
            return ()
        return (EvidenceGathered(time.time(), run_id, gate_id, new),)

    async def cautions(self, run_id: str) -> tuple[str, ...]:
        """What will block stages of the run later, as far as their worktrees show it now."""
        run = self.engine.state.runs[run_id]
        return await self._in_its_time(cautions, self.engine.state, run)

    async def _begin(self, run: Run, stage: Stage) -> Iterable[Event]:
        if not run.stages[stage.name].place:
            return await self._begin_now(run, stage)
        async with self._lines.setdefault(run.repo, asyncio.Lock()):
            if workers_at(self.engine.state, self._waits_for.get((run.id, stage.name), "")):
                return ()  # which saves a git call
            await self.engine.record(await self._begin_now(run, stage))  # so that the next in the queue knows
        return ()

    async def _begin_now(self, run: Run, stage: Stage) -> Iterable[Event]:
        around = await self._in_its_time(_look, self.engine.state, run, stage)
        state = self.engine.state
        if run.id not in state.runs:
            return ()
        run = state.runs[run.id]
        self._waits_for[run.id, stage.name] = wanted_worktree(state, run, stage, around.repo)
        events = begin(state, run, stage, around, time.time())
        while os.path.lexists(
            taken := new_worktree(events)
        ):  # by the hub of another state directory, or by anyone
            around = replace(around, taken=around.taken | {taken})
            events = begin(state, run, stage, around, time.time())
        return events

    async def _in_its_time(self, work: Callable[..., _T], *given: object) -> _T:
        """Work that may take long, in separate threads, so that reads do not wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)

    async def _run(self, run: Run, stage: Stage, attempt: int) -> Iterable[Event]:
        """Starts the script and waits for its end. One that a previous hub has started continues."""
        assert isinstance(stage.does, Script)
        folder = self._folder(run.id, stage.name, attempt)
        argv = ["/bin/sh", "-c", stage.does.run]
        env = {**os.environ, "ORCH_RUN": run.id, "ORCH_STAGE": stage.name}
        cwd = Path(run.stages[stage.name].path)
        outcome = await self._in_its_time(processes.start, folder, argv, cwd, env)
        pause, longest = _LOOK_EVERY
        while outcome.state == "running":
            own = self.engine.state.runs[run.id].stages[stage.name]
            if self.leaving.is_set() or not own.process or own.state.value != "running":
                return ()
            await asyncio.sleep(pause)
            pause = min(pause * 1.3, longest)
            outcome = processes.look(folder)
        if outcome.exit_code is None:
            why = "its script was started, but its outcome is unknown: check what it did"
            return (StageBlocked(time.time(), run.id, stage.name, why),)
        return (ScriptEnded(time.time(), run.id, stage.name, attempt, _result(folder, outcome)),)

    async def _end(self, effect: EndScript) -> Iterable[Event]:
        folder = self._folder(effect.run, effect.stage, effect.attempt)
        outcome = await self._in_its_time(processes.end, folder, _LEAVES_WITHIN)
        result = None if outcome.exit_code is None else _result(folder, outcome)
        return (ScriptEnded(time.time(), effect.run, effect.stage, effect.attempt, result),)

    def _folder(self, run: str, stage: str, attempt: int) -> Path:
        return self.home.runs / run / f"{stage}.{attempt}"


def _gate(run: Run, gate_id: str) -> Gate:
    return next(each for each in run.gates if each.id == gate_id)


def evidence(state: State, run: Run, gate_stage: str) -> Evidence:
    """The results of the stages before the gate. Blocks: calls git."""
    rule = run.workflow.stage(gate_stage).does
    assert isinstance(rule, HumanGate)
    before = run.workflow.before(gate_stage)
    done = [(stage.name, run.stages[stage.name]) for stage in before]
    return Evidence(
        diffs=tuple(_diffs(state, run, before)) if "diff" in rule.evidence else (),
        tests=tuple((name, own.result) for name, own in done if own.result)
        if "tests" in rule.evidence
        else (),
        summaries=tuple((name, own.report.summary) for name, own in done if own.report)
        if "summary" in rule.evidence
        else (),
        cost_usd=cost(state, run),
    )


def _diffs(state: State, run: Run, before: Iterable[Stage]) -> Iterator[BranchDiff]:
    """Each branch once, by the stage that worked on it last."""
    last = {
        run.stages[stage.name].branch: stage.name
        for stage in before
        if isinstance(stage.does, Agent) and run.stages[stage.name].branch
    }
    base = ""
    for branch, name in last.items():
        card = state.cards.get(run.stages[name].card)
        tree = card.worktree if card else None
        if tree is None and not base:
            base = worktrees.look(Path(run.repo), run.base).base
        path = Path(tree.path) if tree else None
        found = worktrees.differing(Path(run.repo), path, branch, tree.base_commit if tree else base)
        yield replace(found, stage=name)


def cautions(state: State, run: Run) -> tuple[str, ...]:
    """A line for each stage whose worktree exists and cannot be used as it is. Blocks."""
    root = Path(run.repo)
    places = dict(worktrees.look(root, run.base).checked_out)
    found = []
    for stage in run.workflow.stages:
        branch = fixed_branch(stage) if isinstance(stage.does, Agent) else ""
        if not (there := places.get(branch, "")):
            continue
        before = [fixed_branch(each) for each in run.workflow.before(stage.name)]
        holds = worktrees.obstacles(root, Path(there), filter(None, before))
        others = [each for each in workers_at(state, there) if not steps_aside(state, each)]
        if holds:
            found.append(
                f"{stage.name} works on {branch} in {there}, which has {holds}: it waits until that is "
                "committed or stashed"
            )
        elif others:
            found.append(
                f"{stage.name} works on {branch} in {there}, which {' and '.join(others)} "
                f"{'is' if len(others) == 1 else 'are'} using: it waits until that has ended"
            )
    return tuple(found)


def _look(state: State, run: Run, stage: Stage) -> BeginFacts:
    root = Path(run.repo)
    repo = worktrees.look(root, run.base)
    settings = check.settings_in_effect(root).worktree
    there = wanted_worktree(state, run, stage, repo)
    unclean = {}
    if there and isinstance(stage.does, Agent):
        unclean[there] = worktrees.obstacles(root, Path(there), branches_before(run, stage))
    naming = Naming(settings.folder, settings.branch, str(Path.home()))
    return BeginFacts(repo, unclean, naming, str(uuid.uuid4()))


def _result(folder: Path, outcome: processes.Outcome) -> ScriptResult:
    began, ended = outcome.began_at or 0.0, outcome.ended_at or time.time()
    tail = processes.tail(folder, 4 * _TAIL).strip()[-_TAIL:]
    return ScriptResult(outcome.exit_code or 0, tail, round(max(0.0, ended - began), 3))
