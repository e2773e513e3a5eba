"""The places that settings come from, each a source for pydantic-settings."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource, PydanticBaseSettingsSource

from orchestrator import regular_file
from orchestrator.config.base import nearest
from orchestrator.config.problems import ConfigError, Problem
from orchestrator.config.settings import KEYS, REPO_KEYS, Config
from orchestrator.config.toml_text import LARGEST, LARGEST_OF_A_REPOSITORY, UnfitText, parsed
from orchestrator.core.model import DEFAULT_AGENT
from orchestrator.core.trust.secrets import stays_with_the_hub
from orchestrator.paths import user_config

REPO_FILE = ".orch.toml"
_UNSAFE_MODES = ("bypassPermissions",)
_given: dict[str, str] = {}
_PREFIX = "ORCH_"
_SECTIONS = sorted({key.split(".")[0] for key in KEYS if "." in key} | {"keys"})
IN_THE_FILE_ALONE = ("rules", "hosts", "agents", "forges", "filters")
_WHICH_HUB = ("ORCH_HOME", "ORCH_CONFIG", "ORCH_TMUX_SOCKET")
_OF_A_SESSION = ("ORCH_CARD", "ORCH_TOKEN", "ORCH_SESSION", "ORCH_PROMPT")
_OTHERS = (*_WHICH_HUB, *_OF_A_SESSION, "ORCH_THEME")
"""Names of ours in the environment that are not settings, besides all of `ORCH_TEST_…` and `ORCH_DEMO_…`."""


Origin = Literal["flag", "environment", "repository", "user", "default"]
"""Where a setting comes from."""


class Layer(PydanticBaseSettingsSource):
    """The content of one place, as a source of settings; `file` and its `text` are set if it is a file."""

    def __init__(
        self, origin: Origin, values: dict[str, Any], file: Path | None = None, text: str = ""
    ) -> None:
        super().__init__(Config)
        self.origin, self.values, self.file, self.text = origin, values, file, text

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        return self.values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        return self.values

    def find(self, path: tuple[str, ...]) -> tuple[bool, Any]:
        """Whether this place sets the key, and to what."""
        here: Any = self.values
        for at, part in enumerate(path):
            if isinstance(here, list) and part.isdecimal() and int(part) < len(here):
                here = here[int(part)]
                continue
            if not isinstance(here, dict):
                return False, None
            if (rest := ".".join(path[at:])) in here:
                return True, here[rest]
            if part not in here:
                return False, None
            here = here[part]
        return True, here


def take_environment(given: Mapping[str, str] | None = None) -> None:
    """From now on the settings of the environment are `given`, or else the present ones, and they are removed
    from this process's environment: its children cannot inherit them."""
    found = {name: os.environ.pop(name) for name in list(os.environ) if stays_with_the_hub(name)}
    _given.clear()
    _given.update(found if given is None else given)


def read(repo: Path | None, flags: Mapping[str, object]) -> list[Layer]:
    """All places, strongest first. Raises `ConfigError`."""
    layers = [Layer("flag", nested(flags)), _environment()]
    if repo is not None:
        layers.append(_file(repo / REPO_FILE, "repository"))
    layers.append(_file(user_config(), "user"))
    return layers


def nested(flat: Mapping[str, object]) -> dict[str, Any]:
    """`{"agent.model": "opus"}` as `{"agent": {"model": "opus"}}`."""
    values: dict[str, Any] = {}
    for dotted, value in flat.items():
        *tables, key = dotted.split(".")
        here = values
        for table in tables:
            here = here.setdefault(table, {})
        here[key] = value
    return _with_flat_keys(values)


def _with_flat_keys(values: dict[str, Any]) -> dict[str, Any]:
    """Action ids contain dots, so that `move.left = "h"` in a file arrives as a table in a table."""
    if isinstance(keys := values.get("keys"), dict):
        return {**values, "keys": dict(_flat(keys))}
    return values


