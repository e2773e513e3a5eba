"""What clients read of the mail."""

import threading
from contextlib import suppress

import pytest

from orchestrator.client import Board, HubAway, MailChanged, Missing, Refused
from orchestrator.core.board.updates import CardChanged, Update
from tests.hub.mail_room import sessions, until_box
from tests.hub.stage import Stage
from tests.poll import poll


def test_threads_search_flow_and_export_tell_the_same_mail(stage: Stage) -> None:
    stage.start()
    ada, bob = sessions(stage, "Ada", "Bob")
    first = ada.sent("bob", "The parser drops commas.", "question", subject="Parser")["id"]
    answer = bob.sent("ada", "Quote them.", "answer", reply_to=first)["id"]
    other = stage.client.mail_send(("@all",), "Lunch at noon.", urgent=True).id
    (thread,) = [each for each in stage.client.mail_threads() if each.id == first]
    assert (thread.subject, thread.names, thread.count) == ("Parser", ("ada", "bob"), 2)
    assert [each.id for each in stage.client.mail_thread(first)] == [first, answer]
    assert [each.id for each in stage.client.mail_search("commas pars")] == [first]
    assert first in ada.call("mail_search", query="commas").text
    assert [each.id for each in stage.client.mail_messages("c1")] == [other, answer, first]
    assert [each.id for each in stage.client.mail_export()] == [first, answer, other]
    flow = {(each.sender, each.to): each.count for each in stage.client.mail_flow()}
    assert flow == {("ada", "bob"): 1, ("bob", "ada"): 1, ("human", "ada"): 1, ("human", "bob"): 1}
    assert ("ada", "bob") not in {(each.sender, each.to) for each in stage.client.mail_flow(0)}
    with pytest.raises(Missing):
        stage.client.mail_message("mnothing")
    with pytest.raises(Missing):
        stage.client.mail_gather("fnothing")
    with pytest.raises(Refused, match="not paused"):
        stage.client.mail_unpause("ada", "bob")
    with pytest.raises(Refused) as nobody:
        stage.client.mail_send(("nobody",), "hello")
    assert "orch mail peers" in nobody.value.hint, "a person has no tools"


def test_the_board_and_its_stream_tell_of_mail_as_it_comes(stage: Stage) -> None:
    stage.start()
    ada, bob = sessions(stage, "Ada", "Bob")
    seen: list[Update] = []
    threading.Thread(target=_watch, args=(stage, seen), daemon=True).start()
    poll(lambda: seen, "the board")
    assert isinstance(seen[0], Board)
    assert seen[0].mail
    assert [each.name for each in seen[0].mail.boxes] == ["human", "ada", "bob"]
    assert seen[0].mail.store == "sqlite"
    ada.sent("bob", "read me", "task")
    poll(lambda: [each for each in seen if _tasks(each, "bob") == 1], "the box to change")
    poll(
        lambda: any(isinstance(each, CardChanged) and each.card.unread_mail == 1 for each in seen), "the card"
    )
    bob.receive()
    until_box(stage, "bob", unread=0, leased=1)
    poll(lambda: stage.card("bob").unread_mail == 0, "the card")


def _watch(stage: Stage, seen: list[Update]) -> None:
    with suppress(HubAway):
        for each in stage.client.watch():
            seen.append(each)  # noqa: PERF402 (it is looked at meanwhile)


def _tasks(update: Update, name: str) -> int:
    if not isinstance(update, MailChanged):
        return 0
    return next(each.tasks for each in update.mail.boxes if each.name == name)
