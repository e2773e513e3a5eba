"""Checks that the agent's program exists before a session is requested."""

import shutil
from contextvars import ContextVar

from orchestrator import config
from orchestrator.agents.known import KINDS
from orchestrator.hub.loop.engine import refusal

LOOKED_FOR_IN: ContextVar[str | None] = ContextVar("LOOKED_FOR_IN", default=None)
"""The PATH of the client for which a program is looked up; `None` for the hub's own."""


def check_program(agent: config.Agent) -> None:
    """Raises `RefusedError`, with what to install, if it does not."""
    program = agent.command[0]
    if shutil.which(program, path=LOOKED_FOR_IN.get()):
        return
    hint = KINDS[agent.kind](agent.env).launch.install(program)
    raise refusal(f"{program} is not installed", "a session runs it", hint)
