"""The queue's pure parts: where the selection goes, what is chosen, what may be done and what is shown."""

from dataclasses import replace

import pytest

from orchestrator.core.board.views import NeedDetail, Question
from orchestrator.core.literals import NeedKind
from widgets.gallery.boards import card
from widgets.gallery.needs import detail, need
from widgets.kit.format import content, fold, unseen, width_of
from widgets.kit.keys import keyboard
from widgets.kit.replies import Replies
from widgets.queue import choices, cursor
from widgets.queue.bottom import LEAST_FIRST, entries
from widgets.queue.cursor import QueueCursor
from widgets.queue.refusals import refusal, touches
from widgets.queue.selected import SelectedNeed
from widgets.queue.text.request import head_lines, notice_lines, request_lines
from widgets.queue.text.row import need_lines
from widgets.screens.keybar import key_spans

NOW = 1_700_000_000.0
VIEW = card(1, "Auth refactor", "blocked", "permission")
ASK = need(VIEW, "permission", "Bash npm test", NOW - 60, id="c1.a")
NEEDS = tuple(replace(ASK, id=f"c{number}.x", card=f"c{number}") for number in range(5))
ONE = Question("Which?", "Pick", False, (("A", "first"), ("B", ""), ("C", "")))
MANY = Question("Which ones?", "Pick", True, (("X", ""), ("Y", ""), ("Z", "")))

HOSTILE = [
    "[/x] [bold red]markup[/]", "\x1b[2J\x1b[31mescapes\x07", "שלום \u202eturned\u2066", "x" * 500,
    "lines\nand\ttabs\r\nand returns", "日本語" * 90, "👨\u200d👩\u200d👧 👍\U0001f3fd 🇩🇪", "",
    "\x00\x9b\ud800",
]  # fmt: skip


def asking(*questions: Question) -> SelectedNeed:
    asked = need(VIEW, "question", "Which?", NOW)
    return SelectedNeed(asked, VIEW, detail(asked, questions=questions), choices.none(questions))


def test_the_options_of_a_dialog_stand_above_its_text_however_long_that_is() -> None:
    """Below a whole screen's text they could not be seen before they are pressed."""
    words = "\n".join(f"line {number}" for number in range(40))
    asked = asking(Question(words, "", False, (("Yes", ""), ("No", ""))))
    look = replace(asked, need=replace(asked.need, kind="dialog"))
    rows = content(request_lines(look, 80, str)).plain.splitlines()
    at = {
        word: next(row for row, text in enumerate(rows) if text.rstrip().endswith(word))
        for word in ("Yes", "No", "line 0", "line 39")
    }
    assert at["Yes"] < at["No"] < at["line 0"] < at["line 39"]
    assert at["No"] < 5


# --- the selection --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "ends"), [("up", "c1.x"), ("down", "c3.x"), ("first", "c0.x"), ("last", "c4.x")]
)
def test_the_selection_steps_through_the_list(way: str, ends: str) -> None:
    assert cursor.step(QueueCursor("c2.x", 2), NEEDS, way).need == ends


def test_the_selection_stops_at_the_ends_and_next_goes_round() -> None:
    assert cursor.step(QueueCursor("c4.x", 4), NEEDS, "down").need == "c4.x"
    assert cursor.step(QueueCursor("c0.x", 0), NEEDS, "up").need == "c0.x"
    assert cursor.onward(QueueCursor("c4.x", 4), NEEDS).need == "c0.x"
    assert cursor.onward(QueueCursor(), ()) == QueueCursor()


def test_the_selection_stays_with_its_need_wherever_that_stands() -> None:
    assert cursor.settle(QueueCursor("c2.x", 2), NEEDS[::-1][1:]) == QueueCursor("c2.x", 1)


def test_a_need_that_is_gone_leaves_the_selection_on_the_next_one() -> None:
    assert cursor.settle(QueueCursor("c2.x", 2), (*NEEDS[:2], *NEEDS[3:])).need == "c3.x"
    assert cursor.settle(QueueCursor("c4.x", 4), NEEDS[:4]).need == "c3.x"
    assert cursor.settle(QueueCursor("c2.x", 2), ()) == QueueCursor()


def test_it_opens_on_the_cards_own_need_else_on_the_most_urgent() -> None:
    assert cursor.opening("c3", NEEDS).need == "c3.x"
    assert cursor.opening("c9", NEEDS).need == "c0.x"
    assert cursor.opening("c9", ()) == QueueCursor()


# --- answers to questions -------------------------------------------------------------------------


def test_one_answer_replaces_another_and_brings_the_next_question_up() -> None:
    both = (ONE, MANY)
    chosen = choices.choose(choices.none(both), both, 1)
    assert (chosen.at, chosen.open) == (1, (1,))
    again = choices.choose(choices.turn(chosen, "left"), both, 2)
    assert choices.labels(choices.choose(again, both, 0), both) == (("C",), ("X",))


