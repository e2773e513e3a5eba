"""Programs that orch requires, and how to install them."""

import shutil
from pathlib import Path

from orchestrator.cli.failures import Unusable

_INSTALL = {
    "tmux": "Install tmux 3.2 or newer with your package manager, for instance: apt install tmux",
    "git": "Install git 2.38 or newer with your package manager, for instance: apt install git",
    "claude": "Install Claude Code with: npm install -g @anthropic-ai/claude-code",
}


def require(*names: str) -> None:
    """Ends the command with exit code 2 and one sentence if one of these is not on the PATH."""
    for name in names:
        if shutil.which(name) is None:
            raise Unusable(f"{name} is not installed. {_how_to_install(name)}")


def require_agent(repo: Path | None = None) -> None:
    """The same for the program that runs in a session, as it is configured.

    If there is a `claude`, the configuration is not read: that takes longer than everything else, and the hub
    refuses what it cannot start.
    """
    if shutil.which("claude"):
        return
    from orchestrator.cli.settings import load_config  # costs a fifth of a second

    settings = load_config(repo)
    program = settings.agent_named(settings.default_agent).command[0]
    if shutil.which(Path(program).expanduser()) is None:
        what = (
            "is not installed"
            if program in _INSTALL
            else "(agent.command in the configuration) was not found"
        )
        raise Unusable(f"{program} {what}. {_how_to_install(program)}")


def _how_to_install(name: str) -> str:
    """One sentence; for an unknown program, how to configure another."""
    return _INSTALL.get(name, "Install it, or set another command: orch config path")
