"""A prompt is typed once, kept until the conversation on disk holds it, and never lost or sent twice by
itself."""

import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from orchestrator.agents.claude_code import input_box, transcript
from orchestrator.agents.claude_code.prompt_text import as_written
from orchestrator.client import Refused
from orchestrator.core.commands import Rejected, SendAgain, SendPrompt
from orchestrator.core.decide import decide
from orchestrator.core.effects import opening, owed
from orchestrator.core.events import Event, StartQueued, WindowOpened
from orchestrator.core.evolve import evolve
from orchestrator.core.model import State
from orchestrator.core.needs.ranking import needs
from orchestrator.core.sessions.prompt_events import (
    PromptConfirmed,
    PromptPasted,
    PromptPasting,
    PromptPutBack,
    PromptQueued,
)
from orchestrator.core.sessions.prompts import STUCK_AFTER, awaited, offered, overdue, receipt
from orchestrator.core.sessions.signals import PaneDied, PromptTaken, RegistrySaid, Signal
from orchestrator.store import codec
from tests.hub.stage import Stage
from tests.machines.journal import OPENED, RESTS, TOOK, hear, state_after
from tests.machines.lives import back, end, prompts
from tests.poll import poll

FIRST, MORE = "demo: say First.", "demo: say More."


@pytest.fixture
def wrapped(stage: Stage, tmp_path: Path) -> Stage:
    """Agents below a shell: tmux lets a window's own process go on at once when it is stopped."""
    wrapper = tmp_path / "wrapper"
    wrapper.write_text(f'#!/bin/sh\n{sys.executable} -m orchestrator.demo "$@"\nexit $?\n')
    wrapper.chmod(0o755)
    stage.set("ORCH_AGENT__COMMAND", str(wrapper))
    stage.start()
    return stage


def _typed_to_nobody(stage: Stage, text: str, *, receipt: bool) -> None:
    """The prompt is typed, its session tells that it took it (or does not), and is killed before it has
    written anything down."""
    card = stage.card("c1")
    agent = psutil.Process(card.pid)
    agent.suspend()
    stage.client.send("c1", text)
    poll(
        lambda: any(each.state == "pasted" for each in stage.client.show("c1").outbox),
        "the prompt to be typed",
    )
    if receipt:
        hook = {"hook_event_name": "UserPromptSubmit", "prompt": text, "session_id": card.session_id}
        stage.report("c1", len(prompts_of_runs(stage)), hook)
        poll(lambda: not stage.client.show("c1").outbox, "the receipt")
    agent.kill()
    stage.until("c1", "exited")


def prompts_of_runs(stage: Stage) -> list[str]:
    """One word for each run of the card's session."""
    return [each.said for each in stage.client.show("c1").history if "requested (run" in each.said]


@pytest.mark.long
def test_a_prompt_whose_session_was_killed_is_offered_again_with_its_words_and_never_sent_by_itself(
    wrapped: Stage,
) -> None:
    stage = wrapped
    stage.new("Lost", FIRST)
    idle = stage.until("c1", "idle", reason="First.")
    for number, had_receipt in enumerate((False, True), 1):
        text = f"demo: say More {number}."
        _typed_to_nobody(stage, text, receipt=had_receipt)
        assert text in stage.card("c1").reason
        back(stage, "c1")
        offered_ = stage.until("c1", "idle", "interrupted", prompts=(text,))
        assert text in offered_.reason
        need = stage.client.need("c1").need
        assert (need.kind, need.options) == ("prompt", ("again", "drop"))
        assert text not in prompts(stage, str(idle.session_id))
        stage.client.nudge("c1", "again")
        stage.until("c1", "idle", reason=f"More {number}.", prompts=())
        assert prompts(stage, str(idle.session_id)).count(text) == 1
    with pytest.raises(Refused, match=r"no prompt to resend"):
        stage.client.nudge("c1", "again")


def test_an_earlier_prompt_of_the_same_words_is_no_receipt(wrapped: Stage) -> None:
    stage = wrapped
    stage.new("Equal", FIRST)
    stage.until("c1", "idle", reason="First.")
    _typed_to_nobody(stage, FIRST, receipt=False)
    back(stage, "c1")
    stage.until("c1", "idle", prompts=(FIRST,))
    stage.client.nudge("c1", "drop")
    dropped = stage.until("c1", "idle", prompts=())
    assert prompts(stage, str(dropped.session_id)) == [FIRST]
    with pytest.raises(Refused, match=r"no prompt to drop"):
        stage.client.nudge("c1", "drop")


