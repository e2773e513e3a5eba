"""`orch run --headless` as a CI job would: real processes, real git, scripted agents, and no tmux on PATH."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest

from orchestrator.client import HubAway
from orchestrator.paths import Home
from tests.calls import Client
from tests.conftest import git
from tests.poll import PATIENCE, poll

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("git", "sh", "env", "cat", "sleep")
WORKFLOW = """
name: two-files
inputs:
  word: {type: string, default: hello}
workflow:
  - name: one
    agent: claude-code
    prompt: 'demo: commit Add one; done "One says {{ inputs.word }}"'
    worktree: feature/one
    parallel: true
  - name: two
    agent: claude-code
    prompt: 'demo: commit Add two; done Two is in'
    worktree: feature/two
    parallel: true
  - name: tests
    type: script
    run: echo 2 passed
  - name: review
    type: human-gate
    message: Merge both?
  - name: merge
    agent: claude-code
    prompt: 'demo: merge feature/one feature/two; done Merged'
    worktree: main
"""
THINKING = """
name: thinking
workflow:
  - name: think
    agent: claude-code
    prompt: 'demo: think 600'
"""
WAITING = """
name: endless
workflow:
  - name: endless
    type: script
    run: 'echo $$ > {pids}; exec sleep 600'
"""


class Done(NamedTuple):
    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Job:
    """A place like a container's: programs, but no tmux, and an agent that is scripted."""

    repo: Path
    state: Path
    pid: Path
    """Where the script of the workflow `endless` writes its own."""
    path: str
    orch: list[str]

    def start(self, *words: str) -> subprocess.Popen[str]:
        """`orch run … --headless --state` in the repository."""
        return subprocess.Popen(
            [*self.orch, "run", *words, "--headless", "--state", str(self.state)],
            cwd=self.repo,
            env={**os.environ, "PATH": self.path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> Done:
        """The same, to its end."""
        with self.start(*words) as process:
            try:
                said, errors = process.communicate(timeout=2 * PATIENCE)
            except BaseException:
                process.terminate()
                raise
        return Done(process.returncode, said, errors)

    def hub(self) -> int:
        return Client(Home(self.state, "none")).hub().pid

    def end_what_is_left(self) -> None:
        """A script outlives the hub, so that a resumed run finds it; here nobody resumes it."""
        pid = int(self.pid.read_text())
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)
        poll(lambda: not psutil.pid_exists(pid), "the script to end")


@pytest.fixture
def job(home: Home, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm_orch: list[str]) -> Job:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in PROGRAMS:
        found = shutil.which(name)
        assert found, name
        (programs / name).symlink_to(found)
    assert shutil.which("tmux", path=str(programs)) is None
    claude = tmp_path / "claude"
    claude.mkdir()
    trusted = {"projects": {str(repo): {"hasTrustDialogAccepted": True}}}
    (claude / ".claude.json").write_text(json.dumps(trusted))
    for name, value in {
        "PYTHONPATH": str(ROOT),
        "CLAUDE_CONFIG_DIR": str(claude),
        "ORCH_AGENT__COMMAND": json.dumps([sys.executable, "-m", "orchestrator.demo"]),
        "ORCH_SESSION_MEMORY_MB": "0",
        "GITHUB_ACTOR": "ada",
    }.items():
        monkeypatch.setenv(name, value)
    folder = repo / ".orch" / "workflows"
    folder.mkdir(parents=True)
    (folder / "two-files.yml").write_text(WORKFLOW)
    (folder / "endless.yml").write_text(WAITING.replace("{pids}", str(tmp_path / "pid")))
    (folder / "thinking.yml").write_text(THINKING)
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "--message", "Workflows")
    return Job(repo, home.root / "state", tmp_path / "pid", str(programs), warm_orch)


def sessions(state: Path) -> list[psutil.Process]:
    """Processes that were started with files of the state directory."""
    found = psutil.process_iter(["cmdline"])
    return [each for each in found if any(str(state) in word for word in each.info["cmdline"] or ())]


def lines(done: Done) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_run_holds_at_its_gate_with_3_and_goes_on_when_it_is_resumed_with_an_approval(job: Job) -> None:
    before = git(job.repo, "rev-parse", "main")
    held = job.run("two-files", "--input", "word=there")
    assert held.code == 3, held
    assert "One says there" in held.stdout
    assert "    | 2 passed" in held.stdout
    assert "--gate review=approve" in held.stderr
    assert git(job.repo, "rev-parse", "main") == before
    with pytest.raises(HubAway):
        job.hub()

    merged = job.run("--resume", "r1", "--gate", "review=approve", "--json")
    assert merged.code == 0, merged
    told = [(each["what"], each["stage"], each["state"]) for each in lines(merged)]
    assert ("gate", "review", "approved") in told
    assert told.index(("gate", "review", "approved")) < told.index(("stage", "merge", "done"))
    assert told[-1] == ("end", "", "done")
    subjects = git(job.repo, "log", "--format=%s", "main").splitlines()
    assert {"Add one", "Add two"} <= set(subjects)


