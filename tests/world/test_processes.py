"""Processes without a terminal, with real ones: what they get, what is kept, how they end."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from orchestrator.world.processes import NotStarted, end, lines, look, start, tail
from orchestrator.world.processes.identity import from_ps as identity_by_ps
from orchestrator.world.processes.identity import identity
from tests.poll import poll
from tests.world.running import begin, ended


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "c1"


def test_how_it_ended_is_written_down(folder: Path) -> None:
    assert look(folder).state == "absent"
    before = time.time()
    begun = begin(folder, "echo out; echo err >&2; read line || exit 3")
    assert begun.pid
    outcome = ended(folder)
    assert (outcome.state, outcome.exit_code, outcome.pid) == ("ended", 3, begun.pid)
    assert outcome.began_at
    assert outcome.ended_at
    assert before <= outcome.began_at <= outcome.ended_at <= time.time()
    assert tail(folder) == "out\nerr\n"


def test_a_death_by_signal_is_told_as_one(folder: Path) -> None:
    begin(folder, "kill -KILL $$")
    assert ended(folder).exit_code == -signal.SIGKILL


@pytest.mark.parametrize("name", ["program", "place"])
def test_what_cant_be_begun_says_why_where_output_is_looked_for(folder: Path, name: str) -> None:
    argv = ["true"] if name == "place" else ["no-such-program"]
    start(folder, argv, folder.parent / "nowhere" if name == "place" else folder.parent)
    assert ended(folder).exit_code == 127
    assert "No such file or directory" in tail(folder)


def test_a_folder_that_cant_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(NotStarted, match=r"cannot start sh: .*runs"):
        begin(tmp_path / "runs" / "c1", "true")


def test_it_gets_its_input_from_a_file(folder: Path, tmp_path: Path) -> None:
    prompt = tmp_path / "prompt.md"
    prompt.write_text("ä line\n" * 100_000)
    start(folder, ["wc", "-c"], tmp_path, stdin=prompt)
    assert ended(folder).exit_code == 0
    assert int(tail(folder)) == prompt.stat().st_size


def test_its_environment_is_the_one_given_and_stands_in_no_command_line(folder: Path) -> None:
    tell = "import json, os, time; print(json.dumps(dict(os.environ)), flush=True); time.sleep(60)"
    given = {"LC_ALL": "C.UTF-8", "ORCH_TOKEN": "s3cret", "ODD": "a\nb"}
    begun = start(folder, [sys.executable, "-c", tell], folder.parent, given)
    poll(lambda: tail(folder), "its word")
    assert json.loads(tail(folder)) == given
    runner = psutil.Process(json.loads((folder / "began").read_text())["pid"])
    assert psutil.Process(begun.pid).ppid() == runner.pid
    assert not [
        each for each in (*runner.cmdline(), *psutil.Process(begun.pid).cmdline()) if "s3cret" in each
    ]
    end(folder, 5)


def test_what_is_kept_is_the_owners_and_the_command_has_the_users_umask(folder: Path) -> None:
    before = os.umask(0o022)
    try:
        begin(folder, "touch made; echo x")
    finally:
        os.umask(before)
    ended(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE((folder.parent / "made").stat().st_mode) == 0o644


def test_of_endless_output_the_end_is_kept(folder: Path) -> None:
    begin(folder, "i=0; while [ $i -lt 40000 ]; do echo line $i; i=$((i+1)); done", kept=100_000)
    assert ended(folder).exit_code == 0
    kept = [file.stat().st_size for file in folder.glob("output-*")]
    assert 50_000 <= sum(kept) <= 100_000
    assert tail(folder, 22) == "line 39998\nline 39999\n"
    found, position = lines(folder)
    assert found[-1] == "line 39999"
    assert len(found) > 3_000
    assert lines(folder, position) == ((), position)


def test_lines_come_whole_and_once_while_they_are_printed(folder: Path) -> None:
    text = "print('€\\u2028' * 7, i, flush=True)"
    begin(folder, f'{sys.executable} -c "for i in range(1000): {text}"', kept=1 << 20)
    found: list[str] = []
    position = 0

    def follow() -> bool:
        nonlocal position
        over = look(folder).state == "ended"
        new, position = lines(folder, position, most=1_000)
        found.extend(new)
        return over and not new

    poll(follow, "the last line")
    word = "€\u2028" * 7
    assert found == [f"{word} {number}" for number in range(1000)]


def test_stderr_may_be_kept_apart(folder: Path) -> None:
    begin(folder, "echo out; echo err >&2", apart=True)
    ended(folder)
    assert (tail(folder), tail(folder, stream="errors")) == ("out\n", "err\n")


def test_what_it_leaves_in_the_background_does_not_hold_its_end(folder: Path) -> None:
    begun = begin(folder, "echo done; sleep 60 & exit 4")
    assert ended(folder).exit_code == 4
    assert tail(folder) == "done\n"
    os.killpg(begun.pid, signal.SIGKILL)


def test_ending_reaches_all_that_it_started(folder: Path) -> None:
    begun = begin(folder, "(trap '' TERM; echo $$ here; while :; do sleep 1; done) & sleep 60")
    poll(lambda: tail(folder), "the child's word")
    outcome = end(folder, 10)
    assert (outcome.state, outcome.exit_code) == ("ended", -signal.SIGTERM)
    poll(lambda: not _members(begun.pid), "the end of its group")


def test_what_is_deaf_to_sigterm_is_killed_after_the_patience(folder: Path) -> None:
    begin(folder, "trap '' TERM; echo deaf; while :; do sleep 0.1; done")
    poll(lambda: tail(folder), "its word")
    assert end(folder, 0.2).exit_code == -signal.SIGKILL


def test_an_end_of_its_own_within_the_patience_is_kept(folder: Path) -> None:
    begin(folder, "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done")
    poll(lambda: tail(folder), "its word")
    assert end(folder, 10).exit_code == 7
    assert tail(folder).endswith("bye\n")


def test_ending_what_has_ended_or_never_was_changes_nothing(folder: Path) -> None:
    assert end(folder, 1).state == "absent"
    begin(folder, "exit 5")
    ended(folder)
    assert end(folder, 1).exit_code == 5


def test_another_process_under_the_same_pid_is_neither_ours_nor_ended(folder: Path) -> None:
    begin(folder, "exit 0")
    ended(folder)
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as other:
        theirs = {"pid": other.pid, "identity": "another boot:12"}
        (folder / "began").write_text(json.dumps(theirs))
        (folder / "command").write_text(json.dumps(theirs))
        (folder / "ended").unlink()
        assert identity(other.pid)
        assert end(folder, 0.1).state == "unknown"
        assert other.poll() is None
        other.kill()


def _members(group: int) -> list[int]:
    found = []
    for process in psutil.process_iter(["status"]):
        try:
            if os.getpgid(process.pid) == group and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except ProcessLookupError:
            continue
    return found


@pytest.mark.parametrize("way", [identity, identity_by_ps])
def test_a_process_has_one_identity_until_it_ends(way: Callable[[int], str]) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        first = way(process.pid)
        assert first
        assert way(process.pid) == first
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert way(process.pid) == ""  # though nobody has waited for it yet
    assert way(process.pid) == ""
