"""For which gather a report counts, whatever was left out."""

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.asked import GatherPart, afresh, cover, view
from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.counting import awaiting, earlier
from orchestrator.core.mail.gather import Gather, opened, reported, tombstoned
from orchestrator.core.mail.message import Kind
from orchestrator.core.mail.understanding import SendFacts, Understood, recipients, understand
from tests.core.mail.letters import letter

FIRST = opened("f1", "lead", "t1", ["w1", "w2"], at=10.0)
SECOND = opened("f2", "lead", "t2", ["w1"], at=20.0)
TASK_1 = letter("lead", ("w1", "w2"), Kind.TASK, "Build the parser", at=10.0, gather="f1", thread="t1")
TASK_2 = letter("lead", ("w1",), Kind.TASK, "Build the printer", at=20.0, gather="f2", thread="t2")


def ids(*found: Gather) -> tuple[str, ...]:
    return tuple(each.id for each in found)


def meant(
    draft: Draft, *, to: tuple[str, ...] = ("lead",), sender: str = "w1", **around: object
) -> Understood:
    found = understand(draft, sender, to, SendFacts(**around))  # type: ignore[arg-type]
    assert isinstance(found, Understood), found
    return found


def test_a_report_finds_its_gather_by_what_it_names_else_by_what_is_in_hand_else_by_who_awaits_it() -> None:
    both = [SECOND, FIRST]
    for named in ("f2", "t2"):
        assert ids(*awaiting(both, "w1", ["lead"], named=[named])) == ("f2",)
    assert ids(*awaiting(both, "w1", ["lead"], held=["f1"])) == ("f1",)
    assert ids(*awaiting(both, "w1", ["lead"])) == ("f1", "f2"), "it may be for either"
    done = reported(FIRST, "w1", "m1", 30.0, final=True)
    assert ids(*awaiting([SECOND, done], "w1", ["lead"])) == ("f2",)
    assert ids(*awaiting([done], "w1", ["lead"], named=["t1"])) == ("f1",), "more to what was reported"
    assert awaiting([FIRST], "w1", ["human"]) == awaiting([FIRST], "mallory", ["lead"], named=["f1"]) == ()


def test_a_late_report_finds_the_gather_that_has_given_its_sender_up() -> None:
    late = tombstoned(SECOND, "w1", "its session exited", 30.0)
    assert not late.open
    assert ids(*awaiting([late], "w1", ["lead"])) == ("f2",)
    assert ids(*awaiting([late, FIRST], "w1", ["lead"])) == ("f1",), "who waits comes first"


def test_a_report_counts_whatever_kind_or_reference_was_left_out_or_wrong() -> None:
    for kind in (Kind.RESULT, Kind.STATUS, Kind.NOTE, Kind.ANSWER, Kind.HANDOFF, None):
        for reply_to in ("", "wrong", "t1", "f1"):
            for thread in ("", "elsewhere"):
                found = meant(
                    Draft(kind, "Done: the parser", reply_to=reply_to, thread=thread),
                    gathers=(FIRST,),
                    in_hand=(TASK_1,),
                )
                assert (found.gather, found.awaited) == (FIRST, True), (kind, reply_to, thread)
                assert (found.draft.thread, found.draft.reply_to) == ("t1", TASK_1.id)


def test_what_answers_a_question_is_no_report() -> None:
    asked = letter("lead", ("w1",), Kind.QUESTION, "Which port?", at=30.0)
    for kind in (Kind.ANSWER, Kind.NOTE, Kind.STATUS, None):
        found = meant(Draft(kind, "8080"), parent=asked, gathers=(FIRST,), in_hand=(TASK_1, asked))
        assert found.gather is None
    found = meant(Draft(Kind.ANSWER, "8080"), gathers=(FIRST,), in_hand=(TASK_1, asked))
    assert (found.gather, found.draft.reply_to) == (None, asked.id)
    assert meant(Draft(Kind.RESULT, "All done"), parent=asked, gathers=(FIRST,)).gather == FIRST


def test_a_result_to_the_person_alone_counts_and_reaches_who_waits_for_it() -> None:
    found = meant(Draft(Kind.RESULT, "Done"), to=("human",), gathers=(FIRST,))
    assert (found.gather, found.to) == (FIRST, ("human", "lead"))
    assert "also delivered to lead, who is waiting for it" in found.notes
    assert meant(Draft(Kind.NOTE, "Done"), to=("human",), gathers=(FIRST,)).gather is None
    astray = meant(Draft(Kind.RESULT, "Done"), to=("w2",), gathers=(FIRST,))
    assert astray.gather is None
    assert astray.notes == ("not counted: f1 of lead is waiting for you; send it to lead",)


