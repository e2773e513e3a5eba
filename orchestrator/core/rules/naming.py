"""Whether a command's text mentions everything that a denying pattern names, in any place and form.

A command can hide what it runs from any parser (`echo push | xargs git`), but rarely its words.
"""

import re
from collections.abc import Iterable

_CONTINUED = re.compile(r"\\\r?\n")
_QUOTES = re.compile(r"\$(?=['\"])|['\"\\]")
_WHITE = re.compile(r"\\[nrtfv0]")
_WILD = re.compile(r"\[[^]]*\]|[*?]")
_FIXED = re.compile(r"\*?\w+\*?")


def names(pattern: str, command: str, words: Iterable[str] = ()) -> str:
    """Which of the pattern's own words the command mentions, if it mentions them all, in any order; else
    empty. `words` are those found by the parser."""
    fixed = _FIXED.findall(_QUOTES.sub("", _WILD.sub("*", pattern.rstrip("*"))))
    joined = _CONTINUED.sub("", command)
    text = "\n".join((command, _QUOTES.sub("", joined), _WHITE.sub(" ", joined), *words))
    if not fixed or not all(_word(each).search(text) for each in fixed):
        return ""
    said = " and ".join(dict.fromkeys(each.strip("*") for each in fixed))
    return f"it names {said}; check whether it runs {pattern}"


def _word(fixed: str) -> re.Pattern[str]:
    """Matches the word by itself, or a longer one where the pattern has a wildcard."""
    before = "" if fixed.startswith("*") else r"(?<!\w)"
    after = "" if fixed.endswith("*") else r"(?!\w)"
    return re.compile(before + re.escape(fixed.strip("*")) + after, re.IGNORECASE)
