"""What a drawing shows of a stage, or of all stages of a fan-out, which share a box."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.core.text.clean import one_line
from orchestrator.core.workflow.plan import LOCAL, Agent, HumanGate, OnFailure, Script, Stage, Workflow
from orchestrator.workflows.boxes import Box, Style, cells, wrapped

_BRANCH_OF = re.compile(r"\{\{\s*stages\.([^\s{}.]+)\.branch\s*\}\}")


@dataclass(frozen=True, slots=True)
class Node:
    """`needs` are the nodes that it needs, by name: `joins` those that `join` counts, `asks` those whose
    outcome it requires, with the outcomes."""

    name: str
    stages: tuple[Stage, ...]
    needs: tuple[str, ...]
    joins: tuple[str, ...]
    asks: tuple[tuple[str, tuple[str, ...]], ...]


def nodes_of(workflow: Workflow) -> dict[str, Node]:
    """The nodes by name, in the order of the file."""
    home = {stage.name: stage.template or stage.name for stage in workflow.stages}
    stages: dict[str, list[Stage]] = {}
    for stage in workflow.stages:
        stages.setdefault(home[stage.name], []).append(stage)
    found = {}
    for name, few in stages.items():
        joins = {home[each]: None for each in few[0].needs}
        asks = {home[each]: outcomes for each, outcomes in few[0].when}
        needs = tuple(each for each in stages if each in joins or each in asks)
        found[name] = Node(name, tuple(few), needs, tuple(joins), tuple(asks.items()))
    return found


def box_of(node: Node, limit: int, *, worded: bool) -> Box:
    """Its box, at most `limit` columns wide inside; `worded` if no lines show its needs."""
    texts = [_title(node), *_facts(node), *_order(node, worded=worded)]
    lines = [line for each in texts for line in wrapped(one_line(each, 600), limit)]
    style = Style.GATE if isinstance(node.stages[0].does, HumanGate) else Style.WORK
    return Box(node.name, lines, 4 + max(map(cells, lines)), style)


def _title(node: Node) -> str:
    mark = "◆ " if isinstance(node.stages[0].does, HumanGate) else ""
    many = f" ×{len(node.stages)}" if node.stages[0].template else ""
    return f"{mark}{node.name}{many}"


def _facts(node: Node) -> list[str]:
    stage = node.stages[0]
    facts = []
    match stage.does:
        case Agent(where=where):
            facts.append("agent" if where == LOCAL else f"agent, {where}")
        case Script():
            facts.append("script")
        case HumanGate(approvers=approvers, quorum=quorum, on_deny=on_deny):
            people = f", {quorum} people" if quorum > 1 else ""
            facts.append(f"human gate{people}")
            facts += [f"asks {_few(approvers)}"] if approvers else []
            facts += [f"denied: back to {on_deny}"] if on_deny else []
    if stage.template:
        facts.append(_few([each.name.removeprefix(f"{node.name}-") for each in node.stages]))
    elif isinstance(stage.does, Agent | Script) and stage.does.worktree:
        facts.append("on " + _BRANCH_OF.sub(r"the branch of \1", stage.does.worktree))
    if stage.on_failure is OnFailure.RETRY:
        facts.append(f"failed: retry {stage.retries} time{'s' if stage.retries > 1 else ''}")
    elif stage.on_failure is OnFailure.CONTINUE:
        facts.append("failed: continue")
    return facts


def _few(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _order(node: Node, *, worded: bool) -> list[str]:
    facts = []
    if join := node.stages[0].join:
        facts.append(f"after {'any' if join == 1 else join} of {_few(node.joins)}")
    elif worded and node.needs:
        facts.append(f"after {_few(node.needs)}")
    return facts + [f"when {name} is {' or '.join(outcomes)}" for name, outcomes in node.asks[:4]]
