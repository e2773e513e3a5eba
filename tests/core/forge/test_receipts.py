"""An act without a receipt is looked for before anything is done again."""

from dataclasses import replace

import pytest

from orchestrator.core.forge.fetched import NOT_FETCHED, Unfetched
from orchestrator.core.forge.outbox.acts import FieldAct
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import Fields, Standing, Switch, Wanted, Written, digest
from orchestrator.core.forge.outbox.receipts import Fate, Trace, fate, fulfilled, given_up, wanted_again

BEFORE = Fields("A title", digest("A body"), Standing(), ("bug",), ("bob",), comment="", revision="1")
CHANGED = replace(BEFORE, revision="2")
ACTS = [
    FieldAct("add_label", "wip"),
    FieldAct("remove_label", "bug"),
    FieldAct("assign", "ada"),
    FieldAct("unassign", "bob"),
    FieldAct("title", "New"),
    FieldAct("body", "New"),
    FieldAct("comment", "New"),
    FieldAct("close", "completed"),
]


def after(act: FieldAct) -> Fields:
    """The item once the act is done, by whomever."""
    return replace(fulfilled(Synced(BEFORE), act).seen, revision="2")


def ids(act: object) -> str:
    return act.kind if isinstance(act, FieldAct) else ""


@pytest.mark.parametrize("act", ACTS, ids=ids)
def test_an_act_whose_effect_is_there_was_done(act: FieldAct) -> None:
    assert fate(act, BEFORE, after(act)) is Fate.DONE


@pytest.mark.parametrize("act", ACTS, ids=ids)
def test_an_item_that_has_not_changed_never_had_the_request(act: FieldAct) -> None:
    assert fate(act, BEFORE, BEFORE) is Fate.NOT_SENT


@pytest.mark.parametrize("act", ACTS, ids=ids)
def test_nothing_is_known_of_an_item_that_was_not_fetched(act: FieldAct) -> None:
    assert fate(act, BEFORE, NOT_FETCHED) is NOT_FETCHED


@pytest.mark.parametrize("act", ACTS, ids=ids)
def test_without_a_history_a_changed_item_is_unclear(act: FieldAct) -> None:
    assert fate(act, BEFORE, CHANGED, None, "orch") is Fate.UNCLEAR


@pytest.mark.parametrize(
    ("act", "trace"),
    [
        (FieldAct("add_label", "wip"), Trace("labeled", "WIP", "Orch", 5)),
        (FieldAct("remove_label", "bug"), Trace("unlabeled", "bug", "orch", 5)),
        (FieldAct("assign", "ada"), Trace("assigned", "ada", "orch", 5)),
        (FieldAct("unassign", "bob"), Trace("unassigned", "bob", "orch", 5)),
        (FieldAct("close"), Trace("closed", "", "orch", 5)),
        (FieldAct("title", "New"), Trace("renamed", "New", "orch", 5)),
    ],
)
def test_what_a_person_has_undone_is_not_done_again(act: FieldAct, trace: Trace) -> None:
    assert fate(act, BEFORE, CHANGED, [trace], "orch") is Fate.UNDONE
    assert fate(act, BEFORE, CHANGED, [replace(trace, actor="ada")], "orch") is Fate.NOT_SENT
    assert fate(act, BEFORE, CHANGED, [replace(trace, kind="locked")], "orch") is Fate.NOT_SENT
    assert fate(act, BEFORE, CHANGED, NOT_FETCHED, "orch") is NOT_FETCHED


@pytest.mark.parametrize("text", ["body", "comment"])
@pytest.mark.parametrize("history", [(), None, NOT_FETCHED])
def test_an_edit_leaves_no_trace_and_is_unclear(
    text: str, history: tuple[Trace, ...] | Unfetched | None
) -> None:
    act = FieldAct(text, "New")  # type: ignore[arg-type]  # a literal of two
    assert fate(act, BEFORE, CHANGED, history, "orch") is Fate.UNCLEAR


def test_a_comment_is_not_judged_before_the_comments_are_fetched() -> None:
    assert fate(FieldAct("comment", "New"), BEFORE, replace(CHANGED, comment=NOT_FETCHED)) is NOT_FETCHED


@pytest.mark.parametrize("act", ACTS, ids=ids)
def test_a_fulfilled_wish_is_gone_and_a_later_one_stays(act: FieldAct) -> None:
    wanted = wanted_again(Synced(BEFORE), act).wanted
    assert wanted != Wanted()
    assert fulfilled(Synced(BEFORE, Written(), wanted), act).wanted == Wanted()
    later = Wanted(title="Later", body="Later", comment="Later", labels=("later",), assignees=("eve",))
    assert given_up(replace(later, switch=Switch(True, Standing(), 0)), act).title == "Later"
    assert given_up(later, act) == later


def test_what_somebody_may_have_closed_is_not_orchs_to_reopen() -> None:
    close = FieldAct("close", "completed")
    assert fulfilled(Synced(BEFORE), close).written.closed
    assert not fulfilled(Synced(BEFORE), close, ours=False).written.closed
