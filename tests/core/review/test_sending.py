"""Comments on their way to a session: sent only with the receipt."""

from dataclasses import replace

import pytest

from orchestrator.core.commands import Command, DropPrompts, Rejected, SendAgain, SendPrompt
from orchestrator.core.decide import decide
from orchestrator.core.events import Event
from orchestrator.core.evolve import evolve
from orchestrator.core.model import Card, State
from orchestrator.core.requests.review import DeleteComment, EditComment, MarkReviewed, SawDiff
from orchestrator.core.review.anchors import anchor
from orchestrator.core.review.commands import QueueComments, WriteComment, WriteNote
from orchestrator.core.review.comments import LONGEST, Comment
from orchestrator.core.review.prompt import prompt_of
from orchestrator.core.sessions.model import Evidence, Facts, Session, Source, Status
from orchestrator.core.sessions.prompt_events import (
    PromptConfirmed,
    PromptPasted,
    PromptPasting,
    PromptReceived,
)
from orchestrator.core.sessions.prompts import overdue

HERE = anchor("a.py", "new", ["one", "two", "three"], 2, 2)
assert HERE


class Life:
    """A card with an idle session."""

    def __init__(self) -> None:
        evidence = Evidence(Source.HOOK, "Stop", 1.0)
        facts = Facts(registry="idle")
        session = Session(1, "s", 1.0, Status.IDLE, 1.0, "", evidence, "@1", "%1", facts=facts)
        card = Card("c1", "a", "A", "", "/r", "main", "orch/a", "/r-orch/a", 1.0, session=session)
        self.state = State(cards={"c1": card})
        self.now = 10.0

    @property
    def card(self) -> Card:
        return self.state.cards["c1"]

    def states(self) -> list[str]:
        return [each.state for each in self.card.review.comments]

    def does(self, command: Command) -> None:
        decision = decide(self.state, command, self.now)
        assert not isinstance(decision, Rejected), decision
        self.happens(*decision)

    def happens(self, *events: Event) -> None:
        for event in events:
            self.state = evolve(self.state, event)

    def refused(self, command: Command) -> str:
        decision = decide(self.state, command, self.now)
        assert isinstance(decision, Rejected), decision
        return decision.what

    def writes(self, text: str) -> None:
        assert HERE
        self.does(WriteComment("c1", HERE, text))

    def sends(self, prompt: str = "p1") -> None:
        drafts = tuple((each.id, each.text) for each in self.card.review.drafts)
        self.does(QueueComments("c1", prompt, "Review", drafts))


@pytest.fixture
def life() -> Life:
    life = Life()
    life.writes("First")
    life.writes("Second")
    return life


def test_comments_are_sent_only_with_the_receipt_of_their_prompt(life: Life) -> None:
    assert life.states() == ["draft", "draft"]
    life.sends()
    assert life.states() == ["queued", "queued"]
    assert [each.text for each in life.card.outbox] == ["Review"]
    life.happens(PromptPasting(11.0, "c1", "p1"), PromptPasted(12.0, "c1", "p1"))
    assert life.states() == ["queued", "queued"]
    life.happens(*overdue(life.card, 99.0))
    assert life.states() == ["queued", "queued"], "it is not known whether it was taken"
    life.happens(PromptReceived(100.0, "c1", "p1"))
    assert life.states() == ["sent", "sent"]
    life.happens(PromptConfirmed(101.0, "c1", "p1"))
    assert life.states() == ["sent", "sent"]


def test_comments_of_a_prompt_that_was_given_up_are_drafts_again(life: Life) -> None:
    life.sends()
    life.happens(PromptPasting(11.0, "c1", "p1"), *overdue(life.card, 99.0))
    life.happens(*overdue(life.card, 199.0))
    life.does(DropPrompts("c1"))
    assert life.states() == ["draft", "draft"]


def test_comments_follow_a_prompt_that_is_sent_again(life: Life) -> None:
    life.sends()
    life.happens(PromptPasting(11.0, "c1", "p1"))
    life.happens(*overdue(life.card, 99.0))
    life.does(SendAgain("c1", "again"))
    assert life.states() == ["queued", "queued"]
    life.happens(PromptReceived(100.0, "c1", "again0"))
    assert life.states() == ["sent", "sent"]


