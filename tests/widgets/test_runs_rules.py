"""The pure parts of the view of the runs: shape, selection, words, lines."""

from dataclasses import replace

import pytest

from orchestrator.client import Board, RunChanged, RunGone
from orchestrator.core.board.views import CardDetail
from orchestrator.core.workflow.run import Evidence, ScriptResult
from widgets.board.columns.card_text import card_lines
from widgets.board.dialogs.details import detail_lines
from widgets.board.refusals import registry_key
from widgets.gallery.boards import card, hub
from widgets.gallery.runs import EVIDENCE, GATE, gates, run, runs, stage
from widgets.kit.format import Line, content, fit_end, flow, took, width_of
from widgets.kit.keys import keyboard
from widgets.mirror import Mirror
from widgets.queue.text.gate import bar, gate_lines
from widgets.runs import cursor
from widgets.runs.bottom import LEAST_FIRST, entries
from widgets.runs.cursor import RunCursor
from widgets.runs.refusals import refusal
from widgets.runs.selected import SelectedStage, interest, progress, run_mark, stage_mark, stage_time
from widgets.runs.text.row import names_width, run_lines, stage_lines
from widgets.runs.text.shape import brackets
from widgets.runs.text.stage import body_lines, head_lines, run_head
from widgets.screens.keybar import key_spans

NOW = 1_700_000_000.0
RUNS = runs(NOW)
STATES = ("waiting", "running", "blocked", "gate-blocked", "done", "failed", "denied", "skipped")


def text(lines: tuple[Line, ...]) -> str:
    return content(lines).plain


def look_at(run_id: str, name: str) -> SelectedStage:
    view = next(each for each in RUNS if each.id == run_id)
    found = next(each for each in view.stages if each.name == name)
    return SelectedStage(view, found, gate=gates(NOW).get(found.gate))


# --- the shape ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edges", "cells"),
    [
        ({"a": "", "b": "a", "c": "b"}, "───"),
        ({"a": "", "b": "", "c": "a b", "d": "c"}, "╭╰──"),
        ({"a": "", "b": "a", "c": "a", "d": "a", "e": "b c d"}, "─╭│╰─"),
        ({"a": "", "b": "a", "c": "", "d": "b c"}, "─╭╰─"),
        ({"a": ""}, "─"),
        ({}, ""),
    ],
)
def test_neighbours_of_which_none_needs_another_are_held_together(edges: dict[str, str], cells: str) -> None:
    stages = [stage(name, "waiting", *needs.split()) for name, needs in edges.items()]
    assert "".join(brackets(stages)) == cells


# --- words and glyphs -----------------------------------------------------------------------------


def test_every_state_has_a_glyph_of_its_own_so_that_no_colour_is_needed() -> None:
    assert len({stage_mark(stage("a", state))[0] for state in STATES}) == len(STATES)
    assert len({run_mark(each)[0] for each in RUNS}) >= 7


def test_a_stage_says_its_state_in_a_word_in_every_width() -> None:
    for state in STATES:
        for width in (50, 80, 140):
            (line,) = stage_lines(stage("a", state), "─", NOW, width, names=10, selected=False, here=True)
            assert f" {state} " in text((line,))
            assert width_of(line) == width


def test_a_stage_that_only_a_human_can_help_on_is_marked_as_one_that_waits() -> None:
    assert stage_mark(stage("a", "blocked"))[1] == "needs"
    assert stage_mark(stage("a", "blocked", options=()))[1] == "trouble"


def test_time_is_told_of_what_was_begun_and_stands_still_when_it_is_over() -> None:
    assert stage_time(stage("a", "waiting", began_at=NOW), NOW + 60) == ""
    assert stage_time(stage("a", "running", began_at=NOW), NOW + 200) == "3m"
    assert stage_time(stage("a", "done", began_at=NOW, ended_at=NOW + 72), NOW + 9000) == "1m 12s"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0.4s"), (9, "9s"), (42.4, "42s"), (59.9, "1m 00s"), (252, "4m 12s"), (2460, "41m"),
     (4020, "1h 07m"), (200_000, "2d 7h"), (-3, "0s")],
)  # fmt: skip
def test_durations_are_short(seconds: float, said: str) -> None:
    assert took(seconds) == said


def test_what_waits_for_a_human_is_of_most_interest_then_what_failed_then_what_runs() -> None:
    a, b, c = stage("a", "done"), stage("b", "running"), stage("c", "waiting")
    assert interest(run(1, "x", "running", a, b, c)) == "b"
    assert interest(run(1, "x", "running", a, b, replace(c, state="failed"))) == "c"
    assert interest(run(1, "x", "running", replace(a, state="failed"), stage("g", "blocked"))) == "g"
    assert interest(run(1, "x", "done", a, replace(b, state="done"))) == "b"
    assert interest(run(1, "x", "done")) == ""