def test_several_answers_are_taken_and_taken_back_and_keep_the_order_of_the_options() -> None:
    chosen = choices.none((MANY,))
    for option in (2, 0, 1, 1):
        chosen = choices.choose(chosen, (MANY,), option)
    assert choices.labels(chosen, (MANY,)) == (("X", "Z"),)
    assert choices.labels(choices.say(chosen, (MANY,), "and W"), (MANY,)) == (("X", "Z", "and W"),)


def test_own_words_stand_instead_of_the_one_answer() -> None:
    chosen = choices.say(choices.choose(choices.none((ONE,)), (ONE,), 0), (ONE,), "neither")
    assert choices.labels(chosen, (ONE,)) == (("neither",),)


def test_options_of_the_same_name_are_told_apart() -> None:
    twins = Question("Which?", "", True, (("A", "one"), ("A", "other")))
    chosen = choices.choose(choices.none((twins,)), (twins,), 1)
    assert chosen.each[0].options == frozenset({1})


# --- what may be done -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "more", "action", "said"),
    [
        ("review", {}, "answer.allow", "has nothing that can be allowed. Press s to reply, u to acknowledge"),
        ("stalled", {}, "answer.deny", "Press c to continue, i to interrupt, r to restart"),
        ("exited", {}, "answer.continue", "Press R to resume"),
        ("permission", {}, "answer.interrupt", "Press a to allow it, d to deny it"),
        ("permission", {}, "answer.always", "suggests nothing to allow always. Press a"),
        ("permission", {}, "answer.option", "has no options"),
        ("permission", {"answerable": False, "hint": "The hub was away."}, "answer.allow",
         "The hub was away. Attach with enter"),
        ("plan", {}, "answer.always", "A plan cannot be answered always"),
        ("question", {}, "answer.allow", "Attach with enter to answer in the session"),
        ("dialog", {}, "answer.allow", "can only be answered in the session. Attach with enter"),
    ],
)  # fmt: skip
def test_what_can_not_be_done_is_refused_with_the_key_to_press_instead(
    kind: NeedKind, more: dict[str, object], action: str, said: str
) -> None:
    asked = need(VIEW, kind, "x", NOW, **more)
    assert said in refusal(action, SelectedNeed(asked, VIEW, detail(asked)))


def test_nothing_is_answered_before_the_whole_request_is_there() -> None:
    assert "still loading" in refusal("answer.allow", SelectedNeed(ASK, VIEW))
    assert refusal("answer.allow", SelectedNeed(ASK, VIEW, error="The hub is away.")) == "The hub is away."
    assert refusal("answer.allow", SelectedNeed(ASK, VIEW, detail(ASK))) == ""


def test_nothing_is_answered_twice() -> None:
    assert "already allowing" in refusal(
        "answer.deny", SelectedNeed(ASK, VIEW, detail(ASK), doing="allowing")
    )


def test_a_question_wants_a_choice_before_it_is_sent() -> None:
    look = asking(ONE)
    assert "press its number, or o" in refusal("answer.allow", look)
    chosen = choices.choose(look.choices, (ONE,), 0)
    assert refusal("answer.allow", replace(look, choices=chosen)) == ""


def test_what_moves_only_touches_no_need() -> None:
    assert not any(touches(each) for each in ("pane.next", "pane.close", "pane.up", "help", "queue"))
    assert all(touches(each) for each in ("answer.allow", "answer.option", "attach", "send", "resume"))
    assert refusal("pane.close", None) == ""
    assert refusal("answer.allow", None) == "The queue is empty."


def test_a_card_that_is_gone_can_not_be_visited() -> None:
    assert refusal("attach", SelectedNeed(ASK, None)) == "c1 was removed."


# --- answers under way ----------------------------------------------------------------------------


def test_an_answer_stands_at_its_need_until_that_leaves_or_the_hub_says_no() -> None:
    replies = Replies()
    replies.begin("c1.a", "allowing")
    assert replies.doing("c1.a", NOW) == "allowing"
    replies.over("c1.a", "It was answered elsewhere.")
    assert (replies.doing("c1.a", NOW), replies.error("c1.a")) == ("", "It was answered elsewhere.")
    replies.begin("c1.a", "denying")
    assert replies.error("c1.a") == ""
    replies.keep(())
    assert replies.doing("c1.a", NOW) == ""


def test_a_need_that_stays_after_its_answer_was_taken_can_be_answered_again() -> None:
    replies = Replies()
    replies.begin("c1.a", "allowing")
    replies.taken("c1.a", NOW)
    assert replies.doing("c1.a", NOW + 1) == "allowing"
    assert replies.doing("c1.a", NOW + 60) == ""


# --- the look -------------------------------------------------------------------------------------


