"""The verbs with the real hub, tmux and git; the agent is a plain program."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.paths import Home

Run = Callable[..., subprocess.CompletedProcess[str]]
Card = dict[str, Any]


@pytest.fixture
def orch(home: Home, repo: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `orch` in the repository."""
    monkeypatch.setenv("ORCH_AGENT__KIND", "plain")
    monkeypatch.setenv("ORCH_AGENT__COMMAND", "sh -c 'exec sleep 600'")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-c", "from orchestrator.cli import main; main()", *words]
        root = Path(__file__).resolve().parents[2]
        return subprocess.run(
            argv,
            cwd=repo,
            env={**os.environ, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def cards(orch: Run) -> dict[str, Card]:
    done = orch("ls", "--json")
    assert done.returncode == 0, done.stderr
    return {card["id"]: card for card in json.loads(done.stdout)}


def until(orch: Run, card: str, state: str) -> Card:
    deadline = time.monotonic() + 30
    while (found := cards(orch)[card])["state"] != state and time.monotonic() < deadline:
        time.sleep(0.1)
    assert found["state"] == state, found
    return found


def wait_for(file: Path, word: str) -> None:
    deadline = time.monotonic() + 30
    while word not in file.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert word in file.read_text()


def test_a_card_goes_from_new_to_removed_and_the_hub_comes_and_goes_meanwhile(orch: Run, repo: Path) -> None:
    assert orch("hub", "status").returncode == 6
    assert orch("rules", "list").returncode == 0
    assert orch("hub", "status").returncode == 6
    made = orch("new", "Auth refactor", "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["slug"] == "auth-refactor"
    running = until(orch, "c1", "working")
    assert Path(running["worktree"]).is_dir()

    assert orch("answer", "c1.abc", "allow").returncode == 4
    assert orch("answer", "nobody", "deny").returncode == 5
    assert orch("nudge", "c9", "continue").returncode == 5

    first = json.loads(orch("hub", "status", "--json").stdout)
    assert orch("hub", "restart").returncode == 0
    second = json.loads(orch("hub", "status", "--json").stdout)
    assert second["pid"] != first["pid"]
    assert second["port"] == first["port"]
    assert until(orch, "c1", "working")["pid"] == running["pid"]

    assert "window" in orch("show", "c1", "--evidence").stdout
    assert orch("stop", "auth-refactor").returncode == 0
    until(orch, "c1", "exited")

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

    assert orch("hub", "stop").returncode == 0
    assert orch("hub", "status").returncode == 6


def test_watch_tells_of_a_hub_that_is_restarted_and_of_what_happens_after(
    orch: Run, repo: Path, tmp_path: Path
) -> None:
    assert orch("new", "Docs", "--label", "docs").returncode == 0
    assert until(orch, "c1", "working")["labels"] == ["docs"]
    heard = tmp_path / "heard"
    argv = [sys.executable, "-c", "from orchestrator.cli import main; main()", "watch", "--json"]
    with heard.open("w") as file, subprocess.Popen(argv, stdout=file) as watching:
        try:
            deadline = time.monotonic() + 30
            while "blocked" not in heard.read_text() and time.monotonic() < deadline:
                # Until it listens, what changes is not a change to it.
                assert orch("hold", "c1", "for a moment").returncode == 0
                time.sleep(0.2)
                assert orch("release", "c1").returncode == 0
            assert orch("hub", "restart").returncode == 0
            wait_for(heard, "hub_back")
            assert orch("stop", "c1").returncode == 0
            wait_for(heard, "exited")
        finally:
            watching.send_signal(signal.SIGINT)
    said = [json.loads(line) for line in heard.read_text().splitlines()]
    assert {"hub_away", "hub_back", "card"} <= {each["what"] for each in said}
    assert orch("hub", "stop").returncode == 0
