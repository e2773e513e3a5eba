"""The input box at the bottom of the pane (probed on 2.1.197 and 2.1.330)."""

import re

from orchestrator.core.text.clean import clean

# A rule, possibly with the session's name in it; lines of which the first begins with the prompt sign and a
# no-break space (a plain space in the conversation above); and another rule.
_BOX = re.compile(
    r"^(?:\x1b\[[\d;]*m)*─{3}.*\n"
    r"(?:\x1b\[[\d;]*m)*(?P<sign>[❯>!])\u00a0(?P<text>.*(?:\n(?!(?:\x1b\[[\d;]*m)*─{3}).*)*)\n"
    r"(?:\x1b\[[\d;]*m)*─{3}",
    re.MULTILINE,
)
# Claude Code's own suggestion: dim (2) throughout, except the character under the cursor.
_SUGGESTION = re.compile(r"(?:\x1b\[0?m|\x1b\[39m)*(?:\x1b\[7m.?(?:\x1b\[[\d;]*m)*)?\x1b\[(?:0;)?2m")


def typed(text: str) -> str:
    """The prompt as it has to be typed: a trailing backslash would turn Enter into a new line and leave the
    prompt in the box (probed on 2.1.197 and 2.1.332)."""
    return f"{text} " if text.rstrip(" \t").endswith("\\") and not text.endswith(" ") else text


def draft(pane_text: str) -> str | None:
    """The text in the input box, empty if there is none; `None` if there is no box for a prompt.

    `pane_text` is the visible pane. With its colours, a suggestion in the empty box is told from a draft;
    without them it counts as a draft.
    """
    boxes = list(_BOX.finditer(pane_text.replace("\r\n", "\n")))
    if not boxes or boxes[-1]["sign"] == "!":  # `!` makes the input a shell command
        return None
    text = boxes[-1]["text"]
    if _SUGGESTION.match(text):
        return ""
    return "\n".join(line.strip() for line in clean(text).split("\n")).strip()


def holds(pane_text: str, prompt: str) -> bool:
    """Whether the pasted prompt is still in the box, whole, in part (a long one scrolls) or folded.

    Claude Code takes an Enter that it reads together with a paste for a part of it, as when it was busy (seen
    on 2.1.197, on a machine under load).
    """
    box = "".join((draft(pane_text) or "").split())
    pasted = "".join(prompt.split())
    return bool(box) and (box.startswith((pasted, "[Pastedtext")) or pasted.startswith(box))


def shown_box(pane_text: str) -> bool:
    """Whether there is an input box, for a prompt or a shell command."""
    return _BOX.search(pane_text.replace("\r\n", "\n")) is not None
