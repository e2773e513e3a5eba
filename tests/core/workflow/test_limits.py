"""Stages that wait for a time: an API limit's reset, a host that was away."""

from dataclasses import replace
from itertools import pairwise

import pytest

from orchestrator.core.effects import OpenWindow, owed
from orchestrator.core.events import StartFailed
from orchestrator.core.model import Failure
from orchestrator.core.needs.ranking import needs
from orchestrator.core.requests.runs import RetryStage
from orchestrator.core.sessions.model import Meters
from orchestrator.core.sessions.signals import MetersSaid, RegistrySaid, TurnFailed
from orchestrator.core.workflow.limits import STAGGER, UNKNOWN_RESET
from orchestrator.core.workflow.plan import Agent, OnFailure, Stage
from orchestrator.core.workflow.run import StageRun
from orchestrator.core.workflow.shown import run_view
from tests.core.workflow.stories import Story, agent

RESET = 9000.0


def limit(story: Story, stage: str, error: str = "rate_limit", said: str = "limit reached") -> None:
    """The session's turn is ended by a limit; one without a terminal ends."""
    one = story.agent_of(stage)
    story.hear(one, TurnFailed(story.now, error, said))
    story.hear(one, RegistrySaid(story.now, "idle"))
    if not one.terminal:
        story.dies(one)
    story.goes_on()


def meters(story: Story, stage: str, resets_at: float = RESET) -> None:
    said = Meters(five_hour_percent=100.0, five_hour_resets_at=resets_at)
    story.hear(story.agent_of(stage), MetersSaid(story.now, said))


def own(story: Story, stage: str) -> StageRun:
    return story.run().stages[stage]


@pytest.mark.parametrize("error", ["rate_limit", "usage_limit", "quota"])
@pytest.mark.parametrize("where", ["local", "headless"])
def test_a_turn_ended_by_a_limit_blocks_its_stage_and_goes_on_after_the_reset(error: str, where: str) -> None:
    story = Story(Stage("build", Agent("Do it.", where=where)))
    meters(story, "build")
    limit(story, "build", error, "5-hour limit reached")
    assert story.state_of("build") == "blocked"
    assert story.why("build") == "its turn was ended by an API limit: 5-hour limit reached"
    [need] = [each for each in needs(story.state) if each.kind == "stage"]
    assert (need.lifts_at, need.hint) == (RESET + STAGGER, "It resumes automatically after the reset.")
    story.later(RESET - story.now)
    assert story.state_of("build") == "blocked", "not before the reset"
    story.later(2 * STAGGER)
    assert (story.state_of("build"), own(story, "build").attempt) == ("running", 1)
    assert "The API limit that ended your last turn has been reset" in story.prompt("build")
    story.done("build")
    assert story.run().state == "done"


def test_a_limit_uses_up_no_retry_of_its_stage() -> None:
    story = Story(Stage("build", Agent("Do it."), on_failure=OnFailure.RETRY, retries=1, backoff=10.0))
    limit(story, "build")
    assert (story.state_of("build"), own(story, "build").failures) == ("blocked", 0)


def test_stages_that_met_the_same_limit_go_on_one_after_another() -> None:
    story = Story(*(agent(f"s{number}") for number in range(4)))
    for number in range(4):
        meters(story, f"s{number}")
        limit(story, f"s{number}")
    ends = sorted(own(story, f"s{number}").until for number in range(4))
    assert [after - before for before, after in pairwise(ends)] == [STAGGER] * 3
    story.later(ends[1] - story.now)
    assert sorted(story.states.values()) == ["blocked", "blocked", "running", "running"]


def test_a_limit_without_a_known_reset_is_tried_again_once_and_then_a_human_decides() -> None:
    story = Story(agent("build"))
    limit(story, "build")
    story.later(UNKNOWN_RESET + 2 * STAGGER)
    assert story.state_of("build") == "running"
    limit(story, "build")
    assert (story.state_of("build"), own(story, "build").until) == ("blocked", 0.0)
    story.later(10 * UNKNOWN_RESET)
    assert story.state_of("build") == "blocked"
    story.says(RetryStage("r1", "build"))
    assert story.state_of("build") == "running", "a human can have it done again"


def test_a_later_limit_has_its_own_reset_and_the_same_one_is_not_tried_twice() -> None:
    story = Story(agent("build"))
    meters(story, "build")
    limit(story, "build")
    story.later(RESET + 2 * STAGGER - story.now)
    limit(story, "build")
    assert own(story, "build").until == 0.0, "its reset has passed, and it is limited still"
    other = Story(agent("build"))
    meters(other, "build")
    limit(other, "build")
    other.later(RESET + 2 * STAGGER - other.now)
    meters(other, "build", RESET + 18_000)
    limit(other, "build")
    assert own(other, "build").until > RESET + 18_000


def test_the_reset_that_the_agent_names_in_its_words_is_taken() -> None:
    story = Story(agent("build"))
    limit(story, "build", said="Claude AI usage limit reached|1700000000")
    assert own(story, "build").until == 1_700_000_000 + STAGGER


def test_a_hub_that_was_killed_during_the_wait_goes_on_once() -> None:
    story = Story(agent("build"))
    limit(story, "build")
    story.crash()
    story.later(UNKNOWN_RESET + 2 * STAGGER)
    story.crash()
    story.later(UNKNOWN_RESET)
    prompts = [event for event in story.journal if type(event).__name__ == "PromptQueued"]
    assert len(prompts) == 1


def test_another_error_of_the_api_is_no_limit() -> None:
    story = Story(agent("build"))
    limit(story, "build", "overloaded")
    assert own(story, "build").until == 0.0


def away(story: Story) -> None:
    """The host does not answer when the session is to be started."""
    for card in list(story.state.cards.values()):
        wish = owed(card)
        if isinstance(wish, OpenWindow):
            gone = Failure("box can't be reached", "ssh: connect timed out", "", story.now, away=True)
            story.take(StartFailed(story.now, card.id, gone))


class AwayHost(Story):
    """Its host answers only when `there` is set."""

    there = False

    def goes_on(self) -> None:
        if self.there:
            super().goes_on()
            return
        journal = -1
        while journal != len(self.journal):
            journal = len(self.journal)
            for wish in self.wishes():
                if isinstance(wish, OpenWindow):
                    away(self)
                elif wish in self.wishes():
                    self.carry_out(wish)


def test_a_host_that_was_away_at_the_start_is_tried_again_by_itself_with_growing_pauses() -> None:
    story = AwayHost(Stage("build", Agent("Do it.", where="box")))
    assert story.state_of("build") == "blocked"
    assert story.why("build") == "box can't be reached: ssh: connect timed out"
    [need] = [each for each in needs(story.state) if each.kind == "stage"]
    assert need.hint == "It is retried automatically."
    pauses = []
    for _ in range(9):
        pauses.append(own(story, "build").until - story.now)
        story.later(pauses[-1])
    assert pauses == sorted(pauses)
    assert 0 < pauses[0] <= 10
    assert pauses[-1] == 600
    assert run_view(story.state, story.run()).stages[0].until
    story.there = True
    story.later(700)
    assert story.state_of("build") == "running"
    story.done("build")
    assert story.run().state == "done"


def test_another_failure_of_a_start_waits_for_a_human() -> None:
    story = Story(agent("build"))
    gone = Failure("no program", "it is not installed", "", story.now)
    run = story.run()
    assert replace(gone, away=True) != gone
    assert own(story, "build").until == 0.0
    assert run.stages["build"].away == 0
