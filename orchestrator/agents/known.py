"""The agent programs that orch knows."""

from collections.abc import Callable, Mapping

from orchestrator.agents.agent import Agent
from orchestrator.agents.claude_code.agent import ClaudeCode
from orchestrator.agents.plain import Plain

KINDS: dict[str, Callable[[Mapping[str, str]], Agent]] = {
    "claude-code": ClaudeCode.configured,
    "plain": Plain.configured,
}
"""Each by its `kind` in the configuration; it is made for the variables that its sessions are given. A new
program is a line here."""
