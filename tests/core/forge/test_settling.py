"""What a person decides about changes that were refused, are unclear, or conflict; and how they see them."""

from dataclasses import replace
from typing import Any

import pytest

from orchestrator.core.commands import Rejected
from orchestrator.core.decide import decide
from orchestrator.core.events import Event
from orchestrator.core.evolve import evolve
from orchestrator.core.forge.away import ForgeAway, away_words
from orchestrator.core.forge.changes.commands import PublishCard
from orchestrator.core.forge.events import (
    ActQueued,
    ActRefused,
    ActSent,
    ActSettled,
    ItemLinked,
    ItemSeen,
    ItemWanted,
)
from orchestrator.core.forge.links import owed, unsent
from orchestrator.core.forge.outbox.acts import CreateIssue, FieldAct, OpenChange, Push
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import Fields, Standing, Switch, Wanted
from orchestrator.core.forge.outbox.receipts import Fate
from orchestrator.core.forge.outbox.waiting import forge_outbox, mark, sentences
from orchestrator.core.model import State
from orchestrator.core.needs.ranking import needs
from orchestrator.core.requests.forge import DropChanges, RetryChanges, SettleConflict
from tests.core.forge.test_status import SEEN, Board
from tests.core.forge.world import ITEM

LABEL = FieldAct("add_label", "wip")


def board(*events: Event) -> State:
    made = Board()
    made.note(ItemLinked(2.0, "c1", ITEM, "Crash", "u", Synced(SEEN)))
    return replace_state(made.state, *events)


def replace_state(state: State, *events: Event) -> State:
    for event in events:
        state = evolve(state, event)
    return state


def decided(state: State, command: Any) -> State:
    found = decide(state, command, 20.0)
    assert not isinstance(found, Rejected), found
    return replace_state(state, *found)


def refused(state: State) -> State:
    wants = ItemWanted(3.0, "c1", ITEM, Wanted(labels=("wip",)))
    sent = ActSent(4.0, "c1", "a1", LABEL, ITEM, SEEN)
    return replace_state(state, wants, sent, ActRefused(5.0, "c1", "a1", "it is archived"))


def test_a_refused_change_is_shown_with_what_to_do_and_can_be_retried() -> None:
    state = refused(board())
    outbox = forge_outbox(state.cards["c1"])
    assert outbox is not None
    assert (outbox.needs_you, outbox.waiting, mark(outbox)) == (True, (), "⇡!")
    assert sentences(outbox, 9.0) == (
        "refused: add label wip: it is archived (orch forge retry c1 a1, or orch forge drop c1 a1)",
    )
    again = decided(state, RetryChanges("c1"))
    assert unsent(again.cards["c1"].forge) == ("add label wip",)


def test_a_dropped_change_is_not_sent_and_not_shown() -> None:
    state = decided(refused(board()), DropChanges("c1", "a1"))
    assert forge_outbox(state.cards["c1"]) is None
    assert owed(state.cards["c1"].forge) is None
    assert isinstance(decide(state, DropChanges("c1"), 9.0), Rejected)


def test_an_unclear_creation_is_sent_again_only_if_a_person_says_so() -> None:
    act = CreateIssue("Crash", "")
    made = Board()
    queued = ActQueued(2.0, "c1", "a1", act)
    lost = ActSettled(4.0, "c1", "a1", Fate.UNCLEAR)
    state = replace_state(made.state, queued, ActSent(3.0, "c1", "a1", act), lost)
    assert owed(state.cards["c1"].forge) is None
    step = owed(decided(state, RetryChanges("c1", "a1")).cards["c1"].forge)
    assert step is not None
    assert step.kind == "send"


def conflict() -> State:
    close = Wanted(switch=Switch(False, SEEN.standing, SEEN.others, "completed"))
    talk = replace(SEEN, others=3, revision="2")
    return board(ItemWanted(3.0, "c1", ITEM, close), ItemSeen(4.0, "c1", ITEM, talk))


def test_a_person_chooses_a_side_of_a_conflict() -> None:
    state = conflict()
    outbox = forge_outbox(state.cards["c1"])
    assert outbox is not None
    assert sentences(outbox, 9.0) == (
        "conflict in the state of #7: it has new comments (orch forge settle c1 "
        "--ours: close #7, as orch wanted; --theirs: leave #7 open, as it is on forge.example)",
    )
    ours = decided(state, SettleConflict("c1", "ours"))
    assert unsent(ours.cards["c1"].forge) == ("close",)
    theirs = decided(state, SettleConflict("c1", "theirs", "state"))
    assert forge_outbox(theirs.cards["c1"]) is None
    assert isinstance(decide(theirs, SettleConflict("c1", "ours"), 9.0), Rejected)


