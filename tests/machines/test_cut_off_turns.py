"""A turn that its session's end cut off says so, waits for a person, and can be told to continue."""

import json
import os
import signal
import subprocess

import pytest

from orchestrator.core.needs.ranking import RANKS
from orchestrator.core.sessions.cut_off import cut_off
from orchestrator.core.sessions.model import Ask
from orchestrator.core.sessions.signals import (
    Asked,
    Compacting,
    PaneDied,
    PromptTaken,
    RegistrySaid,
    ServerGone,
    Signal,
    TranscriptSaid,
    TurnEnded,
    WindowClosed,
)
from orchestrator.core.sessions.transitions import transition
from tests.core.test_transitions import BASH, UP, after
from tests.hub.stage import Stage
from tests.machines.lives import back, end, prompts
from tests.poll import PATIENCE, poll

pytestmark = pytest.mark.slow


AT_WORK = {
    "working": ("demo: await", "cut off while working on: demo: await"),
    "permission": (
        'demo: permission "rm -rf build"; say Done.',
        "asking for a permission: Bash: rm -rf build",
    ),
    "question": ('demo: question "Which one?" A B; say Done.', "asking a question: Which one?"),
}


def test_a_turn_cut_off_by_a_reboot_says_so_waits_and_is_told_to_continue_with_all_others(
    stage: Stage,
) -> None:
    stage.start()
    for number, (state, (prompt, _)) in enumerate(AT_WORK.items(), 1):
        stage.new(state, prompt)
        stage.until(f"c{number}", state)
    stage.new("At rest", "demo: say Done.")
    stage.until("c4", "idle", reason="Done.")
    stage.new("Stopped", "demo: await")
    stage.until("c5", "working")
    stage.client.stop("c5")
    end(stage, "c1", "reboot")
    for number, (_, words) in enumerate(AT_WORK.values(), 1):
        assert words in stage.until(f"c{number}", "lost").reason

    shown = [
        json.loads(line) for line in _orch(stage, "resume", "--all", "--at-once", "2", "--json").splitlines()
    ]
    assert [each["id"] for each in shown] == ["c1", "c2", "c3", "c4"]
    for number, (_, words) in enumerate(AT_WORK.values(), 1):
        card = stage.until(f"c{number}", "interrupted", column="review")
        assert words in card.reason
        assert card.cut_off
        need = stage.client.need(card.id).need
        assert (need.kind, need.options, need.urgency) == ("cut_off", ("continue",), RANKS["cut_off"].urgency)
    assert stage.until("c4", "idle").reason == "ready for a prompt"
    assert stage.card("c5").state == "exited"

    stage.client.nudge("c1", "continue")
    stage.until("c1", "idle", cut_off="")
    _orch(stage, "resume", "--all", "--continue")
    for number in (2, 3):
        told = stage.until(f"c{number}", "idle", cut_off="")
        assert prompts(stage, str(told.session_id))[-1] == "continue"
    assert prompts(stage, str(stage.card("c4").session_id)) == ["demo: say Done."]
    assert "No session ended unexpectedly" in _orch(stage, "resume", "--all")


@pytest.mark.long
def test_what_was_cut_off_is_remembered_until_somebody_says_how_it_goes_on(stage: Stage) -> None:
    stage.start()
    stage.new("Cut", "demo: await")
    stage.until("c1", "working")
    for how in ("kill -9", "window closed", "kill -9"):
        end(stage, "c1", how)
        assert "cut off while working on: demo: await" in back(stage, "c1", "interrupted").reason
    stage.client.attach("c1", tmux="")
    assert stage.card("c1").state == "interrupted"
    stage.client.acknowledge("c1")
    assert stage.until("c1", "idle", cut_off="").reason == "ready for a prompt"
    end(stage, "c1", "kill -9")
    assert back(stage, "c1").state == "idle"


@pytest.mark.long
def test_resume_with_continue_tells_only_a_turn_that_was_cut_off(stage: Stage) -> None:
    stage.start()
    stage.new("Cut", "demo: await")
    stage.new("Whole", "demo: say Done.")
    stage.until("c1", "working")
    stage.until("c2", "idle", reason="Done.")
    for card in ("c1", "c2"):
        end(stage, card, "kill -9")
        back(stage, card, "idle", go_on=True)
    assert prompts(stage, str(stage.card("c1").session_id)) == ["demo: await", "continue"]
    assert prompts(stage, str(stage.card("c2").session_id)) == ["demo: say Done."]


@pytest.mark.long
def test_a_turn_that_ended_while_the_hub_was_away_was_not_cut_off(stage: Stage) -> None:
    stage.start()
    stage.new("Ends unseen", "demo: await; say Done.")
    working = stage.until("c1", "working")
    stage.client.stop_hub()
    poll(stage.away, "the hub's end")
    assert working.pid
    os.kill(working.pid, signal.SIGUSR1)
    said = str(working.session_id)  # the prompt holds the word too
    poll(lambda: _transcript(stage, said).count("Done.") > 1, "the end of the turn")
    os.kill(working.pid, signal.SIGKILL)
    stage.start()
    assert "cut off" not in stage.until("c1", "exited").reason
    assert back(stage, "c1").state == "idle"


ENDS = (PaneDied(200, 137), PaneDied(200, 0), WindowClosed(200), ServerGone(200))


@pytest.mark.long
@pytest.mark.parametrize(
    ("signals", "words"),
    [
        ((), "working on: do it"),
        ((BASH,), "running Bash: npm test"),
        ((Compacting(105, active=True),), "compacting its context"),
        ((Asked(105, Ask("plan", "ExitPlanMode", "Write it", 105)),), "waiting for plan approval: Write it"),
        (
            (RegistrySaid(105, "waiting", "permission prompt", wait="permission"),),
            "waiting for you (permission prompt)",
        ),
        (
            (TranscriptSaid(105, "", interrupted=False, open_turn=True, doing="Bash: make"),),
            "running Bash: make",
        ),
        ((TranscriptSaid(105, "All done", interrupted=False, open_turn=False),), ""),
        ((TurnEnded(105, "All done"), RegistrySaid(106, "idle")), ""),
        ((TurnEnded(105, "All done"),), ""),
        ((RegistrySaid(105, "idle"),), ""),  # Esc
    ],
)
def test_what_a_session_was_doing_is_told_whatever_ended_it(signals: tuple[Signal, ...], words: str) -> None:
    for last in ENDS:
        session = after(*UP, *signals, last)
        assert cut_off(session) == words
        assert ("cut off" in session.why) == bool(words)


def test_without_hooks_the_registry_tells_that_a_turn_was_cut_off() -> None:
    session = transition(after(RegistrySaid(101, "busy")), PaneDied(200, 137))
    assert cut_off(session) == "working"
    assert (
        cut_off(after(RegistrySaid(101, "idle"), PromptTaken(102, "x"), PaneDied(200, 137)))
        == "working on: x"
    )


def _orch(stage: Stage, *words: str) -> str:
    argv = [*stage.program, *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=PATIENCE, env=os.environ)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _transcript(stage: Stage, session_id: str) -> str:
    return "".join(
        file.read_text() for file in (stage.home.root / "agent/projects").glob(f"*/{session_id}.jsonl")
    )
