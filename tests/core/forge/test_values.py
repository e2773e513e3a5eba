"""What is not known is never shown as nothing; budgets, marks and names."""

from dataclasses import replace

import pytest

from orchestrator.core.forge.budget import Budget
from orchestrator.core.forge.changes.change import (
    ChangeRequest,
    Checks,
    FoundChange,
    Mergeability,
    NoChange,
    Review,
    obstacles,
    updated,
)
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.items import Comment, Permission
from orchestrator.core.forge.marks import Mark, claimant, mark_of, marked, own_comment, unmarked
from orchestrator.core.forge.repository import ItemRef, RepositoryRef

REF = ItemRef(RepositoryRef("forge.example", "ada", "shop"), 7, "change")
CHANGE = ChangeRequest(
    REF, "Fix it", "", "open", "orch/fix", "c0ffee", "main", "https://forge.example/7", as_of=5.0
)
WHOLE = replace(
    CHANGE, checks=Checks("passing", 3), review=Review("approved"), mergeability=Mergeability("clean")
)


@pytest.mark.parametrize(
    ("known", "fetched", "expected"),
    [
        pytest.param(WHOLE, NOT_FETCHED, WHOLE, id="not fetched"),
        pytest.param(NoChange(5), NOT_FETCHED, NoChange(5), id="none stays none"),
        pytest.param(NOT_FETCHED, WHOLE, WHOLE, id="first"),
        pytest.param(WHOLE, NoChange(4), WHOLE, id="an older none"),
        pytest.param(WHOLE, NoChange(6), NoChange(6), id="a later none"),
        pytest.param(WHOLE, replace(CHANGE, as_of=6), replace(WHOLE, as_of=6), id="parts are kept"),
        pytest.param(WHOLE, replace(CHANGE, as_of=4), WHOLE, id="an older answer"),
        pytest.param(
            WHOLE,
            replace(CHANGE, head_commit="beef", as_of=6),
            replace(CHANGE, head_commit="beef", as_of=6),
            id="not those of another commit",
        ),
    ],
)
def test_what_was_not_fetched_overwrites_nothing(
    known: FoundChange, fetched: FoundChange, expected: FoundChange
) -> None:
    assert updated(known, fetched, 100.0) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (WHOLE, ()),
        (CHANGE, ("checks not fetched", "review not fetched", "mergeability not fetched")),
        (replace(WHOLE, draft=True), ("draft",)),
        (replace(WHOLE, state="merged"), ("merged",)),
        (replace(WHOLE, checks=Checks("none")), ()),
        (replace(WHOLE, checks=Checks("failing", 2, ("lint", "test"))), ("failing: lint, test",)),
        (replace(WHOLE, checks=Checks("running", 2, running=1)), ("checks running",)),
        (replace(WHOLE, review=Review("required")), ("review required",)),
        (replace(WHOLE, review=Review("approved", 1)), ("1 unresolved thread",)),
        (
            replace(WHOLE, review=Review("changes_requested", 2)),
            ("changes requested", "2 unresolved threads"),
        ),
        (replace(WHOLE, mergeability=Mergeability("conflicts")), ("conflicts with the base",)),
        (replace(WHOLE, mergeability=Mergeability("computing")), ("mergeability not known yet",)),
    ],
)
def test_a_change_request_is_ready_only_if_all_is_known_and_good(
    change: ChangeRequest, expected: tuple[str, ...]
) -> None:
    assert obstacles(change) == expected


def test_what_a_wrong_clock_dated_is_replaced() -> None:
    wrong = Budget("core").told(5000, 4000, 31_536_000).spent(2000)
    assert wrong.told(5000, 4999, 7200).ours == 0
    future = NoChange(31_536_000.0)
    assert updated(future, NoChange(10.0), 11.0) == NoChange(10.0)
    assert updated(NoChange(10.5), NoChange(10.0), 11.0) == NoChange(10.5)


def test_orch_spends_at_most_its_share_of_the_budget() -> None:
    budget = Budget("core").told(5000, 5000, 3600)
    spent = 0
    while budget.waits_until(10.0) <= 10.0:
        budget, spent = budget.spent().told(5000, 5000 - spent - 1, 3600), spent + 1
    assert spent == 3000
    assert budget.waits_until(10.0) == 3600
    assert budget.waits_until(3601.0) <= 3601.0
    assert budget.told(5000, 4999, 7200).waits_until(3601.0) <= 3601.0


def test_what_a_person_spends_is_not_counted_as_ours_but_for_an_unknown_past() -> None:
    assert Budget("core").told(5000, 5000, 3600).told(5000, 100, 3600).waits_until(0.0) <= 0.0
    assert Budget("core").told(5000, 1999, 3600).waits_until(0.0) == 3600
    assert Budget("core").told(5000, 5000, 3600).told(5000, 0, 3600).waits_until(0.0) == 3600


def test_a_limit_of_the_forge_is_waited_for() -> None:
    assert Budget("core").waits_until(50.0) <= 50.0
    assert Budget("core").paused(90.0).paused(70.0).waits_until(50.0) == 90.0
    assert Budget("core").used_up(80.0).waits_until(50.0) == 80.0
    assert Budget("core").used_up(80.0).waits_until(81.0) <= 81.0


MARK = Mark("b-1f", "c12")


@pytest.mark.parametrize(
    "text", ["", "In progress.", "Quotes <!-- orch board=x card=c9 claim= -->\n> and more"]
)
def test_a_mark_is_found_again_and_is_not_in_the_text(text: str) -> None:
    whole = marked(text, MARK)
    assert mark_of(whole) == MARK
    assert mark_of(marked(whole, replace(MARK, card="c13"))) == replace(MARK, card="c13")
    assert "<!--" not in unmarked(whole)


@pytest.mark.parametrize("bad", ["", "a b", "x -->", "A"])
def test_nothing_leaves_a_mark_before_its_end(bad: str) -> None:
    with pytest.raises(ValueError, match="not fit"):
        str(Mark(bad, "c1"))


def test_of_two_claims_at_once_both_sides_find_the_same_one() -> None:
    other = Mark("b-2e", "c3")
    mine, theirs = Comment(12, "ada", marked("", MARK)), Comment(11, "bob", marked("", other))
    freed = Comment(10, "eve", marked("", Mark("b-3d", "c1", "free")))
    said = Comment(9, "eve", "I take it.")
    for order in ([mine, theirs, freed, said], [said, freed, theirs, mine]):
        found = claimant(order)
        assert found is not None
        assert (found[0].id, found[1]) == (11, other)
        own = own_comment(order, MARK, "Ada")
        assert own is not None
        assert own.id == 12
        assert own_comment(order, MARK, "bob") is None, "a copy of the mark by somebody else"
    assert claimant([freed, said]) is None
    assert claimant([replace(theirs, member=False), mine]) == (mine, MARK), "a passer-by"


def test_a_permission_covers_all_lesser_ones() -> None:
    assert Permission.ADMIN.covers(Permission.WRITE)
    assert Permission.WRITE.covers(Permission.WRITE)
    assert not Permission.TRIAGE.covers(Permission.WRITE)
