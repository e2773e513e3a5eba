"""What Claude Code prints without a terminal: read, and made fit to be read."""

from orchestrator.agents.claude_code.headless import read
from orchestrator.agents.claude_code.stream_text import shown

__all__ = ["read", "shown"]
