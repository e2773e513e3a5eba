"""The throw-away place that `orch demo` plays in: state directory, tmux server, repository, agent.

All of it lies below one temporary folder, beside the tmux server's socket; `demo_strike` removes it all.
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
"""One that can be run in the repository by this name: two stages side by side, then a gate."""
_STALL_AFTER = "15s"
"""Soon enough that whoever watches the demo sees a stall, longer than any other silence of its agents outside
of a tool."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays: a folder, and a tmux server of this name."""

    root: Path
    tmux_socket: str

    @classmethod
    def new(cls) -> "Stage":
        """One that nobody else has. Nothing is made of it yet."""
        folder = Path(tempfile.gettempdir()) / f"orch-demo-{secrets.token_hex(5)}"
        return cls(folder, f"orch-demo-{os.getpid()}")

    @property
    def home(self) -> Home:
        """The demo's own state directory and tmux socket, apart from the user's."""
        return Home(self.root / "home", self.tmux_socket)

    @property
    def repo(self) -> Path:
        """Where the demo's repository is made; its name shows on the board."""
        return self.root / "shop"

    @property
    def environment(self) -> dict[str, str]:
        """What hub, sessions and board need to be told so that they play here and nowhere else."""
        return {
            "ORCH_HOME": str(self.home.root),
            "ORCH_TMUX_SOCKET": self.home.tmux_socket,
            "ORCH_CONFIG": str(self.root / "config.toml"),
            "CLAUDE_CONFIG_DIR": str(self.root / "claude"),
        }


def build(stage: Stage, python: str) -> None:
    """Makes everything but the hub. Raises `Failed` where git will not."""
    stage.root.mkdir(0o700)
    _write_config(stage, python)
    _make_repository(stage.repo)


def step_onto(stage: Stage) -> None:
    """From now on this process and what it starts use the stage; the user's own settings of orch are gone."""
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