@pytest.mark.parametrize("tall", [True, False])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_need_in_the_list_fits_its_cells_whatever_it_says(text: str, tall: bool) -> None:
    told = replace(ASK, title=text, summary=text, kind="permission", card=text[:40])
    for width in (200, 80, 20, 5, 2, 0):
        lines = need_lines(told, NOW, width, tall=tall, selected=True, doing="allowing")
        assert len(lines) == (2 if tall else 1)
        assert all(width_of(line) <= max(width, 0) for line in lines)
        assert "\x1b" not in content(lines).plain


@pytest.mark.parametrize("diff", [True, False])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_request_fits_its_cells_whatever_it_says(text: str, diff: bool) -> None:
    told = replace(ASK, title=text, summary=text, hint=text, answerable=False)
    asked = Question(text, text, True, ((text, text), (text, "")))
    for questions in ((), (asked, asked)):
        whole = NeedDetail(told, f"+{text}\n-{text}", diff, questions, (text, text))
        look = SelectedNeed(
            told,
            VIEW,
            whole,
            choices.say(choices.none(questions), questions, text) if questions else choices.UNCHOSEN,
        )
        for width in (130, 78, 30):
            lines = (
                *head_lines(look, NOW, width),
                *request_lines(look, width, keyboard({}).shown),
                *notice_lines(look, width, keyboard({}).shown),
            )
            assert all(width_of(line) <= width for line in lines)
            assert "\x1b" not in content(lines).plain


def test_a_long_command_is_shown_to_its_last_character() -> None:
    command = "echo " + "a" * 9000 + " && rm -rf /"
    look = SelectedNeed(ASK, VIEW, detail(ASK, command))
    said = "".join(text for line in request_lines(look, 100, str) for text, _ in line)
    assert command in said


def test_folding_loses_nothing_and_breaks_at_spaces() -> None:
    text = "the quick brown fox jumps over the lazy dog"
    assert list(fold(text, 20)) == ["the quick brown fox ", "jumps over the lazy ", "dog"]
    assert list(fold("日本語日本語", 5)) == ["日本", "語日", "本語"]
    assert list(fold("a\n\n\tb", 20)) == ["a", "", "    b"]


def test_a_diffs_lines_have_the_roles_of_what_they_do() -> None:
    look = SelectedNeed(ASK, VIEW, detail(ASK, "--- a\n+++ a\n@@ -1 +1 @@\n-old\n+new\n same", diff=True))
    roles = {line[0][0]: line[0][1] for line in request_lines(look, 80, str) if line}
    assert (roles["-old"], roles["+new"], roles[" same"]) == ("removed", "added", "muted")


def test_a_broken_line_of_a_diff_can_not_be_taken_for_another() -> None:
    look = SelectedNeed(ASK, VIEW, detail(ASK, "+" + "x" * 60 + "-fake", diff=True))
    starts = [
        line[0][0][:1] for line in request_lines(look, 61, str) if len(line) and "x" in line[0][0] + "x"
    ]
    assert "-" not in starts


def test_what_can_not_be_seen_is_counted() -> None:
    assert unseen("rm\u200b -rf \u202e/") == 2
    look = SelectedNeed(ASK, VIEW, detail(ASK, "rm\u200b -rf \u202e/"))
    assert "2 invisible characters omitted" in content(request_lines(look, 80, str)).plain


def test_a_request_without_end_says_how_much_is_missing() -> None:
    look = SelectedNeed(ASK, VIEW, detail(ASK, "line\n" * 10_000))
    lines = request_lines(look, 80, str)
    assert len(lines) < 4010
    assert "more lines" in lines[-1][0][0]


def test_the_time_at_which_a_rate_limit_lifts_is_told() -> None:
    limited = need(VIEW, "rate_limited", "5-hour limit reached", NOW - 60, lifts_at=NOW + 7300)
    assert "resets in 2h" in content(head_lines(SelectedNeed(limited, VIEW), NOW, 120)).plain


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("permission", ["a Allow once", "A Always", "d Deny", "enter Attach"]),
        ("plan", ["a Approve", "d Send back"]),
        ("stalled", ["c Continue", "i Interrupt", "r Restart"]),
        ("exited", ["R Resume"]),
        ("asks", ["s Send prompt", "u Acknowledge"]),
        ("dialog", ["enter Attach"]),
    ],
)
def test_the_bottom_line_names_the_keys_of_the_kind(kind: NeedKind, named: list[str]) -> None:
    asked = need(VIEW, kind, "x", NOW)
    look = SelectedNeed(asked, VIEW, detail(asked))
    shown = key_spans(entries(keyboard({}), look), 200, LEAST_FIRST)
    said = content([tuple(span for _, spans in shown for span in spans)]).plain
    assert all(each in said for each in named)
    for width in (80, 60):
        narrow = key_spans(entries(keyboard({}), look), width, LEAST_FIRST)
        assert sum(width_of(spans) for _, spans in narrow) <= width


def test_the_bottom_line_of_a_question_counts_its_options() -> None:
    look = asking(ONE)
    assert "1-3" in [entry.key for entry in entries(keyboard({}), look)]
