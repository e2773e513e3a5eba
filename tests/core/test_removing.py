"""A card whose session is at work is not removed unasked."""

import pytest

from orchestrator.core.commands import Rejected, RemoveCard
from orchestrator.core.decide import decide
from orchestrator.core.events import EndingAsked
from orchestrator.core.model import Card, State
from orchestrator.core.sessions.model import Evidence, Session, Source, Status
from orchestrator.core.sessions.states import AT_WORK, does
from orchestrator.core.worktrees.repo import Loss


def _state(status: Status) -> State:
    said = Evidence(Source.ORCH, "opened window", 100.0)
    session = Session(1, "s1", 100.0, status, 100.0, "", said)
    card = Card(
        "c1", "auth", "Auth", "", "/r/shop", "main", "orch/auth", "/r/shop-orch/auth", 1.0, session=session
    )
    return State(cards={"c1": card})


@pytest.mark.parametrize("status", [each for each in Status if each in AT_WORK])
@pytest.mark.parametrize("rescue", [False, True])
def test_removing_a_card_never_ends_a_session_at_work_without_force(status: Status, rescue: bool) -> None:
    refused = decide(_state(status), RemoveCard("c1", rescue, Loss()), 200.0)
    assert isinstance(refused, Rejected)
    assert f"its session {does(status)}" in refused.why
    assert "--force" in refused.hint
    forced = decide(_state(status), RemoveCard("c1", rescue, Loss(), force=True), 200.0)
    assert isinstance(forced, tuple)
    assert isinstance(forced[0], EndingAsked)


@pytest.mark.parametrize("status", [each for each in Status if each not in AT_WORK])
def test_a_card_whose_session_rests_or_is_over_is_removed_as_before(status: Status) -> None:
    assert isinstance(decide(_state(status), RemoveCard("c1", False, Loss()), 200.0), tuple)