@pytest.mark.long
def test_what_the_conversation_holds_is_not_offered_again(stage: Stage) -> None:
    stage.start()
    stage.new("Held", FIRST)
    stage.until("c1", "idle", reason="First.")
    stage.client.send("c1", "demo: await")
    stage.until("c1", "working")
    end(stage, "c1", "kill -9")
    assert back(stage, "c1", "interrupted").prompts == ()
    for text in (MORE, MORE):
        stage.client.send("c1", text, queue=True)
    poll(lambda: prompts(stage, str(stage.card("c1").session_id)).count(MORE) == 2, "both of the same words")
    end(stage, "c1", "kill -9")
    assert back(stage, "c1").prompts == ()


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\x1b[31m", "\u200b\u200b", "\x00"])
def test_a_prompt_in_which_nothing_can_be_seen_is_refused(text: str) -> None:
    decision = decide(state_after(*OPENED), SendPrompt("c1", "p1", text, queue=False), 50)
    assert isinstance(decision, Rejected)
    assert decision.what == "the prompt is empty"


# --- what agents make of a prompt ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written_down", "typed"),
    [
        ("plain words", "plain words"),
        ('\n\n<pasted_content id="ded2">\ntwo\nlines\n</pasted_content id="ded2">', "two\nlines"),
        ('see <pasted_content id="a1">\nX\n</pasted_content id="a1">', "seeX"),
        ("<bash-input>echo hi</bash-input>", "!echo hi"),
        ("<command-name>/compact</command-name>\n<command-args>now</command-args>", "/compact now"),
        ("<command-name>/clear</command-name>", "/clear"),
    ],
)
def test_a_prompt_is_known_again_in_what_the_agent_makes_of_it(written_down: str, typed: str) -> None:
    assert as_written(written_down).split() == typed.split() or as_written(written_down) == typed


@pytest.mark.parametrize(
    ("text", "typed"), [("a\\", "a\\ "), ("a\\\\", "a\\\\ "), ("a\\ ", "a\\ "), ("a", "a"), ("\\", "\\ ")]
)
def test_a_backslash_at_the_end_does_not_keep_a_prompt_in_the_box(text: str, typed: str) -> None:
    assert input_box.typed(text) == typed


def test_prompts_are_read_from_the_end_of_a_conversation_of_any_size(tmp_path: Path) -> None:
    lines = ['{"type":"custom-title","customTitle":"x"}']
    for second in range(50):
        said = f'"timestamp":"2026-01-01T00:00:{second:02}.000Z"'
        lines.append(f'{{"type":"user","message":{{"role":"user","content":"p{second}"}},{said}}}')
        lines.append(f'{{"type":"assistant","message":{{"content":"{"x" * 5000}"}},{said}}}')
    file = tmp_path / "c.jsonl"
    file.write_text("\n".join([*lines, '{"type":"user","mess']))
    found = list(transcript.prompts(file, since=transcript_time(47)))
    assert [text for _, text in found] == ["p49", "p48", "p47"]
    assert len(list(transcript.prompts(file, since=0))) == 50


def transcript_time(second: int) -> float:
    return datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC).timestamp()


# --- every step at which a hub or a session may be killed -------------------------------------------


def _resumed(state: State, run: int, *, found: bool) -> State:
    state = evolve(state, StartQueued(100.0 * run, "c1", run, "s1", resume=True))
    card = state.cards["c1"]
    assert card.launch
    given = opening(card, card.launch, found=found)
    opened = WindowOpened(100.0 * run + 1, "c1", run, "@2", "%2", 8, 1, resumed=found, prompted=bool(given))
    return evolve(state, opened)


@pytest.mark.parametrize("written", [False, True], ids=["not written down", "written down"])
@pytest.mark.parametrize("died_at", range(len(TOOK) + len(RESTS) + 1))
def test_a_first_prompt_is_given_once_or_offered_wherever_its_session_died(
    died_at: int, written: bool
) -> None:
    """Once its receipt is in the journal it is never given again by itself; before that it is still owed."""
    heard = (*TOOK, *RESTS)[:died_at]
    state = hear(state_after(*OPENED), *heard)
    received = any(isinstance(each, PromptTaken) for each in heard)
    if written and received:
        state = evolve(state, PromptConfirmed(9, "c1", "c1.1"))
    state = hear(state, PaneDied(50, 137))
    for run in range(2, 5):
        state = _resumed(state, run, found=written)
        card = state.cards["c1"]
        given = [each.text for each in card.kept if each.state == "launched" and each.run == run]
        texts = [each.text for each in offered(card)]
        if written:
            assert not given
            assert received <= (not texts)
        else:
            assert (given, texts) == (([], ["first prompt"]) if received else (["first prompt"], []))
        state = hear(state, PaneDied(100.0 * run + 50, 137))


STEPS = ("queued", "pasting", "pasted", "received", "held")


