"""What scripts and prompts ask: `orch wait`, `orch status`, `orch completion`, and `orch ls --json`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import Result

from orchestrator.cli.program import root
from orchestrator.cli.scripts import raw
from orchestrator.cli.scripts.quick_names import ON_CARDS
from orchestrator.cli.verb_table import SECTIONS, VERBS
from orchestrator.client import Board, CardChanged, CardGone
from orchestrator.core.board.reaching import Waiting, reached
from orchestrator.paths import Home
from tests.cli.canned import CARD, HUB
from tests.cli.stand_in import StandIn
from tests.test_imports import loaded_by

Orch = Callable[..., Result]
WORKING = replace(CARD, session_state="working")
REVIEW = replace(CARD, column="review", state="idle", session_state="idle")
OTHER = replace(WORKING, id="c2", slug="docs", title="Docs")
DONE = replace(CARD, column="done", state="exited", finished="keep")


def orch_process(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """As a shell calls it."""
    return subprocess.run(
        [sys.executable, "-c", "from orchestrator.cli import main; main()", *words],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )


# --- wait


@pytest.mark.parametrize(
    ("goal", "card", "there"),
    [
        ("review", REVIEW, True),
        ("review", replace(REVIEW, queued_prompts=1), False),
        ("review", replace(REVIEW, typed_prompts=1), False),
        ("idle", REVIEW, True),
        ("idle", replace(REVIEW, typed_prompts=1), False),
        ("idle", WORKING, False),
        ("idle", replace(DONE, state="idle"), False),
        ("needs", replace(WORKING, attention=2), True),
        ("needs", REVIEW, False),
        ("done", DONE, True),
        ("blocked", replace(WORKING, column="blocked"), True),
    ],
)
def test_a_goal_is_reached_only_when_no_prompt_is_on_its_way(goal: str, card: object, there: bool) -> None:
    assert reached(card, goal) is there  # type: ignore[arg-type]


def test_all_cards_must_get_there_once_or_the_first_of_them_with_any() -> None:
    names = {"c1": "auth", "c2": "docs"}
    every, one = Waiting(("review",), names), Waiting(("review",), names, one=True)
    for waiting in (every, one):
        assert [card.id for card in waiting.board((REVIEW, OTHER))] == ["c1"]
    assert (every.over, one.over) == (False, True)
    assert not every.changed(WORKING), "what c1 does later does not matter"
    assert every.changed(replace(REVIEW, id="c2"))
    assert every.over


def test_what_was_removed_or_is_done_cannot_get_there() -> None:
    names = {"c1": "auth", "c2": "docs"}
    every, one = Waiting(("review",), names), Waiting(("review",), names, one=True)
    for waiting in (every, one):
        waiting.board((DONE, OTHER))
    assert (every.hopeless, one.hopeless) == (True, False)
    one.gone("c2")
    assert one.hopeless
    assert one.lost == {"c1": "it is done", "c2": "it was removed"}
    every.changed(REVIEW)
    assert not every.hopeless, "it was reopened"
    assert not Waiting(("done",), names).board((WORKING, OTHER))


def test_wait_ends_when_the_stream_says_that_all_are_there(hub: StandIn, orch: Orch) -> None:
    hub.cards = [WORKING, OTHER]
    later = [CardChanged(REVIEW), CardChanged(replace(OTHER, column="review", state="idle"))]
    hub.streams = [[Board(HUB, (WORKING, OTHER), (), (), None)], [Board(HUB, (WORKING, OTHER)), *later]]
    done = orch("wait", "c1", "docs", "--until", "review")
    assert (done.exit_code, done.stdout) == (
        0,
        "c1 auth-refactor: idle (Bash npm test)\nc2 docs: idle (Bash npm test)\n",
    ), "it has survived the end of the first stream"


def test_wait_tells_a_timeout_from_what_cannot_be_reached(hub: StandIn, orch: Orch) -> None:
    hub.cards, hub.linger = [WORKING], 60.0
    hub.streams = [[Board(HUB, (WORKING,))], [Board(HUB, (WORKING,)), CardGone("c1")]]
    late = orch("wait", "c1", "--until", "idle", "--timeout", "0.3s")
    assert (late.exit_code, late.stderr) == (7, "orch: timeout: still waiting for c1 auth-refactor\n")
    gone = orch("wait", "c1", "--until", "idle")
    assert (gone.exit_code, gone.stderr) == (8, "orch: c1 auth-refactor cannot get there: it was removed\n")


def test_wait_needs_cards_and_a_goal(hub: StandIn, orch: Orch) -> None:
    assert "Missing option '--until'" in orch("wait", "c1").stderr
    assert "name cards, or use --where." in orch("wait", "--until", "idle").stderr
    assert orch("wait", "zzz", "--until", "idle").exit_code == 5
    assert orch("wait", "c1", "--until", "idle", "--any", "--all").exit_code == 2


# --- status


def test_status_prints_counts_in_a_form_of_ones_own(hub: StandIn, orch: Orch) -> None:
    hub.hub = replace(HUB, waiting=3)
    hub.cards = [WORKING, replace(REVIEW, id="c2", unread=True)]
    assert orch("status").stdout == "3 waiting, 1 working\n"
    assert orch("status", "--format", "{needs}! {unread} {cost:.2f}").stdout == "3! 1 0.50\n"
    assert json.loads(orch("status", "--json").stdout)["idle"] == 1
    wrong = orch("status", "--format", "{nope}")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "Use: {needs}, {working}" in wrong.stderr


def test_the_program_answers_status_alike_and_prints_nothing_without_a_hub(
    hub: StandIn, tmp_path: Path
) -> None:
    there = orch_process("status", "--format={cards}")
    assert (there.returncode, there.stdout, there.stderr) == (0, "1\n", "")
    away = orch_process("status", ORCH_HOME=str(tmp_path / "none"))
    assert (away.returncode, away.stdout, away.stderr) == (6, "", "")
    assert not (tmp_path / "none").exists(), "and no hub is started"


@pytest.mark.parametrize(
    "env",
    [{"ORCH_HOME": "/tmp/x"}, {"ORCH_HOME": "~/x/../y"}, {"ORCH_HOME": "x"},
     {"ORCH_HOME": f"/tmp/{'x' * 120}"}, {"XDG_STATE_HOME": "/tmp/state"}, {"XDG_STATE_HOME": ""}, {}],
)  # fmt: skip
def test_the_socket_is_looked_for_where_the_client_looks(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str]
) -> None:
    for name in ("ORCH_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    found, wanted = raw.socket_path(), str(Home.from_environment().socket)
    assert os.path.normpath(found) == os.path.normpath(wanted)


def test_a_prompt_loads_next_to_nothing() -> None:
    extra = loaded_by("import orchestrator.cli.scripts.quick_status, _socket") - loaded_by("pass")
    assert {each for each in extra if not each.startswith("orchestrator")} <= {"_socket"}


# --- ls and completion


def test_ls_as_json_is_the_same_with_and_without_the_verbs(hub: StandIn, orch: Orch) -> None:
    hub.cards = [WORKING, replace(OTHER, title="Grüße\x1b[31m", labels=("a",))]
    quick = orch_process("ls", "--json")
    assert quick.returncode == 0, quick.stderr
    assert quick.stdout == orch("ls", "--json").stdout == orch_process("ls", "--json", "--where", "").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_script_of_a_shell(orch: Orch, shell: str) -> None:
    assert f"_ORCH_COMPLETE={shell}_complete" in orch("completion", shell).stdout


@pytest.mark.parametrize(
    ("words", "at", "said"),
    [
        ("orch stop au", "2", "plain,auth-refactor\n"),
        ("orch stop c1 do", "3", "plain,docs\n"),
        ("orch stop c", "2", "plain,c1\nplain,c2\n"),
        ("orch wait zzz", "2", ""),
    ],
)
def test_names_of_cards_complete(hub: StandIn, words: str, at: str, said: str) -> None:
    hub.cards = [WORKING, OTHER]
    done = orch_process(_ORCH_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=at)
    assert (done.stdout, done.stderr) == (said, "")


def test_verbs_and_options_complete_too(hub: StandIn) -> None:
    done = orch_process(_ORCH_COMPLETE="bash_complete", COMP_WORDS="orch stop --wh", COMP_CWORD="2")
    assert done.stdout == "plain,--where\n"
    fish = orch_process(_ORCH_COMPLETE="fish_complete", COMP_WORDS="orch stop au", COMP_CWORD="au")
    assert fish.stdout == "plain,auth-refactor\tAuth refactor\n"


def test_every_verb_is_once_in_the_help_and_completes_cards_if_it_takes_them(orch: Orch) -> None:
    named = [verb for verbs in SECTIONS.values() for verb in verbs]
    assert len(named) == len(set(named)) == len(VERBS)
    said = orch("--help").stdout
    assert all(f"\n{title}:\n" in said for title in SECTIONS)
    for verb in ON_CARDS:
        command = root.get_command(click.Context(root), verb)
        assert command is not None
        assert any(
            "CARD" in (each.metavar or "") for each in command.params if isinstance(each, click.Argument)
        )
