"""`orch` as a whole process: its exit codes, pipes, terminals, and what it does without a hub."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import LazyGroup, VerbGroup
from orchestrator.cli.verb_table import VERBS
from orchestrator.core.board.views import Attachment
from orchestrator.paths import Home
from tests.cli.canned import CARD
from tests.cli.stand_in import StandIn
from tests.poll import PATIENCE

Orch = Callable[..., Result]
ORCH = [sys.executable, "-c", "from orchestrator.cli import main; main()"]


def run(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ORCH, *words],
        env={**os.environ, **changes},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_every_action_of_the_command_line_is_a_verb_and_no_other_is() -> None:
    import click

    from orchestrator.actions import ACTIONS
    from orchestrator.cli import root

    context = click.Context(root)
    verbs = set()
    for name in VERBS:
        command = root.get_command(context, name)
        below = command.list_commands(context) if isinstance(command, LazyGroup) else []
        verbs |= {f"{name}.{each}" for each in below} or {name}
        verbs |= {name} if isinstance(command, VerbGroup) else set()
    assert verbs == {action.id for action in ACTIONS if action.cli}


def test_help_lists_every_verb_with_the_words_of_the_registry(orch: Orch) -> None:
    done = orch("--help")
    assert done.exit_code == 0
    for name in VERBS:
        assert f"\n  {name} " in done.stdout
    assert "Resume the conversation of an ended session." in done.stdout


def test_a_mistyped_verb_is_answered_with_the_nearest(orch: Orch) -> None:
    done = orch("hub", "statu")
    assert done.exit_code == 2
    assert "Did you mean status?" in done.stderr


@pytest.mark.sample(1)
@pytest.mark.parametrize("words", [["hub", "status"], ["hub", "status", "--json"], ["hub", "stop"]])
def test_hub_status_and_stop_say_that_none_runs_and_start_none(home: Home, words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 6
    assert done.stderr == "orch: the hub is not running. Start it with: orch hub start\n"
    assert not list(home.root.iterdir())


def test_hub_logs_without_a_log_is_said_in_words(home: Home) -> None:
    assert run("hub", "logs").returncode == 6


def test_hub_logs_prints_the_last_lines_as_data(home: Home) -> None:
    home.log.write_text("".join(f"line {n}\n" for n in range(100)) + "\x1b[31mred\n")
    assert run("hub", "logs", "-n", "2").stdout == "line 99\nred\n"


def test_hub_status_json_has_what_is_promised(hub: StandIn, orch: Orch) -> None:
    said = json.loads(orch("hub", "status", "--json").stdout)
    assert {"pid", "port", "uptime_s", "version", "sessions", "max_sessions", "waiting"} <= said.keys()
    assert said["uptime_s"] > 0


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("missing", "words"), [("tmux", ["ls"]), ("git", ["ls"]), ("tmux", ["hub", "start"])]
)
def test_a_missing_program_is_one_sentence_and_exit_code_2(
    home: Home, tmp_path: Path, missing: str, words: list[str]
) -> None:
    for name in {"tmux", "git"} - {missing}:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    done = run(*words, PATH=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith(f"orch: {missing} is not installed. Install {missing}")
    assert done.stderr.count("\n") == 1, "one sentence, and no usage of a verb"


def test_a_wrong_configuration_is_said_before_a_hub_is_started(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("max_sesions = 3\n")
    done = run("ls", ORCH_CONFIG=str(file))
    assert done.returncode == 2
    assert f'{file}, line 1: unknown key "max_sesions". Did you mean "max_sessions"?' in done.stderr
    assert not list(home.root.iterdir())


@pytest.mark.sample(1)
@pytest.mark.parametrize("verb", ["attach", "tui"])
def test_what_needs_a_terminal_refuses_a_pipe(home: Home, verb: str) -> None:
    done = run(*([verb, "c1"] if verb == "attach" else [verb]))
    assert done.returncode == 4
    assert "needs a terminal" in done.stderr


@pytest.mark.sample(1)
@pytest.mark.parametrize(("inside", "shown"), [(False, "<>"), (True, "</tmp/x,1,0>")])
def test_attach_becomes_the_program_that_the_hub_names(hub: StandIn, inside: bool, shown: str) -> None:
    hub.attach = Attachment(("sh", "-c", 'echo "<$TMUX>"'), inside=inside)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*ORCH, "attach", "c1"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TMUX": "/tmp/x,1,0"},
    ):
        os.close(theirs)
        said = b""
        while shown.encode() not in said and (more := _read(ours)):
            said += more
    os.close(ours)
    assert shown in said.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1000)
    except OSError:  # Linux's way of saying that the other end is closed
        return b""


def test_a_reader_that_stops_reading_is_no_reason_to_complain(hub: StandIn) -> None:
    hub.cards = [replace(CARD, id=f"c{n}") for n in range(3000)]
    with subprocess.Popen(
        [*ORCH, "ls", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": ""},  # unbuffered, Python takes half a write for a whole one
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == ExitCode.PIPE_CLOSED


def test_ctrl_c_ends_with_130_and_no_traceback(home: Home) -> None:
    home.log.write_text("begun\n")
    with subprocess.Popen(
        [*ORCH, "hub", "logs", "-f"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == ""
    assert process.returncode == ExitCode.INTERRUPTED


def test_hub_logs_goes_on_with_the_file_that_takes_the_log_s_place(home: Home) -> None:
    home.log.write_text("one\n")
    with subprocess.Popen(
        [*ORCH, "hub", "logs", "-f"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "one\n"
        with home.log.open("a") as log:
            log.write("two\n")
        assert process.stdout.readline() == "two\n"
        home.log.rename(home.root / "hub.log.1")
        home.log.write_text("three\n")
        assert process.stdout.readline() == "three\n"
        process.send_signal(signal.SIGINT)


def test_a_bug_is_one_line_to_the_user_and_a_traceback_in_the_log(
    hub: StandIn, orch: Orch, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("so it goes")

    monkeypatch.setattr("orchestrator.cli.cards.views.table", broken)
    done = orch("ls")
    log = home.root / "cli.log"
    assert done.exit_code == 1
    assert done.stderr == f"orch: a bug in orch: ZeroDivisionError('so it goes'). Details: {log}\n"
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_card_names_complete_from_the_hub_that_runs_and_start_none(hub: StandIn) -> None:
    done = run(_ORCH_COMPLETE="bash_complete", COMP_WORDS="orch stop a", COMP_CWORD="2")
    assert "auth-refactor" in done.stdout


def test_completion_without_a_hub_offers_nothing_and_starts_none(home: Home) -> None:
    done = run(_ORCH_COMPLETE="bash_complete", COMP_WORDS="orch stop a", COMP_CWORD="2")
    assert (done.stdout.strip(), done.stderr) == ("", "")
    assert not list(home.root.iterdir())
