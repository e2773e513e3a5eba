"""Builtins of bash that evaluate their arguments: a subscript (`a[$(x)]`) runs its content."""

from collections.abc import Sequence

from orchestrator.core.rules.known import words

_PRINT_AND_TEST = words("printf test [")
_NAME_VARIABLES = words("let read declare typeset local export readonly unset wait mapfile readarray getopts")
_NUMBERS = words("-eq -ne -lt -le -gt -ge")


def runs(program: str, said: Sequence[str], filled: Sequence[str]) -> str:
    """The first of the words matched by a wildcard (`filled`) that the builtin may evaluate."""
    if program in _NAME_VARIABLES:
        return next((word for word in filled if set(word) & set("[$`")), "")
    if program not in _PRINT_AND_TEST:
        return ""
    by_name = any(word in _NUMBERS or word.startswith(("-v", "-R")) for word in said)
    return next((word for word in filled if _runs(word) or (by_name and "[" in word)), "")


def _runs(word: str) -> bool:
    return bool(set(word.partition("[")[2]) & set("$`"))
