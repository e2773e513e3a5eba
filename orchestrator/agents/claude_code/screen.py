"""The pane of Claude Code, and what may be typed into it."""

from orchestrator.agents.claude_code.dialog_form import dialog
from orchestrator.agents.claude_code.dialogs import HIDDEN, in_the_way, read
from orchestrator.agents.claude_code.input_box import draft, holds, typed

__all__ = ["dialog", "draft", "hidden", "holds", "in_the_way", "interrupt", "is_command", "read", "typed"]

hidden = HIDDEN
interrupt = "Escape"


def is_command(prompt: str) -> bool:
    """A command of the terminal's fires no `UserPromptSubmit`."""
    return prompt.lstrip().startswith("/")
