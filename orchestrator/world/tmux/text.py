"""Text from outside, made harmless for a terminal."""

import re
import unicodedata

# They turn the order of everything that follows on the line around.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """The text with `\\n` line ends and without control characters other than `\\n` and `\\t`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})


def one_line(text: str) -> str:
    """The text as one line without control and direction characters, each run of blanks one space."""
    return " ".join(_BIDI.sub("", plain(text)).split())


def window_name(text: str) -> str:
    """The text as a window name: tmux expands formats in names, and `:` and `.` part its targets."""
    return re.sub(r"[^\w-]+", "-", text) or "-"
