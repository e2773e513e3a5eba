"""GitHub's own GraphQL schema: whether a query, and its answer, is as it says."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.forge.description import NotDescribed
from tests.forge.extract_graphql import DATA

_TOKEN = re.compile(r"\.\.\.|\"[^\"]*\"|\$?\w+|[{}():!,\[\]]")
_PYTHON = {
    "Int": int,
    "Boolean": bool,
    "String": str,
    "URI": str,
    "DateTime": str,
    "GitObjectID": str,
    "ID": str,
}


@dataclass
class Selection:
    """What is asked of an object: its fields by the names in the answer, and by the types of fragments."""

    fields: dict[str, tuple[str, list[str], "Selection"]] = field(default_factory=dict)
    """By alias: the field, its arguments, and what is asked of it."""
    spreads: list[tuple[str, "Selection | None"]] = field(default_factory=list)
    """Types with what is asked of them, or names of fragments."""


@cache
def _types() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DATA.read_text())["types"]
    return found


def check(query: str, answer: Any) -> None:
    """Raises `NotDescribed`."""
    tokens = iter(_TOKEN.findall(query))
    fragments: dict[str, tuple[str, Selection]] = {}
    root, kind = Selection(), "Query"
    for token in tokens:
        if token in ("query", "mutation"):
            kind = token.capitalize()
            _arguments(tokens, next(tokens))
            root = _selection(tokens)
        elif token == "fragment":
            name, _, of, _ = (next(tokens) for _ in range(4))
            fragments[name] = (of, _selection(tokens))
    _compare(root, kind, answer, fragments, kind.lower())


def _selection(tokens: Iterator[str]) -> Selection:
    """From behind its opening brace to its closing one."""
    made, token = Selection(), next(tokens)
    while token != "}":
        if token == "...":
            name = next(tokens)
            if name == "on":
                kind = next(tokens)
                next(tokens)
                made.spreads.append((kind, _selection(tokens)))
            else:
                made.spreads.append((name, None))
            token = next(tokens)
            continue
        alias, asked, token = token, token, next(tokens)
        if token == ":":
            asked, token = next(tokens), next(tokens)
        arguments: list[str] = []
        if token == "(":
            arguments, token = _arguments(tokens, token, closed=True), next(tokens)
        inner = Selection()
        if token == "{":
            inner, token = _selection(tokens), next(tokens)
        made.fields[alias] = (asked, arguments, inner)
    return made


def _arguments(tokens: Iterator[str], token: str, *, closed: bool = False) -> list[str]:
    """The names of arguments; up to the brace that follows unless `closed`."""
    names, depth, before = [], 0, ""
    while True:
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(token, 0)
        if token == ":" and depth == 1:
            names.append(before)
        if depth == 0:
            if not closed:
                next(tokens)
            return names
        before, token = token, next(tokens)


def _compare(
    asked: Selection, kind: str, answer: Any, fragments: dict[str, tuple[str, Selection]], where: str
) -> None:
    fields = dict(asked.fields)
    for name, inner in asked.spreads:
        of, selection = (name, inner) if inner else fragments[name]
        if of == kind or (isinstance(answer, dict) and answer.get("__typename") == of):
            _compare(selection, of, None, fragments, f"{where} on {of}")
            fields |= selection.fields
    known = _types().get(kind, {})
    if isinstance(answer, dict) and "__typename" in answer:
        known = _types()[answer["__typename"]]
    for alias, (name, arguments, inner) in fields.items():
        if name == "__typename":
            continue
        if name not in known:
            raise NotDescribed(f"{where}: {kind} has no field {name}")
        if unknown := set(arguments) - set(known[name]["args"]):
            raise NotDescribed(f"{where}: {name} takes no {unknown}")
        value = answer.get(alias) if isinstance(answer, dict) else None
        _value(
            known[name]["type"], value, inner, fragments, f"{where}.{alias}", there=isinstance(answer, dict)
        )
    if isinstance(answer, dict) and (more := set(answer) - set(fields)):
        raise NotDescribed(f"{where}: not asked for {more}")


def _value(
    kind: str,
    value: Any,
    inner: Selection,
    fragments: dict[str, tuple[str, Selection]],
    where: str,
    *,
    there: bool,
) -> None:
    bare = kind.strip("[]!")
    if value is None:
        if there and kind.endswith("!"):
            raise NotDescribed(f"{where}: may not be null")
        _compare(inner, bare, None, fragments, where) if inner.fields else None
    elif "[" in kind:
        for each in value:
            _value(bare, each, inner, fragments, f"{where}[]", there=True)
    elif isinstance(_types().get(bare), list):
        if value not in _types()[bare]:
            raise NotDescribed(f"{where}: {bare} has no {value}")
    elif bare in _PYTHON:
        if type(value) is not _PYTHON[bare]:
            raise NotDescribed(f"{where}: {value!r} is no {bare}")
    else:
        _compare(inner, bare, value, fragments, where)
