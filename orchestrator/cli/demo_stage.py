"""The throw-away place that `orch demo` plays in: state directory, tmux server, repository, agent.

All of it lies below one temporary folder, beside the tmux server's socket; `strike` leaves nothing behind.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from orchestrator.client import Client, Failed, OrchError
from orchestrator.paths import Home

_ENDS_WITHIN = 8.0
_ATTEMPTS = 5
_GIT = (
    "git",
    *("-c", "commit.gpgsign=false"),
    *("-c", "init.defaultBranch=main"),
    *("-c", "core.hooksPath=/dev/null"),
)
_WORKFLOW = "gift-cards"
_STALL_AFTER = "15s"
"""Soon enough that whoever watches the demo sees a stall, longer than any other silence of its agents."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays. `cards` are what the agents' scripts say of the cards that they belong to."""

    root: Path
    home: Home
    repo: Path
    cards: tuple[dict[str, Any], ...]
    workflow: str = _WORKFLOW
    """One that can be run in the repository by this name: two stages side by side, then a gate."""

    @property
    def environment(self) -> dict[str, str]:
        """What hub, sessions and board need to be told so that they play here and nowhere else."""
        return {
            "ORCH_HOME": str(self.home.root),
            "ORCH_TMUX_SOCKET": self.home.tmux_socket,
            "ORCH_CONFIG": str(self.root / "config.toml"),
            "CLAUDE_CONFIG_DIR": str(self.root / "claude"),
        }


def build(python: str) -> Stage:
    """Makes everything but the hub. Raises `Failed` where git will not."""
    root = Path(tempfile.mkdtemp(prefix="orch-demo-"))  # 0700
    stage = Stage(root, Home(root / "home", f"orch-demo-{os.getpid()}"), root / "shop", _cards())
    try:
        _write_config(stage, python)
        _make_repository(stage.repo)
    except BaseException:
        shutil.rmtree(root, ignore_errors=True)
        raise
    return stage


def step_onto(stage: Stage) -> None:
    """From now on this process and what it starts use the stage; the user's own settings of orch are gone."""
    for name in [name for name in os.environ if name.startswith("ORCH_")]:
        del os.environ[name]
    os.environ.update(stage.environment)


def strike(stage: Stage) -> None:
    """Ends hub, sessions and tmux server and removes every trace of them."""
    with suppress(OrchError):
        hub = Client(stage.home).hub().pid
        Client(stage.home).stop_hub()
        _wait_for_the_end([hub])  # or it might open one more window, and with it a new tmux server
    for _ in range(_ATTEMPTS):  # a hub that was just being started brings a server once more
        sessions = _processes(stage)
        _tmux(stage, "kill-server")
        _wait_for_the_end(sessions)
        time.sleep(0.2)
        if not _processes(stage):
            break
    sockets = Path(os.environ.get("TMUX_TMPDIR", "/tmp")) / f"tmux-{os.getuid()}"  # noqa: S108 (tmux's own)
    (sockets / stage.home.tmux_socket).unlink(missing_ok=True)
    if stage.home.socket.parent != stage.home.root:
        shutil.rmtree(stage.home.socket.parent, ignore_errors=True)
    shutil.rmtree(stage.root, ignore_errors=True)


def _wait_for_the_end(pids: list[int]) -> None:
    """Of our own processes; what does not end in time is ended."""
    deadline = time.monotonic() + _ENDS_WITHIN
    while (pids := [pid for pid in pids if _runs(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _processes(stage: Stage) -> list[int]:
    """What runs in the windows of the stage's own tmux server."""
    said = _tmux(stage, "list-panes", "-a", "-F", "#{pane_pid}")
    return [int(word) for word in said.split()]


def _tmux(stage: Stage, *words: str) -> str:
    with suppress(subprocess.TimeoutExpired):
        return subprocess.run(
            ["tmux", "-L", stage.home.tmux_socket, *words],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        ).stdout
    return ""


def _runs(pid: int) -> bool:
    with suppress(OSError):
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _cards() -> tuple[dict[str, Any], ...]:
    folder = files("orchestrator") / "agents/demo/stage/cards"
    scripts = [(file.name.removesuffix(".json"), json.loads(file.read_text())) for file in folder.iterdir()]
    # the scripts without a card are those of the workflow's stages
    cards = [{"name": name, **script["card"]} for name, script in scripts if "card" in script]
    return tuple(sorted(cards, key=lambda card: card["order"]))


def _write_config(stage: Stage, python: str) -> None:
    agent = files("orchestrator") / "agents/demo"
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
                f"stall_after_tool = {json.dumps(_STALL_AFTER)}",
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
    stage = files("orchestrator") / "agents/demo/stage"
    commits = json.loads((stage / "project.json").read_text())["commits"]
    workflow = {f".orch/workflows/{_WORKFLOW}.yml": (stage / "workflow.yml").read_text()}
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
        raise Failed("the demo's repository could not be made", done.stderr.strip())
