"""Checks what a stage says about others, and what conflicts in it."""

from orchestrator.core.model import DEFAULT_AGENT
from orchestrator.core.text.clean import one_line, unusual
from orchestrator.workflows.fitting import Draft, Drafted
from orchestrator.workflows.order import StageOrder
from orchestrator.workflows.problems import nearest
from orchestrator.workflows.reading import Path
from orchestrator.workflows.shape import ONCE_CALLED, AgentStage, GateStage, Work
from orchestrator.workflows.values import branch_trouble

_MODES = ("default", "acceptEdits", "plan", "auto", "bypassPermissions", "dontAsk")
"""Those that Claude Code itself knows; a configuration may have others."""


def check(
    draft: Draft, order: StageOrder, hosts: tuple[str, ...] | None, agents: tuple[str, ...] | None
) -> None:
    """Adds to the draft what is wrong across stages. `hosts` and `agents` are those configured; `None` where
    that is unknown."""
    if draft.head.base and (why := branch_trouble(draft.head.base)):
        draft.say(("base",), f'''"{one_line(draft.head.base, 60)}" is not a valid branch name: {why}''')
    _hidden(draft)
    for number, stage in enumerate(draft.stages):
        if isinstance(stage.shape, GateStage):
            _gate(draft, order, number, stage)
        if isinstance(stage.shape, Work):
            _failing(draft, stage)
        if isinstance(stage.shape, AgentStage):
            _where(draft, stage, hosts)
            _agent(draft, stage, agents)
            _mode(draft, stage)
        _when(draft, order, stage)
        _never(draft, order, number)


def _hidden(draft: Draft) -> None:
    """Warns about characters that make a text look different to a reader of the file."""
    for path, text in draft.source.words.items():
        if odd := unusual(text):
            hint = "readers may see a different text: remove it"
            draft.say(path, f"this text contains {odd}", hint, warning=True)


# --- gates ----------------------------------------------------------------------------------------


def _gate(draft: Draft, order: StageOrder, number: int, stage: Drafted) -> None:
    gate = stage.shape
    assert isinstance(gate, GateStage)
    if gate.approvers and gate.quorum > len(gate.approvers) and not {"quorum", "approvers"} & stage.lost:
        key = "quorum" if draft.home(stage, "quorum") in draft.source.keys else "approvers"
        many = f"{len(gate.approvers)} approver{'s' if len(gate.approvers) > 1 else ''}"
        draft.say(draft.home(stage, key), f"{gate.quorum} approvals cannot come from {many}")
    if gate.proof == "key" and not gate.approvers and not {"proof", "approvers"} & stage.lost:
        draft.say(draft.home(stage, "proof"), "signed decisions need `approvers`, whose keys are known")
    if gate.on_deny == "stop" or "on_deny" in stage.lost:
        own: Path = (*stage.path, "max_rework")
        if own in draft.source.keys and "on_deny" not in stage.lost:
            what = '"max_rework" requires "on_deny: STAGE"'
            draft.say(own, what, "name the stage to run again", key=True)
        return
    path: Path = (*stage.path, "on_deny")
    other = order.numbers.get(gate.on_deny)
    shown = one_line(gate.on_deny, 50)
    before = [name for name, at in order.numbers.items() if at in order.before[number] and at != number]
    if other is None:
        near = nearest(gate.on_deny, [*before, "stop"])
        hint = f'did you mean "{near}"?' if near else "stop, or a stage before it"
        if not draft.nameless:
            draft.say(path, f'no stage named "{shown}"', hint)
    elif other == number or isinstance(draft.stages[other].shape, GateStage):
        draft.say(path, f'"{shown}" is a gate and cannot run again', "name an agent or script stage")
    elif other not in order.before[number]:
        if not order.doubtful(number):
            hint = f"before it: {', '.join(before)}" if before else "no stage is before it"
            draft.say(path, f'"{shown}" is not before this gate', hint)
    elif getattr(draft.stages[other].shape, "foreach", None) is not None:
        draft.say(path, f'''"{shown}" is a fan-out and cannot run again as one''', "name a single stage")


# --- failing --------------------------------------------------------------------------------------


def _failing(draft: Draft, stage: Drafted) -> None:
    work = stage.shape
    assert isinstance(work, Work)
    if work.on_failure == "retry" or "on_failure" in stage.lost:
        return
    for key in ("retries", "backoff"):
        path = (*stage.path, key)
        if path in draft.source.keys and key not in stage.lost:
            draft.say(
                path,
                f'"{key}" requires "on_failure: retry"',
                "add: on_failure: retry",
                key=True,
            )
            return


