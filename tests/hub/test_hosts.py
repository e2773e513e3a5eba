"""Stages on another machine: a real sshd on loopback, with scripted agents there."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from orchestrator.client import Refused
from orchestrator.core.requests.review import ReadDiff
from orchestrator.core.workflow.views import StageView
from orchestrator.world import processes
from tests.conftest import git
from tests.hub.flows import stages, start, until_stage
from tests.hub.stage import Stage
from tests.poll import poll
from tests.sshd import Sshd, sshd_in

pytestmark = pytest.mark.slow


_CHECKOUT = Path(__file__).parents[2]

FAR = """
workflow:
  - name: far
    where: big
    worktree: feature/far
    prompt: |
      demo: %s
  - name: near
    worktree: feature/far
    prompt: |
      demo: edit near.txt "made here"; commit Near; done "Seen here"
"""
MADE = 'edit far.txt "made there"; commit Far; done "Made on big"'


@pytest.fixture
def big(stage: Stage, tmp_path: Path) -> Iterator[Sshd]:
    """A host by this name, in the configuration of the hub to be started; afterwards nothing of it runs
    on."""
    there = sshd_in(tmp_path / "big")
    agents = there.home / "agent"
    agents.mkdir()
    config = tmp_path / "config.toml"
    words = ", ".join(f'"{word}"' for word in there.ssh)
    config.write_text(
        f"""
        [hosts.big]
        ssh = [{words}]
        folder = "~/.orch host"
        python = "{sys.executable}"
        command = ["{sys.executable}", "-m", "orchestrator.demo"]
        env = {{ PYTHONPATH = "{_CHECKOUT}", CLAUDE_CONFIG_DIR = "{agents}" }}
        """
    )
    stage.set("ORCH_CONFIG", str(config))
    there.start()
    yield there
    if not stage.away():
        stage.client.stop_hub()  # it would open its tunnel again
        poll(stage.away, "the hub's end")
    for folder in stage.home.hosts.glob("*/tunnel.*"):
        if folder.is_dir():
            processes.end(folder, 5)
    there.stop()
    for process in running(there):
        process.kill()


def until_far(stage: Stage, *states: str) -> StageView:
    def look() -> StageView | None:
        seen = stages(stage, "r1")["far"]
        if seen.state in ("failed", "blocked") and seen.state not in states:
            pytest.fail(f"it is {seen.state}: {seen.waits}")
        return seen if seen.state in states else None

    return poll(look, f"far to be {states}")


def running(there: Sshd) -> list[psutil.Process]:
    """What runs on the host, its way here aside."""
    mark = str(there.home)
    return [
        each
        for each in psutil.process_iter(["cmdline"])
        if each.pid != os.getpid() and any(mark in word for word in each.info["cmdline"] or ())
    ]


def session(there: Sshd) -> psutil.Process | None:
    return next((each for each in running(there) if "orchestrator.demo" in each.info["cmdline"]), None)


def begun(there: Sshd) -> int:
    """How many conversations have begun there."""
    return len(list(there.home.glob("agent/projects/*/*.jsonl")))


def test_a_stage_on_a_host_is_done_there_and_its_commit_is_here_for_the_next(stage: Stage, big: Sshd) -> None:
    stage.start()
    start(stage, FAR % f'edit early.txt "x"; done "Too early"; commit Early; {MADE}')
    done = until_far(stage, "done")
    assert (done.where, done.summary) == ("big", "Made on big")
    assert git(stage.repo, "show", "feature/far:far.txt") == "made there"
    assert git(stage.repo, "log", "-1", "--format=%an %ae", "refs/orch/hosts/big/feature/far") == (
        "A Person person@example.org"
    )
    assert poll(lambda: stage.client.run("r1").state == "done", "the run's end")
    tree = Path(stages(stage, "r1")["near"].path)
    assert {"far.txt", "early.txt", "near.txt"} <= {path.name for path in tree.iterdir()}
    assert git(tree, "status", "--porcelain") == ""
    assert not list(big.home.glob("**/launch.sh")), "the token is left behind there"


@pytest.mark.long
def test_a_hub_killed_in_the_middle_finds_the_session_again_and_its_token_is_in_no_argv(
    stage: Stage, big: Sshd
) -> None:
    stage.start()
    start(stage, FAR % f"await; {MADE}")
    found = poll(lambda: session(big), "the session")
    poll(
        lambda: stages(stage, "r1")["far"].state == "running" and stage.card("c1").state == "working",
        "its work",
    )
    token = next(word for word in found.environ()["ORCH_TOKEN"].split())
    assert token.startswith("c1.1.")
    told = [word for each in psutil.process_iter(["cmdline"]) for word in each.info["cmdline"] or ()]
    assert not [word for word in told if token in word]
    hub = stage.pid()
    os.kill(hub, signal.SIGKILL)
    poll(lambda: not stage.away() and stage.pid() != hub, "the next hub")
    found.send_signal(signal.SIGUSR1)
    assert until_far(stage, "done").attempt == 1
    assert begun(big) == 1
    assert git(stage.repo, "rev-list", "--count", "main..refs/orch/hosts/big/feature/far") == "1"


@pytest.mark.long
def test_a_host_that_does_not_answer_ends_nothing_and_is_settled_when_it_is_back(
    stage: Stage, big: Sshd
) -> None:
    stage.start()
    start(stage, FAR % f"await; {MADE}")
    found = poll(lambda: session(big), "the session")
    poll(lambda: stage.card("c1").state == "working", "its work")
    big.stop()
    card = poll(lambda: seen if (seen := stage.card("c1")).unknown_since else None, "that it can't be seen")
    assert card.state == "working"
    assert stages(stage, "r1")["far"].state == "running"
    assert "big does not respond" in str(stage.client.show("c1"))
    big.start()
    poll(lambda: not stage.card("c1").unknown_since, "that it is seen again")
    poll(lambda: _answers(stage), "the way back")
    found.send_signal(signal.SIGUSR1)
    assert until_far(stage, "done").attempt == 1
    assert begun(big) == 1


@pytest.mark.long
def test_a_session_that_is_to_end_while_its_host_is_away_ends_when_that_is_back(
    stage: Stage, big: Sshd
) -> None:
    stage.start()
    start(stage, FAR % f'edit far.txt "made there"; commit Far; await; {MADE}')
    poll(lambda: session(big) and stage.card("c1").state == "working", "its work")
    poll(lambda: list(big.home.glob("**/far.txt")), "its file")
    poll(lambda: [each.path for each in stage.client.submit(ReadDiff("c1")).files] == ["far.txt"], "its diff")
    assert stage.client.submit(ReadDiff("c1")).host == "big"
    big.stop()
    assert stage.client.stop("c1").state == "working"
    assert session(big)
    big.start()
    poll(lambda: stage.card("c1").state == "exited", "the session's end")
    assert not session(big)
    assert git(stage.repo, "show", "feature/far:far.txt") == "made there"


@pytest.mark.long
def test_work_that_can_not_be_joined_blocks_the_stage_and_is_kept_here(stage: Stage, big: Sshd) -> None:
    stage.start()
    start(stage, FAR % 'await; commit Far path=far.txt; edit loose.txt "not committed"; done "A"; done "B"')
    found = poll(lambda: session(big), "the session")
    poll(lambda: stage.card("c1").state == "working", "its work")
    tree = Path(stages(stage, "r1")["far"].path)
    (tree / "other.txt").write_text("meanwhile")
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "Meanwhile")
    found.send_signal(signal.SIGUSR1)
    blocked = until_far(stage, "blocked")
    assert "It is kept as refs/orch/hosts/big/feature/far" in blocked.waits
    assert "far.txt" in git(stage.repo, "ls-tree", "--name-only", "refs/orch/hosts/big/feature/far")
    assert git(tree, "log", "-1", "--format=%s") == "Meanwhile"

    def saved() -> str:
        return git(stage.repo, "for-each-ref", "--format=%(refname)", "refs/orch/rescue/c1")

    assert git(stage.repo, "show", f"{poll(saved, 'the rescue')}:loose.txt") == "not committed"


@pytest.mark.long
def test_a_host_that_is_not_there_is_said_before_or_on_the_stage(stage: Stage, big: Sshd) -> None:
    big.stop()
    stage.start()
    with pytest.raises(Refused, match=r'no host "bug".*did you mean "big"') as refused:
        start(stage, FAR.replace("where: big", "where: bug") % MADE)
    assert "flow.yml:4:" in str(refused.value.why)
    start(stage, FAR % MADE)
    assert "big does not respond" in until_far(stage, "blocked").waits
    big.start()
    stage.client.retry_stage("r1", "far")
    until_far(stage, "done")


@pytest.mark.long
def test_a_host_that_was_away_at_the_start_is_tried_again_by_itself(stage: Stage, big: Sshd) -> None:
    big.stop()
    stage.start()
    start(stage, FAR % MADE)
    away = until_far(stage, "blocked")
    assert "big does not respond" in away.waits
    assert away.until
    big.start()
    until_stage(stage, "r1", "far", "done")
    assert begun(big) == 1


def _answers(stage: Stage) -> bool:
    found = [folder for folder in stage.home.hosts.glob("big/tunnel.*") if folder.is_dir()]
    return any(processes.look(folder).state == "running" for folder in found)
