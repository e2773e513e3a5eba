"""Which agent program works for a card: what a person, a workflow and the configuration say of it."""

from pathlib import Path

import pytest

from orchestrator.client import Refused
from orchestrator.paths import user_config
from tests.hub.flows import start, until
from tests.hub.stage import Stage
from tests.poll import poll

pytestmark = pytest.mark.slow

_FLOW = """
    workflow:
      - {name: build, prompt: 'demo: done "Built"'}
      - {name: tidy, prompt: Tidy up, agent: aider}
    """


def _program(stage: Stage) -> Path:
    return stage.repo.parent / "aider.sh"


@pytest.fixture
def two(stage: Stage) -> Stage:
    """A hub that has a plain program beside the scripted agent: it writes its prompt down, and stays."""
    program = _program(stage)
    program.write_text('#!/bin/sh\nprintf %s "$ORCH_PROMPT" > told.txt\nexec sleep 600\n')
    program.chmod(0o755)
    user_config().write_text(f'[agents.aider]\nkind = "plain"\ncommand = "{program}"\n')
    stage.start()
    return stage


def test_a_card_has_the_agent_that_it_names_and_else_that_of_the_configuration(two: Stage) -> None:
    settings = two.client.settings()
    assert (settings.agents, settings.agent) == (("claude", "aider"), "claude")
    named, plain = two.new("Named", "Tidy up", agent="aider"), two.new("Plain", "demo: say Done.")
    assert (named.agent, plain.agent) == ("aider", "claude")
    told = Path(two.until(named.id, "working").worktree or "") / "told.txt"
    poll(lambda: told.exists() and told.read_text() == "Tidy up", "the program to be given its prompt")
    two.until(plain.id, "idle", reason="Done.")

    with pytest.raises(Refused, match=r"unknown agent 'aidr': available: claude, aider") as refused:
        two.new("Wrong", agent="aidr")
    assert "Did you mean aider?" in refused.value.hint
    assert len(two.client.cards()) == 2


def test_a_card_of_a_plain_agent_needs_no_other_program_and_the_default_is_the_one_of_now(two: Stage) -> None:
    file = user_config()
    file.write_text(f'default_agent = "aider"\n{file.read_text()}')
    card = two.new("Made with the default that the file has now", "Tidy up")
    assert card.agent == "aider"
    two.until(card.id, "working")
    two.client.stop(card.id)
    two.client.resume(card.id)
    before = two.until(card.id, "working").pid
    two.client.restart(card.id)
    poll(lambda: two.until(card.id, "working", "exited").pid not in (None, before), "its new process")
    file.write_text(file.read_text().replace(str(_program(two)), "/nowhere/aider"))
    with pytest.raises(Refused, match=r"command not found: /nowhere/aider.*agents\.aider\.command"):
        two.new("Gone", "Tidy up")


def test_a_stage_has_the_agent_that_it_names(two: Stage) -> None:
    with pytest.raises(Refused, match='there is no agent "aidr"'):
        start(two, _FLOW.replace("aider", "aidr"))
    start(two, _FLOW)
    until(two, "r1", "running")
    cards = poll(lambda: len(found := two.client.cards()) == 2 and found, "the second stage to start")
    assert {card.stage: card.agent for card in cards} == {"build": "claude", "tidy": "aider"}


def test_a_session_whose_agent_is_no_longer_configured_is_only_watched_and_not_started(two: Stage) -> None:
    card = two.new("Named", "Tidy up", agent="aider")
    two.until(card.id, "working")
    two.client.stop_hub()
    poll(two.away, "the hub to end")
    user_config().write_text("")
    two.start()
    assert two.until(card.id, "working").agent == "aider"
    two.client.stop(card.id)
    with pytest.raises(Refused, match="has no 'aider'"):
        two.client.resume(card.id)
