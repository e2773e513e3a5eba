"""Which stages may start, and what the state tells about their ends. Pure questions about one run."""

from orchestrator.core.effects import alive
from orchestrator.core.model import Card, State
from orchestrator.core.workflow.plan import Agent, HumanGate, OnFailure, Script, Stage
from orchestrator.core.workflow.run import SETTLED, Gate, Run, RunState, StageRun, StageState
from orchestrator.core.workflow.template import holes

There = dict[str, bool]
"""For every stage, whether it satisfies those that need it (see `there`). Compute it once for questions about
many stages of a run."""


def active(run: Run) -> bool:
    """Whether anything may still happen automatically."""
    return run.state is RunState.RUNNING


def may_begin(run: Run) -> bool:
    """Whether stages may start; running ones continue in a paused run."""
    return active(run) and not run.paused and not run.stopping


def there(run: Run) -> There:
    """A stage counts when it is done; or skipped, if everything that it would have needed counts: a skip
    after a gate does not pass the gate."""
    found: There = {}
    todo = list(run.workflow.stages)
    while todo:
        later = []
        for stage in todo:
            if all(name in found for name in stage.needs):
                skipped = run.stages[stage.name].state is StageState.SKIPPED
                done = run.stages[stage.name].state is StageState.DONE
                found[stage.name] = done or (skipped and _would_begin(run, stage, found))
            else:
                later.append(stage)
        todo = later
    return found


def _would_begin(run: Run, stage: Stage, is_there: There) -> bool:
    return joined(run, stage, is_there) or hopeless(run, stage, is_there)


def ready(run: Run, stage: Stage, now: float, is_there: There | None = None) -> bool:
    """Whether the stage may start: its needs are satisfied, and its backoff is over."""
    own = run.stages[stage.name]
    return (
        may_begin(run)
        and own.state is StageState.WAITING
        and not own.process
        and now >= own.not_before
        and joined(run, stage, is_there)
        and not unfit(run, stage)
    )


def joined(run: Run, stage: Stage, is_there: There | None = None) -> bool:
    """Whether enough of its needs are satisfied, and everything that its `when` asks about is known."""
    if not all(run.stages[name].state in SETTLED for name, _ in stage.when):
        return False
    is_there = there(run) if is_there is None else is_there
    if stage.join:
        return _count(stage, is_there) >= stage.join
    return all(_lets_pass(run, name, is_there) for name in stage.needs)


def hopeless(run: Run, stage: Stage, is_there: There | None = None) -> bool:
    """Whether its needs can no longer be satisfied."""
    if not stage.join:
        return False
    is_there = there(run) if is_there is None else is_there
    open_ones = sum(1 for name in stage.needs if _may_come(run, name, is_there))
    return _count(stage, is_there) + open_ones < stage.join


def unfit(run: Run, stage: Stage) -> str:
    """Why its `when` does not hold, as text; empty if it holds or is not known yet."""
    for name, outcomes in stage.when:
        state = run.stages[name].state
        if state in SETTLED and state.value not in outcomes:
            return f"{name} is {state.value}, not {' or '.join(outcomes)}"
    return ""


def open_needs(run: Run, stage: Stage, is_there: There | None = None) -> tuple[str, ...]:
    """What it is still waiting for, by name; for a skipped stage, what that waits for."""
    is_there = there(run) if is_there is None else is_there
    found: set[str] = set()
    seen: set[str] = set()
    todo = [stage]
    while todo:
        each = todo.pop()
        found |= {name for name, _ in each.when if run.stages[name].state not in SETTLED}
        for name in _missing(run, each, is_there):
            if run.stages[name].state is not StageState.SKIPPED:
                found.add(name)
            elif name not in seen:
                seen.add(name)
                todo.append(run.workflow.stage(name))
    return tuple(each.name for each in run.workflow.stages if each.name in found)


def works(own: StageRun) -> bool:
    """Whether a session or a script works on the stage, or a person must decide about it."""
    return own.state is StageState.RUNNING or (own.state is StageState.BLOCKED and not own.place)


def tolerated(stage: Stage) -> bool:
    """Whether the run continues if the stage has failed. A failure passes no gate."""
    return stage.on_failure is OnFailure.CONTINUE and not isinstance(stage.does, HumanGate)


