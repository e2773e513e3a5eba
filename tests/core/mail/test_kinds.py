"""Which kind is meant, and whether a message is a report."""

import pytest

from orchestrator.core.mail.kinds import ReportWeight, kind_of, weight
from orchestrator.core.mail.message import Kind

_REPORTS = (
    "done", "Part 1 is done: 3 files, all tests pass.", "Completed. Branch orch/worker-1, commit 1a2b3c.",
    "Started with the parser, then finished the printer; all committed.", "Added the endpoint and 12 tests.",
    "Could not do it: no API key. Giving up.", "Ready for review", "100% complete", "completion signal",
    "The work was blocked at first, and is finished now.",
)  # fmt: skip
_PROGRESS = (
    "Starting on part 1", "in progress", "3 of 5 files done, still working on the rest", "50% done",
    "Got it, working on it", "I will report when it is finished", "Blocked by a permission", "on it",
    "halfway: the parser is done", "Which port shall I use?", "Waiting for the database", "not done yet",
)  # fmt: skip


@pytest.mark.parametrize("text", _REPORTS)
@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.NOTE])
def test_a_status_or_note_that_tells_of_the_end_is_a_report(kind: Kind, text: str) -> None:
    assert weight(kind, text) is ReportWeight.FINAL


@pytest.mark.parametrize("text", _PROGRESS)
@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.NOTE])
def test_a_status_or_note_that_tells_of_work_under_way_is_none(kind: Kind, text: str) -> None:
    assert weight(kind, text) is ReportWeight.NONE


def test_what_a_kind_is_worth_by_itself() -> None:
    final = {Kind.RESULT, Kind.ANSWER, Kind.HANDOFF}
    assert {each for each in Kind if weight(each, "still working on it") is ReportWeight.FINAL} == final
    assert weight(Kind.PARTIAL, "done") is ReportWeight.PARTIAL
    assert all(weight(each, "done") is ReportWeight.NONE for each in (Kind.TASK, Kind.QUESTION, Kind.CONTROL))


def test_a_kind_is_known_by_the_words_that_models_use_for_it() -> None:
    said = {
        Kind.RESULT: "done Done completion completion_signal RESULT results report summary failed",
        Kind.STATUS: "progress update status_update",
        Kind.ANSWER: "reply response answers",
        Kind.TASK: "tasks assignment request",
        Kind.NOTE: "message info fyi notes",
        Kind.HANDOFF: "hand-off handover",
    }
    for kind, words in said.items():
        for word in words.split():
            assert kind_of(word) is kind, word
    assert kind_of("banana") is None
