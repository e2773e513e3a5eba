"""What is asked of a card's pull request, and what follows from what others do to it."""

from dataclasses import replace

import pytest

from orchestrator.core.board.columns import place
from orchestrator.core.commands import Command, Rejected
from orchestrator.core.decide import decide
from orchestrator.core.effects import ProveMerged, owed
from orchestrator.core.events import CardCreated, EndingAsked, Event, WorktreeAdded
from orchestrator.core.evolve import evolve
from orchestrator.core.follow import completed
from orchestrator.core.forge.changes.change import ChangeRequest, Checks, Mergeability, NoChange, Review
from orchestrator.core.forge.changes.commands import LinkChange, MergeChange, PublishCard, UnlinkChange
from orchestrator.core.forge.changes.follow import branch_of, remarks
from orchestrator.core.forge.changes.linking import linked
from orchestrator.core.forge.changes.view import change_view, mark, stays_open
from orchestrator.core.forge.events import (
    ActDone,
    ActDropped,
    ActQueued,
    ActRefused,
    ActSent,
    ChangeSeen,
    ItemLinked,
    ItemUnlinked,
    MergeFollowed,
)
from orchestrator.core.forge.outbox.acts import AskReview, Merge, OpenChange, Push
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.landing.survey import Refusal
from orchestrator.core.model import Card, Column, State, Worktree

SHOP = RepositoryRef("forge.example", "ada", "shop")
REF = ItemRef(SHOP, 7, "change")
OPEN = ChangeRequest(
    REF, "T", "B", "open", "orch/n1", "c1", "main", "https://forge.example/7", head_owner="ada",
    checks=Checks("passing", 1), review=Review("none"), mergeability=Mergeability("clean"), as_of=10.0,
)  # fmt: skip
WHAT = OpenChange("orch/n1", "main", "T", "B", labels=("x",), reviewers=("bob",))
PUSH = Push("orch/n1", "c1", "origin", WHAT)
METHODS = ("merge", "squash", "rebase")


def board(*events: Event, base: str = "main") -> State:
    state = State()
    made = CardCreated(1, "c1", "n1", "Card", "", "/repo", base, "orch/n1", "/wt")
    for event in (made, WorktreeAdded(1, "c1", Worktree("/wt", "orch/n1", "b0", made=True)), *events):
        state = evolve(state, event)
    return state


def card(*events: Event, base: str = "main") -> Card:
    return board(*events, base=base).cards["c1"]


LINKED = linked("c1", OPEN, 2.0, WHAT)
SEEN = ChangeSeen(3, "c1", OPEN)


def seen(**changes: object) -> ChangeSeen:
    return ChangeSeen(20, "c1", replace(OPEN, as_of=20.0, **changes))  # type: ignore[arg-type]


def decided(state: State, command: Command) -> tuple[Event, ...] | Rejected:
    return decide(state, command, 30.0)


def test_a_push_is_followed_by_the_change_request_and_that_by_the_reviewers() -> None:
    state = board()
    (queued,) = decided(state, PublishCard("c1", PUSH))  # type: ignore[misc]
    state = board(queued, ActSent(4, "c1", "a1", PUSH), ActDone(5, "c1", "a1"))
    forge = state.cards["c1"].forge
    assert (forge.pushed and forge.pushed.commit, [each.act for each in forge.outbox]) == ("c1", [WHAT])
    forge = card(
        queued, ActSent(4, "c1", "a1", PUSH), ActDone(5, "c1", "a1"), LINKED, SEEN, ActDone(6, "c1", "a2")
    ).forge
    assert [(each.act, each.item) for each in forge.outbox] == [(AskReview(("bob",)), REF)]
    assert forge.change is not None
    assert forge.change.synced.wanted.labels == ("x",)


def test_the_next_push_updates_texts_that_are_still_orchs() -> None:
    again = replace(PUSH, commit="c2", change=replace(WHAT, title="New", body="Newer"))
    done = (ActQueued(4, "c1", "a1", again), ActSent(4, "c1", "a1", again), ActDone(5, "c1", "a1"))
    link = card(LINKED, SEEN, *done).forge.change
    assert link is not None
    assert (link.synced.wanted.title, link.synced.wanted.body) == ("New", "Newer")
    theirs = linked("c1", replace(OPEN, title="By hand"), 2.0, WHAT)
    link = card(theirs, SEEN, *done).forge.change
    assert link is not None
    assert (link.synced.wanted.title, link.synced.wanted.body) == (None, "Newer")
    assert not card(LINKED, SEEN, *done).forge.outbox


def test_a_change_request_that_was_closed_is_not_updated_but_opened_again() -> None:
    done = (ActQueued(4, "c1", "a1", PUSH), ActSent(4, "c1", "a1", PUSH), ActDone(5, "c1", "a1"))
    assert [each.act for each in card(LINKED, seen(state="closed"), *done).forge.outbox] == [WHAT]


