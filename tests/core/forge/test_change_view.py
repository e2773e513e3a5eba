"""The pull request on a card: what it says in a few cells and in full."""

from dataclasses import replace

import pytest

from orchestrator.core.board.shown import with_fresh
from orchestrator.core.forge.changes.change import (
    ChangeRequest,
    Checks,
    FoundChange,
    Mergeability,
    NoChange,
    Review,
)
from orchestrator.core.forge.changes.view import ChangeView, change_view, mark, role, sentences
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.fresh import Fresh, as_of
from orchestrator.core.forge.links import CardForge, Link
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import Fields, Standing
from orchestrator.core.literals import ChangeState
from tests.core.forge.test_values import CHANGE, REF, WHOLE
from widgets.board.columns.card_text import card_lines
from widgets.gallery.boards import card
from widgets.kit.format import content

NOW = 1_800_000_000.0
RUNNING = replace(WHOLE, checks=Checks("running", 9, running=4))
FAILING = replace(WHOLE, checks=Checks("failing", 9, ("lint", "test"), running=1))


def shown(change: FoundChange) -> ChangeView:
    found = change_view(CardForge(request=change))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("change", "expected", "style"),
    [
        (WHOLE, "#7 ✓ ready", "calm"),
        (RUNNING, "#7 …", "busy"),
        (FAILING, "#7 ✗ 2", "bad"),
        (replace(WHOLE, checks=Checks("failing", 1)), "#7 ✗", "bad"),
        (replace(WHOLE, checks=Checks("none")), "#7 ready", "calm"),
        (replace(WHOLE, mergeability=Mergeability("conflicts")), "#7 ✓ conflicts", "bad"),
        (replace(WHOLE, review=Review("changes_requested", 3)), "#7 ✓ changes requested", "muted"),
        (replace(WHOLE, review=Review("approved", 1)), "#7 ✓ · 1 unresolved thread", "muted"),
        (replace(WHOLE, draft=True), "#7 ✓ draft", "muted"),
        (replace(WHOLE, queued=True), "#7 ✓ queued", "calm"),
        (replace(WHOLE, state="merged"), "#7 merged", "off"),
        (replace(FAILING, state="closed"), "#7 closed", "off"),
        (CHANGE, "#7", "muted"),
    ],
)
def test_the_mark_says_in_characters_what_its_colour_says(
    change: ChangeRequest, expected: str, style: str
) -> None:
    assert (mark(shown(change)), role(shown(change))) == (expected, style)


def test_details_say_what_stands_against_merging() -> None:
    assert list(sentences(shown(FAILING)))[1:] == [
        "not ready: failing: lint, test",
        "checks: 2 of 9 failed, 1 running",
        "approved",
    ]
    assert list(sentences(shown(RUNNING)))[2] == "checks: 5 of 9 ended"
    assert list(sentences(shown(CHANGE)))[1] == (
        "not ready: checks not fetched, review not fetched, mergeability not fetched"
    )


@pytest.mark.parametrize("request_", [NOT_FETCHED, NoChange(9.0)])
def test_a_change_request_that_was_linked_is_shown_whatever_was_asked_of_its_branch(
    request_: FoundChange,
) -> None:
    assert change_view(CardForge(request=request_)) is None
    seen = Fields("Fix it", "", Standing(open=False))
    link = Link(REF, "Fix it", "https://forge.example/7", Synced(seen), as_of=3.0)
    found = change_view(CardForge(change=link, request=request_))
    assert found is not None
    assert (found.number, found.state, found.checks, found.ready) == (7, "closed", None, False)


def test_the_age_is_that_of_the_last_answer_and_a_stale_one_is_on_the_card() -> None:
    first = replace(card(1, "A", "review", "idle"), change=shown(WHOLE))
    recent = with_fresh(first, Fresh(change=NOW))
    assert recent.change == replace(shown(WHOLE), as_of=NOW)
    stale = with_fresh(first, Fresh(change=NOW, stale_change="offline"))
    texts = [
        content(card_lines(each, NOW, 60, wide=wide, selected=False)).plain
        for wide in (False, True)
        for each in (recent, stale)
    ]
    assert ["#7 ✓ ready" in text for text in texts] == [True] * 4
    assert [as_of(NOW, NOW) in text for text in texts] == [False, True, False, True]
    assert as_of(0.0, NOW) == "not asked yet"
    assert len(as_of(NOW - 86_400, NOW)) > len(as_of(NOW, NOW)), "with its date"


def test_names_of_failed_checks_are_bounded() -> None:
    many = tuple(f"check {number}" for number in range(60))
    found = shown(replace(WHOLE, checks=Checks("failing", 80, many)))
    assert (found.failed, len(found.failing)) == (60, 20)
    assert "(40 not listed)" in " ".join(sentences(found))


@pytest.mark.parametrize("wide", [True, False])
def test_a_card_says_number_and_state_before_their_age(wide: bool) -> None:
    change = replace(
        shown(replace(WHOLE, mergeability=Mergeability("conflicts"))), stale="offline", as_of=NOW
    )
    own = replace(card(1, "Log in", "review", "idle", change=change), branch="orch/log-in-with-a-passkey")
    for width in (40, 60, 78, 120):
        lines = card_lines(own, NOW, width, wide=wide, selected=False)
        text = content(lines).plain
        assert "#7 ✓ conflicts" in text, width
        assert ("as of" in text) == (as_of(NOW, NOW) in text)  # whole, or not at all
    assert as_of(NOW, NOW) in text


@pytest.mark.parametrize("state", ["merged", "closed"])
def test_a_pull_request_that_has_ended_is_never_stale(state: ChangeState) -> None:
    ended = card(1, "Log in", "review", "idle", change=shown(replace(WHOLE, state=state)))
    fresh = with_fresh(ended, Fresh(change=NOW, stale_change="offline"))
    assert fresh.change is not None
    assert not fresh.change.stale
    assert "as of" not in content(card_lines(fresh, NOW, 120, wide=True, selected=False)).plain
