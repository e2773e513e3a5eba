"""Parses a filter: terms separated by spaces, all of which a card must satisfy."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from orchestrator.core.board.views import CardView
from orchestrator.core.filter.compare import Test, Value, comparison
from orchestrator.core.filter.fields import FIELDS, FLAGS
from orchestrator.core.filter.problem import FilterError, near
from orchestrator.core.filter.words import contains

_COMPARISON = re.compile(r"([A-Za-z][A-Za-z_]*)(!=|>=|<=|=|>|<)")
_QUOTES = "\"'"
_NOT = "!-"


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter; the empty one fits every card."""

    text: str = ""
    tests: tuple[Test, ...] = field(default=(), compare=False)
    timed: bool = field(default=False, compare=False)
    """Whether what fits changes with time alone."""

    def fits(self, card: CardView, now: float) -> bool:
        """Whether the card satisfies every term; `now` is in seconds since the epoch."""
        return all(test(card, now) for test in self.tests)


EVERYTHING = Filter()


def parse(text: str) -> Filter:
    """The filter that the text describes. Raises `FilterError` with the position of what is wrong."""
    terms = tuple(_terms(text))
    return Filter(text.strip(), tuple(test for test, _ in terms), any(timed for _, timed in terms))


def _terms(text: str) -> Iterator[tuple[Test, bool]]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        start, negated = at, _negated(text, at)
        try:
            test, timed, at = _term(text, at + negated)
        except FilterError as error:
            error.term = start
            raise
        yield (_not(test) if negated else test), timed


def _negated(text: str, at: int) -> bool:
    """Whether `!` or `-` stands in front of a term; alone or doubled it is text."""
    after = text[at + 1 : at + 2]
    return text[at] in _NOT and bool(after.strip()) and after not in _NOT


def _not(test: Test) -> Test:
    return lambda card, now: not test(card, now)


def _term(text: str, at: int) -> tuple[Test, bool, int]:
    """The test of the term that begins there, whether it changes with time, and the end of the term."""
    if found := _COMPARISON.match(text, at):
        name = found[1].casefold()
        if name not in FIELDS:
            raise _unknown(name, at)
        values, end = _values(text, found.end(), f"{name}{found[2]}")
        return comparison(FIELDS[name], found[2], values, at), FIELDS[name].timed, end
    value, end = _value(text, at, ends=())
    name = value.text.casefold()
    if not value.quoted and name in FLAGS:
        holds: Callable[[CardView], bool] = FLAGS[name].holds
        return (lambda card, _: holds(card)), False, end
    return contains(value.text), False, end


_OTHER_NAMES = {"change": "pr", "changes": "pr", "mr": "pr", "pull": "pr"}
"""Fields by names that they have elsewhere."""


def _unknown(name: str, at: int) -> FilterError:
    if name in FLAGS:
        return FilterError(f"{name} takes no value", at, f"Write {name}, or !{name} for the opposite.")
    meant = _OTHER_NAMES.get(name) or near(name, FIELDS)
    hint = f"Did you mean {meant}?" if meant else f"Fields: {', '.join(FIELDS)}. Quote it to search for text."
    return FilterError(f"no field {name!r}", at, hint)


def _values(text: str, at: int, after: str) -> tuple[tuple[Value, ...], int]:
    values = []
    while True:
        if at >= len(text) or text[at].isspace() or text[at] == ",":
            raise FilterError(f"{after} needs a value", at, _choices(after))
        value, at = _value(text, at, ends=(",",))
        values.append(value)
        if at >= len(text) or text[at] != ",":
            return tuple(values), at
        at += 1


def _choices(after: str) -> str:
    known = FIELDS[after.rstrip("!=<>")]
    words = ", ".join(known.words)
    return f"One of: {words}." if words else f"Such as {known.example}."


def _value(text: str, at: int, ends: tuple[str, ...]) -> tuple[Value, int]:
    """The word or quoted text that begins there, and its end."""
    if text[at] in _QUOTES:
        closing = text.find(text[at], at + 1)
        if closing < 0:
            raise FilterError("the quote is not closed", at, f"Add {text[at]} at the end of the value.")
        return Value(text[at + 1 : closing], at, quoted=True), closing + 1
    end = at
    while end < len(text) and not text[end].isspace() and text[end] not in ends:
        end += 1
    return Value(text[at:end], at), end
