"""How people and models write the name of a mailbox, and what an unknown name means."""

import json
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from orchestrator.core.mail.message import HUMAN, ORCH

PERSON = frozenset({HUMAN, "user", "me", "person", "the-user", "the-human", "owner", "operator"})
"""Words for the person, unless a card has that name."""
EVERYBODY = frozenset({"all", "everyone", "everybody", "*", "all-sessions"})

_BETWEEN = re.compile(r"[,;\n]|\s+and\s+|\s+&\s+")
_AROUND = "\"'`“”‘’<>()[] \t."
_BEFORE = re.compile(r"^(the\s+)?(mailbox|inbox|session|card)\s*[:/ ]\s*", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_CARD = re.compile(r"c\d+")
_NUMBERED = re.compile(r".*[a-z]-?\d+")
_ROLES = frozenset(
    {"coordinator", "lead", "leader", "orchestrator", "manager", "supervisor", "planner", "worker"}
)
_CLOSE = 0.8


def words(said: str | Sequence[str]) -> list[str]:
    """The single addresses: of a list, of a list written as text, of text with commas."""
    found: list[str] = []
    for one in [said] if isinstance(said, str) else said:
        found += [each for part in _listed(one) for each in _BETWEEN.split(part)]
    plain = [_BEFORE.sub("", each.strip(_AROUND)).strip(_AROUND) for each in found]
    return list(filter(None, plain))


def normal(word: str) -> str:
    """The word as a mailbox name: `Worker 1` is `worker-1`."""
    return re.sub(r"[^a-z0-9*?]+", "-", word.removeprefix("@").casefold()).strip("-")


def may_be_a_name(name: str) -> bool:
    """Whether a card could have this name."""
    return bool(_NAME.fullmatch(name)) and not _CARD.fullmatch(name) and name not in PERSON | {ORCH}


def is_to_come(name: str) -> bool:
    """Whether a name without a session is that of a future session: it has a number, or a role."""
    return name in _ROLES or bool(_NUMBERED.fullmatch(name))


def nearest(name: str, names: Iterable[str]) -> str:
    """The nearest name; empty for none. `worker-3` is not a misspelling of `worker-2`."""
    stem = _stem(name)
    others = [each for each in names if _stem(each) != stem]
    return next(iter(get_close_matches(name, others, n=1, cutoff=_CLOSE)), "")


def numbered(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The mailboxes that a plural means: `worker-1` and `worker-2` for `workers`."""
    stem = name.removeprefix("all-").removesuffix("s")
    return tuple(each for each in names if each != name and _stem(each) == stem)


def _listed(text: str) -> list[str]:
    if text.strip().startswith("["):
        try:
            found = json.loads(text)
        except ValueError:
            return [text]
        if isinstance(found, list) and all(isinstance(each, str) for each in found):
            return found
    return [text]


def _stem(name: str) -> str:
    return re.sub(r"(-?\d+)+$", "", name)
