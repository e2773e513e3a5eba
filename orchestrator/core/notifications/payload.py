"""What the user's notification command gets: one JSON object."""

from collections.abc import Sequence

from orchestrator.core.model import State
from orchestrator.core.notifications.occurrence import Occurrence
from orchestrator.core.text.clean import shown_line
from orchestrator.core.workflow.run import Run
from orchestrator.core.workflow.shown import gate_view, output, run_view, why


def payload(state: State, told: Sequence[Occurrence]) -> dict[str, object]:
    """The most urgent occurrence; with `more`, the others of the same message, if there are any."""
    first, *rest = (_one(state, each) for each in told)
    return {**first, "more": rest} if rest else first


def _one(state: State, told: Occurrence) -> dict[str, object]:
    need = told.need
    run = state.runs.get(need.run)
    if run is not None and (of_run := _of_run(state, run, told)):
        return of_run
    said: dict[str, object] = {
        "kind": need.kind,
        "id": need.id,
        "title": shown_line(need.title),
        "message": need.summary,
        "since": need.since,
    }
    if need.card:
        said |= {"card": need.card, "slug": need.slug}
    elif need.kind == "mail":
        said |= {"slug": need.slug}
    if run is not None:
        said |= {"run": run.id, "workflow": run.workflow.name, "stage": need.stage}
    return said


def _of_run(state: State, run: Run, told: Occurrence) -> dict[str, object]:
    """Of a gate, a stage or a run; empty for anything else."""
    need = told.need
    of: dict[str, object] = {"id": need.id, "run": run.id, "workflow": run.workflow.name}
    match need.kind:
        case "gate":
            gate = next((each for each in run.gates if each.id == need.id), None)
            return {
                "kind": "gate.reminded" if told.reminds else "gate.opened",
                "gate": need.id,
                **of,
                "stage": need.stage,
                "message": gate_view(run, gate).message if gate else need.summary,
                "since": need.since,
            }
        case "stage":
            own = run.stages[need.stage]
            return {
                "kind": "stage.blocked",
                **of,
                "stage": need.stage,
                "message": shown_line(why(own)),
                "output": output(own),
                "since": need.since,
            }
        case "run" | "run_done":
            return {
                "kind": f"run.{run.state.value}",
                **of,
                "stage": run.stopping,
                "message": run_view(state, run).reason,
                "output": output(run.stages[run.stopping]) if run.stopping else "",
                "since": run.started_at,
            }
        case _:
            return {}