def test_with_several_candidates_the_sender_is_told_them_and_how_to_say_which() -> None:
    around = SendFacts(gathers=(FIRST, SECOND), in_hand=(TASK_1, TASK_2))
    refused = understand(Draft(Kind.RESULT, "Done"), "w1", ("lead",), around)
    assert isinstance(refused, Rejected)
    assert f"f1 (Build the parser) by reply_to={TASK_1.id}" in refused.why
    assert f"f2 (Build the printer) by reply_to={TASK_2.id}" in refused.why
    note = understand(Draft(Kind.NOTE, "Done"), "w1", ("lead",), around)
    assert isinstance(note, Understood)
    assert note.gather is None
    assert f"by reply_to={TASK_2.id}" in note.notes[0]
    one = understand(
        Draft(Kind.RESULT, "Done"), "w1", ("lead",), SendFacts(gathers=(FIRST, SECOND), in_hand=(TASK_2,))
    )
    assert isinstance(one, Understood)
    assert one.gather == SECOND


def test_a_result_without_a_gather_answers_the_task_that_is_open() -> None:
    task = letter("lead", ("w1",), Kind.TASK, "Build it", thread="t9")
    found = meant(Draft(Kind.RESULT, "Done"), lately=(task,))
    assert (found.draft.reply_to, found.parent) == (task.id, task)
    answered = letter("w1", ("lead",), Kind.RESULT, "Done", at=11.0, thread="t9")
    assert meant(Draft(Kind.RESULT, "Done"), lately=(task, answered)).parent is None


def test_a_message_to_nobody_goes_to_whom_it_answers_or_to_who_waits_for_it() -> None:
    draft = Draft(Kind.RESULT, "Done")
    assert recipients(draft, "w1", SendFacts(parent=TASK_1), "") == ("lead",)
    assert recipients(draft, "w1", SendFacts(gathers=(FIRST,)), "") == ("lead",)
    assert recipients(draft, "w1", SendFacts(in_hand=(TASK_1,)), "boss") == ("lead",)
    assert recipients(draft, "w1", SendFacts(), "boss") == ("boss",)
    assert recipients(draft, "w1", SendFacts(), "") == ()


def test_what_came_before_the_gather_counts_but_nothing_of_an_earlier_task() -> None:
    now = opened("f9", "lead", "f9", ["w1", "w2"], at=50.0)
    old = letter("w1", ("lead",), Kind.RESULT, "old", at=5.0)
    status = letter("w1", ("lead",), Kind.STATUS, "Done with part 1", at=31.0)
    begun = letter("w2", ("lead",), Kind.STATUS, "Starting on it", at=32.0)
    other = letter("w2", ("human",), Kind.RESULT, "Done", at=33.0)
    messages = (TASK_2, old, status, begun, other)
    assert [each.message for each in earlier(now, messages, begins=0.0)] == [status]
    result = letter("w1", ("lead",), Kind.RESULT, "Done", at=40.0)
    found = earlier(now, (*messages, result), begins=0.0)
    assert [each.message for each in found] == [result], "a result is worth more than a status"


def test_members_are_looked_for_in_the_gathers_that_await_them() -> None:
    found = cover(["w1", "w2", "w3"], [FIRST], ())
    assert found.__class__ is not Rejected
    assert not isinstance(found, Rejected)
    assert (found.pieces, found.rest) == ((GatherPart("f1", ("w1", "w2")),), ("w3",))
    refused = cover(["w1"], [FIRST, SECOND], ())
    assert isinstance(refused, Rejected)
    assert "f1, f2" in refused.why
    done = reported(reported(FIRST, "w1", "m1", 30.0, final=True), "w2", "m2", 31.0, final=True)
    again = cover(["w1", "w2"], [done], ())
    assert not isinstance(again, Rejected)
    assert again.rest == (), "what is in progress before is shown again"
    task = letter("lead", ("w1", "w2"), Kind.TASK, "Once more", at=40.0)
    anew = cover(["w1", "w2"], [done], afresh(["w1", "w2"], [done], [task], "lead"))
    assert not isinstance(anew, Rejected)
    assert anew.rest == ("w1", "w2"), "after a new task a new report is meant"


def test_several_gathers_are_waited_for_as_one() -> None:
    third = opened("f3", "lead", "t3", ["w3"], at=30.0)
    whole = view([(FIRST, ("w2",)), (third, ("w3",))])
    assert (whole.id, [each.name for each in whole.members]) == ("f1 + f3", ["w2", "w3"])
    assert view([(FIRST, ())], 1).need == 1
