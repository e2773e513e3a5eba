"""What can be run, but is likely not meant: warnings."""

import re

from orchestrator.core.workflow.plan import Agent, HumanGate, Script, Stage, Workflow
from orchestrator.workflows.fitting import Draft
from orchestrator.workflows.spreading import Spread

_BRANCH_OF = re.compile(r"\{\{\s*stages\.([^\s{}.]+)\.branch\s*\}\}")


def caution(draft: Draft, found: Spread) -> None:
    """Notes warnings about a workflow that is sound otherwise."""
    plan = found.workflow
    branches = _branches(plan)
    before = _before(plan)
    sure = _sure_gates(plan)
    bases = (plan.base,) if plan.base else ("main", "master")
    made = {branches[stage.name] for stage in plan.stages if isinstance(stage.does, Agent)}
    said: set[int] = set()
    for number, stage in enumerate(plan.stages):
        branch = branches[stage.name]
        path = ("workflow", found.numbers[number], "worktree")
        if not branch or found.numbers[number] in said:  # of a fan-out one is enough
            continue
        for other in plan.stages[:number]:
            apart = other.name in before[stage.name] or stage.name in before[other.name]
            if branches[other.name] == branch and not apart and not _exclude(stage, other):
                what = f'"{stage.name}" and "{other.name}" may run at the same time on the same branch'
                draft.say(path, what, "they wait for one another", warning=True)
                said.add(found.numbers[number])
                break
        if isinstance(stage.does, Agent) and branch in bases and not sure[stage.name]:
            hint = "put a human-gate before it"
            what = f'"{stage.name}" works on the base branch {branch}, and no human is asked before'
            draft.say(path, what, hint, warning=True)
            said.add(found.numbers[number])
        known = "inputs." not in getattr(draft.stages[found.numbers[number]].shape, "worktree", "")
        if isinstance(stage.does, Script) and known and branch not in made and branch not in bases:
            what = f'no agent stage works on the branch of the script "{stage.name}"'
            draft.say(path, what, "it waits until somebody checks that branch out", warning=True)
            said.add(found.numbers[number])


def _branches(plan: Workflow) -> dict[str, str]:
    """The branch of each stage; empty where it is its own or not known."""
    found: dict[str, str] = {}
    for stage in plan.stages:
        said = stage.does.worktree if isinstance(stage.does, Agent | Script) else ""
        of = _BRANCH_OF.fullmatch(said.strip())
        found[stage.name] = f"={of[1]}" if of else "" if "{{" in said else said.strip()
    for name in _sorted(plan):  # what is referred to is needed before, and so known by then
        if found[name].startswith("="):
            found[name] = found.get(found[name][1:], "")
    return found


def _before(plan: Workflow) -> dict[str, set[str]]:
    """For each stage all that it needs, directly or not."""
    found: dict[str, set[str]] = {}
    for name in _sorted(plan):
        stage = plan.stage(name)
        direct = {*stage.needs, *(each for each, _ in stage.when)}
        found[name] = direct.union(*(found[each] for each in direct))
    return found


def _sorted(plan: Workflow) -> list[str]:
    """The names of all stages, each behind what it needs."""
    done: dict[str, None] = {}
    by_name = {stage.name: stage for stage in plan.stages}
    for start in plan.stages:
        todo = [start.name]
        while todo:
            stage = by_name[todo[-1]]
            open_ones = [
                each for each in (*stage.needs, *(name for name, _ in stage.when)) if each not in done
            ]
            if open_ones:
                todo += open_ones
            else:
                done.setdefault(todo.pop())
    return list(done)


def _sure_gates(plan: Workflow) -> dict[str, set[str]]:
    """For each stage the gates that were passed for sure when it begins, however its needs are joined."""
    by_name = {stage.name: stage for stage in plan.stages}
    found: dict[str, set[str]] = {}
    for name in _sorted(plan):
        stage = by_name[name]
        ways = [found[need] | _itself(by_name[need], skipped=True) for need in stage.needs]
        spared = len(ways) - stage.join if stage.join else 0
        gates: set[str] = set().union(*ways)
        passed = {gate for gate in gates if sum(gate in way for way in ways) > spared}
        asked = [
            found[each] | _itself(by_name[each], skipped=False)
            for each, outcomes in stage.when
            if "skipped" not in outcomes
        ]
        found[name] = passed.union(*asked)
    return found


def _itself(stage: Stage, *, skipped: bool) -> set[str]:
    """The stage where it is a gate that somebody has passed; one with a `when` may have been skipped."""
    return {stage.name} if isinstance(stage.does, HumanGate) and not (skipped and stage.when) else set()


def _exclude(one: Stage, other: Stage) -> bool:
    """Whether only one of the two can run, since they ask for other outcomes of the same stage."""
    asked = dict(one.when)
    return any(name in asked and not set(asked[name]) & set(outcomes) for name, outcomes in other.when)
