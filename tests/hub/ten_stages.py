"""A workflow of ten stages of every kind, and how often each stage of its runs was carried out."""

from collections import Counter
from pathlib import Path

from orchestrator.client import Board, RunChanged, Update
from orchestrator.core.workflow.views import RunView
from tests.calls import Client
from tests.conftest import git

FLOW = """
name: ten
inputs: {number: string}
workflow:
  - name: one
    prompt: |
      demo: commit {{ inputs.number }} one; done "One"
    parallel: true
  - name: two
    prompt: |
      demo: commit {{ inputs.number }} two; done "Two"
    parallel: true
  - name: check
    type: script
    run: echo {{ inputs.number }} check >> LEDGER
    parallel: true
  - name: lint
    type: script
    run: echo {{ inputs.number }} lint >> LEDGER
    parallel: true
  - name: part
    foreach: [x, y]
    prompt: |
      demo: commit {{ inputs.number }} part-{{ item }}; done "Part {{ item }}"
  - name: tests
    type: script
    run: echo {{ inputs.number }} tests >> LEDGER
  - name: review
    type: human-gate
    message: Good?
  - name: finish
    prompt: |
      demo: commit {{ inputs.number }} finish; done "Finished"
  - name: note
    type: script
    run: echo {{ inputs.number }} note >> LEDGER
"""
DO_SOMETHING = ("one", "two", "check", "lint", "part-x", "part-y", "tests", "finish", "note")
"""Its stages, less the gate."""


def begin(client: Client, repo: Path, numbers: range) -> None:
    """Starts a run for each number. `repo` has nothing else in its history that is called so."""
    file = repo.parent / "ten.yml"
    file.write_text(FLOW.replace("LEDGER", str(_ledger(repo))))
    for number in numbers:
        client.start_run(str(file), repo=str(repo), inputs={"number": f"run-{number:03}"})


def approve_all(client: Client, runs: int) -> dict[str, RunView]:
    """Approves each gate as soon as it opens, and returns the runs once that many have ended."""
    seen: dict[str, RunView] = {}
    for update in client.watch():
        for run in _runs_in(update):
            seen[run.id] = run
            for gate in (stage.gate for stage in run.stages if stage.state == "gate-blocked"):
                _approve(client, gate)
        if sum(run.ended_at is not None for run in seen.values()) == runs:
            break
    return seen


def carried_out(repo: Path) -> Counter[str]:
    """How often each stage has done its work: `run-007 part-x`."""
    commits = git(repo, "log", "--all", "--format=%s", "--grep=^run-").splitlines()
    return Counter([*commits, *_ledger(repo).read_text().splitlines()])


def once(numbers: range) -> Counter[str]:
    """Every stage of all runs once."""
    return Counter(f"run-{number:03} {name}" for number in numbers for name in DO_SOMETHING)


def _runs_in(update: Update) -> tuple[RunView, ...]:
    match update:
        case Board(runs=runs):
            return runs
        case RunChanged(run=run):
            return (run,)
    return ()


def _approve(client: Client, gate: str) -> None:
    view = client.gate(gate)
    if view.state == "open":
        client.approve(gate, seen_version=view.version, who="ann")


def _ledger(repo: Path) -> Path:
    return repo.parent / "ledger"
