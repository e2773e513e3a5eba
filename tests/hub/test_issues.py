"""Issues by the real hub, from a server that stands in for GitHub."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from orchestrator.paths import Home
from tests.conftest import git, processes_of
from tests.forge.server import Server
from tests.hub.stage import Stage
from tests.poll import PATIENCE

TOKEN = "ghp_ada_secret"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()
    assert made.wrong == []


def test_issues_are_listed_and_the_token_is_nowhere_but_in_the_hubs_memory(
    stage: Stage, server: Server, tmp_path: Path
) -> None:
    shop = server.world.repo()
    server.world.issue(shop, "Crash \x1b[31min red\x1b[0m", labels=["bug"], assignees=["bob"])
    git(stage.repo, "remote", "add", "origin", f"http://127.0.0.1:{server.port}/ada/shop.git")
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text(TOKEN)
    stage.set("ORCH_GITHUB__BASE_URL", server.api)
    stage.set("ORCH_GITHUB__TOKEN_FILE", str(file))
    stage.start()
    said = orch(stage.repo, "issues", "list", "--json")
    assert said.returncode == 0, said.stderr
    (found,) = json.loads(said.stdout)
    assert found["title"] == "Crash \x1b[31min red\x1b[0m"
    assert {key: found[key] for key in ("number", "labels", "assignees", "card")} == {
        "number": 1,
        "labels": ["bug"],
        "assignees": ["bob"],
        "card": "",
    }
    assert found["url"].endswith("/ada/shop/issues/1")
    told = orch(stage.repo, "issues", "list").stdout
    assert "#1" in told
    assert "Crash in red" in told
    assert "\x1b" not in told
    server.world.accounts[0].token = "renewed"
    refused = orch(stage.repo, "issues", "list")
    assert (refused.returncode, "does not accept the token" in refused.stderr) == (4, True)
    assert not [path for path in written(stage.home) if TOKEN.encode() in path.read_bytes()]
    assert not [each for each in processes_of(stage.home) if TOKEN in " ".join(command(each))]
    assert TOKEN not in said.stdout + told + refused.stdout + refused.stderr


def orch(repo: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    program = [sys.executable, "-c", "from orchestrator.cli import main; main()", *words]
    return subprocess.run(program, cwd=repo, capture_output=True, text=True, check=False, timeout=PATIENCE)


def written(home: Home) -> list[Path]:
    """Everything that the hub has on disk."""
    return [each for each in home.root.rglob("*") if each.is_file() and not each.is_symlink()]


def command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
