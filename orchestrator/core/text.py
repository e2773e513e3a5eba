"""Text from outside, made fit to be shown or typed: data, never escape sequences."""

import re

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\|$)"  # OSC, DCS and their like, to their end
    r"|\x1b[ -/]*[0-~]"  # two-byte escapes
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the text that follows round
    r"\u2028\u2029"  # other ends of lines
    r"\ud800-\udfff]"  # halves of characters, which no encoding takes
)


def clean(text: str) -> str:
    """The text without escape sequences and control characters; lines and tabs stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _SEQUENCE.sub("", text))


def one_line(text: str, limit: int = 200) -> str:
    """The text in one line of at most `limit` characters, with `…` where it was cut."""
    # a cut far behind the limit spares the work on a tool input of megabytes
    words = " ".join(clean(text[: limit * 8]).split())
    return words if len(words) <= limit else words[: limit - 1] + "…"


def last_line(text: str, limit: int = 200) -> str:
    """The last line that says anything, without the frame that tmux draws below a program that has ended."""
    lines = [line.strip() for line in clean(text).splitlines()]
    said = [line for line in lines if line and not line.startswith("Pane is dead")]
    return one_line(said[-1], limit) if said else ""


def last_words(text: str, limit: int = 2000) -> str:
    """The last `limit` characters of the text, lines kept."""
    return clean(text[-limit * 2 :]).strip()[-limit:]