def test_progress_counts_what_is_through() -> None:
    assert (
        progress(run(1, "x", "running", stage("a", "done"), stage("b", "skipped"), stage("c", "failed")))
        == "2/3"
    )


# --- the selection --------------------------------------------------------------------------------


def test_the_selection_opens_on_the_newest_run_that_waits() -> None:
    assert (cursor.opening(RUNS).run, cursor.opening(RUNS).stage) == ("r5", "fix")
    assert cursor.opening(RUNS[:2]).run == "r7"
    assert cursor.opening(()) == RunCursor()


def test_outside_a_run_the_stage_follows_what_is_of_interest_and_inside_it_stays() -> None:
    view = run(1, "x", "running", stage("a", "running"), stage("b", "waiting"))
    then = run(1, "x", "running", stage("a", "done"), stage("b", "running"))
    outside = cursor.at(0, [view])
    assert cursor.settle(outside, [then]).stage == "b"
    assert cursor.settle(cursor.step(outside, [view], "right"), [then]).stage == "a"


def test_a_run_that_is_gone_leaves_the_selection_in_its_row() -> None:
    assert cursor.settle(cursor.at(2, RUNS), RUNS[:2]).run == "r6"
    assert cursor.settle(cursor.at(2, RUNS), ()) == RunCursor()


def test_the_selection_stops_at_the_ends() -> None:
    assert cursor.step(cursor.at(0, RUNS), RUNS, "up").run == RUNS[0].id
    assert cursor.step(cursor.at(0, RUNS), RUNS, "last").run == RUNS[-1].id
    inside = cursor.step(cursor.at(0, RUNS), RUNS, "right")
    assert cursor.step(inside, RUNS, "last").stage == "report"
    assert cursor.step(RunCursor(), (), "down") == RunCursor()


def test_a_stage_that_is_not_there_is_opened_on_what_is_of_interest() -> None:
    found = cursor.on("r5", "nothing", RUNS)
    assert found is not None
    assert (found.stage, found.inside) == ("fix", False)
    assert cursor.on("r99", "", RUNS) is None


# --- what may be done -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "action", "said"),
    [
        (("r4", "review-gate"), "gate.approve", ""),
        (("r4", "merge"), "gate.approve", "merge is not a gate"),
        (("r3", "review-gate"), "gate.deny", "cannot be decided now: it is denied"),
        (
            ("r4", "merge"),
            "run.done",
            "merge of r4 cannot be marked as done now: it has not started (waiting for",
        ),
        (("r5", "fix"), "run.skip", ""),
        (("r6", "write"), "run.pause", "r6 is already paused"),
        (("r6", "write"), "run.resume", ""),
        (("r4", "merge"), "run.resume", "r4 is not paused"),
        (("r1", "unit"), "run.cancel", "r1 has ended: it is failed"),
        (("r4", "merge"), "send", "merge has no card"),
    ],
)
def test_what_can_not_be_done_says_why(where: tuple[str, str], action: str, said: str) -> None:
    why = refusal(action, look_at(*where), registry_key)
    assert (said in why) if said else why == ""


def test_what_is_under_way_is_not_done_twice() -> None:
    look = replace(look_at("r4", "review-gate"), doing="approving")
    assert refusal("gate.approve", look) == "review-gate: already approving."


def test_a_decided_gate_is_not_decided_again_even_while_the_run_still_shows_it_open() -> None:
    look = look_at("r4", "review-gate")
    assert look.gate is not None
    assert "g7 is already approved" in refusal(
        "gate.approve", replace(look, gate=replace(look.gate, state="approved"))
    )


def test_the_bottom_line_names_the_way_out_in_every_width() -> None:
    for view in RUNS:
        for each in view.stages:
            for width in (200, 120, 80):
                line = key_spans(entries(keyboard({}), SelectedStage(view, each)), width, LEAST_FIRST)
                assert sum(width_of(spans) for _, spans in line) <= width
                assert {"pane.close", "help"} <= {entry.action for entry, _ in line}


# --- lines ----------------------------------------------------------------------------------------


def test_the_lines_of_every_run_and_stage_fit_exactly() -> None:
    for width in (3, 20, 50, 78, 140):
        for view in RUNS:
            for tall in (True, False):
                lines = run_lines(view, NOW, width, tall=tall, selected=True, here=False)
                assert len(lines) == (2 if tall else 1)
                assert width < 4 or {width_of(line) for line in lines} == {width}
            for each in view.stages:
                names = names_width(view)
                lines = stage_lines(each, "│", NOW, width, names=names, selected=True, here=True)
                assert width < 4 or {width_of(line) for line in lines} == {width}


def test_no_line_of_a_stage_is_wider_than_its_room() -> None:
    for width in (30, 77, 130):
        for view in RUNS:
            for each in view.stages:
                look = SelectedStage(view, each, card(1, "A", "review", "idle"), gates(NOW).get(each.gate))
                lines = (*head_lines(look, NOW, width), *body_lines(look, width, registry_key))
                assert max(width_of(line) for line in lines) <= width
            assert max(width_of(line) for line in run_head(view, NOW, width)) <= width