@pytest.mark.long
def test_a_gate_that_is_denied_ends_the_run_with_4_and_nothing_is_merged(job: Job) -> None:
    before = git(job.repo, "rev-parse", "main")
    done = job.run("two-files", "--gate", "review=deny", "--note", "not today")
    assert done.code == 4, done
    assert git(job.repo, "rev-parse", "main") == before


@pytest.mark.long
def test_what_fails_is_told_with_its_output_and_1(job: Job) -> None:
    file = job.repo / "bad.yml"
    file.write_text("workflow:\n  - name: tests\n    type: script\n    run: echo no way; exit 3\n")
    done = job.run("bad.yml")
    assert done.code == 1, done
    assert "    | no way" in done.stdout
    file.write_text("workflow:\n  - name: tests\n    typ: script\n")
    done = job.run("bad.yml")
    assert done.code == 2, done
    assert "typ" in done.stderr


@pytest.mark.long
def test_a_stage_that_would_need_a_human_fails_where_none_is(job: Job) -> None:
    file = job.repo / "ask.yml"
    stage = "  - name: ask\n    agent: claude-code\n    prompt: 'demo: blocked \"Which port?\"'\n"
    file.write_text(f"workflow:\n{stage}")
    done = job.run("ask.yml")
    assert done.code == 1, done
    assert "Which port?" in done.stdout


ASKING = """
workflow:
  - name: clean
    agent: claude-code
    prompt: 'demo: permission "rm -rf build"; done Clean'
  - name: review
    type: human-gate
    message: Good?
"""
SENT_BACK = """
workflow:
  - name: first
    type: script
    run: "true"
  - name: count
    type: script
    run: echo once >> "$(git rev-parse --git-common-dir)/counted"
  - name: review
    type: human-gate
    message: Good?
    on_deny: count
    max_rework: 1
"""


@pytest.mark.long
def test_a_permission_that_nobody_can_give_is_named_at_once_with_what_would_allow_it(job: Job) -> None:
    file = job.repo / "asking.yml"
    file.write_text(ASKING)
    done = job.run("asking.yml", "--timeout", "60s")
    assert done.code == 1, done
    assert "asks for a permission: Bash" in done.stdout
    assert '"permissions": {"allow": ["Bash(rm -rf build)"]}' in done.stdout
    assert "did not finish within" not in done.stderr, "it does not hang until the time is over"
    assert "--retry clean" in done.stderr


@pytest.mark.long
def test_a_denial_sends_the_work_back_once_and_then_the_run_waits_with_3(job: Job) -> None:
    file = job.repo / "back.yml"
    file.write_text(SENT_BACK)
    done = job.run("back.yml", "--gate", "review=deny")
    assert done.code == 3, done
    assert (job.repo / ".git" / "counted").read_text() == "once\nonce\n"
    assert "--gate review=deny" not in done.stdout
    last = job.run("--resume", "r1", "--gate", "*=deny", "--note", "no")
    assert last.code == 4, last
    assert "max_rework reached: 1" in last.stdout
    assert (job.repo / ".git" / "counted").read_text() == "once\nonce\n"


@pytest.mark.long
def test_ctrl_c_ends_the_sessions_and_the_hub_and_the_run_can_be_resumed(job: Job) -> None:
    with job.start("thinking") as process:
        poll(lambda: [*job.state.glob("launch/*/process.*/began")], "the session to begin")
        hub = job.hub()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert f"Resume it with: orch run --headless --resume r1 --state {job.state}" in errors
    assert not psutil.pid_exists(hub)
    poll(lambda: not sessions(job.state), "the session to end")


@pytest.mark.long
def test_a_command_that_is_killed_takes_its_hub_with_it(job: Job) -> None:
    with job.start("endless") as process:
        poll(job.pid.exists, "the script to begin")
        hub = psutil.Process(job.hub())
        process.kill()
    poll(lambda: not hub.is_running() or hub.status() == psutil.STATUS_ZOMBIE, "the hub to end")
    job.end_what_is_left()


@pytest.mark.long
def test_a_second_job_does_not_take_the_state_directory_of_the_first(job: Job) -> None:
    with job.start("endless") as process:
        poll(job.pid.exists, "the script to begin")
        done = job.run("two-files")
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert done.code == 2, done
    assert "another hub" in done.stderr
    assert process.returncode == 143, "SIGTERM, as from a cancelled job"
    job.end_what_is_left()


@pytest.mark.long
def test_of_two_jobs_at_once_one_is_refused_and_the_other_comes_to_its_end(job: Job) -> None:
    (job.repo / "quick.yml").write_text("workflow:\n  - name: quick\n    type: script\n    run: sleep 1\n")
    with job.start("quick.yml") as first, job.start("quick.yml") as second:
        ended = [(each.communicate(timeout=2 * PATIENCE), each.returncode) for each in (first, second)]
    assert sorted(code for _, code in ended) == [0, 2], ended
    [refused] = [errors for (_, errors), code in ended if code == 2]
    assert f"is using the state directory {job.state}" in refused