def test_what_was_refused_is_replaced_by_the_next_attempt_and_what_was_sent_is_waited_for() -> None:
    refused = (ActQueued(4, "c1", "a1", PUSH), ActSent(4, "c1", "a1", PUSH), ActRefused(5, "c1", "a1", "no"))
    assert list(remarks(card(*refused))) == ["push orch/n1: no"]
    events = decided(board(*refused), PublishCard("c1", replace(PUSH, commit="c2")))
    assert isinstance(events, tuple)
    assert [type(each) for each in events] == [ActDropped, ActQueued]
    assert decided(board(*refused[:2]), PublishCard("c1", PUSH)) == ()
    other = decided(board(*refused[:2]), PublishCard("c1", replace(PUSH, commit="c2")))
    assert isinstance(other, Rejected)


def test_what_the_worktree_refuses_is_said() -> None:
    no = decided(board(), PublishCard("c1", None, Refusal("not pushed", "1 changed file", "Commit it.")))
    assert no == Rejected("not pushed", "1 changed file", "Commit it.")


@pytest.mark.parametrize(
    ("found", "more", "why"),
    [
        (replace(OPEN, state="merged"), {}, "it is merged"),
        (replace(OPEN, state="closed"), {}, "it is closed"),
        (replace(OPEN, queued=True), {}, "in the merge queue"),
        (OPEN, {"method": "octopus"}, "does not allow octopus"),
        (OPEN, {"methods": ("merge",), "method": "squash"}, "does not allow squash"),
        (OPEN, {"method": ""}, "several methods"),
        (OPEN, {"tip": "c9"}, "is at c9"),
        (replace(OPEN, draft=True), {}, "draft"),
        (replace(OPEN, draft=True), {"force": True}, "draft"),
        (replace(OPEN, checks=Checks("failing", 2, ("lint",))), {}, "failing: lint"),
        (replace(OPEN, checks=Checks("running", 2, running=1)), {}, "checks running"),
        (replace(OPEN, review=Review("changes_requested", 2)), {}, "changes requested, 2 unresolved threads"),
        (replace(OPEN, mergeability=Mergeability("conflicts")), {}, "conflicts with the base"),
        (replace(OPEN, mergeability=Mergeability("conflicts")), {"queue": True}, "conflicts with the base"),
    ],
)
def test_what_stands_against_a_merge_is_said(found: ChangeRequest, more: dict[str, object], why: str) -> None:
    command = MergeChange("c1", found, "squash", METHODS, tip="c1")
    no = decided(board(LINKED, SEEN), replace(command, **more))  # type: ignore[arg-type]
    assert isinstance(no, Rejected)
    assert why in no.why


@pytest.mark.parametrize(
    ("found", "more", "method"),
    [
        (OPEN, {}, "squash"),
        (OPEN, {"method": "", "methods": ("rebase",)}, "rebase"),
        (OPEN, {"queue": True, "method": ""}, "queue"),
        (replace(OPEN, mergeability=Mergeability("blocked")), {"queue": True}, "queue"),
        (replace(OPEN, checks=Checks("failing", 2, ("lint",))), {"force": True}, "squash"),
        (OPEN, {"tip": "c9", "force": True}, "squash"),
        (OPEN, {"tip": ""}, "squash"),
    ],
)
def test_it_is_merged_at_the_head_that_was_looked_at(
    found: ChangeRequest, more: dict[str, object], method: str
) -> None:
    command = MergeChange("c1", found, "squash", METHODS, tip="c1")
    events = decided(board(LINKED, SEEN), replace(command, **more))  # type: ignore[arg-type]
    assert isinstance(events, tuple)
    assert events[-1] == ActQueued(30.0, "c1", "a1", Merge(method, "c1"), REF)
    twice = decided(board(LINKED, SEEN, *events), command)
    assert isinstance(twice, Rejected)


def test_a_merged_card_is_finished_once_and_only_while_nothing_of_it_is_under_way() -> None:
    merged = card(LINKED, SEEN, seen(state="merged"))
    events = completed(merged, 21)
    assert events == (
        MergeFollowed(21, "c1", "c1"),
        EndingAsked(21, "c1", "finish", rescue=True, how="pr"),
    )
    after = card(LINKED, SEEN, seen(state="merged"), *events)
    assert owed(after) == ProveMerged("c1")
    assert completed(replace(after, ending=None), 22) == ()
    assert completed(replace(merged, run="r1"), 21) == ()
    assert completed(card(seen(state="merged")), 21) == (), "of an earlier branch of that name"
    again = decided(board(LINKED, SEEN, seen(state="merged")), PublishCard("c1", None))
    assert isinstance(again, tuple)
    assert isinstance(again[-1], EndingAsked)