def test_a_stage_names_what_it_needs_and_what_comes_after_it() -> None:
    said = text(body_lines(look_at("r4", "review-gate"), 100, registry_key))
    assert "needs     ✓ implement-feature   ✓ implement-tests" in said
    assert "before    ○ merge" in said


def gate_text(**more: object) -> str:
    return text(tuple(gate_lines(replace(GATE, **more), 100, "a", "d")))  # type: ignore[arg-type]


def test_a_gate_says_at_a_glance_what_there_is() -> None:
    said = gate_text()
    assert "7 files  +483 −244   3 commits   ◆ 2 not committed   ✓ 1 test   ✗ 1 failed   $3.12" in said
    assert "F841 local variable" in said
    assert "214 passed" in said
    assert "binary" in said


def test_a_gate_says_what_each_decision_does() -> None:
    assert "starts merge" in gate_text()
    assert "sends implement-feature back with your reason" in gate_text()
    assert "ends the run" in gate_text(on_deny="")
    assert "continues the run" in gate_text(next=())


def test_a_gate_says_who_has_approved_of_how_many_and_who_may() -> None:
    said = gate_text(quorum=2, approved_by=("ann",), approvers=("ann", "bob"))
    assert "1 of 2: ann" in said
    assert "once 2 people have" in said
    assert "ann, bob" in said
    assert "0 of 2: none yet" in gate_text(quorum=2)


def test_a_decided_gate_says_who_when_from_where_and_why() -> None:
    said = gate_text(state="denied", decided_by="ann", decided_from="tui", decided_at=NOW, note="No.")
    assert "denied by ann from the tui on " in said
    assert "“No.”" in said


def test_a_gate_without_evidence_says_so() -> None:
    assert "No evidence yet" in gate_text(evidence=Evidence())


def test_a_worktree_that_could_not_be_looked_at_says_why() -> None:
    gone = replace(EVIDENCE.diffs[0], files=(), commits=(), trouble="the folder is gone")
    assert "◆ the folder is gone" in gate_text(evidence=Evidence(diffs=(gone,)))


def test_a_script_that_was_ended_by_a_signal_says_which() -> None:
    assert "ended by signal 9" in gate_text(evidence=Evidence(tests=(("t", ScriptResult(-9, "", 1.0)),)))


@pytest.mark.parametrize(
    ("added", "deleted", "most", "cells"),
    [(10, 10, 20, (10, 10)), (1, 0, 1000, (1, 0)), (1, 1, 1000, (1, 1)), (0, 0, 5, (0, 0)),
     (999, 1, 1000, (19, 1)), (0, 7, 7, (0, 20)), (0, 0, 0, (0, 0))],
)  # fmt: skip
def test_what_is_there_at_all_has_a_cell_of_the_bar(
    added: int, deleted: int, most: int, cells: tuple[int, int]
) -> None:
    assert bar(added, deleted, most, 20) == cells


def test_of_a_path_the_end_is_kept() -> None:
    assert fit_end("src/auth/session_store.py", 12) == "…on_store.py"
    assert fit_end("日本語", 5) == "…本語"
    assert fit_end("short", 9) == "short"
    assert fit_end("anything", 0) == ""


def test_groups_are_never_torn_apart() -> None:
    groups = [[("one", "")], [("two", ""), (" and", "")], [("three", "")]]
    assert [text((line,)) for line in flow(groups, 16, "  ")] == ["one   two and", "  three"]


# --- what was heard -------------------------------------------------------------------------------


def test_the_mirror_keeps_every_run_once_and_the_newest_first() -> None:
    nine, ten = run(9, "a", "running", started_at=NOW), run(10, "a", "running", started_at=NOW)
    mirror = Mirror()
    mirror.take([Board(hub(), (), (), (nine,)), RunChanged(ten), RunChanged(replace(nine, state="done"))])
    assert [(each.id, each.state) for each in mirror.runs] == [("r10", "running"), ("r9", "done")]
    mirror.learn(replace(ten, state="failed"))
    assert mirror.runs[0].state == "running"
    mirror.take([RunGone("r10")])
    assert [each.id for each in mirror.runs] == ["r9"]


def test_a_card_of_a_run_shows_it_wherever_it_is_shown() -> None:
    view = card(1, "Merge", "in_progress", "working", run="r3", stage="merge", where="headless")
    for wide in (True, False):
        said = text(card_lines(view, NOW, 60, wide=wide, selected=False))
        assert "r3 · merge" in said
        assert "headless" in said
    told = CardDetail(view, "", (), None, (), ())
    assert "stage of        r3 · merge" in text(tuple(detail_lines(told, NOW)))
