"""A hub that is killed at every event of a run: nothing is done twice, and no gate is lost."""

import os
import sqlite3
import subprocess
import textwrap
import time
from contextlib import closing
from pathlib import Path

import pytest

from orchestrator.client import OrchError
from tests.conftest import git
from tests.hub.stage import Stage
from tests.poll import PATIENCE

pytestmark = pytest.mark.slow

_ANSWERS_WITHIN = 160.0 + PATIENCE
"""Seconds; one hub after another may die before one lives long enough to answer."""
FLOW = """
workflow:
  - name: write
    prompt: |
      demo: edit made.txt "made" append=true; commit Made; done "Written"
    worktree: feature/made
  - name: count
    type: script
    run: echo once >> COUNT
  - name: gate
    type: human-gate
    message: Go on?
  - name: merge
    prompt: |
      demo: merge feature/made; done "Merged"
    worktree: main
"""


@pytest.mark.sample(1)
@pytest.mark.parametrize("when", ["after", "before"])
@pytest.mark.timeout(900)
def test_a_hub_killed_at_every_event_runs_each_stage_once(stage: Stage, warm_python: Path, when: str) -> None:
    file = stage.repo.parent / "flow.yml"
    count = stage.repo.parent / "count"
    file.write_text(textwrap.dedent(FLOW).replace("COUNT", str(count)))
    with Lives(stage, warm_python, when) as lives:
        lives.say(
            lambda: stage.client.runs() or stage.client.start_run(str(file), repo=str(stage.repo), inputs={})
        )
        lives.say(lambda: next(gate for gate in stage.client.gates() if gate.version))
        assert not (stage.repo / "made.txt").exists()
        lives.say(lambda: _approve(stage))
        lives.say(lambda: next(run for run in stage.client.runs() if run.state == "done"))
    assert lives.number > 18, "it was killed at too few places to prove anything"
    kinds = _kinds(stage.home.journal)
    assert (kinds.count("CardCreated"), kinds.count("StageBegan"), kinds.count("GateApproved")) == (2, 3, 1)
    assert count.read_text() == "once\n"
    assert git(stage.repo, "log", "--format=%s", "main").splitlines().count("Made") == 1
    assert (stage.repo / "made.txt").read_text().count("made") == 1


class Lives:
    """One hub after another; each dies at the event after the one at which the last one did."""

    def __init__(self, stage: Stage, python: Path, when: str) -> None:
        stage.home.make()
        self._stage, self._python, self._when = stage, python, when
        self._hub: subprocess.Popen[bytes] | None = None
        self.number = 0

    def say(self, ask: object) -> object:
        """What `ask` answers, as soon as some hub lives long enough to."""
        deadline = time.monotonic() + _ANSWERS_WITHIN
        while True:
            assert time.monotonic() < deadline, (
                f"no answer; {self.number} hubs have died at {_kinds(self._stage.home.journal)}"
            )
            self._live()
            _help(self._stage)
            try:
                if answer := ask():  # type: ignore[operator]
                    return answer
            except (OrchError, StopIteration):
                time.sleep(0.02)

    def end(self) -> None:
        if self._hub:
            self._hub.terminate()
            self._hub.wait(PATIENCE)
            self._hub = None

    def __enter__(self) -> "Lives":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _live(self) -> None:
        if self._hub is None or self._hub.poll() is not None:
            self.number += 1
            at = _events(self._stage.home.journal) + 1 + (self._when == "before")
            argv = [str(self._python), "-m", "tests.hub.dying_hub", str(at), self._when]
            self._hub = subprocess.Popen(argv, env=os.environ)


def _events(journal: Path) -> int:
    if not journal.exists():
        return 0
    connection = sqlite3.connect(journal)
    try:
        return int(connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def _kinds(journal: Path) -> list[str]:
    with closing(sqlite3.connect(journal)) as reader:
        return [kind for (kind,) in reader.execute("SELECT kind FROM events ORDER BY seq")]


def _approve(stage: Stage) -> bool:
    try:
        stage.client.approve("gate", who="ann")
    except OrchError as error:
        return "already approved" in str(error)
    return True


def _help(stage: Stage) -> None:
    """What a person does for a session that could not report because the hub was away: looks, and says so."""
    try:
        for run in stage.client.runs():
            for each in run.stages:
                if each.state == "blocked" and "done" in each.options:
                    stage.client.mark_stage(run.id, each.name, "done")
    except OrchError:
        return