def denials(run: Run, gate: str, before: str = "") -> int:
    """How often the gate of that stage was denied in this run; before its opening `before`, if given."""
    ids = [each.id for each in run.gates]
    earlier = run.gates[: ids.index(before)] if before in ids else run.gates
    return sum(each.stage == gate and each.state == "denied" for each in earlier)


def sends_back(run: Run, gate: Gate) -> str:
    """The stage that a denial of this opening retries; empty if it ends the run."""
    rule = run.workflow.stage(gate.stage).does
    assert isinstance(rule, HumanGate)
    return rule.on_deny if denials(run, gate.stage, gate.id) < rule.max_rework else ""


def stops(run: Run, stage: Stage) -> bool:
    """Whether the run cannot continue unless the stage is retried, skipped or marked done."""
    state = run.stages[stage.name].state
    if state is StageState.DENIED:
        last = next((each for each in reversed(run.gates) if each.stage == stage.name), None)
        return last is not None and not sends_back(run, last)
    return state is StageState.FAILED and not tolerated(stage)


def settled(run: Run) -> bool:
    """Whether every stage has ended."""
    return all(own.state in SETTLED for own in run.stages.values())


def stage_of(state: State, card: Card) -> StageRun | None:
    """The state of the stage on which the card works; `None` if it works on none, or the run has ended."""
    run = state.runs.get(card.run)
    own = run.stages.get(card.stage) if run and active(run) else None
    return own if own and own.card == card.id else None


def workers_at(state: State, path: str, but: str = "") -> list[str]:
    """Who works in that worktree: sessions that run or are about to, and scripts."""
    cards = [
        card.id
        for card in state.cards.values()
        if card.path == path and card.id != but and (alive(card) or card.launch)
    ]
    scripts = [
        f"{run.id}.{name}"
        for run in state.runs.values()
        for name, own in run.stages.items()
        if own.process and own.path == path
    ]
    return cards + scripts


def steps_aside(state: State, worker: str) -> bool:
    """Whether one of those `workers_at` a place leaves it when its stage is finished: it works for a run."""
    card = state.cards.get(worker)
    own = stage_of(state, card) if card else None
    return card is None or (own is not None and own.state not in SETTLED)


def sources(run: Run, stage: Stage) -> tuple[Stage, ...]:
    """The stages whose results it is given: those that it needs, through gates."""
    found: dict[str, Stage] = {}
    todo = list(stage.needs)
    while todo:
        need = run.workflow.stage(todo.pop(0))
        if need.name not in found:
            found[need.name] = need
            if isinstance(need.does, HumanGate):
                todo += need.needs
    return tuple(each for each in run.workflow.stages if each.name in found)


def fixed_branch(stage: Stage) -> str:
    """The branch that the stage names, if that does not depend on earlier stages; else empty."""
    named = stage.does.worktree if isinstance(stage.does, Agent | Script) else ""
    return "" if holes(named) else named.strip()


def branches_before(run: Run, stage: Stage) -> tuple[str, ...]:
    """The branches on which the earlier stages have worked: what it may have to merge."""
    found = (run.stages[each.name].branch for each in run.workflow.before(stage.name))
    return tuple(dict.fromkeys(filter(None, found)))


def _missing(run: Run, stage: Stage, is_there: There) -> tuple[str, ...]:
    if not stage.join:
        return tuple(name for name in stage.needs if not _lets_pass(run, name, is_there))
    if _count(stage, is_there) >= stage.join:
        return ()
    return tuple(name for name in stage.needs if _may_come(run, name, is_there))


def _lets_pass(run: Run, name: str, is_there: There) -> bool:
    state = run.stages[name].state
    if state is StageState.FAILED:
        return tolerated(run.workflow.stage(name))
    return is_there[name]


def _may_come(run: Run, name: str, is_there: There) -> bool:
    state = run.stages[name].state
    return not is_there[name] and (state not in SETTLED or state is StageState.SKIPPED)


def _count(stage: Stage, is_there: There) -> int:
    return sum(1 for name in stage.needs if is_there[name])
