"""Compares a field of a card with the values of a filter."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from orchestrator.core.board.views import CardView
from orchestrator.core.filter.fields import NUMBERS, Field
from orchestrator.core.filter.problem import FilterError, near

Test = Callable[[CardView, float], bool]
"""Whether a card fits at a time."""

NONE, ANY = "none", "any"
"""Unquoted values of a field with texts: the card has no value, or has one."""
_HOURS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_TIME = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_FEW = 10


@dataclass(frozen=True, slots=True)
class Value:
    """A value, and where it begins in the filter's text."""

    text: str
    at: int
    quoted: bool = False


def comparison(field: Field, sign: str, values: tuple[Value, ...], at: int) -> Test:
    """The test of `field sign values`. Raises `FilterError`."""
    if field.kind in NUMBERS:
        return _of_number(field, sign, values, at)
    if sign not in ("=", "!="):
        raise FilterError(f"{field.name} takes = or !=, not {sign}", at, f"Such as {field.example}.")
    tests = [_of_text(field, value) for value in values]
    wanted = sign == "="
    return lambda card, _: any(test(field.texts(card)) for test in tests) is wanted


# --- texts


def _of_text(field: Field, value: Value) -> Callable[[tuple[str, ...]], bool]:
    if not value.quoted and value.text.casefold() in (NONE, ANY):
        wanted = value.text.casefold() == ANY
        return lambda texts: bool(texts) is wanted
    if field.kind == "word":
        word = _word(field, value)
        return lambda texts: word in texts
    pattern = value.text.casefold()
    if field.kind == "part":
        return lambda texts: any(pattern in text.casefold() for text in texts)
    if value.quoted or not {*"*?"} & {*pattern}:
        return lambda texts: any(pattern == text.casefold() for text in texts)
    pattern = pattern.replace("[", "[[]")
    return lambda texts: any(fnmatchcase(text.casefold(), pattern) for text in texts)


def _word(field: Field, value: Value) -> str:
    """The value as the field's texts have it."""
    word = value.text.strip()
    if field.open and re.fullmatch(r"#?\d+|[^\s#]+#\d+", word):
        return word.removeprefix("#")
    word = re.sub(r"[\s-]", "_", word.casefold())
    if word in field.words:
        return word
    meant = near(word, field.words)
    if meant:
        hint = f"Did you mean {meant}?"
    elif field.open:
        hint = f"It is a number such as 12, none, any, {', '.join(field.words)}."
    elif len(field.words) <= _FEW:
        hint = f"One of: {', '.join(field.words)}."
    else:
        hint = f"Such as {', '.join(field.words[:_FEW])}."
    raise FilterError(f"no {field.name} {value.text!r}", value.at, hint)


# --- numbers

_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def _of_number(field: Field, sign: str, values: tuple[Value, ...], at: int) -> Test:
    if field.kind == "time" and sign in ("=", "!="):
        raise FilterError(f"{field.name} takes >, <, >= or <=, not {sign}", at, f"Such as {field.example}.")
    if len(values) > 1 and sign not in ("=", "!="):
        raise FilterError(f"{field.name}{sign} takes one value", values[1].at, f"Such as {field.example}.")
    limits = [_number(field, value) for value in values]
    compare = _SIGNS[sign]

    def test(card: CardView, now: float) -> bool:
        found = field.number(card, now)
        if found is None:
            return False
        results = (compare(found, limit) for limit in limits)
        return all(results) if sign == "!=" else any(results)

    return test


def _number(field: Field, value: Value) -> float:
    text = value.text.strip().casefold()
    if field.kind == "time":
        parts = _TIME.findall(text)
        if parts and "".join(f"{number}{unit}" for number, unit in parts) == text:
            return sum(float(number) * _HOURS[unit] for number, unit in parts)
        raise FilterError(f"{value.text!r} is not a duration", value.at, "Such as 90s, 30m, 2h or 3d.")
    text = text.removeprefix("$") if field.kind == "money" else text
    text = text.removesuffix("%") if field.kind == "percent" else text
    if re.fullmatch(r"\d+(\.\d+)?|\.\d+", text, re.ASCII):
        return float(text)
    raise FilterError(f"{value.text!r} is not a number", value.at, f"Such as {field.example}.")