@pytest.mark.parametrize(("died_at", "hub_died_at"), itertools.product(range(5), range(5)))
def test_a_typed_prompt_is_never_typed_again_and_never_lost_wherever_hub_and_session_died(
    died_at: int, hub_died_at: int
) -> None:
    state = hear(state_after(*OPENED), *TOOK, *RESTS)
    state = evolve(state, PromptConfirmed(9, "c1", "c1.1"))
    events: list[Event | Signal] = [
        PromptQueued(10, "c1", "p1", "and more"),
        PromptPasting(11, "c1", "p1"),
        PromptPasted(12, "c1", "p1"),
        PromptTaken(13, "and more"),
        PromptConfirmed(14, "c1", "p1"),
    ]
    for number, step in enumerate(events[: died_at + 1]):
        state = hear(state, step) if isinstance(step, PromptTaken) else evolve(state, step)  # type: ignore[arg-type]
        if number >= 1:
            assert owed(state.cards["c1"]) is None, "what may have been typed is not typed again"
        if number == hub_died_at:
            state = _replayed(state)
    state = hear(state, RegistrySaid(20, "idle"), PaneDied(50, 137))
    assert owed(state.cards["c1"]) is None
    state = hear(_resumed(state, 2, found=True), RegistrySaid(210, "idle"))
    card = state.cards["c1"]
    waits = [each.text for each in card.outbox if each.state == "queued"]
    kept = [each.text for each in offered(card)]
    assert (waits, kept) == {
        "queued": (["and more"], []),  # it was not typed: it is as soon as its session rests
        "held": ([], []),
    }.get(STEPS[died_at], ([], ["and more"]))
    if kept:
        again = decide(state, SendAgain("c1", "p2"), 220)
        assert not isinstance(again, Rejected)
        for event in again:
            state = evolve(state, event)
        assert [each.text for each in state.cards["c1"].outbox] == ["and more"]
        assert not offered(state.cards["c1"])


def _replayed(state: State) -> State:
    return codec.load_state(codec.dump_state(state))


def test_a_prompt_that_can_not_be_typed_for_long_waits_for_a_person_with_its_reason() -> None:
    state = hear(state_after(*OPENED), *TOOK, *RESTS)
    state = evolve(state, PromptConfirmed(9, "c1", "c1.1"))
    state = evolve(state, PromptQueued(10, "c1", "p1", "and more"))
    assert not overdue(state.cards["c1"], 10 + 10 * STUCK_AFTER)
    state = evolve(state, PromptPutBack(11, "c1", "p1", "its input box holds a draft"))
    assert not [need for need in needs(state) if need.kind == "prompt"]
    for event in overdue(state.cards["c1"], 11 + STUCK_AFTER):
        state = evolve(state, event)
    (need,) = (need for need in needs(state) if need.kind == "prompt")
    assert (need.options, need.summary) == (
        ("drop",),
        "a prompt is waiting to be typed: its input box holds a draft",
    )
    state = evolve(state, PromptPasting(60, "c1", "p1"))
    assert not [need for need in needs(state) if need.kind == "prompt"]


def test_refusals_right_before_typing_do_not_put_off_that_a_prompt_waits_for_a_person() -> None:
    state = evolve(hear(state_after(*OPENED), *TOOK, *RESTS), PromptConfirmed(9, "c1", "c1.1"))
    state = evolve(state, PromptQueued(10, "c1", "p1", "and more"))
    for at in range(11, 11 + int(STUCK_AFTER), 3):
        assert not overdue(state.cards["c1"], at)
        state = evolve(state, PromptPasting(at, "c1", "p1"))
        state = evolve(state, PromptPutBack(at + 1, "c1", "p1", f"a dialog is open: {at}"))
    for event in overdue(state.cards["c1"], 12 + STUCK_AFTER):
        state = evolve(state, event)
    for event in (PromptPasting(50, "c1", "p1"), PromptPutBack(51, "c1", "p1", "a dialog is open: last")):
        state = evolve(state, event)
    (need,) = (need for need in needs(state) if need.kind == "prompt")
    assert need.summary == "a prompt is waiting to be typed: a dialog is open: last"


def test_what_was_typed_by_the_person_is_no_receipt_for_what_orch_typed() -> None:
    state = evolve(hear(state_after(*OPENED), *TOOK, *RESTS), PromptConfirmed(9, "c1", "c1.1"))
    for event in (PromptQueued(10, "c1", "p1", "and more"), PromptPasting(11, "c1", "p1")):
        state = evolve(state, event)
    card = state.cards["c1"]
    assert receipt(card, PromptTaken(12, "my own words")) == ()
    assert len(receipt(card, PromptTaken(12, "and  more\n"))) == 1
    assert [each.id for each in awaited(card)] == ["p1"]
