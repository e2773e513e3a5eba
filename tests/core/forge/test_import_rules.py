"""What rules import, and what they leave alone."""

from dataclasses import replace

import pytest

from orchestrator.core.events import CardCreated, CardRemoved, Event, StartQueued
from orchestrator.core.evolve import evolve
from orchestrator.core.follow import completed
from orchestrator.core.forge.events import ClaimRefused, ItemUnlinked
from orchestrator.core.forge.issues.commands import FetchedIssue
from orchestrator.core.forge.issues.import_rules import ImportRule, due, import_rules
from orchestrator.core.forge.issues.linking import claim_refused, linked
from orchestrator.core.forge.issues.passed_over import KEPT
from orchestrator.core.forge.items import Issue
from orchestrator.core.forge.outbox.fields import Fields, Standing
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.core.model import State

SHOP = RepositoryRef("forge.example", "ada", "shop")


def issue(number: int, labels: tuple[str, ...] = ("Orch",), *, open_: bool = True) -> Issue:
    return Issue(ItemRef(SHOP, number), f"Issue {number}", "", open_, "https://forge.example", labels=labels)


def imported(
    card: str, number: int, *, rule: str = "label orch", by_import: bool = True
) -> tuple[Event, ...]:
    created = CardCreated(1.0, card, card, card, "", "/r", "main", card, f"/w/{card}")
    seen = FetchedIssue(ItemRef(SHOP, number), "", "", Fields("", "", Standing()), rule=rule)
    return created, linked(seen, card, 1.0, imported=by_import)


def after(*events: Event) -> State:
    state = State()
    for event in events:
        state = evolve(state, event)
    return state


def numbers(state: State) -> list[int]:
    return [each.number for each in due(state, [issue(1), issue(2), issue(3)])]


def test_a_rule_is_about_open_issues_with_its_label_or_of_its_account() -> None:
    rule, mine = import_rules(["orch", "", "orch"], assigned=True)
    assert (rule, mine) == (ImportRule("orch"), ImportRule())
    assert rule.fits(issue(1), "ada")
    assert not rule.fits(issue(1, ("bug",)), "ada")
    assert not rule.fits(issue(1, open_=False), "ada")
    assert mine.fits(replace(issue(1), assignees=("Ada",)), "ada")
    assert not mine.fits(issue(1), "ada")
    assert not mine.fits(replace(issue(1), assignees=("",)), "")
    assert import_rules([], assigned=False) == ()


def test_what_a_person_took_off_the_board_is_not_imported_again_until_they_want_it() -> None:
    cards = (*imported("c1", 1), *imported("c2", 2))
    assert numbers(after(*cards)) == [3]
    ref = ItemRef(SHOP, 2)
    gone = (*cards, CardRemoved(2.0, "c1"), ItemUnlinked(2.0, "c2", ref))
    assert numbers(after(*gone)) == [3]
    again = (*gone, linked(FetchedIssue(ref, "", "", Fields("", "", Standing())), "c2", 3.0))
    assert after(*again).passed_over == (ItemRef(SHOP, 1).key,)
    state = after(*imported("c1", 1))
    for number in range(KEPT + 5):
        state = evolve(state, ItemUnlinked(1.0, "c1", ItemRef(SHOP, number)))
    assert len(state.passed_over) == KEPT


def test_an_issue_that_another_board_got_may_be_imported_later() -> None:
    (created, link) = imported("c1", 1)
    state = after(created, link)
    events = claim_refused(state.cards["c1"], ItemRef(SHOP, 1), "bob has it", 2.0)
    for event in events:
        state = evolve(state, event)
    for event in completed(state.cards["c1"], 3.0):
        state = evolve(state, event)
    assert (state.cards, state.passed_over) == ({}, ())


@pytest.mark.parametrize("started", [True, False])
def test_a_card_that_loses_its_issue_is_removed_only_if_nothing_was_done_with_it(started: bool) -> None:
    start = StartQueued(2.0, "c1", 1, "s", resume=False)
    for by_import in (True, False):
        events = imported("c1", 1, by_import=by_import)
        state = after(*events, start) if started else after(*events)
        found = claim_refused(state.cards["c1"], ItemRef(SHOP, 1), "bob has it", 3.0)
        assert isinstance(found[0], ClaimRefused)
        assert len(found) == (2 if by_import and not started else 1)
