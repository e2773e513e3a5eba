"""A person's change on the forge is never overwritten: what follows from last seen, wanted and remote."""

from dataclasses import replace

import pytest

from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.outbox.acts import FieldAct
from orchestrator.core.forge.outbox.compare import Synced, compare, settled, waiting
from orchestrator.core.forge.outbox.fields import Fields, Standing, Switch, Wanted, Written, digest

OPEN, CLOSED = Standing(), Standing(open=False, reason="completed")
BASE = Fields("A title", digest("A body"), OPEN, labels=("bug",), comment="", others=2, revision="1")
OURS = Written(title="A title", body=digest("A body"))


def item(wanted: Wanted, seen: Fields = BASE, written: Written = OURS) -> Synced:
    return Synced(seen, written, wanted)


@pytest.mark.parametrize(
    ("wanted", "seen", "remote", "acts", "left"),
    [
        pytest.param(Wanted(labels=("wip",)), (), (), [("add_label", "wip")], True, id="add"),
        pytest.param(Wanted(labels=("wip",)), (), ("WIP",), [], False, id="there already"),
        pytest.param(Wanted(labels=("wip",)), ("wip",), (), [], False, id="a person removed it"),
        pytest.param(
            Wanted(no_labels=("wip",)), ("wip",), ("wip",), [("remove_label", "wip")], True, id="rm"
        ),
        pytest.param(Wanted(no_labels=("wip",)), ("wip",), (), [], False, id="gone already"),
        pytest.param(Wanted(no_labels=("wip",)), (), ("wip",), [], False, id="a person added it"),
        pytest.param(
            Wanted(labels=("a", "b"), no_labels=("c",)),
            ("c", "b"),
            ("c", "x"),
            [("add_label", "a"), ("remove_label", "c")],
            True,
            id="each for itself",
        ),
    ],
)
def test_a_label_is_changed_only_if_nobody_else_has_changed_it(
    wanted: Wanted, seen: tuple[str, ...], remote: tuple[str, ...], acts: list[tuple[str, str]], left: bool
) -> None:
    outcome = compare(item(wanted, replace(BASE, labels=seen)), replace(BASE, labels=remote))
    assert [(each.kind, each.value) for each in outcome.acts] == acts
    assert bool(outcome.after.wanted.labels or outcome.after.wanted.no_labels) is left
    assert outcome.after.seen.labels == remote
    assert not outcome.conflicts


def test_assignees_are_compared_as_labels_are() -> None:
    wanted = Wanted(assignees=("ada",), no_assignees=("bob",))
    seen = replace(BASE, assignees=("bob",))
    assert compare(item(wanted, seen), seen).acts == (FieldAct("assign", "ada"), FieldAct("unassign", "bob"))
    assert compare(item(wanted, seen), replace(BASE, assignees=("Ada",))).acts == ()


@pytest.mark.parametrize("name", ["title", "body"])
@pytest.mark.parametrize(
    ("written", "remote", "expected"),
    [
        pytest.param("old", "old", "act", id="it is what orch wrote"),
        pytest.param("old", "edited", "conflict", id="a person edited it"),
        pytest.param(None, "old", "conflict", id="orch never wrote it"),
        pytest.param("old", "new", "done", id="it is there already"),
        pytest.param("old", " new\r\n", "done", id="the forge has other line ends"),
    ],
)
def test_a_text_is_replaced_only_if_it_is_what_orch_wrote_last(
    name: str, written: str | None, remote: str, expected: str
) -> None:
    form = (lambda text: text) if name == "title" else digest
    there = replace(BASE, **{name: form(remote)})  # type: ignore[arg-type]
    own = Written(**{name: None if written is None else form(written)})  # type: ignore[arg-type]
    outcome = compare(Synced(BASE, own, Wanted(**{name: "new"})), there)  # type: ignore[arg-type]
    assert [each.kind for each in outcome.acts] == ([name] if expected == "act" else [])
    assert [each.field for each in outcome.conflicts] == ([name] if expected == "conflict" else [])
    assert (getattr(outcome.after.wanted, name) is None) is (expected == "done")


@pytest.mark.parametrize(
    ("own", "remote", "expected"),
    [
        pytest.param(None, "", "act", id="first"),
        pytest.param("old", "old", "act", id="edit"),
        pytest.param("old", "edited", "conflict", id="a person edited it"),
        pytest.param("old", "", "conflict", id="a person deleted it"),
        pytest.param(None, "other", "conflict", id="another text with our mark"),
        pytest.param("old", "new", "done", id="there already"),
        pytest.param("old", None, "", id="not fetched"),
    ],
)
def test_the_comment_is_written_only_over_orchs_own(
    own: str | None, remote: str | None, expected: str
) -> None:
    there = replace(BASE, comment=NOT_FETCHED if remote is None else digest(remote))
    written = Written(comment=None if own is None else digest(own))
    outcome = compare(Synced(BASE, written, Wanted(comment="new")), there)
    assert bool(outcome.acts) is (expected == "act")
    assert bool(outcome.conflicts) is (expected == "conflict")
    assert (outcome.after.wanted.comment is None) is (expected == "done")


