"""Which needs are told at once, and which only if they still stand a moment later."""

from collections.abc import Collection

from orchestrator.core.needs.ranking import RANKS

AT_ONCE: frozenset[str] = frozenset(
    {"permission", "question", "plan", "gate", "dialog", "card", "pause", "stage", "prompt", "mail"}
)
"""Somebody waits for a person."""
LATER: frozenset[str] = frozenset[str](RANKS) - AT_ONCE
"""A finished turn, a failure, the end of a run: it often resolves without a person."""
TURN_ENDS: frozenset[str] = frozenset({"review", "asks"})
"""A turn that ended: the same occurrence, whichever of the two it is shown as."""
EXPLAINED_AFTER = 3.0
"""Seconds after which a request is told that has no id: its hook may be about to explain it."""

GROUPS: dict[str, frozenset[str]] = {"all": AT_ONCE | LATER, "waits": AT_ONCE, "later": LATER}
"""Words for several kinds in the configuration."""


def kinds_of(words: Collection[str]) -> frozenset[str]:
    """The kinds that these words of the configuration mean: kinds and groups."""
    return frozenset(kind for word in words for kind in GROUPS.get(word, {word}))
