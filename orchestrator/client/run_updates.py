"""How the hub's JSON becomes views of runs and gates."""

from typing import Any

from orchestrator.core.workflow.run import BranchDiff, Evidence, ScriptResult
from orchestrator.core.workflow.views import GateView, InputNote, RunView, StageView, WorkflowFile


def run(said: dict[str, Any]) -> RunView:
    stages, cautions = tuple(map(_stage, said["stages"])), tuple(said.get("cautions", ()))
    return RunView(**{**said, "inputs": _pairs(said["inputs"]), "stages": stages, "cautions": cautions})


def gate(said: dict[str, Any]) -> GateView:
    lists = {name: tuple(said[name]) for name in ("approvers", "approved_by", "next", "voters")}
    return GateView(**{**said, **lists, "evidence": _evidence(said["evidence"])})


def workflow_file(said: dict[str, Any]) -> WorkflowFile:
    inputs = tuple((name, kind, default) for name, kind, default in said["inputs"])
    notes = tuple(
        InputNote(each["name"], each["description"], tuple(each["choices"])) for each in said.get("notes", ())
    )
    return WorkflowFile(**{**said, "stages": tuple(said["stages"]), "inputs": inputs, "notes": notes})


def _stage(said: dict[str, Any]) -> StageView:
    lists = {name: tuple(said[name]) for name in ("needs", "options")}
    return StageView(**{**said, **lists, "result": _result(said["result"])})


def _evidence(said: dict[str, Any]) -> Evidence:
    return Evidence(
        diffs=tuple(_diff(each) for each in said["diffs"]),
        tests=tuple((stage, ScriptResult(**result)) for stage, result in said["tests"]),
        summaries=_pairs(said["summaries"]),
        cost_usd=said["cost_usd"],
    )


def _diff(said: dict[str, Any]) -> BranchDiff:
    files = tuple((path, added, deleted) for path, added, deleted in said["files"])
    return BranchDiff(**{**said, "files": files, "commits": tuple(said["commits"])})


def _result(said: dict[str, Any] | None) -> ScriptResult | None:
    return ScriptResult(**said) if said else None


def _pairs(said: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in said)
