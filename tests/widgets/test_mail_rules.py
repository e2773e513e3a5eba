"""What the mail pane draws, offers and refuses, without a terminal."""

from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.mail.message import Delivery, Ref
from orchestrator.core.mail.message import MessageState as Stands
from orchestrator.core.mail.views import ClaimView, DeadView, FlowView, MailView, PauseView, SentView
from widgets.board.columns.card_text import card_lines
from widgets.gallery.boards import card
from widgets.gallery.mail import box, dead, flows, mail, message, messages, threads
from widgets.kit.format import Line, width_of
from widgets.mail.bottom import offered
from widgets.mail.cursor import MailCursor, settle, step
from widgets.mail.dialogs.addressees import addresses, completed, parts
from widgets.mail.dialogs.compose import reply_to
from widgets.mail.refusals import refusal
from widgets.mail.selected import SelectedMail
from widgets.mail.text.flow import flow_lines, picture
from widgets.mail.text.heading import summary_line, view_title
from widgets.mail.text.item import body_lines, head_lines
from widgets.mail.text.row import box_lines, item_lines
from widgets.mail.text.sent import reached, sent_words
from widgets.mail.view import Item, ListKind, MailList, box_names, fetch, item_id, parse, stand

NOW = 1_700_000_000.0
NOTE = message(1, "worker-1", "human", "note", "words", NOW)
BOXES = ("human", "", "a", "b")
texts = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)


