"""Warnings: what is valid, but probably not intended."""

import re

from orchestrator.core.workflow.plan import Agent, HumanGate, Script, Stage, Workflow
from orchestrator.workflows.fitting import Draft
from orchestrator.workflows.spreading import Spread

_BRANCH_OF = re.compile(r"\{\{\s*stages\.([^\s{}.]+)\.branch\s*\}\}")


def caution(draft: Draft, found: Spread) -> None:
    """Adds warnings about an otherwise valid workflow."""
    plan = found.workflow
    branches = _branches(plan)
    sure = _sure_gates(plan)
    bases = (plan.base,) if plan.base else ("main", "master")
    made = {branches[stage.name] for stage in plan.stages if isinstance(stage.does, Agent)}
    said = _share_a_place(draft, found, branches)
    for number, stage in zip(found.numbers, plan.stages, strict=True):
        branch = branches[stage.name]
        path = ("workflow", number, "worktree")
        if not branch or number in said:  # for a fan-out one is enough
            continue
        if isinstance(stage.does, Agent) and branch in bases and not sure[stage.name]:
            hint = "put a human-gate before it"
            what = f'"{stage.name}" works on the base branch {branch} without a gate before it'
            draft.say(path, what, hint, warning=True)
            said.add(number)
        known = "inputs." not in getattr(draft.stages[number].shape, "worktree", "")
        if isinstance(stage.does, Script) and known and branch not in made and branch not in bases:
            what = f'no agent stage works on the branch of the script "{stage.name}"'
            draft.say(path, what, "it waits until that branch is checked out", warning=True)
            said.add(number)


def _share_a_place(draft: Draft, found: Spread, branches: dict[str, str]) -> set[int]:
    """Warns about stages that could run in parallel except for their place. Returns their numbers in the
    file."""
    plan = found.workflow
    before = _before(plan)
    places = _places(plan, branches)
    said: set[int] = set()
    for at, (number, stage) in enumerate(zip(found.numbers, plan.stages, strict=True)):
        place = places[stage.name]
        if not place or number in said:
            continue
        own = isinstance(stage.does, Agent | Script) and stage.does.worktree
        where, key = ("on the same branch", "worktree") if own else ("in the same directory", "run")
        path = ("workflow", number, key)
        if not own and isinstance(getattr(draft.stages[number].shape, "foreach", None), str):
            what = f'the stages of "{stage.template}" may run in parallel in the same directory'
            draft.say(path, what, "they wait for each other", warning=True)
            said.add(number)
            continue
        for other in plan.stages[:at]:
            apart = other.name in before[stage.name] or stage.name in before[other.name]
            if places[other.name] == place and not apart and not _exclude(stage, other):
                what = f'"{stage.name}" and "{other.name}" may run in parallel {where}'
                draft.say(path, what, "they wait for each other", warning=True)
                said.add(number)
                break
    return said


def _places(plan: Workflow, branches: dict[str, str]) -> dict[str, str]:
    """Where each stage works: its branch; for a script without one that of its agent, or else the repository.
    Empty if that is its own or unknown."""
    by_name = {stage.name: stage for stage in plan.stages}
    found = dict(branches)
    for stage in plan.stages:
        if isinstance(stage.does, Script) and not stage.does.worktree:
            agents = [need for need in _behind(stage, by_name) if isinstance(by_name[need].does, Agent)]
            found[stage.name] = (branches[agents[0]] or f" {agents[0]}") if len(agents) == 1 else "/"
    return found


def _behind(stage: Stage, by_name: dict[str, Stage]) -> set[str]:
    """What it needs, through gates."""
    found: set[str] = set()
    todo = list(stage.needs)
    while todo:
        if (name := todo.pop()) not in found:
            found.add(name)
            todo += by_name[name].needs if isinstance(by_name[name].does, HumanGate) else ()
    return found


def _branches(plan: Workflow) -> dict[str, str]:
    """The branch of each stage; empty if it is its own or unknown."""
    found: dict[str, str] = {}
    for stage in plan.stages:
        said = stage.does.worktree if isinstance(stage.does, Agent | Script) else ""
        of = _BRANCH_OF.fullmatch(said.strip())
        found[stage.name] = f"={of[1]}" if of else "" if "{{" in said else said.strip()
    for name in _sorted(plan):  # references are to earlier needs, and so known by then
        if found[name].startswith("="):
            found[name] = found.get(found[name][1:], "")
    return found


def _before(plan: Workflow) -> dict[str, set[str]]:
    """For each stage everything that it needs, directly or indirectly."""
    found: dict[str, set[str]] = {}
    for name in _sorted(plan):
        stage = plan.stage(name)
        direct = {*stage.needs, *(each for each, _ in stage.when)}
        found[name] = direct.union(*(found[each] for each in direct))
    return found


def _sorted(plan: Workflow) -> list[str]:
    """The names of all stages, each after its needs."""
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
    """For each stage the gates that have certainly been passed when it starts, however its needs are
    joined."""
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
    """The stage if it is a gate that somebody has passed; one with a `when` may have been skipped."""
    return {stage.name} if isinstance(stage.does, HumanGate) and not (skipped and stage.when) else set()


def _exclude(one: Stage, other: Stage) -> bool:
    """Whether only one of the two can run, because they require different outcomes of the same stage."""
    asked = dict(one.when)
    return any(name in asked and not set(asked[name]) & set(outcomes) for name, outcomes in other.when)