def _with_one_agent(values: dict[str, Any], file: Path, text: str) -> dict[str, Any]:
    """`[agents.claude]` is another way to write `[agent]`."""
    agents = values.get("agents")
    if not isinstance(agents, dict) or DEFAULT_AGENT not in agents:
        return values
    if "agent" in values:
        said = f"[agent] and [agents.{DEFAULT_AGENT}] are the same: write one of the two."
        raise ConfigError([Problem("agent", file=file, text=text, whole=said)])
    others = {name: table for name, table in agents.items() if name != DEFAULT_AGENT}
    return {**values, "agents": others, "agent": agents[DEFAULT_AGENT]}


def _flat(table: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in table.items():
        pairs += _flat(value, f"{before}{key}.") if isinstance(value, dict) else [(f"{before}{key}", value)]
    return pairs


def _environment() -> Layer:
    environment = _by_its_first_name({**os.environ, **_given})
    problems = [problem for name in sorted(environment) if (problem := _stray(name))]
    if problems:
        raise ConfigError(problems)
    source = EnvSettingsSource(Config)
    source.env_vars = {name.lower(): value for name, value in environment.items()}
    return Layer("environment", _with_flat_keys(source()))


def _by_its_first_name(environment: Mapping[str, str]) -> dict[str, str]:
    """`ORCH_AGENTS__CLAUDE__MODEL` is another name of `ORCH_AGENT__MODEL`, which goes before."""
    first = variable("agent.")
    other = variable(f"agents.{DEFAULT_AGENT}.")
    named = {
        first + name.removeprefix(other): said for name, said in environment.items() if name.startswith(other)
    }
    return {**named, **{name: said for name, said in environment.items() if not name.startswith(other)}}


def _stray(name: str) -> Problem | None:
    """A name that resembles a setting is an error: ignoring it silently would look like accepting it.

    Names far from every setting belong to other programs.
    """
    if not name.startswith(_PREFIX) or name in _OTHERS or name.startswith(("ORCH_TEST_", "ORCH_DEMO_")):
        return None
    settings = [variable(key) for key in KEYS if key not in IN_THE_FILE_ALONE]
    section = name.removeprefix(_PREFIX).split("__")[0].lower()
    if section in IN_THE_FILE_ALONE:
        return Problem(name, said=f"ignored: {section} can only be set in your own file, {user_config()}")
    if name in settings or section == "keys" or (section in _SECTIONS and "__" not in name):
        return None
    if name.startswith("ORCH_AGENT__ENV__"):
        return Problem("ORCH_AGENT__ENV", expected=f"set as a JSON object; {name} would lose its case")
    near = nearest(name, settings)
    return Problem(name, unknown=True, nearest=near) if near or section in _SECTIONS else None


def variable(key: str) -> str:
    """The environment variable of a setting: `worktree.base` is `ORCH_WORKTREE__BASE`."""
    return _PREFIX + key.replace(".", "__").upper()


def _file(path: Path, origin: Origin) -> Layer:
    repository = origin == "repository"
    try:
        data = regular_file.read(
            path,
            LARGEST_OF_A_REPOSITORY if repository else LARGEST,
            inside=path.parent if repository else None,
        )
        text = data.decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return Layer(origin, {}, path)
    except regular_file.UnfitFile as error:
        raise ConfigError([Problem("", file=path, said=str(error.strerror))]) from error
    except OSError as error:
        raise ConfigError([Problem("", file=path, said=f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([Problem("", file=path, said=f"is not UTF-8 text: {error.reason}")]) from error
    try:
        values = _with_one_agent(_with_flat_keys(parsed(text)), path, text)
    except UnfitText as error:
        raise ConfigError([Problem.syntax(path, text, error)]) from error
    layer = Layer(origin, values, path, text)
    if repository:
        _only_what_a_repository_may_set(layer)
    return layer


def _only_what_a_repository_may_set(layer: Layer) -> None:
    given = [key for key in KEYS if key not in REPO_KEYS and layer.find(tuple(key.split(".")))[0]]
    if layer.find(("agent", "permission_mode"))[1] in _UNSAFE_MODES:  # a cloned file must not request that
        given.append("agent.permission_mode")
    if problems := [
        Problem(key, file=layer.file, text=layer.text, said=f"belongs in your own file, {user_config()}")
        for key in given
    ]:
        raise ConfigError(problems)
