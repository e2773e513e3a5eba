"""When a prompt may be typed into a session's pane."""

from orchestrator.agents.claude_code.input_box import draft

# `shell` is idle, with a command of the session still running in the background.
_READY = ("idle", "shell")


def may_type(registry_status: str, pane_text: str) -> bool:
    """Whether a pasted prompt would start a turn, and neither answer a dialog nor join a draft.

    The registry alone is not enough: menus that a person opened (rewind, the detailed transcript, a partly
    typed slash command) leave it at `idle`, and after Esc the old prompt may be back in the box.
    """
    return registry_status in _READY and draft(pane_text) == ""
