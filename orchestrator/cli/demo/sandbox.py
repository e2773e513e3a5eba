"""The temporary place of `orch demo`: state directory, tmux server, repository, agent.

Everything is below one temporary folder, except the tmux server's socket; `cleanup` removes it all.
"""

import json
import os
import secrets
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from orchestrator.client import Failed
from orchestrator.paths import Home

_GIT = (
    "git",
    *("-c", "commit.gpgsign=false"),
    *("-c", "init.defaultBranch=main"),
    *("-c", "core.hooksPath=/dev/null"),
)
WORKFLOW = "gift-cards"
"""A workflow that can be run in the repository by this name: two parallel stages, then a gate."""
_STALL_AFTER = "15s"
"""Short enough to see a stall while watching the demo, longer than any other silence of its agents outside of
a tool."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The demo's place: a folder, and a tmux server with this name."""

    root: Path
    tmux_socket: str

    @classmethod
    def new(cls) -> "Stage":
        """A unique place. Nothing is created yet."""
        folder = Path(tempfile.gettempdir()) / f"orch-demo-{secrets.token_hex(5)}"
        return cls(folder, f"orch-demo-{os.getpid()}")

    @property
    def home(self) -> Home:
        """The demo's own state directory and tmux socket, apart from the user's."""
        return Home(self.root / "home", self.tmux_socket)

    @property
    def repo(self) -> Path:
        """Where the demo's repository is created; its name is visible on the board."""
        return self.root / "shop"

    @property
    def environment(self) -> dict[str, str]:
        """The environment that makes hub, sessions and board use the demo's place only."""
        return {
            "ORCH_HOME": str(self.home.root),
            "ORCH_TMUX_SOCKET": self.home.tmux_socket,
            "ORCH_CONFIG": str(self.root / "config.toml"),
            "CLAUDE_CONFIG_DIR": str(self.root / "claude"),
        }


def build(stage: Stage, python: str) -> None:
    """Creates everything but the hub. Raises `Failed` if git fails."""
    stage.root.mkdir(0o700)
    _write_config(stage, python)
    _make_repository(stage.repo)


def step_onto(stage: Stage) -> None:
    """From now on this process and its children use the demo's place; the user's own settings of orch are
    unset."""
    for name in [name for name in os.environ if name.startswith("ORCH_")]:
        del os.environ[name]
    os.environ.update(stage.environment)


def _write_config(stage: Stage, python: str) -> None:
    agent = files("orchestrator") / "demo"
    with as_file(agent) as folder:
        command = [python, "-S", "-E", str(folder)]
        env = {
            "CLAUDE_CONFIG_DIR": str(stage.root / "claude"),
            "ORCH_DEMO_SCRIPTS": str(folder / "stage/cards"),
        }
    (stage.root / "config.toml").write_text(
        "\n".join(
            [
                "max_sessions = 20",
                "session_memory_mb = 0",
                f"stall_after = {json.dumps(_STALL_AFTER)}",
                "[trust]",
                f"repositories = {json.dumps([str(stage.repo)])}",
                "[agent]",
                f"command = {json.dumps(command)}",
                f"env = {{ {', '.join(f'{name} = {json.dumps(value)}' for name, value in env.items())} }}",
                "",
            ]
        )
    )
    claude = stage.root / "claude"
    claude.mkdir(mode=0o700)
    trusted = {"projects": {str(stage.repo): {"hasTrustDialogAccepted": True}}}
    (claude / ".claude.json").write_text(json.dumps(trusted))


def _make_repository(repo: Path) -> None:
    repo.mkdir()
    _git(repo, "init", "--quiet")
    for name, value in {
        "user.name": "Demo",
        "user.email": "demo@example.org",
        "commit.gpgsign": "false",
        "core.hooksPath": "/dev/null",
        "gc.auto": "0",
    }.items():
        _git(repo, "config", name, value)
    stage = files("orchestrator") / "demo/stage"
    commits = json.loads((stage / "project.json").read_text())["commits"]
    workflow = {f".orch/workflows/{WORKFLOW}.yml": (stage / "workflow.yml").read_text()}
    for commit in (*commits, {"message": "How gift cards are to come", "files": workflow}):
        for path, text in commit["files"].items():
            (repo / path).parent.mkdir(parents=True, exist_ok=True)
            (repo / path).write_text(text)
        _git(repo, "add", "--all")
        _git(repo, "commit", "--quiet", "--message", commit["message"])


def _git(repo: Path, *words: str) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        [*_GIT, *words], cwd=repo, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        raise Failed("cannot create the demo's repository", done.stderr.strip())
