"""The agents of hubs of which only a part is there."""

from pathlib import Path

from orchestrator.agents.claude_code.agent import ClaudeCode
from orchestrator.agents.configured import Agents

CLAUDE = Agents({"claude": ClaudeCode(Path("/nowhere"))})
