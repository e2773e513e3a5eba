"""The verbs with the real hub, tmux and git; the agent is a plain program."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.paths import Home
from tests.calls import Client
from tests.poll import PATIENCE, poll

Run = Callable[..., subprocess.CompletedProcess[str]]
Card = dict[str, Any]


@pytest.fixture
def plain_agents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCH_AGENT__KIND", "plain")
    monkeypatch.setenv("ORCH_AGENT__COMMAND", "sh -c 'exec sleep 600'")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))


@pytest.fixture
def cold_orch(home: Home, repo: Path, plain_agents: None) -> Run:
    """Runs `orch` in the repository as it is installed."""
    return _runs(repo, sys.executable, "-c", "from orchestrator.cli import main; main()")


@pytest.fixture
def orch(home: Home, repo: Path, plain_agents: None, warm_python: Path) -> Run:
    """The same, and the hub that it starts, without the seconds that Python takes to import it."""
    return _runs(repo, str(warm_python), "-m", "orchestrator.cli")


def _runs(repo: Path, *program: str) -> Run:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*program, *words], cwd=repo, capture_output=True, text=True, check=False, timeout=2 * PATIENCE
        )

    return run


def cards(orch: Run) -> dict[str, Card]:
    done = orch("ls", "--json")
    assert done.returncode == 0, done.stderr
    return {card["id"]: card for card in json.loads(done.stdout)}


def until(orch: Run, home: Home, card: str, state: str) -> Card:
    """The card as `orch ls` tells it, once the hub says that it is in this state."""
    client = Client(home)
    poll(lambda: client.show(card).card.state == state, f"{card} to be {state}")
    return cards(orch)[card]


def wait_for(file: Path, word: str) -> None:
    poll(lambda: word in file.read_text(), f"{word} to be told", told=file.read_text)


@pytest.mark.slow
def test_a_card_goes_from_new_to_removed_and_the_hub_comes_and_goes_meanwhile(
    orch: Run, cold_orch: Run, home: Home, repo: Path
) -> None:
    assert orch("rules", "list").returncode == 0
    assert orch("hub", "status").returncode == 6
    made = cold_orch("new", "Auth refactor", "--json")  # and its hub
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["slug"] == "auth-refactor"
    running = until(orch, home, "c1", "working")
    assert Path(running["worktree"]).is_dir()

    assert orch("answer", "c1.abc", "allow").returncode == 4
    assert orch("answer", "nobody", "deny").returncode == 5
    assert orch("nudge", "c9", "continue").returncode == 5

    first = json.loads(orch("hub", "status", "--json").stdout)
    assert orch("hub", "restart").returncode == 0
    second = json.loads(orch("hub", "status", "--json").stdout)
    assert second["pid"] != first["pid"]
    assert second["port"] == first["port"]
    assert until(orch, home, "c1", "working")["pid"] == running["pid"]

    assert "window" in orch("show", "c1", "--evidence").stdout
    assert orch("stop", "auth-refactor").returncode == 0
    until(orch, home, "c1", "exited")

    (Path(running["worktree"]) / "notes.txt").write_text("not committed\n")
    refused = orch("rm", "c1")
    assert refused.returncode == 4, refused.stdout
    assert "untracked" in refused.stderr
    removed = orch("rm", "c1", "--rescue")
    assert removed.returncode == 0, removed.stderr
    ref = removed.stdout.split()[-1]
    assert ref.startswith("refs/orch/rescue/")
    kept = subprocess.run(
        ["git", "ls-tree", "--name-only", ref], cwd=repo, capture_output=True, text=True, check=True
    )
    assert "notes.txt" in kept.stdout.split()
    assert cards(orch) == {}

    for words in (["queue"], ["stats"], ["rules", "list"], ["rules", "test"]):
        done = orch(*words, "--json")
        assert (done.returncode, json.loads(done.stdout)) == (0, []), done.stderr
    assert orch("answer", "c1.abc", "allow").returncode == 5

    assert cold_orch("hub", "stop").returncode == 0
    assert orch("hub", "status").returncode == 6


def test_watch_tells_of_a_hub_that_is_restarted_and_of_what_happens_after(
    orch: Run, home: Home, warm_python: Path, tmp_path: Path
) -> None:
    assert orch("new", "Docs", "--label", "docs").returncode == 0
    assert until(orch, home, "c1", "working")["labels"] == ["docs"]
    heard = tmp_path / "heard"
    argv = [str(warm_python), "-m", "orchestrator.cli", "watch", "--json"]
    with heard.open("w") as file, subprocess.Popen(argv, stdout=file) as watching:
        try:
            client = Client(home)

            def held_is_told() -> bool:  # until it listens, what changes is not a change to it
                client.hold("c1", "for a moment")
                client.release("c1")
                return "blocked" in heard.read_text()

            poll(held_is_told, "a card that is held to be told", told=heard.read_text)
            assert orch("hub", "restart").returncode == 0
            wait_for(heard, "hub_back")
            assert orch("stop", "c1").returncode == 0
            wait_for(heard, "exited")
        finally:
            watching.send_signal(signal.SIGINT)
    said = [json.loads(line) for line in heard.read_text().splitlines()]
    assert {"hub_away", "hub_back", "card"} <= {each["what"] for each in said}
    assert orch("hub", "stop").returncode == 0