REOPENED = Standing(open=True, reason="reopened")


@pytest.mark.parametrize(
    ("switch", "closed_by_us", "remote", "expected"),
    [
        pytest.param(Switch(False, OPEN, 2), False, BASE, "close", id="as it was seen"),
        pytest.param(Switch(False, OPEN, 2), False, replace(BASE, others=3), "new comments", id="talk"),
        pytest.param(Switch(False, OPEN, 2), False, replace(BASE, standing=CLOSED), "", id="closed already"),
        pytest.param(
            Switch(False, OPEN, 2),
            False,
            replace(BASE, standing=REOPENED),
            "reopened",
            id="reopened meanwhile",
        ),
        pytest.param(
            Switch(False, REOPENED, 2), False, replace(BASE, standing=REOPENED), "close", id="seen reopened"
        ),
        pytest.param(Switch(True, CLOSED, 2), True, replace(BASE, standing=CLOSED), "reopen", id="ours"),
        pytest.param(
            Switch(True, CLOSED, 2), False, replace(BASE, standing=CLOSED), "a person closed", id="theirs"
        ),
        pytest.param(Switch(True, CLOSED, 2), True, BASE, "", id="open already"),
        pytest.param(
            Switch(True, CLOSED, 2),
            True,
            replace(BASE, standing=Standing(open=False, reason="not_planned")),
            "closed or reopened",
            id="closed again by a person",
        ),
    ],
)
def test_an_item_is_closed_or_reopened_only_as_it_was_seen(
    switch: Switch, closed_by_us: bool, remote: Fields, expected: str
) -> None:
    written = replace(OURS, closed=closed_by_us)
    outcome = compare(item(Wanted(switch=switch), written=written), remote)
    if expected in ("close", "reopen"):
        assert [each.kind for each in outcome.acts] == [expected]
    else:
        assert not outcome.acts
        assert [expected in each.why for each in outcome.conflicts] == ([True] if expected else [])
    assert (outcome.after.wanted.switch is None) is (not expected)


def test_an_issue_that_somebody_opened_again_is_not_orchs_to_reopen() -> None:
    written = replace(OURS, closed=True)
    after = compare(item(Wanted(), replace(BASE, standing=CLOSED), written), BASE).after
    assert not after.written.closed


def test_what_was_not_fetched_leads_to_nothing() -> None:
    wanted = Wanted(title="new", body="new", comment="new", labels=("wip",), switch=Switch(False, OPEN, 2))
    outcome = compare(item(wanted), NOT_FETCHED)
    assert (outcome.after, outcome.acts, outcome.conflicts) == (item(wanted), (), ())


def test_a_comment_that_was_not_fetched_stays_known() -> None:
    seen = replace(BASE, comment=digest("ours"), comment_id=7)
    after = compare(item(Wanted(), seen), replace(BASE, comment=NOT_FETCHED)).after
    assert (after.seen.comment, after.seen.comment_id) == (digest("ours"), 7)


def test_what_waits_to_be_sent_is_told_without_the_forge() -> None:
    wanted = Wanted(title="new", comment="done", labels=("wip",))
    acts = waiting(item(wanted, replace(BASE, comment=NOT_FETCHED)))
    assert [each.kind for each in acts] == ["add_label", "title", "comment"]


@pytest.mark.parametrize(
    ("wanted", "written", "remote"),
    [
        (Wanted(title="new"), OURS, replace(BASE, title="edited")),
        (Wanted(body="new"), OURS, replace(BASE, body=digest("edited"))),
        (Wanted(comment="new"), Written(comment=digest("old")), replace(BASE, comment=digest("edited"))),
        (Wanted(comment="new"), Written(comment=digest("old")), replace(BASE, comment="")),
        (Wanted(switch=Switch(False, OPEN, 2)), OURS, replace(BASE, others=3)),
        (
            Wanted(switch=Switch(True, CLOSED, 2)),
            OURS,
            replace(BASE, standing=CLOSED),
        ),
    ],
)
def test_a_person_settles_a_conflict_by_choosing_a_side(
    wanted: Wanted, written: Written, remote: Fields
) -> None:
    outcome = compare(item(wanted, written=written), remote)
    (conflict,) = outcome.conflicts
    theirs = compare(settled(outcome.after, conflict.field, "theirs"), remote)
    assert (theirs.acts, theirs.conflicts, theirs.after.wanted) == ((), (), Wanted())
    ours = compare(settled(outcome.after, conflict.field, "ours"), remote)
    assert (len(ours.acts), ours.conflicts) == (1, ())
    later = replace(remote, title="once more", body="2", comment="3", others=9)
    assert compare(settled(outcome.after, conflict.field, "ours"), later).acts == ()
