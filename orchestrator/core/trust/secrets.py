"""Secrets: which variables stay with the hub, and text without passwords and tokens."""

import re
from collections.abc import Iterable, Mapping

HIDDEN = "…"
"""Replaces a secret."""

_OPEN = ("ORCH_HOME", "ORCH_CONFIG", "ORCH_TMUX_SOCKET", "ORCH_THEME")
_OPEN_PREFIXES = ("ORCH_TEST_", "ORCH_DEMO_")

_NAME = (
    r"(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)"
    r"[\w-]{0,20}"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # A password may contain every character but white space, even another @.
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/?#@\"']*:)[^\s\"']+@", re.IGNORECASE), rf"\1{HIDDEN}@"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s:/?#@\"']{16,}@", re.IGNORECASE), rf"\1{HIDDEN}@"),
    (
        re.compile(
            rf"([?&;](?:[\w.-]{{0,40}}{_NAME}|auth|pwd|key|sig|signature)=)[^&;#\s\"']+", re.IGNORECASE
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(rf"({_NAME}\"?\s*[=:]\s*[\"']?)[^\s\"',;&]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(rf"(--?[\w-]{{0,40}}{_NAME}[ \t]+)[^\s-]\S*", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"\b(?:gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-|sk-|hf_|AKIA|ASIA)[\w-]{12,}"), HIDDEN),
    (re.compile(r"\b(c\d+\.\d+\.)[0-9a-f]{64}\b"), rf"\1{HIDDEN}"),
)
_FLAG = re.compile(rf"--?[\w-]{{0,40}}{_NAME}", re.IGNORECASE)


def stays_with_the_hub(name: str) -> bool:
    """Whether a variable is one of orch's settings, or a session's own variable. Programs that orch starts do
    not get it unless it was set for that program."""
    return name.startswith("ORCH_") and name not in _OPEN and not name.startswith(_OPEN_PREFIXES)


def for_programs(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for other programs."""
    return {name: value for name, value in environment.items() if not stays_with_the_hub(name)}


def masked(text: str, known: Iterable[str] = ()) -> str:
    """The text without what looks like a password or a token, and without these `known` ones."""
    for secret in known:
        text = text.replace(secret, HIDDEN)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def masked_words(words: Iterable[str]) -> tuple[str, ...]:
    """A command's words, each masked, and hidden after a flag such as `--token`."""
    shown: list[str] = []
    before = ""
    for word in words:
        shown.append(HIDDEN if _FLAG.fullmatch(before) and not word.startswith("-") else masked(word))
        before = word
    return tuple(shown)


def passwords_in(address: str) -> tuple[str, ...]:
    """The password in a URL, even a malformed one; empty for none."""
    found = re.search(r"://[^\s:/?#@]*:(\S+)@", address) or re.search(r"[?&]password=([^&#\s]+)", address)
    return (found[1],) if found else ()
