"""Which stages may begin, and what of a stage's end the state tells. Pure questions about one run."""

from orchestrator.core.effects import alive
from orchestrator.core.model import Card, State
from orchestrator.core.workflow.plan import Agent, HumanGate, OnFailure, Script, Stage
from orchestrator.core.workflow.run import SETTLED, Gate, Run, RunState, StageRun, StageState
from orchestrator.core.workflow.template import holes

There = dict[str, bool]
"""Of every stage, whether it is there for those that need it (see `there`). Whoever asks about many stages
of a run finds it out once and hands it on."""


def active(run: Run) -> bool:
    """Whether anything may still happen by itself."""
    return run.state is RunState.RUNNING


def may_begin(run: Run) -> bool:
    """Whether stages may start; those under way go on in a paused run."""
    return active(run) and not run.paused and not run.stopping


def there(run: Run) -> There:
    """A stage is there when it is done; or skipped, where all is there that it would have needed: no gate is
    passed by a skip after it."""
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
    """Whether the stage may begin: what it needs is there, and its pause before another attempt is over."""
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
    """Whether enough of what it needs is there, and all that its `when` asks about is known."""
    if not all(run.stages[name].state in SETTLED for name, _ in stage.when):
        return False
    is_there = there(run) if is_there is None else is_there
    if stage.join:
        return _count(stage, is_there) >= stage.join
    return all(_lets_pass(run, name, is_there) for name in stage.needs)


def hopeless(run: Run, stage: Stage, is_there: There | None = None) -> bool:
    """Whether too little of what it needs can still be there."""
    if not stage.join:
        return False
    is_there = there(run) if is_there is None else is_there
    open_ones = sum(1 for name in stage.needs if _may_come(run, name, is_there))
    return _count(stage, is_there) + open_ones < stage.join


def unfit(run: Run, stage: Stage) -> str:
    """Why its `when` does not hold, in words; empty where it holds or is not known yet."""
    for name, outcomes in stage.when:
        state = run.stages[name].state
        if state in SETTLED and state.value not in outcomes:
            return f"{name} is {state.value}, not {' or '.join(outcomes)}"
    return ""


def open_needs(run: Run, stage: Stage, is_there: There | None = None) -> tuple[str, ...]:
    """What it still waits for, by name; of what was skipped, what that waits for."""
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
    """Whether a session or a script has the stage in hand, or a human must say what becomes of it."""
    return own.state is StageState.RUNNING or (own.state is StageState.BLOCKED and not own.place)


def tolerated(stage: Stage) -> bool:
    """Whether the run goes on when the stage has failed. No gate is passed by failing."""
    return stage.on_failure is OnFailure.CONTINUE and not isinstance(stage.does, HumanGate)


def denials(run: Run, gate: str, before: str = "") -> int:
    """How often the gate of that stage was denied in this run; before its opening `before`, if named."""
    ids = [each.id for each in run.gates]
    earlier = run.gates[: ids.index(before)] if before in ids else run.gates
    return sum(each.stage == gate and each.state == "denied" for each in earlier)


def sends_back(run: Run, gate: Gate) -> str:
    """The stage that a denial of this opening has done again; empty where it ends the run."""
    rule = run.workflow.stage(gate.stage).does
    assert isinstance(rule, HumanGate)
    return rule.on_deny if denials(run, gate.stage, gate.id) < rule.max_rework else ""


def stops(run: Run, stage: Stage) -> bool:
    """Whether the run can't go on unless the stage is done again, skipped or marked done."""
    state = run.stages[stage.name].state
    if state is StageState.DENIED:
        last = next((each for each in reversed(run.gates) if each.stage == stage.name), None)
        return last is not None and not sends_back(run, last)
    return state is StageState.FAILED and not tolerated(stage)


def settled(run: Run) -> bool:
    """Whether every stage has ended, however."""
    return all(own.state in SETTLED for own in run.stages.values())


def stage_of(state: State, card: Card) -> StageRun | None:
    """How far the stage is that the card has in hand; `None` where it has none, or the run has ended."""
    run = state.runs.get(card.run)
    own = run.stages.get(card.stage) if run and active(run) else None
    return own if own and own.card == card.id else None


def workers_at(state: State, path: str, but: str = "") -> list[str]:
    """Who has work in hand in that worktree: sessions that run or are about to, and scripts."""
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
    """Whether one of those `workers_at` a place leaves it when its stage is through: it works for a run."""
    card = state.cards.get(worker)
    own = stage_of(state, card) if card else None
    return card is None or (own is not None and own.state not in SETTLED)


def sources(run: Run, stage: Stage) -> tuple[Stage, ...]:
    """The stages whose words it is given: those that it needs, with gates seen through to what they need."""
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
    """The branch that the stage names, where that does not depend on stages before it; else empty."""
    named = stage.does.worktree if isinstance(stage.does, Agent | Script) else ""
    return "" if holes(named) else named.strip()


def branches_before(run: Run, stage: Stage) -> tuple[str, ...]:
    """The branches on which the stages before it have worked: what it may have to merge."""
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
