"""Which cards in Review get their pull request opened or updated automatically."""

from dataclasses import replace
from typing import Any

import pytest

from orchestrator.core.forge.changes.in_review import publishes
from orchestrator.core.model import Card
from orchestrator.core.sessions.model import Status
from tests.core.forge.test_autofix import card, change, session


def idle(**more: Any) -> Card:
    return replace(card(session()), **more)


def test_a_card_that_stays_in_review_is_published_and_one_that_has_just_come_is_not() -> None:
    assert publishes(idle(), None, 200.0, 120.0)
    assert not publishes(idle(), None, 60.0, 120.0)


def asking() -> Card:
    own = session()
    return card(replace(own, facts=replace(own.facts, ends_asking=True)))


@pytest.mark.parametrize(
    "left",
    [
        card(session(Status.WORKING)),
        asking(),
        idle(held="wait"),
        idle(run="r1"),
        idle(worktree=None),
        idle(forge=replace(idle().forge, request=change(state="closed"))),
        idle(forge=replace(idle().forge, unlinked=41)),
    ],
)
def test_a_card_at_work_that_asks_or_whose_pull_request_a_person_closed_is_left_alone(left: Card) -> None:
    assert not publishes(left, None, 1000.0, 0.0)


def test_a_card_with_an_open_pull_request_is_published_again() -> None:
    assert publishes(idle(forge=replace(idle().forge, request=change())), None, 1000.0, 0.0)