def test_another_prompt_and_its_receipt_do_nothing_to_comments(life: Life) -> None:
    life.sends()
    life.does(SendPrompt("c1", "p2", "Other", queue=True))
    life.happens(PromptReceived(11.0, "c1", "p2"))
    assert life.states() == ["queued", "queued"]


def test_only_drafts_are_sent_and_none_twice(life: Life) -> None:
    life.sends()
    assert life.refused(QueueComments("c1", "p2", "Review", ())) == "c1 has no comment to send"
    again = tuple((each.id, each.text) for each in life.card.review.comments)
    assert life.refused(QueueComments("c1", "p2", "Review", again)) == "a comment has just changed"
    life.writes("Third")
    life.sends("p2")
    assert [each.prompt for each in life.card.review.comments] == ["p1", "p1", "p2"]


def test_a_comment_that_changed_while_the_prompt_was_made_stops_it(life: Life) -> None:
    drafts = tuple((each.id, each.text) for each in life.card.review.drafts)
    life.does(EditComment("c1", "1", "Other"))
    assert life.refused(QueueComments("c1", "p1", "Review", drafts)) == "a comment has just changed"


def test_comments_stay_drafts_without_a_session_to_send_them_to(life: Life) -> None:
    assert life.card.session
    life.state = replace(life.state, cards={"c1": replace(life.card, session=None)})
    drafts = tuple((each.id, each.text) for each in life.card.review.drafts)
    assert life.refused(QueueComments("c1", "p1", "Review", drafts)) == "c1 has no running session"
    assert life.states() == ["draft", "draft"]


def test_a_draft_can_be_edited_and_any_comment_deleted(life: Life) -> None:
    life.does(EditComment("c1", "1", " Better "))
    assert life.card.review.comments[0].text == "Better"
    life.sends()
    assert life.refused(EditComment("c1", "1", "Late")) == "comment 1 of c1 cannot be edited"
    life.does(DeleteComment("c1", "1"))
    assert [each.id for each in life.card.review.comments] == ["2"]
    assert life.refused(DeleteComment("c1", "1")) == "c1 has no comment '1'"
    life.writes("Third")
    assert life.card.review.comments[-1].id == "3", "no number is given twice"


@pytest.mark.parametrize("text", ["", "  \n", "\u200b", "x" * (LONGEST + 1)])
def test_a_comment_that_says_nothing_or_too_much_is_refused(life: Life, text: str) -> None:
    assert HERE
    assert life.refused(WriteComment("c1", HERE, text)).startswith("the comment is")
    assert life.refused(WriteNote("c1", HERE, text)).startswith("the note is")


def test_marks_and_what_was_seen_are_kept_once(life: Life) -> None:
    life.does(MarkReviewed("c1", "a.py", "1" * 40))
    assert decide(life.state, MarkReviewed("c1", "a.py", "1" * 40), 1.0) == ()
    life.does(MarkReviewed("c1", "a.py", "2" * 40))
    assert [each.content for each in life.card.review.marks] == ["2" * 40]
    life.does(MarkReviewed("c1", "a.py", "2" * 40, on=False))
    assert life.card.review.marks == ()
    life.does(SawDiff("c1", "3" * 40))
    assert (life.card.review.seen, decide(life.state, SawDiff("c1", "3" * 40), 1.0)) == ("3" * 40, ())


def test_the_prompt_names_file_lines_and_their_text() -> None:
    comments = [
        Comment("1", "a.py", "new", 12, 12, "Rename it.", "def f():", "draft", 1.0),
        Comment("2", "b\x1b[31m.py", "old", 3, 9, "Why?\nReally.", "\n".join("abcdefg"), "draft", 1.0),
        Comment("3", "c.py", "new", 5, 5, "Gone?", "x" * 500, "outdated", 1.0, changed_since=True),
    ]
    assert prompt_of(comments, "Please:").split("\n") == [
        "Please:",
        "",
        "Review of your changes: 3 comments. Address each of them.",
        "",
        "a.py, line 12:",
        "> def f():",
        "Rename it.",
        "",
        "b.py, lines 3-9 before your changes:",
        *(f"> {letter}" for letter in "abcde"),
        "> … (2 more lines)",
        "Why?",
        "Really.",
        "",
        "c.py, line 5, which has changed since:",
        f"> {'x' * 300}…",
        "Gone?",
    ]
