"""Checks that an agent is known and its program exists before a session is requested."""

import shutil
from contextvars import ContextVar

from orchestrator import config
from orchestrator.agents.configured import Agents
from orchestrator.agents.known import KINDS
from orchestrator.config.base import nearest
from orchestrator.core.errors import NotUnderstood

LOOKED_FOR_IN: ContextVar[str | None] = ContextVar("LOOKED_FOR_IN", default=None)
"""The PATH of the client for which a program is looked up; `None` for the hub's own."""


def check_program(settings: config.Config, name: str) -> None:
    """Raises `NotUnderstood`, with what to install, if the program of the agent `name` does not exist;
    `ConfigError` if there is no such agent."""
    agent = settings.agent_named(name)
    program = agent.command[0]
    if shutil.which(program, path=LOOKED_FOR_IN.get()):
        return
    hint = KINDS[agent.kind](agent.env).launch.install(program)
    raise NotUnderstood(
        f"command not found: {program}", "", f"{hint}, or change {config.agent_key(name)}.command."
    )


def check_agent(agents: Agents, name: str) -> str:
    """The same name. Raises `NotUnderstood` when the hub has read no configuration of that agent."""
    if name not in agents.named:
        near = nearest(name, list(agents.named))
        hint = f"Did you mean {near}? " if near else ""
        raise NotUnderstood(
            f"unknown agent {name!r}",
            f"available: {', '.join(agents.named)}",
            f"{hint}After editing the configuration, run: orch hub restart",
        )
    return name