def said(lines: tuple[Line, ...] | list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def key(action: str) -> str:
    return f"<{action}>"


# --- lines ----------------------------------------------------------------------------------------


@given(texts, st.integers(4, 120), st.booleans())
def test_every_row_fills_its_width_exactly_whatever_it_holds(text: str, width: int, tall: bool) -> None:
    bad = message(1, text, f"human, {text or 'x'}", text, text, NOW, subject=text, urgent=True)
    items: tuple[Item, ...] = (
        bad, DeadView(text, bad, text, 5, NOW), PauseView(text, text, NOW, text), *threads([bad]),
        ClaimView(text, text, text, True, NOW + 60),
    )  # fmt: skip
    for item in items:
        lines = item_lines(item, "human", NOW, width, tall=tall, selected=tall, here=True)
        assert {width_of(line) for line in lines} == {width}
        assert len(lines) == (2 if tall else 1)
    named = box(text, card(1, text, "blocked", text), bell=text, dead=1, urgent=2, tasks=3, unread=4)
    told = MailView(text, text, (named,), (), (PauseView(text, text, NOW, text),))
    for lines in (
        box_lines(named, told, width, selected=True, here=True),
        box_lines(None, told, width, selected=False, here=True),
        (summary_line(told, width), view_title(MailList("found", text), (bad,), width)),
    ):
        assert {width_of(line) for line in lines} == {width}


@given(texts, st.integers(20, 120))
def test_what_is_read_never_leaves_its_width_nor_steers_the_terminal(text: str, width: int) -> None:
    bad = message(1, text, "human", text, text, NOW, subject=text, authority=text, reply_to=text,
                  refs=(Ref(cast("Any", text), text, text, text, size=5),),
                  deliveries=(Delivery(text, Stands.DEAD, 5, why=text),))  # fmt: skip
    looks = [
        SelectedMail(MailList("messages"), bad),
        SelectedMail(MailList("dead"), DeadView(text, bad, text, 5, NOW)),
    ]
    looks += [SelectedMail(MailList("threads"), each, (bad, bad)) for each in threads([bad])]
    for look in looks:
        for line in (*head_lines(look, width), *body_lines(look, width, key)):
            assert width_of(line) <= width
            assert not any(
                ord(character) < 32 or character in "\u202e\u2066" for text, _ in line for character in text
            )


def test_a_message_says_who_speaks_and_where_it_stands() -> None:
    sent = replace(
        NOTE,
        to=("human", "lead", "x"),
        deliveries=(
            Delivery("human", Stands.WAITING),
            Delivery("lead", Stands.LEASED, 2),
            Delivery("x", Stands.DEAD, 5, why="worn out"),
        ),
    )
    look = SelectedMail(MailList("messages"), sent)
    words = said(head_lines(look, 100)) + said(body_lines(look, 100, key))
    for part in (
        "peer: from a session",
        "◌ human",
        "● lead",
        "delivered 2 times",
        "× x",
        "worn out",
    ):
        assert part in words, part


def test_an_authority_that_nobody_knows_is_nobodys_word() -> None:
    words = said(head_lines(SelectedMail(MailList("messages"), replace(NOTE, authority="root")), 100))  # type: ignore[arg-type]
    assert "root?: sender unverified" in words


def test_the_flow_has_one_scale_and_the_latest_minute_last() -> None:
    told = (FlowView(NOW - 3540, "a", "b", 1), FlowView(NOW, "a", "b", 8), FlowView(NOW, "c", "a", 4))
    lines = said(list(flow_lines(told, NOW, 120)))
    row = next(line for line in lines.splitlines() if line.startswith("a"))
    assert row.split()[-1] == "9"
    assert "▁" + " " * 58 + "█" in row
    assert "▄" in next(line for line in lines.splitlines() if line.startswith("c"))


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_the_flow_fits_and_marks_who_answers(width: int) -> None:
    lines = list(flow_lines(flows(NOW), NOW, width))
    assert all(width_of(line) <= max(width, 76) for line in lines)
    assert any("⇄" in said([line]) for line in lines)


def test_an_hour_without_mail_is_said() -> None:
    assert "No messages in" in said(list(flow_lines((), NOW, 80)))
    assert picture({}, 4, 0) == "    "


def test_the_summary_has_fewer_words_where_there_is_little_room() -> None:
    told = mail(NOW, {})
    assert "1 needs you" in said([summary_line(told, 200)])
    short = said([summary_line(told, 80)])
    assert "▲1" in short
    assert "2 leases" in short


# --- where the selection goes ---------------------------------------------------------------------


def test_every_mailbox_stands_behind_the_humans() -> None:
    assert box_names(mail(NOW, {}))[:3] == ("human", "", "coordinator")


def test_the_selection_stays_with_its_item_and_else_in_its_row() -> None:
    place = MailCursor("a", "m2", 2, 1, inside=True)
    assert settle(place, BOXES, ["m9", "m1", "m2"]) == replace(place, row=2)
    assert settle(place, BOXES, ["m9", "m1"]).item == "m1"
    assert settle(place, BOXES, []).item == ""


def test_outside_the_list_what_is_of_most_interest_is_selected() -> None:
    assert settle(MailCursor("a", "m1", 2), BOXES, ["m1", "m2", "m3"], 1).item == "m2"


def test_a_box_that_is_gone_leaves_its_row_to_the_next() -> None:
    assert settle(MailCursor("b", "", 3), ("human", "", "a"), []).box == "a"
    assert settle(MailCursor("b", "", 3), (), []).box == "human"


def test_steps_stay_within_boxes_and_list() -> None:
    place = MailCursor("human", "m1", 0, 0)
    assert step(place, BOXES, ["m1"], "up").box == "human"
    assert step(place, BOXES, ["m1"], "last").box == "b"
    inside = step(place, BOXES, ["m1"], "right")
    assert step(inside, BOXES, ["m1", "m2"], "last").item == "m2"
    assert not step(inside, BOXES, ["m1"], "left").inside


# --- lists ----------------------------------------------------------------------------------------


@given(st.sampled_from(["messages", "threads", "thread", "found", "dead"]), texts)
def test_a_list_is_found_again_by_its_key(kind: ListKind, of: str) -> None:
    assert parse(MailList(kind, of).key) == MailList(kind, of)


def test_a_list_is_old_when_the_mail_has_grown_or_its_box_has_changed() -> None:
    told = mail(NOW, {})
    other = replace(told, boxes=(*told.boxes[:-1], replace(told.boxes[-1], unread=9)))
    for kind in ("messages", "threads", "thread", "found"):
        assert stand(MailList(kind, "human"), told, NOW) != stand(
            MailList(kind, "human"), replace(told, newest=NOW), NOW
        )
    assert stand(MailList("messages", "human"), told, NOW) == stand(MailList("messages", "human"), other, NOW)
    assert stand(MailList("messages"), told, NOW) != stand(MailList("messages"), other, NOW)
    assert stand(MailList("dead"), told, NOW) == stand(MailList("dead"), replace(told, newest=NOW), NOW)
    assert stand(MailList("flow"), told, NOW) != stand(MailList("flow"), told, NOW + 60)


def test_no_two_items_of_a_list_have_the_same_name() -> None:
    told = mail(NOW, {})
    every: tuple[Item, ...] = (*told.gathers, *told.paused, *told.claims, *messages(NOW), *dead(NOW))
    ids = [item_id(each) for each in every]
    assert len(ids) == len(set(ids))
    assert callable(fetch)


# --- writing --------------------------------------------------------------------------------------


def test_addressees_are_completed_from_boxes_labels_and_all() -> None:
    told = MailView(
        "sqlite", "", (box("human"), box("old", over=True), box("worker-1", labels=("ui", "api")))
    )
    assert addresses(told) == ("worker-1", "old", "@label:api", "@label:ui", "@all")
    assert completed("wor", addresses(told)) == "worker-1"
    assert completed("old, @l", addresses(told)) == "old, @label:api"
    assert completed("worker-1, wor", addresses(told)) == "worker-1, wor"
    assert completed("", addresses(told)) == ""
    assert parts(" a ,b,, a") == ("a", "b")


def test_a_reply_to_what_the_human_wrote_goes_to_whom_they_wrote_it() -> None:
    mine = message(1, "human", "a, b", "note", "x", NOW, subject="Re: it")
    form = reply_to(mine, None)
    assert form._to == "a, b"  # noqa: SLF001 (what stands in the form)
    assert form._subject == "Re: it"  # noqa: SLF001


def test_what_became_of_a_message_is_said_for_everybody() -> None:
    words, well = sent_words(
        SentView("m1", (("a", "stored"), ("b", "full"), ("c", "unknown"), ("d", "stored")), "", False)
    )
    assert not well
    assert words == "Stored for a, d; refused by the full mailbox of b; not sent to c: no such mailbox."
    assert sent_words(SentView("m1", (("a", "queued"),), "", False))[1]
    noted = SentView("m1", (("a", "stored"),), "", False, ("counted for f3, 1 of 3",))
    assert sent_words(noted) == ("Stored for a; counted for f3, 1 of 3.", True)
    assert not reached(SentView("m1", (("a", "full"),), "", False))


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "look", "why"),
    [
        ("mail.reply", SelectedMail(MailList("messages")), "No message here"),
        ("mail.reply", SelectedMail(MailList("gathers"), PauseView("a", "b", NOW, "")), "not a message"),
        ("mail.ref", SelectedMail(MailList("messages"), NOTE), "has no references"),
        ("mail.redrive", SelectedMail(MailList("messages"), NOTE), "Only dead letters"),
        ("mail.unpause", SelectedMail(MailList("messages"), NOTE), "No mail is paused"),
        ("mail.read", SelectedMail(MailList("messages")), "Nothing here to read"),
        ("mail.reply", SelectedMail(MailList("messages"), NOTE, doing="reading"), "Reading already"),
        ("show", SelectedMail(MailList("messages"), NOTE), "has no card on this board"),
    ],
)  # fmt: skip
def test_a_key_that_can_do_nothing_says_why(action: str, look: SelectedMail, why: str) -> None:
    assert why in refusal(action, look, None, key)


def test_what_can_be_done_is_offered_first() -> None:
    (letter,) = dead(NOW)
    assert offered(SelectedMail(MailList("dead"), letter))[0] == "mail.redrive"
    assert offered(SelectedMail(MailList("gathers"), PauseView("a", "b", NOW, "")))[0] == "mail.unpause"
    assert refusal("mail.redrive", SelectedMail(MailList("dead"), letter), None, key) == ""


def test_a_card_shows_its_unread_mail_and_whether_its_session_hears() -> None:
    def row(**more: Any) -> str:
        return said(
            [
                card_lines(
                    replace(card(1, "A", "review", "idle"), **more), NOW, 40, wide=False, selected=False
                )[0]
            ]
        )

    assert "✉" not in row()
    assert "✉3 c1" in row(unread_mail=3, bell="at its next tool call")
    assert "✉3! c1" in row(unread_mail=3, bell="not responding: notified 4 times")
    assert "✉! c1" in row(bell="not responding: notified 4 times")