# --- where and how --------------------------------------------------------------------------------


def _where(draft: Draft, stage: Drafted, hosts: tuple[str, ...] | None) -> None:
    agent = stage.shape
    assert isinstance(agent, AgentStage)
    if "where" in stage.lost or agent.where in ("local", "headless"):
        return
    valid = ("local", "headless", *(hosts or ()))
    near = nearest(agent.where, valid)
    shown = one_line(agent.where, 50)
    if hosts is None:
        if near:
            what = f'"{shown}" is interpreted as the name of a host'
            draft.say(draft.home(stage, "where"), what, f'did you mean "{near}"?', warning=True)
    elif agent.where not in hosts:
        hint = f'did you mean "{near}"?' if near else f"known: {', '.join(valid)}"
        draft.say(draft.home(stage, "where"), f'there is no host "{shown}" in the configuration', hint)


def _agent(draft: Draft, stage: Drafted, agents: tuple[str, ...] | None) -> None:
    shape = stage.shape
    assert isinstance(shape, AgentStage)
    known = (*(agents or ()), ONCE_CALLED)
    if agents is None or not shape.agent or shape.agent in known or "agent" in stage.lost:
        return
    near = nearest(shape.agent, agents)
    hint = f'did you mean "{near}"?' if near else f"there is {', '.join(agents)}"
    what = f'there is no agent "{one_line(shape.agent, 50)}" in the configuration'
    draft.say(draft.home(stage, "agent"), what, hint)


def _mode(draft: Draft, stage: Drafted) -> None:
    agent = stage.shape
    assert isinstance(agent, AgentStage)
    mode = agent.permission_mode
    if agent.agent not in ("", DEFAULT_AGENT, ONCE_CALLED):
        return
    if mode and mode not in _MODES and "permission_mode" not in stage.lost:
        near = nearest(mode, _MODES)
        hint = f'did you mean "{near}"?' if near else f"known: {', '.join(_MODES)}"
        what = f'"{one_line(mode, 50)}" is not a permission mode of Claude Code'
        draft.say(draft.home(stage, "permission_mode"), what, hint, warning=True)


# --- outcomes -------------------------------------------------------------------------------------


def _when(draft: Draft, order: StageOrder, stage: Drafted) -> None:
    for name, outcomes in (stage.shape.when or {}).items():
        number = order.numbers.get(name)
        if number is None or draft.stages[number] is stage:
            continue
        path: Path = (*stage.path, "when", name)
        for at, outcome in enumerate(outcomes):
            what, hint = _impossible(draft.stages[number], outcome)
            if what:
                draft.say((*path, at), what, hint)


def _impossible(other: Drafted, outcome: str) -> tuple[str, str]:
    """Why a stage cannot have had this outcome when another starts, and what to do; empty if it can."""
    name = one_line(other.name, 50)
    if isinstance(other.shape, GateStage):
        if outcome == "denied":
            hint = 'use "on_deny" of the gate to send the work back'
            return f'never true: when "{name}" is denied, the run ends or goes back', hint
        return (f'''"{name}" is a gate and cannot fail''', "") if outcome == "failed" else ("", "")
    if outcome == "denied":
        return f'''"{name}" is not a gate and cannot be denied''', 'did you mean "failed"?'
    goes_on = "on_failure" in other.lost or other.shape.on_failure == "continue"
    if outcome == "failed" and not goes_on:
        hint = f'set "on_failure: continue" on "{name}"'
        return f'never true: when "{name}" fails, the run stops', hint
    return "", ""


def _never(draft: Draft, order: StageOrder, number: int) -> None:
    """Reports contradictory conditions of a stage."""
    stage = draft.stages[number]
    if not stage.shape.when or number in order.round or order.doubtful(number):
        return
    asked: dict[int, set[str]] = {}
    todo = [number]
    while todo:
        for name, outcomes in (draft.stages[todo.pop()].shape.when or {}).items():
            other = order.numbers.get(name)
            if other is None:
                return
            new = asked.get(other, {"done", "failed", "skipped", "denied"}) & set(outcomes)
            if not new:
                what = f'''unreachable stage: its condition on "{one_line(name, 50)}" contradicts that of'''
                draft.say((*stage.path, "when"), f"{what} an earlier stage", key=True)
                return
            if new != asked.get(other):
                asked[other] = new
                if "skipped" not in new:  # then it has run, so its own conditions held
                    todo.append(other)