def test_what_waits_can_be_given_up_also_of_a_removed_card() -> None:
    made = Board()
    made.claimed()
    made.started()
    made.finished("merge")
    made.removed()
    state = made.state
    outbox = forge_outbox(state.departed["c1"], removed=True)
    assert outbox is not None
    assert "close once c0ffee is pushed to the default branch" in outbox.waiting
    assert decided(state, DropChanges("c1", waiting=True)).departed == {}


def test_what_waits_is_shown_with_where_and_since_when() -> None:
    state = board(ItemWanted(3.0, "c1", ITEM, Wanted(labels=("one", "two"))))
    outbox = forge_outbox(state.cards["c1"])
    assert outbox is not None
    assert (outbox.host, outbox.since, mark(outbox)) == ("forge.example", 3.0, "⇡2")
    (said,) = sentences(outbox, 9.0)
    assert said.startswith("2 changes wait for forge.example since ")
    assert said.endswith(": add label one, add label two")
    done = Fields("Crash", "", Standing(), ("bug", "one", "two"))
    assert forge_outbox(evolve(state, ItemSeen(5.0, "c1", ITEM, done)).cards["c1"]) is None


def test_what_the_forge_refused_is_in_the_queue_until_it_is_decided() -> None:
    state = refused(board())
    (need,) = [each for each in needs(state) if each.kind == "forge"]
    assert (need.id, need.summary) == ("c1.forge", "add label wip: it is archived")
    assert "orch forge list c1" in need.hint
    assert not [each for each in needs(decided(state, DropChanges("c1"))) if each.kind == "forge"]


def test_what_cannot_be_found_out_about_can_be_given_up() -> None:
    push = Push("orch/n1", "c0ffee", "fork", OpenChange("orch/n1", "main", "Fix", ""))
    state = board(
        ActQueued(3.0, "c1", "a1", push), ActSent(4.0, "c1", "a1", push)
    )  # the remote is gone since
    step = owed(state.cards["c1"].forge)
    assert step is not None
    assert step.kind == "doubt"
    refused = decide(state, PublishCard("c1", replace(push, commit="c1ean")), 5.0)
    assert isinstance(refused, Rejected)
    assert "orch forge drop c1 --waiting" in refused.hint
    state = decided(state, DropChanges("c1", waiting=True))
    assert state.cards["c1"].forge.outbox == ()
    assert not isinstance(decide(state, PublishCard("c1", push), 6.0), Rejected)


def test_a_retry_of_what_waits_is_no_error_and_says_when_the_next_try_is() -> None:
    state = board(ItemWanted(3.0, "c1", ITEM, Wanted(labels=("one",))))
    assert decide(state, RetryChanges("c1"), 9.0) == ()
    assert isinstance(decide(state, RetryChanges("c1", "a9"), 9.0), Rejected)
    outbox = forge_outbox(state.cards["c1"])
    assert outbox is not None
    (said,) = sentences(replace(outbox, retry_at=60.0), 9.0)
    assert "; next try at " in said


@pytest.mark.parametrize(
    ("wanted", "remote", "ours", "theirs"),
    [
        (Wanted(title="New"), replace(SEEN, title="Old"), "Rename #7 to New", "Leave the title of #7: Old"),
        (Wanted(body="New"), replace(SEEN, body="x"), "Replace the description", "Leave the description"),
        (Wanted(comment="Hi"), replace(SEEN, comment="x"), "Replace the edited", "Leave orch's comment"),
    ],
)
def test_the_choices_of_a_conflict_say_what_happens(
    wanted: Wanted, remote: Fields, ours: str, theirs: str
) -> None:
    state = board(ItemWanted(3.0, "c1", ITEM, wanted), ItemSeen(4.0, "c1", ITEM, remote))
    outbox = forge_outbox(state.cards["c1"])
    assert outbox is not None
    (one,) = outbox.conflicts
    assert one.ours.startswith(ours)
    assert one.theirs.startswith(theirs)


def test_a_forge_that_is_away_is_told_once_with_what_waits() -> None:
    away = ForgeAway("github.com", "unreachable", 3.0, 5)
    assert away_words(away, 9.0).startswith("github.com unreachable since ")
    assert away_words(away, 9.0).endswith(", 5 waiting")
    assert away_words(away, 9.0, short=True) == "github.com unreachable, 5"
