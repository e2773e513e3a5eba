"""What holds for every workflow, whatever its agents, scripts and people do and whenever the hub dies.

`ORCH_TEST_LIVES=5000 pytest tests/core/workflow` lives more of them.
"""

import os
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestrator.core.workflow.plan import Workflow
from orchestrator.store import codec
from tests.core.workflow.lives import Life
from tests.core.workflow.plans import workflows
from tests.examples import examples

LIVES = int(os.environ.get("ORCH_TEST_LIVES", "0")) or examples(150)
_lives = settings(
    max_examples=LIVES,
    deadline=None,
    # To make a failing life smaller would take minutes; the plan and the seed tell it again.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def lived(workflow: Workflow, seed: int, steps: int, *, runs: int = 1, headless: bool = False) -> Life:
    """A life of so many steps; the rules are held to after each event."""
    life = Life(Random(seed))  # noqa: S311 (no secret)
    for _ in range(runs):
        life.world.start(workflow, headless=headless)
    for _ in range(steps):
        life.step()
    return life


@_lives
@given(workflows(), st.integers(0, 2**32), st.integers(0, 200), st.integers(1, 2), st.booleans())
def test_no_life_of_a_run_breaks_its_rules_and_every_run_ends(
    workflow: Workflow, seed: int, steps: int, runs: int, headless: bool
) -> None:
    life = lived(workflow, seed, steps, runs=runs, headless=headless)
    life.comes_to_an_end()
    life.is_tried_again()
    life.comes_to_an_end()


@settings(_lives, max_examples=max(10, LIVES // 10))
@given(workflows(), st.integers(0, 2**32))
def test_events_and_state_come_back_from_the_journal_as_they_were(workflow: Workflow, seed: int) -> None:
    world = lived(workflow, seed, 100).world
    for event in world.journal:
        assert codec.load(codec.kind_of(event), codec.dump(event)) == event
    assert codec.load_state(codec.dump_state(world.state)) == world.state
