"""GitHub's own description of its REST API: whether a request, or an answer, is as it says."""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator

from tests.forge.extract import DATA


class NotDescribed(AssertionError):
    """The API has no such operation, parameter, status or field."""


@cache
def _whole() -> dict[str, Any]:
    found: dict[str, Any] = _converted(json.loads(DATA.read_text()))
    return found


def check_request(method: str, path: str, query: str, body: bytes) -> str:
    """The template of the operation's path. Raises `NotDescribed`."""
    template, operation = _operation(method, path)
    names = {_resolved(each)["name"] for each in operation.get("parameters", ()) if _in_query(each)}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in names:
            raise NotDescribed(f"{method} {template}: no parameter {name}")
        schema = next(_resolved(each)["schema"] for each in operation["parameters"] if _name(each) == name)
        _check(schema, int(value) if value.isdigit() and name != "milestone" else value, f"?{name}")
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content:
        given = json.loads(body) if body else {}
        _check(content["schema"], given, f"{method} {template}, request")
    elif body:
        raise NotDescribed(f"{method} {template}: takes no body")
    return template


def check_answer(method: str, path: str, status: int, body: bytes) -> None:
    """Raises `NotDescribed`."""
    template, operation = _operation(method, path)
    answer = operation["responses"].get(str(status))
    if answer is None:
        raise NotDescribed(f"{method} {template}: never answers {status}")
    content = _resolved(answer).get("content", {})
    schema = next((each["schema"] for kind, each in content.items() if "json" in kind), None)
    if schema is None:
        if body:
            raise NotDescribed(f"{method} {template}: {status} has no body")
        return
    _check(schema, json.loads(body), f"{method} {template}, answer {status}")


def _operation(method: str, path: str) -> tuple[str, dict[str, Any]]:
    for template, methods in _whole()["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in methods:
            return template, methods[method.lower()]
    raise NotDescribed(f"no operation {method} {path}")


def _check(schema: Any, value: Any, where: str) -> None:
    rooted = {"$ref": "#/root", "root": schema, "components": _whole()["components"]}
    errors = sorted(Draft202012Validator(rooted).iter_errors(value), key=lambda each: len(each.path))
    if errors:
        first = errors[0]
        raise NotDescribed(f"{where}: {'.'.join(map(str, first.absolute_path))}: {first.message[:400]}")


def _resolved(value: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        _, _, kind, name = value["$ref"].split("/")
        value = _whole()["components"][kind][name]
    return value


def _in_query(parameter: dict[str, Any]) -> bool:
    return bool(_resolved(parameter)["in"] == "query")


def _name(parameter: dict[str, Any]) -> str:
    return str(_resolved(parameter)["name"])


def _converted(value: Any, *, open_: bool = False) -> Any:
    """OpenAPI 3.0 as JSON Schema: what may be null, and no fields but those that are described."""
    if isinstance(value, list):
        return [_converted(each, open_=open_) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: _converted(each, open_=open_ or key == "allOf") for key, each in value.items()}
    if isinstance(value.get("properties"), dict) and "additionalProperties" not in value and not open_:
        made["additionalProperties"] = False
    if made.pop("nullable", False) is True:
        made = {"anyOf": [{"type": "null"}, made]}
    return made
