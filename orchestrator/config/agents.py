"""The settings of agent programs."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from orchestrator.config.base import MissingValueError, Table, UnfitValueError, nearest
from orchestrator.config.values import Command, Variables, Words
from orchestrator.core.model import DEFAULT_AGENT
from orchestrator.core.sessions.environment import DEFAULT

KINDS = ["claude-code", "plain"]
"""The programs that `orchestrator.agents.known` has; a test holds them together."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_OF_CLAUDE_CODE = ("ANTHROPIC_*", "CLAUDE_CODE_USE_*", "CLAUDE_CODE_OAUTH_TOKEN")
"""What it takes its account and its model's place from."""


def _kind(said: str) -> str:
    if said not in KINDS:
        raise UnfitValueError(f"one of {', '.join(KINDS)}", nearest(said, KINDS))
    return said


class Agent(Table):
    """The program that runs in each session."""

    kind: Annotated[str, AfterValidator(_kind), WithJsonSchema({"enum": list(KINDS)})] = Field(
        default="claude-code",
        description="claude-code, or plain for any other program.\n"
        "For a plain program, only whether its window is open is known.",
    )
    command: Command = Field(default=("claude",), description="The command, as a string or a list of words.")
    model: str = Field(default="", description="The model for new cards; empty means the agent's default.")
    permission_mode: str = Field(
        default="", description="The permission mode for new cards; empty means the agent's default."
    )
    models: Words = Field(
        default=("opus", "sonnet", "haiku"), description="The models that the new-card form suggests."
    )
    permission_modes: Words = Field(
        default=("default", "acceptEdits", "plan", "auto", "bypassPermissions"),
        description="The permission modes that cards may use.",
    )
    env: Variables = Field(
        default_factory=dict,
        description="Additional environment variables for sessions.",
    )
    update_environment: Words = Field(
        default=(*DEFAULT, *_OF_CLAUDE_CODE),
        description="Variables that a session takes from the shell that starts or resumes it, as names or\n"
        "patterns (LC_*); variables missing in that shell are unset.",
    )

    @model_validator(mode="after")
    def _plain_has_a_command(self) -> "Agent":
        if self.kind == "plain" and "command" not in self.model_fields_set:
            raise MissingValueError("command", "an agent of kind plain has no default")
        return self

    @model_validator(mode="after")
    def _mode_is_known(self) -> "Agent":
        mode = self.permission_mode
        if mode and mode not in self.permission_modes:
            known = list(self.permission_modes)
            raise UnfitValueError(f"one of {', '.join(known)}", nearest(mode, known), "permission_mode")
        return self


def agent_key(name: str) -> str:
    """Where the file has the settings of that agent: `agent`, or `agents.NAME`."""
    return "agent" if name == DEFAULT_AGENT else f"agents.{name}"


def each_may_be_an_agent(agents: dict[str, Agent]) -> dict[str, Agent]:
    for name in agents:
        if name == DEFAULT_AGENT or not _NAME.fullmatch(name):
            raise UnfitValueError("an agent whose name is of letters, digits, - and _", "", name)
    return agents
