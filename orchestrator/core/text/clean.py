"""Text from outside, safe to show or type: data, never escape sequences.

It has two forms. What a person decides about is *shown*: nothing is omitted, and hidden or controlling
characters are displayed in ASCII (`shown`, `shown_line`, `shown_end`; `unusual` lists them). Everything else
is made *harmless*: such characters are removed (`clean`, `one_line`, `last_words`).
"""

import re
from itertools import islice

from orchestrator.core.text.unusual import ends_in_crlf, found

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\|$)"  # OSC, DCS and similar, to their end
    r"|\x1b[ -/]*[0-~]"  # two-byte escapes
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they reverse the text that follows
    r"\u2028\u2029"  # other line ends
    r"\ud800-\udfff]"  # lone surrogates, which cannot be encoded
)
_SPACES = re.compile(r"[ \t]{2,}")
_EMPTY_LINES = re.compile(r"\n\s*\n")
_READ = 256 * 1024
"""Maximum characters to read for a line; that many spaces hide nothing behind them."""
_MOST_KINDS = 6
_MOST_COUNTED = 1000


def clean(text: str) -> str:
    """The text without escape sequences and control characters; line ends and tabs are kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _SEQUENCE.sub("", text))


def says_something(text: str) -> bool:
    """Whether any of it is visible: an agent ignores a prompt of spaces and invisible characters."""
    return any(each.isprintable() and not each.isspace() for each in clean(text))


def one_line(text: str, limit: int = 200) -> str:
    """The text in one line of at most `limit` characters, with `…` if it was cut."""
    # a cut far behind the limit saves the work on a tool input of megabytes
    head = text[: limit * 8]
    words = " ".join(clean(head).split())
    if len(words) <= limit and not text[len(head) :].strip():
        return words
    return words[: limit - 1].rstrip(" …") + "…"


def last_line(text: str, limit: int = 200) -> str:
    """The last non-empty line, without the frame that tmux draws below a dead pane."""
    lines = [line.strip() for line in clean(text).splitlines()]
    said = [line for line in lines if line and not line.startswith("Pane is dead")]
    return one_line(said[-1], limit) if said else ""


def last_words(text: str, limit: int = 2000) -> str:
    """The last `limit` characters of the text, with its lines."""
    return clean(text[-limit * 2 :]).strip()[-limit:]


def shown(text: str) -> str:
    """The text in full, with unusual characters made visible: `^[`, `<U+202E>`. Line ends and tabs are kept.

    If all lines end in CR LF, these are ordinary line ends; otherwise a CR is `^M`.
    """
    if ends_in_crlf(text):
        text = text.replace("\r\n", "\n")
    parts, since = [], 0
    for at, mark in found(text):
        parts += [text[since:at], mark]
        since = at + 1
    return "".join((*parts, text[since:])).replace("\r", "^M")


def shown_line(text: str, limit: int = 200) -> str:
    """The text, shown, in one line of at most `limit` characters: lines are joined by `⏎`, and a cut is
    marked with the number of lines that are omitted."""
    text = text.strip()
    head = _EMPTY_LINES.sub("\n", _SPACES.sub(" ", text[:_READ])).strip()
    lines = [line.strip(" \t") for line in shown(head[: limit * 8]).split("\n")]
    words = " ⏎ ".join(line for line in lines if line)
    if len(words) <= limit and len(head) <= limit * 8 and len(text) <= _READ:
        return words
    kept = words[: limit - 1]
    more = head.count("\n") + text.count("\n", _READ) - kept.count(" ⏎ ")
    told = f"… {more} more line{'' if more == 1 else 's'}" if more > 0 else "…"
    return kept[: max(0, limit - len(told))].rstrip(" …") + told


def shown_end(text: str, limit: int = 2000) -> str:
    """The last `limit` characters of the text, shown, with its lines; begins with `…` if it was cut."""
    whole = shown(text[-limit * 2 :]).strip()
    return whole if len(whole) <= limit and len(text) <= limit * 2 else f"…{whole[1 - limit :]}"


def unusual(*texts: str) -> str:
    """The unusual characters in the texts: `3 unusual characters: ^[ ^G`; empty for none."""
    marks = [mark for text in texts for _, mark in islice(found(text), _MOST_COUNTED)]
    if not marks:
        return ""
    kinds = list(dict.fromkeys(marks))
    told = " ".join([*kinds[:_MOST_KINDS], *(["…"] if len(kinds) > _MOST_KINDS else [])])
    many = f"over {_MOST_COUNTED}" if len(marks) >= _MOST_COUNTED else len(marks)
    return f"{many} unusual character{'' if len(marks) == 1 else 's'}: {told}"
