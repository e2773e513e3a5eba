"""The configuration: flags, then the environment, the repository's file, the user's file, the defaults.

Importing this room costs a fifth of a second, so verbs import it only when they need it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from orchestrator.config.agents import Agent, agent_key
from orchestrator.config.answering import Nudges, RuleSettings
from orchestrator.config.base import MissingValueError, UnfitValueError, nearest
from orchestrator.config.example import example, rows, written
from orchestrator.config.forges import ForgeSettings
from orchestrator.config.github import GitHubSettings
from orchestrator.config.hosts import HostSettings
from orchestrator.config.landing import Landing
from orchestrator.config.layers import (
    IN_THE_FILE_ALONE,
    REPO_FILE,
    Layer,
    Origin,
    read,
    take_environment,
    variable,
)
from orchestrator.config.notify import Notify
from orchestrator.config.problems import MOST, ConfigError, Problem, key_of
from orchestrator.config.settings import KEYS, Config, taken_from
from orchestrator.core.rules import Rule
from orchestrator.core.trust.secrets import HIDDEN, masked, masked_words, passwords_in

__all__ = [
    "IN_THE_FILE_ALONE",
    "KEYS",
    "REPO_FILE",
    "Agent",
    "Config",
    "ConfigError",
    "ForgeSettings",
    "GitHubSettings",
    "HostSettings",
    "Landing",
    "Notify",
    "Nudges",
    "Problem",
    "RuleSettings",
    "Setting",
    "agent_key",
    "example",
    "load",
    "load_with_sources",
    "rows",
    "schema",
    "shown",
    "sources",
    "take_environment",
    "variable",
    "written",
]

_NO_FLAGS: Mapping[str, object] = MappingProxyType({})


def shown(key: str, value: Any) -> Any:
    """A setting's value for display: without passwords and tokens; of variables for programs only the
    names."""
    if isinstance(value, dict):
        hides = key.rpartition(".")[2] == "env"
        return {name: HIDDEN if hides else shown(f"{key}.{name}", each) for name, each in value.items()}
    if isinstance(value, str):
        return masked(value, passwords_in(value))
    if isinstance(value, list | tuple):
        if key == "notify.apprise":  # a URL of a service is a token
            return tuple(f"{each.partition('://')[0]}://{HIDDEN}" for each in value)
        if all(isinstance(each, str) for each in value):
            return masked_words(value)
        return tuple(shown(key, each) for each in value)
    return value


@dataclass(frozen=True, slots=True)
class Setting:
    """One key with its value and source. `where` names the variable or the file; empty for a flag and a
    default."""

    key: str
    value: Any
    origin: Origin
    where: str


def load(repo: Path | None = None, flags: Mapping[str, object] = _NO_FLAGS) -> Config:
    """The configuration for a repository, or for none.

    `flags` has dotted keys (`agent.model`). Raises `ConfigError`, with all problems together.
    """
    return _checked(read(repo, flags))


def sources(repo: Path | None = None, flags: Mapping[str, object] = _NO_FLAGS) -> list[Setting]:
    """Every setting, in the order of the file. Raises `ConfigError`."""
    layers = read(repo, flags)
    config = _checked(layers)
    return [_setting(key, config, layers) for key in KEYS]


def load_with_sources(repo: Path) -> tuple[Config, list[Setting]]:
    """Both, from one read of the files. Raises `ConfigError`."""
    layers = read(repo, _NO_FLAGS)
    config = _checked(layers)
    return config, [_setting(key, config, layers) for key in KEYS]


def schema() -> dict[str, Any]:
    """The JSON Schema of the user's file."""
    return Config.model_json_schema(by_alias=True)


def _checked(layers: list[Layer]) -> Config:
    try:
        with taken_from(layers):
            return Config()
    except ValidationError as error:
        errors = error.errors(include_url=False)
        found = [_problem(each, layers) for each in errors[:MOST]]
    raise ConfigError(found, len(errors) - len(found))


def _setting(key: str, config: Config, layers: list[Layer]) -> Setting:
    path = tuple(key.split("."))
    value: Any = config.model_dump(by_alias=True)
    for part in path:
        value = value[part]
    for layer in layers:
        if layer.find(path)[0]:
            where = variable(key) if layer.origin == "environment" else str(layer.file or "")
            return Setting(key, value, layer.origin, where)
    return Setting(key, value, "default", "")


def _problem(error: Any, layers: list[Layer]) -> Problem:
    """One of pydantic's errors in the user's terms, at the source of the value."""
    cause = error.get("ctx", {}).get("error")
    path = tuple(str(part) for part in error["loc"])
    if isinstance(cause, UnfitValueError) and cause.key:
        path = (*path, *cause.key.split("."))
    layer = _layer_of(path, layers)
    file, text = (layer.file, layer.text) if layer.file else (None, "")
    key = key_of(path)
    name = variable(key) if layer.origin == "environment" else key
    if isinstance(cause, MissingValueError):
        return Problem(name, file, said=f"is required: {cause.why}", text=text)
    if error["type"] == "missing":
        return Problem(name, file, said="is missing: each rule needs a name and an answer", text=text)
    if error["type"] == "extra_forbidden":
        *tables, word = path
        near = nearest(word, _keys_in(tables))
        return Problem(name, file, unknown=True, nearest=key_of((*tables, near)) if near else "", text=text)
    _, value = layer.find(path)
    return Problem(
        name,
        file,
        value,
        expected=_expected(error),
        nearest=_near(error, cause, value),
        text=text,
    )


def _layer_of(path: tuple[str, ...], layers: list[Layer]) -> Layer:
    """The place that sets this key; if it is missing, the one that sets its table."""
    for end in range(len(path), 0, -1):
        for layer in layers:
            if layer.find(path[:end])[0]:
                return layer
    return layers[0]


def _keys_in(tables: list[str]) -> list[str]:
    if tables[:1] == ["rules"]:
        return list(RuleSettings.model_fields)
    if tables[:1] == ["agents"]:
        return list(Agent.model_fields)
    if tables[:1] == ["forges"]:
        return list(ForgeSettings.model_fields)
    if tables[:1] == ["hosts"]:
        return list(HostSettings.model_fields)
    before = "".join(f"{each}." for each in tables)
    return [key.removeprefix(before).split(".")[0] for key in KEYS if key.startswith(before)]


def _near(error: Any, cause: object, value: object) -> str:
    if isinstance(cause, UnfitValueError):
        return cause.nearest
    if error["type"] == "literal_error" and isinstance(value, str):
        return nearest(value, _choices(error))
    return ""


def _choices(error: Any) -> list[str]:
    words = error["ctx"]["expected"].replace(" or ", ", ").split(", ")
    return [each.strip("'") or '""' for each in words]


def _expected(error: Any) -> str:
    bound = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(bound["error"])
        case "literal_error":
            return f"one of {', '.join(_choices(error))}"
        case "greater_than_equal":
            return f"at least {bound['ge']}"
        case "less_than_equal":
            return f"at most {bound['le']}"
        case "int_type" | "int_parsing" | "int_from_float":
            return "a whole number"
        case "bool_type" | "bool_parsing":
            return "true or false"
        case "string_type":
            return "a quoted string"
        case "model_type" | "dict_type":
            return "a table"
        case "tuple_type":
            return f"a list of tables, each under its own line [[{error['loc'][0]}]]"
        case _:
            return str(error["msg"])


def rules_of(settings: Config) -> tuple[Rule, ...]:
    """The configured rules, in their order."""
    return tuple(each.rule() for each in settings.rules)
