"""The commented file with every setting at its default."""

import json
from typing import Any

from orchestrator.config.agents import Agent
from orchestrator.config.base import Table
from orchestrator.config.forges import ForgeSettings
from orchestrator.config.hosts import HostSettings
from orchestrator.config.settings import DURATION_KEYS, Config
from orchestrator.config.values import duration

_INTRO = """# All settings of orch with their defaults. `orch config path` prints where this file belongs;
# `orch config init` creates it there. Flags, environment variables (ORCH_MAX_SESSIONS,
# ORCH_WORKTREE__BRANCH) and a repository's .orch.toml override it; that file may set only
# [worktree], check and check_timeout of [landing], and model and permission_mode of [agent].
"""

_RULES = """\
[[rules]]
name = "run tests"
answer = "allow"
command = "npm test*"

[[rules]]
name = "edit src"
answer = "allow"
tool = "Edit"
path = "src/**"

[[rules]]
name = "no push"
answer = "deny"
command = "git push*"
message = "Do not push; I will."
"""
"""Shown as a comment: the default is empty."""

_HOSTS = """\
[hosts.big]
ssh = ["ssh", "-p", "2222", "ada@big.example.org"]
folder = "~/.orch-host"
command = "~/.local/bin/claude"
env = { ANTHROPIC_LOG = "warn" }
"""
"""Shown as a comment: the default is empty."""

_AGENTS = """\
[agents.aider]
kind = "plain"
command = "aider --yes"
"""
"""Shown as a comment: the default is empty."""

_FORGES = """\
[forges.work]
base_url = "https://code.example.org/api/v3"
token_command = "pass show code.example.org"
"""
"""Shown as a comment: the default is empty."""

_FILTERS = """\
[filters]
"to review" = "column=review repo=web"
waiting = "needs age>30m"
"""
"""Shown as a comment: the default is empty."""

_SHOWN = {"rules": _RULES, "hosts": _HOSTS, "agents": _AGENTS, "forges": _FORGES, "filters": _FILTERS}


def example() -> str:
    """The text of `config.example.toml`; loading it gives the defaults."""
    return _INTRO + "\n" + _table(Config, Config().model_dump(by_alias=True))


def _table(model: type[Config] | type[Table], values: dict[str, Any], name: str = "") -> str:
    plain, tables = [], []
    for field_name, field in model.model_fields.items():
        key = field.alias or field_name
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Table):
            tables.append(f"\n# {kind.__doc__}\n[{key}]\n{_table(kind, values[key], key)}")
        elif key == "keys":
            tables.append(f"\n{_comment(field.description)}[keys]\n")
        elif key in _SHOWN and not name:
            tables.append(f"\n{_comment(field.description)}#\n{_comment(_SHOWN[key])}")
        else:
            value = written(f"{name}.{key}" if name else key, values[key])
            plain.append(f"{_comment(field.description)}{key} = {value}\n")
    return "\n".join(plain) + "".join(tables) if not name else "\n".join(plain)


def rows(key: str, value: Any) -> list[tuple[str, Any]]:
    """A setting as the lines in which it is shown: of a table of tables one for each of their settings
    that is not at its default."""
    models: dict[str, type[Table]] = {"agents": Agent, "hosts": HostSettings, "forges": ForgeSettings}
    model = models.get(key)
    if model is None or not value:
        return [(key, value)]
    usual = {
        name: None if field.is_required() else field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
    }
    found: list[tuple[str, Any]] = []
    for name, table in value.items():
        own = [(f"{key}.{name}.{field}", said) for field, said in table.items() if said != usual[field]]
        found += own or [(f"{key}.{name}", {})]
    return found


def written(key: str, value: Any) -> str:
    """A setting's value as written in a file; durations with units."""
    if key == "rules":
        value = [{name: said for name, said in rule.items() if said} for rule in value]
    if key in ("hosts", "agents", "forges"):
        value = {each: {name: said for name, said in table.items() if said} for each, table in value.items()}
    return _toml(duration(value) if key in DURATION_KEYS else value)


def _comment(text: str | None) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in (text or "").splitlines())


def _toml(value: Any) -> str:
    """A value in TOML: string, number, boolean, list, inline table."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(each) for each in value)}]"
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    return f"{value:g}" if isinstance(value, float) else str(value)
