"""Runs of the hub under test: started from a text, waited for, looked into."""

import textwrap
from typing import Any

from orchestrator.core.workflow.views import GateView, RunView, StageView
from tests.hub.stage import Stage
from tests.poll import poll

IMPLEMENT = """
workflow:
  - name: feature
    prompt: |
      Implement it.
      demo: edit feature.txt "made"; commit Feature; done "Feature is in" handoff="Look at feature.txt"
    worktree: feature/auth
    parallel: true
  - name: tests
    prompt: |
      Test it.
      demo: edit test.txt "tested"; commit Tests; done "Tests are in"
    worktree: feature/tests
    parallel: true
  - name: review
    type: human-gate
    message: "Both done. Merge?"
  - name: merge
    prompt: |
      demo: merge feature/auth feature/tests; done "Merged"
    worktree: main
"""


def start(stage: Stage, text: str, **inputs: str) -> RunView:
    file = stage.repo.parent / "flow.yml"
    file.write_text(textwrap.dedent(text))
    return stage.client.start_run(str(file), repo=str(stage.repo), inputs=inputs)


def stages(stage: Stage, run: str) -> dict[str, StageView]:
    return {each.name: each for each in stage.client.run(run).stages}


def until(stage: Stage, run: str, *states: str) -> RunView:
    """The run as soon as it is in one of these states."""

    def look() -> RunView | None:
        seen = stage.client.run(run)
        return seen if seen.state in states else None

    return poll(look, f"{run} to be {states}", told=lambda: str(stage.client.run(run)))


def until_stage(stage: Stage, run: str, name: str, *states: str) -> StageView:
    """That stage of the run as soon as it is in one of these states."""

    def look() -> StageView | None:
        seen = stages(stage, run)[name]
        return seen if seen.state in states else None

    return poll(look, f"{run}.{name} to be {states}", told=lambda: str(stages(stage, run)[name]))


def open_gate(stage: Stage, ref: str) -> GateView:
    """The gate once its evidence is there."""

    def look() -> GateView | None:
        found = [
            each for each in stage.client.gates() if each.state == "open" and ref in (each.id, each.stage)
        ]
        return found[0] if found and found[0].version else None

    return poll(look, f"the gate {ref}")


def transcript(stage: Stage, card: str) -> str:
    """All that the card's session was told, in any of its runs."""
    session = stage.card(card).session_id
    found: list[Any] = list((stage.home.root / "agent").glob(f"projects/*/{session}.jsonl"))
    return "\n".join(path.read_text().replace("\\n", "\n") for path in found)
