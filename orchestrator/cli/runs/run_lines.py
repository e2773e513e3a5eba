"""Changes of a run, found by comparing each view of it with the previous one."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from orchestrator.cli.text import age, pad, plain
from orchestrator.core.workflow.views import RunView, StageView, attempt

ENDED = ("done", "failed", "denied", "cancelled")
"""States that a run does not leave automatically."""


RunLineKind = Literal["run", "stage", "gate", "request", "end"]


@dataclass(frozen=True, slots=True)
class RunLine:
    """One line of `orch run --follow` and of `orch run --headless`.

    `what` is `run` (new, or its state changed), `stage` (its state or what blocks it changed, or it is
    retried), `gate` (`--gate` has decided one, or could not), `request` (a session asks for something that
    only a person can answer) or `end` (the command's last line).
    """

    at: float
    what: RunLineKind
    run: str
    state: str
    """Of the run, the stage or the gate."""
    words: str
    """What it does or waits for, why it failed, what was reported."""
    stage: str = ""
    was: str = ""
    """The previous state; empty for something new."""
    card: str = ""
    gate: str = ""
    attempt: int = 0


class RunWatcher:
    """Remembers runs by their ids."""

    def __init__(self) -> None:
        self._known: dict[str, RunView] = {}

    def knows(self, run: RunView) -> bool:
        """Whether it was taken and not forgotten since."""
        return run.id in self._known

    def take(self, run: RunView) -> None:
        """Its present state is not a change."""
        self._known[run.id] = run

    def forget(self, run: str) -> RunView | None:
        """Its last known view; `None` for none."""
        return self._known.pop(run, None)

    def known(self) -> frozenset[str]:
        """The ids of all runs that were taken and not forgotten."""
        return frozenset(self._known)

    def changes(self, run: RunView, at: float) -> list[RunLine]:
        """A line for each stage that has changed, in their order. The run's own comes first if it is new, and
        last otherwise."""
        before = self._known.get(run.id)
        self._known[run.id] = run
        own = [RunLine(at, "run", run.id, run.state, run.reason, was=before.state if before else "")]
        if before is not None and before.state == run.state:
            own = []
        stages = list(_stages(before, run, at))
        return stages + own if before else own + stages


def _stages(before: RunView | None, run: RunView, at: float) -> Iterator[RunLine]:
    known = {stage.name: stage for stage in before.stages} if before else {}
    for stage in run.stages:
        was = known.get(stage.name)
        if was is None and stage.state == "waiting":
            continue
        if was is None or _look(was) != _look(stage):
            yield RunLine(
                at,
                "stage",
                run.id,
                stage.state,
                _with_time(stage),
                stage.name,
                was.state if was else "",
                stage.card,
                stage.gate,
                stage.attempt,
            )


def _look(stage: StageView) -> tuple[str, int, str]:
    return stage.state, stage.attempt, stage.waits if stage.state == "blocked" else ""


def words(stage: StageView) -> str:
    """The detail of a stage, in one line: what it waits for, else its outcome, else where it runs."""
    said = [stage.waits]
    if stage.result is not None and stage.state in ENDED and not stage.waits:
        ended = stage.result.exit_code
        said.append(f"exit code {ended}" if ended >= 0 else f"ended by signal {-ended}")
    elif stage.state == "done":
        said.append(stage.summary)
    if stage.state == "gate-blocked":
        said.append(f"gate {stage.gate}" if stage.gate else "")
    if stage.state == "running":
        said.append(f"card {stage.card}" if stage.card else "")
        said.append(f"on {stage.branch}" if stage.branch else "")
    said.append(attempt(stage))
    if stage.until:
        said.append(f"continues at {time.strftime('%H:%M', time.localtime(stage.until))}")
    return "; ".join(text for each in said if (text := plain(each).rstrip(".")))


def _with_time(stage: StageView) -> str:
    took = ""
    if stage.state in ENDED and stage.began_at is not None and stage.ended_at is not None:
        took = f"took {age(stage.ended_at - stage.began_at)}"
    return "; ".join(filter(None, (words(stage), took)))


def in_words(line: RunLine) -> str:
    """The change as a line, without its time: what has changed, its new state, and why."""
    name = line.stage or "run"
    was = f"{line.was} → " if line.was else ""
    return f"{line.run} {plain(name)}: {was}{line.state}{_why(line)}"


def aligned(line: RunLine, width: int) -> str:
    """The same for a single run, with the states aligned; `width` is that of the names."""
    name = plain(line.stage) or line.run
    return f"{pad(name, width)}  {line.state}{_why(line)}".rstrip()


def _why(line: RunLine) -> str:
    return f" ({said})" if (said := plain(line.words)) else ""
