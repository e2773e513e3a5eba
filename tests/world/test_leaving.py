"""The end of a process is not held up by a git that hangs."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.world.worktrees import GitFailed, command
from tests.poll import PATIENCE, poll


def test_a_git_that_hangs_is_ended_and_no_other_is_started(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_leaving", threading.Event())
    begun = tmp_path / "begun"
    hang = ("-c", f"alias.hang=!touch {begun}; sleep 1000", "hang")
    with ThreadPoolExecutor(1) as threads:
        hung = threads.submit(command.ask, str(repo), *hang)
        poll(begun.exists, "git to begin")
        command.leave()
        assert hung.result(PATIENCE).code != 0
    with pytest.raises(GitFailed, match="orch is ending"):
        command.ask(str(repo), "version")
