"""Whether the agent's program is there, looked at before a session is wanted."""

import shutil
from contextvars import ContextVar

from orchestrator import config
from orchestrator.agents.known import KINDS
from orchestrator.hub.loop.engine import refusal

LOOKED_FOR_IN: ContextVar[str | None] = ContextVar("LOOKED_FOR_IN", default=None)
"""The PATH of the client for whom a program is looked for; `None` is the hub's own."""


def check_program(agent: config.Agent) -> None:
    """Raises `RefusedError`, with what to install, when it is not."""
    program = agent.command[0]
    if shutil.which(program, path=LOOKED_FOR_IN.get()):
        return
    hint = KINDS[agent.kind](agent.env).launch.install(program)
    raise refusal(f"{program} is not installed", "a session runs it", hint)
