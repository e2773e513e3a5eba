"""Whether the agent's program is there, looked at before a session is wanted."""

import shutil
from pathlib import Path

from orchestrator import config
from orchestrator.hub.engine import refusal


def check_program(settings: config.Config) -> None:
    """Raises `RefusedError`, with what to install, when it is not."""
    program = settings.agent.command[0]
    if shutil.which(program):
        return
    hint = (
        "Install Claude Code: npm install -g @anthropic-ai/claude-code"
        if Path(program).name == "claude"
        else "Install it, or change agent.command in the configuration."
    )
    raise refusal(f"{program} is not installed", "a session runs it", hint)