def test_an_open_change_request_of_the_branch_is_adopted_unless_it_was_unlinked() -> None:
    (found,) = completed(card(SEEN), 4)
    assert isinstance(found, ItemLinked)
    assert found.synced.written.title is None
    unlinked = (LINKED, SEEN, ItemUnlinked(4, "c1", REF), SEEN)
    assert completed(card(*unlinked), 5) == ()
    assert completed(card(SEEN, ActQueued(4, "c1", "a1", PUSH)), 5) == (), "it is about to be linked"
    assert completed(card(ChangeSeen(3, "c1", NoChange(3.0))), 4) == ()
    other = replace(OPEN, ref=replace(REF, number=8), as_of=30.0)
    (found,) = completed(card(LINKED, SEEN, ChangeSeen(5, "c1", other)), 6)
    assert isinstance(found, ItemLinked)
    assert found.item.number == 8


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": "closed"}, "#7 was closed without being merged"),
        ({"head_commit": "f00"}, "#7 is at f00, which orch did not push"),
        ({"base": "develop"}, "#7 goes into develop, and the card's base is main"),
        ({"head_owner": ""}, "the repository with the branch of #7 is gone"),
        ({}, ""),
        ({"state": "merged"}, ""),
    ],
)
def test_what_others_did_is_said_and_nothing_is_done(changes: dict[str, object], said: str) -> None:
    pushed = (ActQueued(4, "c1", "a1", PUSH), ActSent(4, "c1", "a1", PUSH), ActDone(5, "c1", "a1"))
    found = card(LINKED, SEEN, *pushed, seen(**changes))
    assert list(remarks(found)) == ([said] if said else [])
    if changes.get("state") != "merged":
        assert completed(found, 21) == ()


def test_a_head_that_was_seen_before_the_push_is_no_remark() -> None:
    again = replace(PUSH, commit="c2")
    pushed = (ActQueued(4, "c1", "a1", again), ActSent(4, "c1", "a1", again), ActDone(11, "c1", "a1"))
    assert list(remarks(card(LINKED, SEEN, *pushed))) == []


def test_a_card_without_a_session_stands_in_review_while_its_change_request_is_open() -> None:
    assert place(card(LINKED, SEEN)).column is Column.REVIEW
    assert place(card(LINKED, seen(state="closed"))).column is Column.BACKLOG


def test_one_change_request_has_one_card_and_one_card_has_one() -> None:
    state = board(LINKED, SEEN)
    assert isinstance(decided(state, LinkChange("c1", OPEN)), Rejected)
    second = evolve(state, CardCreated(1, "c2", "n2", "Other", "", "/repo", "main", "orch/n2", "/wt2"))
    no = decided(second, LinkChange("c2", OPEN))
    assert isinstance(no, Rejected)
    assert "c1 n1 has it" in no.why
    assert decided(state, UnlinkChange("c1")) == (ItemUnlinked(30.0, "c1", REF),)
    assert isinstance(decided(board(), UnlinkChange("c1")), Rejected)
    events = decided(board(), LinkChange("c1", OPEN))
    assert isinstance(events, tuple)
    assert card(*events).forge.change is not None


@pytest.mark.parametrize(
    ("base", "branch"),
    [
        ("main", "main"),
        ("origin/main", "main"),
        ("release/1", "release/1"),
        ("upstream/a/b", "a/b"),
        ("", ""),
    ],
)
def test_a_base_is_named_as_on_the_forge(base: str, branch: str) -> None:
    assert branch_of(base) == branch


@pytest.mark.parametrize(
    ("commit", "edits", "wanted"), [("c1", True, None), ("c2", False, None), ("c2", True, "New")]
)
def test_a_push_without_new_commit_or_of_another_turn_edits_no_texts(
    commit: str, edits: bool, wanted: str | None
) -> None:
    first = (ActQueued(3, "c1", "a1", PUSH), ActDone(4, "c1", "a1"), LINKED, ActDone(4, "c1", "a2"))
    again = Push("orch/n1", commit, "origin", replace(WHAT, title="New"), edits=edits)
    change = card(*first, ActQueued(5, "c1", "a7", again), ActDone(6, "c1", "a7")).forge.change
    assert change is not None
    assert change.synced.wanted.title == wanted


def test_a_pull_request_in_place_of_a_closed_one_says_so() -> None:
    other = replace(OPEN, ref=ItemRef(SHOP, 9, "change"), as_of=20.0)
    made = card(LINKED, SEEN, seen(state="closed"), linked("c1", other, 30.0), ChangeSeen(30, "c1", other))
    view = change_view(made.forge)
    assert view is not None
    assert (view.number, view.replaces) == (9, 7)
    assert "#7 was closed without being merged" in tuple(remarks(made))
    assert mark(view, done=True) == "#9 open"
    assert stays_open(view) == "#9 stays open on forge.example"
