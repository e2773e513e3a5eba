"""Options that are known to change only what a program prints."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandOptions:
    """Single letters, letters with a value, words; and how many arguments that are not options it may
    have."""

    short: str = ""
    valued: str = ""
    long: frozenset[str] = frozenset()
    operands: int = 1_000_000


def known(short: str = "", valued: str = "", long: str = "", operands: int = 1_000_000) -> CommandOptions:
    """`long` has the words without dashes, separated by spaces."""
    return CommandOptions(short, valued, words(long), operands)


def words(text: str) -> frozenset[str]:
    """The words of a text, for tables that are written as text."""
    return frozenset(text.split())


def unknown_option(said: Sequence[str], named: Sequence[bool], options: CommandOptions) -> str:
    """The first option that is neither named nor known; empty for none."""
    for word, is_named in zip(said[1:], named[1:], strict=True):
        if is_named or not word.startswith("-") or word in ("-", "--"):
            continue
        if word.startswith("--"):
            if word[2:].partition("=")[0].casefold() not in options.long:
                return word
        elif not word[1:].isdigit() and not _letters(word[1:], options):
            return word
    return ""


def _letters(cluster: str, options: CommandOptions) -> bool:
    for letter in cluster:
        if letter in options.valued:
            return True
        if letter not in options.short:
            return False
    return True
