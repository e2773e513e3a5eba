"""Random workflows: any graph of a few stages, of all kinds and with all rules."""

from hypothesis import strategies as st

from orchestrator.core.workflow.plan import (
    HEADLESS,
    LOCAL,
    Agent,
    HumanGate,
    OnFailure,
    Script,
    Stage,
    Workflow,
)

PEOPLE = ("ann", "bob", "cid")
OUTCOMES = ("done", "failed", "skipped")


@st.composite
def workflows(draw: st.DrawFn, most: int = 9) -> Workflow:
    """Every name in it is that of an earlier stage; `on_deny` names one that works and is before the gate."""
    stages: list[Stage] = []
    for number in range(1, draw(st.integers(1, most)) + 1):
        stages.append(draw(_stages(f"s{number}", Workflow("w", tuple(stages)))))
    return Workflow("w", tuple(stages))


@st.composite
def _stages(draw: st.DrawFn, name: str, earlier: Workflow) -> Stage:
    names = [stage.name for stage in earlier.stages]
    needs = tuple(sorted(draw(st.sets(st.sampled_from(names), max_size=3)))) if names else ()
    join = draw(st.integers(1, len(needs))) if len(needs) > 1 and draw(st.booleans()) else 0
    asked = draw(st.sampled_from(names)) if needs and draw(st.integers(0, 4)) == 0 else ""
    outcomes = tuple(sorted(draw(st.sets(st.sampled_from(OUTCOMES), min_size=1))))
    when = ((asked, outcomes),) if asked else ()
    kind = draw(st.sampled_from(["agent", "agent", "script", "gate"]))
    if kind == "gate":
        whole = Workflow("w", (*earlier.stages, Stage(name, Script("true"), needs, when=when)))
        before = [each.name for each in whole.before(name) if not isinstance(each.does, HumanGate)]
        return Stage(name, draw(_gates(before)), needs, join, when)
    how = draw(st.sampled_from(list(OnFailure)))
    again = how is OnFailure.RETRY
    works: st.SearchStrategy[Agent | Script] = _agents(names) if kind == "agent" else _scripts
    return Stage(
        name,
        draw(works),
        needs,
        join,
        when,
        on_failure=how,
        retries=draw(st.integers(0, 2)) if again else 0,
        backoff=draw(st.sampled_from([0.0, 10.0])) if again else 0.0,
        timeout=draw(st.sampled_from([0.0, 0.0, 300.0])),
        template=draw(st.sampled_from(["", "", "fan"])),
    )


@st.composite
def _agents(draw: st.DrawFn, names: list[str]) -> Agent:
    of = draw(st.sampled_from([*names, "fan"]))
    return Agent(
        f"Work on {{{{ stages.{of}.summary }}}}.",
        draw(st.sampled_from(["", "", "feature/a", "feature/b", "main"])),
        where=draw(st.sampled_from([LOCAL, LOCAL, HEADLESS])),
    )


_scripts = st.builds(Script, st.just("make test"), st.sampled_from(["", "", "main", "feature/a"]))


@st.composite
def _gates(draw: st.DrawFn, before: list[str]) -> HumanGate:
    approvers = draw(st.sampled_from([(), PEOPLE[:2], PEOPLE[:1]]))
    return HumanGate(
        "Go on?",
        approvers=approvers,
        quorum=draw(st.integers(1, min(2, len(approvers) or 2))),
        on_deny=draw(st.sampled_from(["", *before, *before])),
        max_rework=draw(st.sampled_from([0, 1, 3])),
        remind_after=draw(st.sampled_from([0.0, 60.0])),
    )
