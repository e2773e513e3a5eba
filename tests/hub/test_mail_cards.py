"""Cards that sessions ask for, and the tools as sessions are shown them."""

import json

import pytest

from orchestrator.client import Missing, Refused
from tests.hub.mail_room import BUSY, Session, sessions
from tests.hub.stage import Stage
from tests.poll import poll

_TEAM = """\
team: auth
task: Do it.
workers: 2
"""


def test_a_card_that_a_session_asks_for_waits_for_a_yes(stage: Stage) -> None:
    stage.start()
    (lead,) = sessions(stage, "Lead")
    lead.call("card_new", title="Write the tests", prompt=BUSY, name="tester", labels=["tests"])
    asked = stage.card("tester")
    assert (asked.column, asked.state, asked.lead) == ("blocked", "new", "lead")
    assert asked.reason == "requested by lead; needs your approval"
    need = next(each for each in stage.client.needs() if each.kind == "card")
    assert (need.id, need.urgency, need.options, need.answerable) == ("c2.card", 1, ("allow", "deny"), True)
    assert need.summary == "lead requests a card: Write the tests"
    assert BUSY in stage.client.need("c2.card").detail
    assert lead.sent("tester", "your task", "task")["to"] == {"tester": "stored"}
    assert "tester [blocked] new; requested by lead" in lead.call("card_status").text
    stage.client.answer("c2.card", "allow")
    tester = Session(stage, stage.until("tester", "working"))
    assert "> your task" in tester.receive().text
    assert tester.sent("@lead", "done", "result")["to"] == {"lead": "stored"}
    assert "tester [in_progress] working" in lead.call("card_status", card="tester").text
    lead.call("card_new", title="One more", prompt="x")
    gone = stage.client.answer("c3.card", "deny", message="two are enough")
    assert gone.slug == "one-more"
    with pytest.raises(Missing):
        stage.card("c3")
    told = lead.receive(**{"from": ["orch"]}).text
    assert "The human denied the card one-more (One more); it was removed." in told
    assert "two are enough" in told


def test_a_session_may_open_as_many_as_the_configuration_allows(stage: Stage) -> None:
    stage.set("ORCH_MAIL__CARDS", "1")
    stage.start()
    (lead,) = sessions(stage, "Lead")
    assert "It starts now." in lead.call("card_new", title="First", prompt=BUSY).text
    assert "It waits for the human's approval" in lead.call("card_new", title="Second", prompt=BUSY).text
    stage.until("first", "working")
    assert stage.card("second").column == "blocked"
    stage.client.start("second")
    stage.until("second", "working")
    refused = lead.call("card_new", title="Third", prompt="x", base="no-such-branch")
    assert "the base 'no-such-branch' does not exist" in refused.text


def test_the_tools_cost_a_session_less_than_1500_tokens(stage: Stage) -> None:
    stage.start()
    (ada,) = sessions(stage, "Ada")
    listed = ada.tools().model_dump(mode="json", by_alias=True, exclude_none=True)["tools"]
    assert [each["name"] for each in listed] == [
        "mail_send", "mail_receive", "mail_ack", "mail_gather", "mail_peers", "mail_search", "mail_lease",
        "notify_human", "card_new", "card_status", "review_note",
    ]  # fmt: skip
    sent = json.dumps(listed, separators=(",", ":"))
    assert len(sent) / 4 < 1_300, f"{len(sent)} characters"
    assert all("\n" not in each["description"] for each in listed)


@pytest.mark.long
def test_a_team_is_started_with_its_coordinator_first(stage: Stage) -> None:
    stage.start()
    cards = stage.client.start_team(_TEAM, repo=str(stage.repo), file="auth.yml")
    found = [stage.card(each) for each in cards]
    assert [(card.slug, card.lead) for card in found] == [
        ("coordinator", ""), ("worker-1", "coordinator"), ("worker-2", "coordinator"),
    ]  # fmt: skip
    assert all("auth" in card.labels for card in found)
    assert "worker-1" in stage.client.show("coordinator").prompt
    again = [stage.card(each).slug for each in stage.client.start_team(_TEAM, repo=str(stage.repo))]
    assert again == ["coordinator-2", "worker-1-2", "worker-2-2"]
    assert "worker-1-2" in stage.client.show("coordinator-2").prompt
    with pytest.raises(Refused, match=r"cannot start .*bad\.yml"):
        stage.client.start_team("team: x\nwokers: 2\n", repo=str(stage.repo), file="bad.yml")
    poll(lambda: all(stage.card(each).state == "idle" for each in cards), "them to have come up")
