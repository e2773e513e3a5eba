"""When a prompt may be typed into a session's pane.

Menus that the user opened (rewind, the detailed transcript, a slash command half typed) leave the
registry at `idle`: what counts beside it is that the input box is there, and empty (probed on 2.1.197).
"""

import re

from orchestrator.agents.outside_text import clean

# The box: a rule, in which the session's name may stand, lines of which the first begins with the
# prompt sign and a no-break space (in the conversation above it is a plain one), and another rule.
_BOX = re.compile(r"^─{3}.*\n(?P<sign>[❯>!])\u00a0(?P<text>.*(?:\n(?!─{3}).*)*)\n─{3}", re.MULTILINE)

# `shell` is idle, with a command of the session's still running in the background.
_READY = ("idle", "shell")


def draft(pane_text: str) -> str | None:
    """What stands in the input box, empty when nothing does; `None` where no box is to be seen.

    `pane_text` is the visible pane, with or without colours. A suggestion that Claude Code shows in
    an empty box counts as empty.
    """
    boxes = list(_BOX.finditer(clean(pane_text)))
    if not boxes or boxes[-1]["sign"] == "!":
        return None
    text = "\n".join(line.strip() for line in boxes[-1]["text"].split("\n")).strip()
    return "" if text.startswith('Try "') else text


def may_type(registry_status: str, pane_text: str) -> bool:
    """Whether a pasted prompt would begin a turn, and not answer a dialog or join a draft."""
    return registry_status in _READY and draft(pane_text) == ""
