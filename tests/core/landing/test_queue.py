"""Landings go one after another."""

from dataclasses import replace
from threading import Event as Event_

from orchestrator.core.board.shown import view
from orchestrator.core.commands import FinishCard, Rejected
from orchestrator.core.decide import decide
from orchestrator.core.effects import MakeLanding, MoveBase, owed
from orchestrator.core.events import EndingFailed, Event
from orchestrator.core.evolve import evolve
from orchestrator.core.follow import completed
from orchestrator.core.landing.events import BranchMerged, LandingMade, LandingOutdated
from orchestrator.core.landing.queue import CHECKING, admitted, ahead, positions
from orchestrator.core.literals import Finishing
from orchestrator.core.model import Card, Failure, Landed, State, Worktree
from orchestrator.core.requests.cards import CancelLanding
from orchestrator.core.sessions.model import Evidence, Session, Source, Status
from orchestrator.core.worktrees.repo import Loss
from orchestrator.hub.effects.landing import Stop

EXITED = Session(1, "s", 0.0, Status.EXITED, 0.0, "stopped", Evidence(Source.ORCH, "stopped", 0.0))


def card(number: int, repo: str = "/r") -> Card:
    tree = Worktree(f"{repo}-orch/{number}", f"orch/{number}", "abc", made=True)
    return Card(
        f"c{number}", f"n{number}", "A", "", repo, "main", f"orch/{number}", tree.path, 0.0, worktree=tree
    )


def take(state: State, *events: Event) -> State:
    """With what follows from them."""
    for event in events:
        state = evolve(state, event)
    while more := admitted(state, 9.0) or next(
        (done for each in state.cards.values() if (done := completed(each, 9.0))), ()
    ):
        for event in more:
            state = evolve(state, event)
    return state


def asked(*cards: Card, how: Finishing = "merge") -> State:
    state = State(cards={each.id: each for each in cards})
    for at, each in enumerate(cards):
        events = decide(state, FinishCard(each.id, how, rescue=False, loss=Loss()), float(at))
        assert not isinstance(events, Rejected)
        state = take(state, *events)
    return state


def made(state: State, name: str) -> Event:
    ending = state.cards[name].ending
    assert ending is not None
    return LandingMade(5.0, name, Landed(ending.how, "orch/1", "tip", "main", "old", "new"))


def test_one_lands_at_a_time_in_the_order_in_which_they_were_asked_for() -> None:
    state = asked(card(3), card(1), card(2))
    assert owed(state.cards["c3"]) == MakeLanding("c3")
    assert (owed(state.cards["c1"]), owed(state.cards["c2"])) == (None, None)
    assert positions(state) == {"c1": 1, "c2": 2}
    assert ahead(state, state.cards["c2"]) == ("c3", "c1")
    state = take(state, made(state, "c3"))
    assert owed(state.cards["c3"]) == MoveBase("c3")
    state = take(state, BranchMerged(6.0, "c3", "new"))
    assert owed(state.cards["c1"]) == MakeLanding("c1")
    assert owed(state.cards["c2"]) is None


def test_one_that_fails_is_put_aside_with_its_reason_and_the_rest_goes_on() -> None:
    state = asked(card(1), card(2))
    state = take(state, EndingFailed(5.0, "c1", Failure("not merged", "conflict", "", 5.0)))
    failed = state.cards["c1"]
    assert failed.failure is not None
    assert (failed.failure.why, failed.ending) == ("conflict", None)
    assert owed(state.cards["c2"]) == MakeLanding("c2")


def test_repositories_do_not_wait_for_each_other() -> None:
    state = asked(card(1), card(2, "/other"))
    assert owed(state.cards["c2"]) == MakeLanding("c2")


def test_what_is_outdated_is_made_again_and_counted() -> None:
    state = asked(card(1))
    state = take(state, made(state, "c1"))
    state = take(state, LandingOutdated(6.0, "c1"))
    ending = state.cards["c1"].ending
    assert ending is not None
    assert (ending.tries, owed(state.cards["c1"])) == (1, MakeLanding("c1"))


def test_a_landing_is_cancelled_until_its_base_is_moved() -> None:
    state = asked(card(1), card(2))
    moving = take(state, made(state, "c1"))
    refused = decide(moving, CancelLanding("c1"), 5.0)
    assert isinstance(refused, Rejected)
    assert "being moved" in refused.why
    cancelled = decide(state, CancelLanding("c1"), 5.0)
    assert not isinstance(cancelled, Rejected)
    put_aside = take(state, *cancelled)
    failure = put_aside.cards["c1"].failure
    assert failure is not None
    assert (failure.why, put_aside.cards["c1"].ending) == ("cancelled", None)
    assert owed(put_aside.cards["c2"]) == MakeLanding("c2")
    assert not Stop(Event_(), lambda: state, state.cards["c1"]).is_set()
    assert Stop(Event_(), lambda: put_aside, state.cards["c1"]).is_set()
    events = decide(state, CancelLanding("c2"), 5.0)
    assert not isinstance(events, Rejected)
    state = take(state, *events)
    assert state.cards["c2"].ending is None
    assert isinstance(decide(state, CancelLanding("c2"), 6.0), Rejected)


def test_what_was_landed_stays_on_the_card() -> None:
    state = asked(card(1), how="squash")
    state = take(state, made(state, "c1"))
    state = take(state, BranchMerged(6.0, "c1", "new"))
    landed = state.cards["c1"].landed
    assert landed is not None
    assert (landed.method, landed.tip, landed.commit) == ("squash", "tip", "new")


def test_a_merge_that_an_earlier_version_was_making_goes_on() -> None:
    state = asked(card(1))
    ending = state.cards["c1"].ending
    assert ending is not None
    old = replace(state.cards["c1"], ending=replace(ending, admitted=False))
    assert owed(take(State(cards={"c1": old})).cards["c1"]) == MakeLanding("c1")


def test_a_failed_landing_does_not_hide_the_state_of_the_session() -> None:
    stopped = replace(card(1), session=EXITED)
    failed = evolve(asked(stopped), EndingFailed(5.0, "c1", Failure("not merged", "conflict", "", 5.0)))
    shown = view(failed.cards["c1"])
    assert (shown.state, shown.session_state) == ("error", "exited")


def test_a_card_says_whether_it_waits_to_land_lands_or_its_check_runs() -> None:
    state = asked(card(1), card(2))
    ending = state.cards["c1"].ending
    assert ending is not None
    checks = replace(state.cards["c1"], ending=replace(ending, progress=f"{CHECKING}: make test"))
    shown = [view(each).landing for each in (card(3), *state.cards.values(), checks)]
    assert shown == ["", "landing", "queued to land", "check running"]
