"""A card's labels are added and removed, and are one line each."""

import pytest

from orchestrator.core.commands import Rejected
from orchestrator.core.decide import decide
from orchestrator.core.evolve import evolve
from orchestrator.core.model import Card, State
from orchestrator.core.requests.cards import Label

CARD = Card("c1", "a", "A", "", "/r", "main", "orch/a", "/r-orch/a", 1.0, labels=("auth", "api"))


def labelled(add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> tuple[str, ...] | Rejected:
    state = State(cards={"c1": CARD})
    decision = decide(state, Label("c1", add, remove), 9.0)
    if isinstance(decision, Rejected):
        return decision
    for event in decision:
        state = evolve(state, event)
    return state.cards["c1"].labels


@pytest.mark.parametrize(
    ("add", "remove", "labels"),
    [
        (("docs",), (), ("auth", "api", "docs")),
        ((" good first issue ",), ("api",), ("auth", "good first issue")),
        (("auth",), (), ("auth", "api")),
        ((), ("auth", "api"), ()),
    ],
)
def test_labels_are_added_and_removed_in_one_act(
    add: tuple[str, ...], remove: tuple[str, ...], labels: tuple[str, ...]
) -> None:
    assert labelled(add, remove) == labels


@pytest.mark.parametrize(
    ("add", "remove", "words"),
    [
        ((), (), "no label is named"),
        ((" ",), (), "cannot be a label"),
        (("x" * 51,), (), "at most 50 characters"),
        (("a\nb",), (), "cannot be a label"),
        (("a\x1b[31m",), (), "cannot be a label"),
        ((), ("zzz",), "c1 has no label 'zzz' its labels are auth, api"),
        (("a",), ("a",), "to be added and removed"),
        (tuple(map(str, range(60))), (), "more than 50 labels"),
    ],
)
def test_a_label_that_cannot_be_one_is_refused_and_nothing_changes(
    add: tuple[str, ...], remove: tuple[str, ...], words: str
) -> None:
    refused = labelled(add, remove)
    assert isinstance(refused, Rejected)
    assert words in f"{refused.what} {refused.why}"
